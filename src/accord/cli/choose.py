"""Say yes or no for a person: to one use, in one feature."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.catalog import queries as catalog
from accord.cli.console import console, now, out_json
from accord.participation import actions, queries
from accord.participation.api import plain
from accord.participation.records import Source
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.terms.instant import parse
from accord.terms.refusal import BadInput


def command(
    person: Annotated[str, typer.Argument(help="the party whose choice it is")],
    use: Annotated[
        str, typer.Option(help="train, remix, style, voice …; without it the standing choices are listed")
    ] = "",
    feature: Annotated[str, typer.Option(help="the feature")] = "",
    answer: Annotated[str, typer.Option(help="yes or no")] = "yes",
    territories: Annotated[str, typer.Option(help="WORLD, WORLD-JP, DE+FR")] = "WORLD",
    asset: Annotated[str, typer.Option(help="one recording or work (ISRC, ISWC, id); default: all of theirs")] = "",
    spoken_by: Annotated[str, typer.Option(help="who says it; default: the person")] = "",
    source: Annotated[
        Source | None, typer.Option(help="default: person, or representative when another speaks")
    ] = None,
    mandate: Annotated[str, typer.Option(help="the mandate, or DEAL/CLAUSE")] = "",
    actor: Annotated[str, typer.Option(help="the account in whose name this is done")] = "cli",
    at: Annotated[str, typer.Option(help="the instant; default: now")] = "",
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Record a choice; without --use, list the person's standing choices."""
    if not use:
        if feature or asset or spoken_by:
            raise BadInput("a choice names its use", do="add --use train, or name the person alone to list what stands")
        _list(person, json)
        return
    ground = source or (Source.REPRESENTATIVE if spoken_by not in ("", person) else Source.PERSON)
    made = actions.choose(
        person,
        spoken_by or person,
        use,
        feature,
        territories,
        catalog.look_up(asset).id if asset else None,
        answer,
        ground,
        mandate or None,
        at=parse(at) if at else now(),
        actor=actor,
    )
    choice = queries.choice(made)
    if json:
        out_json(plain(choice))
        return
    console.print(
        f"{choice.answer} to {choice.use.value} in {choice.feature}, {choice.territories.named()}", markup=False
    )
    console.print(f"  {choice.id}, source {choice.source}, grade {choice.grade}", markup=False)


def _list(person: str, json: bool) -> None:
    found = queries.standing(SYSTEM, parties.party(person).id)
    if json:
        out_json([plain(choice) for choice in found])
        return
    for choice in found:
        about = choice.asset or "everything"
        console.print(
            f"{choice.answer:<4}{choice.use.value:<10}{choice.feature:<14}{about:<16}{choice.territories.text():<20}"
            f"{choice.source} (grade {choice.grade})",
            markup=False,
        )
    if not found:
        console.print("nothing chosen, which is no", markup=False)
