"""Credits: who is in a creation, from its attribution and the claims on its sources. Pure; names are bound when shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from accord.attribution.records import Attribution
from accord.catalog.records import Asset, AssetKind, Claim, ClaimStatus
from accord.provenance.percent import percent
from accord.provenance.records import CreditLine, Credits, MakerLine
from accord.studio.descent import recordings
from accord.studio.records import Creation
from accord.terms.right import Right

SHOWN = 12
#: Whose names stand beside a source: who owns the recording and the work. Performing and synchronisation shares are for statements.
OWNERS = frozenset({Right.MASTER, Right.MR})


def credits(
    creation: Creation,
    attribution: Attribution,
    assets: Mapping[str, Asset],
    claims: Iterable[Claim],
    inside: Sequence[Creation] = (),
    shown: int = SHOWN,
) -> Credits:
    """Credits of `creation`: the sources by share, largest first; beyond `shown` they are counted, not listed.

    `inside` are the creations of others that are heard in it.
    """
    held = [claim for claim in claims if claim.status is ClaimStatus.ACCEPTED and claim.right in OWNERS]
    total = attribution.total_units
    parts: Counter[str] = Counter()  # two pieces in a mix may each have learned from the same work
    for row in attribution.rows:
        if row.kind == "source":
            parts[row.subject] += row.units
    ranked = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
    made = {one.creator: 0 for one in (creation, *inside)}
    for row in attribution.rows:
        if row.kind == "cocreator":
            made[row.subject] = made.get(row.subject, 0) + row.units
    heard = set(recordings(creation.lineage))
    lines = tuple(
        _line(asset, percent(units, total), assets, held, asset in heard)
        for asset, units in ranked[:shown]
        if asset in assets
    )
    rest = sum(units for _, units in ranked[shown:])
    also: tuple[str, ...] = (
        (f"and {len(ranked) - shown} more works, together {percent(rest, total)} %",) if len(ranked) > shown else ()
    )
    also += tuple(
        f"{percent(row.units, total)} % is not attributable: {row.because}"
        for row in attribution.rows
        if row.kind == "outside"
    )
    makers = tuple(
        MakerLine(maker, tuple((one.id, one.title) for one in inside if one.creator == maker), percent(units, total))
        for maker, units in made.items()
        if maker != creation.creator
    )
    ours = percent(made[creation.creator], total)
    return Credits(creation.title, creation.creator, ours, lines, also, makers)


def bind(found: Credits, names: Mapping[str, str]) -> Credits:
    """The same credits with display names in the place of party ids; an erased name is shown as such."""

    def name(party: str) -> str:
        return names.get(party, "(name withdrawn)")

    lines = tuple(
        CreditLine(
            line.asset,
            line.title,
            line.share_percent,
            tuple((name(party), role) for party, role in line.people),
            tuple((name(party), standing) for party, standing in line.holders),
            line.verb,
        )
        for line in found.lines
    )
    makers = tuple(MakerLine(name(one.maker), one.creations, one.share_percent) for one in found.makers)
    return Credits(found.title, name(found.creator), found.creator_share_percent, lines, found.also, makers)


def parties(found: Credits) -> set[str]:
    """Every party id in `found`."""
    inside = {party for line in found.lines for party, _ in (*line.people, *line.holders)}
    return inside | {found.creator, *(line.maker for line in found.makers)}


def texts(bound: Credits) -> list[str]:
    """Credits as lines of plain text."""
    out = [f"{bound.title}, by {bound.creator}" + _share(bound.creator_share_percent)]
    for made in bound.makers:
        pieces = " and ".join(f"“{title}”" for _, title in made.creations)
        out.append(f"made with {pieces}, by {made.maker}" + _share(made.share_percent))
    for line in bound.lines:
        people = "; ".join(f"{role} {name}" for name, role in line.people)
        holders = "; ".join(f"{standing} {name}" for name, standing in line.holders)
        who = ". ".join(part for part in (people, holders) if part)
        out.append(f"{line.verb} {line.title}{_share(line.share_percent)}" + (f": {who}" if who else ""))
    return [*out, *bound.also]


def standing(claim: Claim) -> str:
    """A claim in words: `master 100 %`, `mechanical 12.5 %`."""
    names = {Right.MASTER: "master", Right.MR: "mechanical", Right.PR: "performing", Right.SR: "synchronisation"}
    return f"{names[claim.right]} {float(claim.share * 100):g} %"


def embodied(asset: str, assets: Mapping[str, Asset]) -> list[str]:
    """`asset` and everything it is made of, itself first: a stem's recording, a recording's works, a score's work."""
    found: list[str] = []
    waiting = [asset]
    while waiting:
        one = waiting.pop(0)
        if one in assets and one not in found:
            found.append(one)
            waiting += assets[one].parents
    return found


def _line(asset: str, share: str, assets: Mapping[str, Asset], claims: list[Claim], heard: bool) -> CreditLine:
    inside = embodied(asset, assets)
    people = dict.fromkeys((credit.party, credit.role) for one in inside for credit in assets[one].credits)
    holders = dict.fromkeys((claim.claimant, standing(claim)) for claim in claims if claim.asset in inside)
    verb = "contains" if heard else "learned from"
    return CreditLine(asset, _title(assets[asset], assets), share, tuple(people), tuple(holders), verb)


def _title(asset: Asset, assets: Mapping[str, Asset]) -> str:
    whole = assets.get(asset.parents[0]) if asset.kind is AssetKind.STEM and asset.parents else None
    return f"{whole.title} ({asset.title})" if whole and whole.title != asset.title else asset.title


def _share(text: str) -> str:
    return f" ({text} %)" if text else ""
