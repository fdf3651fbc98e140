"""Figures: whether this works for the people in it, each with its definition and denominator."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.console import console, now, out_json
from accord.insights import queries
from accord.insights.charts import said
from accord.insights.records import GROUP_WORDS, Group
from accord.parties.viewer import SYSTEM
from accord.terms.instant import parse


def command(
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="for spreadsheets")] = False,
    group: Annotated[Group | None, typer.Option(help="one group only")] = None,
    at: Annotated[str, typer.Option(help="as of an instant, 2026-10-02T00:00:00Z; default: now")] = "",
) -> None:
    """Figures: whether this works for the people in it, each with its definition and denominator."""
    found = queries.figures(SYSTEM, parse(at) if at else now(), group)
    if json:
        out_json(found)
        return
    if csv:
        typer.echo(queries.as_csv(found), nl=False)
        return
    for one in Group:
        mine = [figure for figure in found if figure.group is one]
        if mine:
            console.print(f"\n{GROUP_WORDS[one]}", markup=False)
        for figure in mine:
            note = f" ({figure.note})" if figure.note else ""
            console.print(f"  {figure.title}: {said(figure)}, n = {figure.n:,}{note}", markup=False)
            for part in figure.parts:
                console.print(f"    {part.label}: {said(part, figure.unit)} (of {part.n:,})", markup=False)
