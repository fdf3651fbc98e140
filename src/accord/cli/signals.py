"""Plays that stand out: few listeners, impossible days, crowds in one territory."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.console import console, now, out_json


def command(
    period: Annotated[str, typer.Argument(help="a month such as 2026-07 or a quarter such as 2026-Q3")],
    cases: Annotated[
        bool, typer.Option("--open", help="open a case for each creation, for a reader to look at")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Creations whose plays in PERIOD look made up, and why. Nothing is stopped and no money is kept back by it."""
    from accord.metering import signals
    from accord.metering.periods import parse

    span = parse(period)
    found = signals.signals(span)
    opened = signals.open_cases(span, now(), "cli") if cases else []
    if json:
        out_json({"signals": found, "cases": opened})
        return
    for one in found:
        console.print(f"{one.creation}: {signals.sentence(one)}", markup=False)
    if not found:
        console.print(f"nothing stands out in {span.text}", markup=False)
    if opened:
        console.print(f"for a reader: {', '.join(opened)} (`accord case show CASE`)", markup=False)
