"""Who is in a creation, and how much."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.attribution import actions, queries
from accord.attribution.records import Attribution
from accord.catalog import queries as catalog
from accord.cli.console import console, now, out_json
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.studio import queries as studio
from accord.training import outsiders
from accord.training import queries as training
from accord.training.cards import would_be_attributable

SHOWN = 12


def command(
    creation: Annotated[str, typer.Argument(help="a creation's id")],
    show: Annotated[bool, typer.Option("--show", help="only show the shares that stand")] = False,
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Compute a creation's shares: each with its method and its because, in all exactly one."""
    found = queries.attribution(creation) if show else actions.attribute(creation, now(), "cli")
    if json:
        out_json({"attribution": found, "evidence": queries.evidence(creation)})
    else:
        _say(found)


def _say(found: Attribution) -> None:
    titles = {asset.id: asset.title for asset in catalog.assets(row.subject for row in found.rows).values()}
    names = titles | parties.names([row.subject for row in found.rows if row.subject not in titles])
    console.print(
        f"{found.creation} in {found.feature}: {len(found.rows)} shares, {found.total_units:,} units", markup=False
    )
    ranked = sorted(found.rows, key=lambda row: (-row.units, row.subject))
    for row in ranked[:SHOWN]:
        part = 100 * row.units / found.total_units
        name = names.get(row.subject, row.subject)
        console.print(f"  {part:7.3f} %  {row.kind.value:<9}  {name}: {row.method}; {row.because}", markup=False)
    if len(ranked) > SHOWN:
        rest = 100 * sum(row.units for row in ranked[SHOWN:]) / found.total_units
        console.print(f"  {rest:7.3f} %  and {len(ranked) - SHOWN} more (--json lists them)")
    evidence = queries.evidence(found.creation)
    for match in evidence.bars:
        console.print("  " + match.sentence(f"“{titles.get(match.asset, match.asset)}”"), markup=False)
    if evidence.reliability:
        console.print(f"  reliability of these shares: {evidence.reliability}", markup=False)
    written_by = studio.creation(SYSTEM, found.creation).model
    if written_by is None or outsiders.find(written_by) is not None:
        return
    if would := would_be_attributable(training.model(written_by)):
        console.print(f"  {would}", markup=False)
