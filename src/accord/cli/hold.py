"""Holds: stop every use of an asset or creation at once, list what is stopped, take a hold off."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.clearance import actions, queries
from accord.cli.console import console, now, out_json
from accord.terms.instant import parse

app = typer.Typer(help=__doc__, no_args_is_help=True)
Actor = Annotated[str, typer.Option(help="the account in whose name this is done")]
At = Annotated[str, typer.Option(help="the instant; default: now")]


@app.command("list")
def list_holds(
    subject: Annotated[str, typer.Option(help="on this asset or creation alone")] = "",
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """The holds that stand."""
    found = queries.holds(subject or None)
    if json:
        out_json(found)
        return
    for hold in found:
        console.print(
            f"{hold.id}  {hold.subject}  {hold.reason}" + (f" (case {hold.case})" if hold.case else ""), markup=False
        )


@app.command()
def place(subject: str, reason: str, case: str = "", actor: Actor = "cli", at: At = "") -> None:
    """Stop every use of this asset (and of what is made of it), or the release of this creation."""
    hold = actions.place_hold(subject, reason, case or None, at=parse(at) if at else now(), actor=actor)
    console.print(f"`{subject}` is held: {hold}", markup=False)


@app.command()
def lift(hold: str, because: str, actor: Actor = "cli", at: At = "") -> None:
    """Take a hold off, with the reason."""
    actions.lift_hold(hold, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"`{hold}` is lifted", markup=False)
