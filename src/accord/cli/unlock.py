"""What would unlock most: the steps that a use lacks, ranked by the recordings each alone would clear."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import pyarrow.parquet as parquet
import typer

from accord.clearance.worklist import Worklist
from accord.cli.console import console, now, out_json, write_file
from accord.parties.spreadsheet import write_csv
from accord.portal import worklist as worklists
from accord.terms.instant import text
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet

#: What a file may be, by how its name ends.
ENDINGS = (".csv", ".parquet")


def command(
    use: Annotated[str, typer.Option(help="train, analyse, style, remix, cover, voice, likeness")] = "",
    feature: Annotated[str, typer.Option(help="the feature it would be used in, live or not")] = "",
    territory: Annotated[str, typer.Option(help="where: JP, DE+FR; default: wherever the feature is offered")] = "",
    most: Annotated[int, typer.Option(help="how many steps to list")] = worklists.SHOWN,
    out: Annotated[
        Path | None, typer.Option("-o", help="a .csv or .parquet file: a row per step and territory")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """What would unlock most? The missing deals, yeses and registrations, ranked by recordings and last quarter's plays."""
    if not use or not feature:
        raise BadInput("a worklist names its use and its feature", do="add --use train --feature compose")
    if out is not None and out.suffix not in ENDINGS:
        raise BadInput(f"`{out}` is neither CSV nor Parquet", do="end its name in .csv or .parquet")
    where = TerritorySet.parse(territory) if territory else None
    found = worklists.worklist(use, feature, now(), where, most)
    if out is not None:
        _write(found, out)
    if json:
        out_json(worklists.as_plain(found))
        return
    _say(found)
    if out is not None:
        console.print(f"written to {out}", markup=False)


def _say(found: Worklist) -> None:
    """The list for people: how it stands, the steps, and the order to talk in."""
    console.print(
        f"{found.somewhere:,} of {found.recordings:,} recordings are one step from being cleared for {found.use.value} in"
        f" {found.feature} {_in(found.asked)}",
        markup=False,
    )
    console.print(
        f"{_spread(found)}{found.lacked:,} steps are lacked; plays are those of {found.quarter}", markup=False
    )
    for rank, one in enumerate(worklists.said(found), 1):
        unlock = one.unlock
        console.print(f"{rank:>3}. {one.what}", markup=False)
        console.print(
            f"     alone clears {unlock.recordings:,} ({unlock.plays:,} plays); {unlock.among:,} lack it"
            f" ({unlock.waiting:,} plays)" + (f"; {_in(unlock.territories)}" if unlock.recordings else ""),
            markup=False,
        )
        who = f" (could be granted by {one.could_grant})" if one.could_grant not in one.what else ""
        console.print(f"     {one.because}{who}", markup=False)
    if found.in_order:
        console.print("in this order, each with those above it held:", markup=False)
    for what, adds in worklists.in_order(found):
        console.print(f"{adds:>7,} more  {what}", markup=False)


def _spread(found: Worklist) -> str:
    """Where the fewest recordings are cleared already, and where the most."""
    if not found.cleared:
        return "the feature is offered nowhere there; "
    few, many = (pick(found.cleared, key=lambda place: found.cleared[place]) for pick in (min, max))
    if found.cleared[few] == found.cleared[many]:
        return f"{found.cleared[few]:,} are cleared in each territory; "
    return f"from {found.cleared[few]:,} cleared in {few} to {found.cleared[many]:,} in {many}; "


def _in(territories: TerritorySet) -> str:
    words = territories.named()
    if words in ("everywhere", "nowhere") or (words.startswith("everywhere") and len(~territories) <= 8):
        return words
    return f"in {words}" if len(territories) <= 8 else f"in {len(territories):,} territories"


def _write(found: Worklist, out: Path) -> None:
    """One row per step and territory. Raises: BadInput where it cannot be written."""
    lines = list(worklists.rows(found))
    if out.suffix == ".csv":
        sheet = io.StringIO(newline="")
        write_csv(sheet, worklists.COLUMNS, lines)
        write_file(out, sheet.getvalue().encode())
        return
    columns = list(zip(*lines, strict=True)) or [()] * len(worklists.COLUMNS)
    table = pa.table(dict(zip(worklists.COLUMNS, columns, strict=True)))
    about = {"use": found.use.value, "feature": found.feature, "at": text(found.at), "known": str(found.known)}
    written = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata(about), written)
    write_file(out, written.getvalue())
