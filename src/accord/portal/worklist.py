"""The licensing team's worklist: what would unlock most, with the plays of the last quarter, in words (shell).

For the platform's own people alone: it names what everybody has not granted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec

from accord.catalog import queries as catalog
from accord.clearance import queries as clearance
from accord.clearance.steps import Matter, Step
from accord.clearance.worklist import Unlock, Worklist
from accord.parties import queries as parties
from accord.portal import plays
from accord.portal.world_map import world_map
from accord.terms import instant
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput
from accord.terms.territory import EMPTY, TerritorySet
from accord.terms.use import Use

#: Steps shown on a screen, and the most that one question asks for.
SHOWN, MOST = 20, 1000
COLUMNS = (
    "rank",
    "what",
    "matter",
    "who",
    "side",
    "territory",
    "recordings",
    "among",
    "plays",
    "could_grant",
    "because",
)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A step in words: what to do, why it is missing, who could change that (a name, or nobody), and the example's title."""

    unlock: Unlock
    what: str
    because: str
    could_grant: str
    example: str


def worklist(
    use: Use | str, feature: str, at: Instant, where: TerritorySet | None = None, most: int = SHOWN
) -> Worklist:
    """What would unlock most, with the plays of the last full quarter. Raises: BadInput."""
    if not 1 <= most <= MOST:
        raise BadInput(f"{most:,} steps cannot be listed", do=f"ask for 1 to {MOST:,}")
    if where is not None and not where:
        raise BadInput("no territory is asked about", do="name one such as JP, or leave it out")
    quarter = plays.last_quarter(at)
    return clearance.worklist(use, feature, at, where, plays.of_recordings(quarter), quarter.text, most)


def said(found: Worklist) -> list[Said]:
    """The steps of a worklist in words, with names in place of ids."""
    subjects = {one.step.who for one in found.steps if one.step.matter not in (Matter.DEAL, Matter.CHOICE)}
    assets = sorted(subjects | {one.example for one in found.steps})
    because = clearance.named(one.because for one in found.steps)
    names = _names({one.step for one in found.steps}, {one.could_grant for one in found.steps if one.could_grant})
    titles = {asset.id: asset.title for asset in catalog.assets(ids=assets).values()}
    return [
        Said(
            unlock=one,
            what=what(one.step, names, one.refused),
            because=line,
            could_grant=names[one.could_grant] if one.could_grant else "",
            example=titles.get(one.example, one.example),
        )
        for one, line in zip(found.steps, because, strict=True)
    ]


def in_order(found: Worklist) -> list[tuple[str, int]]:
    """The order to talk in: (what to do, recordings it would newly clear once those above are held)."""
    names = _names({one.step for one in found.in_order}, set())
    return [(what(one.step, names, one.refused), one.adds) for one in found.in_order]


def what(step: Step, names: dict[str, str], refused: bool = False) -> str:
    """What kind of step it is, in plain words."""
    who = names[step.who]
    match step.matter:
        case Matter.DEAL:
            of = "masters" if step.side == "master" else "shares of works"
            return (
                f"{who} said no for its {of}: only they can change it" if refused else f"A deal with {who} for its {of}"
            )
        case Matter.CHOICE:
            return f"{who} said no: only they can change it" if refused else f"The yes of {who}"
        case Matter.CLAIM:
            return f"Shares of “{who}” that nobody holds: register or evidence them; nobody can grant them"
        case Matter.CONFLICT:
            return f"Claims to “{who}” that contradict each other: settle who holds it"
        case Matter.HOLD:
            return f"A hold on “{who}”: resolve its case"
        case Matter.TERMS:
            return f"The terms of “{who}”: have them cleared up or changed"
        case Matter.CATALOGUE:
            return f"What is not known of “{who}”: complete its entry in the catalogue"


def rows(found: Worklist) -> Iterator[tuple[object, ...]]:
    """One row per step and territory, under `COLUMNS`: for spreadsheets and files."""
    for rank, one in enumerate(said(found), 1):
        step, words = one.unlock.step, (one.could_grant, one.because)
        for place, here in one.unlock.places.items():
            counts = (here.recordings, here.among, here.plays)
            yield (rank, one.what, step.matter.value, step.who, step.side, place, *counts, *words)


def as_plain(found: Worklist) -> dict[str, Any]:
    """A worklist as plain JSON values, each step with what it is in words."""
    listed = said(found)
    return {
        "use": found.use.value,
        "feature": found.feature,
        "at": instant.text(found.at),
        "known": found.known,
        "quarter": found.quarter,
        "asked": found.asked.text(),
        "recordings": found.recordings,
        "one_step_away": found.somewhere,
        "territories": {
            place: {"cleared": found.cleared[place], "one_step_away": found.away[place]} for place in found.cleared
        },
        "steps_lacked": found.lacked,
        "steps": [_step(one) for one in listed],
        "in_order": [
            {"what": what, "adds": adds, **msgspec.to_builtins(one.step)}
            for one, (what, adds) in zip(found.in_order, in_order(found), strict=True)
        ],
    }


def _step(one: Said) -> dict[str, Any]:
    unlock = one.unlock
    return {
        **msgspec.to_builtins(unlock.step),
        "what": one.what,
        "recordings": unlock.recordings,
        "among": unlock.among,
        "plays": unlock.plays,
        "plays_waiting": unlock.waiting,
        "territories": unlock.territories.text(),
        "could_grant": unlock.could_grant,
        "because": one.because,
        "refused": unlock.refused,
        "example": unlock.example,
        "places": msgspec.to_builtins(unlock.places),
    }


def drawn(found: Worklist, question: str, chosen: TerritorySet = EMPTY) -> str:
    """The worklist's territories as a map, each shaded by the recordings that are one step away there; those chosen are
    outlined."""

    def numbers(code: str) -> str:
        return f"{found.away[code]:,} of {found.recordings:,} recordings one step away, {found.cleared[code]:,} cleared"

    def path(code: str) -> str:
        return "/worklist?" + urlencode({"question": question, "territory": code})

    title = f"Recordings one step from being cleared for {found.use.value}, by territory"
    return world_map(found.away, title, numbers, path, frozenset(chosen))


def _names(steps: set[Step], others: set[str]) -> dict[str, str]:
    """Party or asset id → the name it goes by."""
    ids = sorted({step.who for step in steps} | others)
    titles = {asset.id: asset.title for asset in catalog.assets(ids=ids).values()}
    return parties.names(ids) | titles
