"""Count a file of usage events, each once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import console, now, out_json

SHOWN = 20


def command(
    file: Annotated[Path, typer.Argument(help="JSON lines or a JSON array, .csv or .parquet")],
    source: Annotated[str, typer.Option(help="for events that name no source")] = "urn:accord:file",
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Count the usage events in FILE: JSON, CSV or Parquet. Sending a file again changes nothing.

    Lines that cannot be read, and those that say something else under an id that was counted, are named with their reason;
    the others are kept. Exit 2 where any line was turned away, so that whoever sends files by a timer hears of it.
    """
    from accord.metering import actions

    report = actions.ingest(file, source, now(), "cli")
    if json:
        out_json(report)
    else:
        away = f", {len(report.rejected):,} turned away" if report.rejected else ""
        console.print(f"{report.accepted:,} counted, {report.duplicates:,} were counted before{away}")
        for one in report.rejected[:SHOWN]:
            console.print(f"line {one.line}: {one.reason}", markup=False)
        if len(report.rejected) > SHOWN:
            console.print(f"and {len(report.rejected) - SHOWN:,} more lines (--json lists them)")
        if report.segments:
            last = f" to {report.segments[-1]}" if report.segments[1:] else ""
            console.print(f"kept as {report.segments[0]}{last}")
    if report.rejected:
        raise typer.Exit(2)
