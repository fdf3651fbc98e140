"""Sealed training sets: make one for stated territories, list them, show one."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.console import console, now, out_json
from accord.terms.instant import text
from accord.terms.territory import TerritorySet
from accord.training import actions, queries
from accord.training.records import Seal

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
SHOWN = 10


@app.command()
def make(
    feature: Annotated[str, typer.Option(help="the feature whose model will learn from it")],
    territory: Annotated[str, typer.Option(help="where the model may serve: DE+FR, or WORLD")],
    asset: Annotated[list[str] | None, typer.Option(help="only these assets; default: everything with notes")] = None,
    json: Json = False,
) -> None:
    """Seal what is cleared for `train` in every one of the territories; what is left out is listed with its reason."""
    found = actions.seal_set(feature, TerritorySet.parse(territory), now(), "cli", assets=asset)
    _show(found, json)


@app.command("list")
def list_(feature: Annotated[str, typer.Option(help="of this feature alone")] = "", json: Json = False) -> None:
    """The sealed sets, newest last."""
    found = queries.seals(feature=feature or None)
    if json:
        out_json(found)
        return
    for seal in found:
        lost = f", {len(seal.revoked)} revoked since" if seal.revoked else ""
        console.print(
            f"{seal.id}  {text(seal.at)[:10]}  {seal.feature} in {seal.territories.text()}: {len(seal.items)} items in "
            f"{len(seal.clusters)} works, {len(seal.excluded)} left out{lost}",
            markup=False,
        )


@app.command()
def show(seal: Annotated[str, typer.Argument(help="a seal's id")], json: Json = False) -> None:
    """One set: its counts, its exclusions with their reasons, what was revoked since."""
    _show(queries.seal(seal), json)


def _show(seal: Seal, json: bool) -> None:
    if json:
        out_json(seal)
        return
    console.print(f"{seal.id}: {seal.feature} in {seal.territories.text()}, sealed {text(seal.at)[:10]}", markup=False)
    console.print(f"  {len(seal.items)} items in {len(seal.clusters)} de-duplicated works, {seal.note_tokens:,} notes")
    console.print(f"  licences: {', '.join(seal.licences) or 'none needed'}", markup=False)
    console.print(f"  manifest {seal.digest}", markup=False)
    for word, lines in (("left out", seal.excluded), ("revoked since", seal.revoked)):
        if lines:
            console.print(f"  {len(lines)} {word}:")
        for one in lines[:SHOWN]:
            console.print(f"    {one.asset}: {one.because}", markup=False)
        if len(lines) > SHOWN:
            console.print(f"    and {len(lines) - SHOWN} more (--json lists them)")
