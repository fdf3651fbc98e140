"""Deliver a DDEX ERN message with its audio, or a CISAC CWR file, into the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.catalog import actions
from accord.catalog.records import DeliveryReport
from accord.cli.console import console, now, out_json, progress
from accord.parties import queries as parties
from accord.terms.instant import parse


def command(
    file: Annotated[Path, typer.Argument(help="the message; its kind is recognised by its content")],
    audio: Annotated[Path | None, typer.Option(help="the folder its file names are relative to [its own]")] = None,
    metadata_only: Annotated[bool, typer.Option("--metadata-only", help="read no audio")] = False,
    demonstration: Annotated[bool, typer.Option("--demonstration", help="mark everything as made for a demo")] = False,
    actor: Annotated[str, typer.Option(help="the account it is done for")] = "cli",
    at: Annotated[str, typer.Option(help="the instant it is done at [now]")] = "",
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Deliver a DDEX ERN message with its audio, or a CISAC CWR file, into the catalogue."""
    with progress() as bar:
        task = bar.add_task("reading the audio", total=None)
        report = actions.deliver(
            file,
            audio,
            at=parse(at) if at else now(),
            actor=actor,
            demonstration=demonstration,
            metadata_only=metadata_only,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if json:
        out_json(report)
    else:
        _print(report)


def _print(report: DeliveryReport) -> None:
    counts = ", ".join(f"{count:,} {name}" for name, count in report.counts.items() if count)
    sender = parties.names([report.sender])[report.sender]
    console.print(f"{report.delivery}: {report.kind.upper()} from {sender}: {counts}", markup=False)
    if report.again:
        console.print("the same message had been delivered before: nothing was changed")
        return
    console.print(
        f"{len(report.recordings):,} recordings, {len(report.works):,} works, {len(report.releases):,} releases;"
        f" claims: {report.claims_accepted:,} accepted, {report.claims_waiting:,} waiting"
    )
    for conflict in report.conflicts:
        console.print(f"conflict {conflict}: see `accord claim conflicts`", markup=False)
    for finding in report.findings:
        console.print(f"noticed: {finding}", markup=False)
