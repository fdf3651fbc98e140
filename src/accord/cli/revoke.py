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


def command(
    person: Annotated[str, typer.Argument(help="the party whose yes it is")],
    use: Annotated[str, typer.Option(help="the use")],
    feature: Annotated[str, typer.Option(help="the feature")],
    territories: Annotated[str, typer.Option(help="WORLD, WORLD-JP, DE+FR")] = "WORLD",
    asset: Annotated[str, typer.Option(help="one recording or work; default: all of theirs")] = "",
    spoken_by: Annotated[str, typer.Option(help="who says it; default: the person")] = "",
    mandate: Annotated[str, typer.Option(help="the mandate, when another speaks")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask again")] = False,
    actor: Annotated[str, typer.Option(help="the account in whose name this is done")] = "cli",
    at: Annotated[str, typer.Option(help="the instant; default: now")] = "",
    json: Annotated[bool, typer.Option("--json", help="for machines; needs --yes")] = False,
) -> None:
    """Say what a revocation touches, ask, and take the yes back: from then on every decision says no."""
    when = parse(at) if at else now()
    about = catalog.look_up(asset).id if asset else None
    touched = _touches(person, use, feature, about)
    if not json:
        for line in touched:
            console.print(f"  {line}", markup=False)
        if not yes:
            typer.confirm("take back the yes?", abort=True)
    said = actions.revoke(
        person,
        spoken_by or person,
        use,
        feature,
        territories,
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


def _touches(person: str, use: str, feature: str, asset: str | None) -> list[str]:
    """What the portal's page says before a revocation takes effect, in lines (law 5)."""
    touched = portal.blast_radius(SYSTEM, person, use_named(use), feature, asset)
    counts = [
        (len(touched.assets), "recordings and works"),
        (len(touched.sets), "training sets"),
        (len(touched.models), "models"),
        (len(touched.features), "features"),
        (len(touched.creations), "creations"),
    ]
    lines = ["touches " + ", ".join(f"{count:,} {what}" for count, what in counts)]
    if touched.period:
        lines.append(
            f"what is in them earned {money.text(touched.quarter_micros)} {touched.currency} in {touched.period}, the most that is touched"
        )
    if touched.retire_within_days is not None:
        serve = "may serve until then" if touched.may_serve_until else "stop serving at once"
        lines.append(f"models retire within {touched.retire_within_days} days and {serve}")
    return lines
