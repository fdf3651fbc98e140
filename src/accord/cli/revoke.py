"""Take a person's yes back; first says what that touches."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.catalog import queries as catalog
from accord.clearance.rules import use_named
from accord.cli.console import console, now, out_json
from accord.participation import actions, queries
from accord.participation.api import plain
from accord.participation.records import Source
from accord.parties.viewer import SYSTEM
from accord.portal import queries as portal
from accord.terms import money
from accord.terms.instant import parse
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet


def command(
    person: Annotated[str, typer.Argument(help="the party whose yes it is")],
    use: Annotated[str, typer.Option(help="the use")],
    feature: Annotated[str, typer.Option(help="the feature")],
    territories: Annotated[str, typer.Option(help="WORLD, WORLD-JP, DE+FR")] = "WORLD",
    asset: Annotated[str, typer.Option(help="one recording or work; default: all of theirs")] = "",
    spoken_by: Annotated[str, typer.Option(help="who says it; default: the person")] = "",
    mandate: Annotated[str, typer.Option(help="the mandate, when another speaks")] = "",
    look: Annotated[bool, typer.Option("--look", help="only say what it would touch")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask again")] = False,
    actor: Annotated[str, typer.Option(help="the account in whose name this is done")] = "cli",
    at: Annotated[str, typer.Option(help="the instant; default: now")] = "",
    json: Annotated[bool, typer.Option("--json", help="for machines; needs --yes or --look")] = False,
) -> None:
    """Say what a revocation touches, ask, and take the yes back: from then on every decision says no."""
    when = parse(at) if at else now()
    about = catalog.look_up(asset).id if asset else None
    where = TerritorySet.parse(territories)
    touched = portal.blast_radius(SYSTEM, person, use_named(use), feature, when, about, where)
    if not json:
        for line in _in_words(touched):
            console.print(f"  {line}", markup=False)
    if look:
        if json:
            out_json(touched)
        return
    if not yes:
        if json:
            raise BadInput(
                "--json asks nothing back", do="add --yes to take it back, or --look to see what it would touch"
            )
        typer.confirm("take back the yes?", abort=True)
    said = actions.revoke(
        person,
        spoken_by or person,
        use,
        feature,
        where,
        about,
        Source.REPRESENTATIVE if spoken_by not in ("", person) else Source.PERSON,
        mandate or None,
        at=when,
        actor=actor,
    )
    choice = queries.choice(said)
    if json:
        out_json({**plain(choice), "touches": touched})
    else:
        console.print(f"taken back: {choice.use.value} in {choice.feature}, {choice.territories.named()}", markup=False)


def _in_words(touched: portal.BlastRadius) -> list[str]:
    """What the portal's page says before a revocation takes effect, in lines (law 5)."""
    counts = [
        _count(
            len(touched.assets), "recording, work or stem that comes out", "recordings, works and stems that come out"
        ),
        _count(len(touched.sets), "training set", "training sets"),
        _count(len(touched.models), "model", "models"),
        _count(len(touched.creations), "creation", "creations"),
    ]
    lines = [f"touches {', '.join(counts)}, in {touched.features[0]}"]
    if touched.period:
        earned = f"{money.text(touched.quarter_micros)} {touched.currency}" if touched.quarter_micros else "nothing"
        lines.append(f"what is in these creations earned {earned} in {touched.period}, the most that is touched")
    if touched.retire_by is not None:
        serve = "may serve until then" if touched.may_serve else "stop serving at once"
        lines.append(f"models retire by {touched.retire_by:%-d %B %Y} and {serve}: {touched.because}")
    if touched.creations:
        stay = "stay released" if touched.releases_stay else "cannot stay released"
        lines.append(f"creations {stay} and {'keep paying' if touched.releases_keep_paying else 'pay no more'}")
    return lines


def _count(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"
