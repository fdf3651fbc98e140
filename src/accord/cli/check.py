"""Check a sound file: which catalogue recordings are in it, where, how pitched and how fast.

Exit codes: 0 nothing found, or only declared sources; 3 a match that nothing explains; 2 not audio.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.catalog import queries as catalog
from accord.cli.console import console, out_json
from accord.integrity import checking, queries
from accord.integrity.records import Match
from accord.terms.refusal import BadInput


def command(
    file: Annotated[Path, typer.Argument(help="any length, any format libsndfile reads")],
    declared: Annotated[list[str] | None, typer.Option("--declared", help="an asset used with permission")] = None,
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Compare a sound file with every fingerprinted recording. Nothing is recorded."""
    if not file.is_file():
        raise BadInput(f"`{file}` is not a file", do="name a sound file")
    sources = checking.with_parents(frozenset(catalog.look_up(text).id for text in declared or ()))
    matches = queries.identify_file(file.read_bytes(), file.name, sources)
    foreign = [m for m in matches if m.recording not in sources]
    if json:
        out_json(
            {"matches": matches, "explained": sorted({m.recording for m in matches} & sources), "clear": not foreign}
        )
    else:
        _show(matches, sources)
    raise typer.Exit(3 if foreign else 0)


def _show(matches: list[Match], sources: frozenset[str]) -> None:
    known = catalog.assets(ids=[m.recording for m in matches])
    for m in matches:
        title = known[m.recording].title if m.recording in known else m.recording
        change = f"{m.semitones:+.1f} semitones, {100 * (m.tempo_factor - 1):+.1f} % tempo"
        why = "explained: declared" if m.recording in sources else f"probability {m.probability:.4f}"
        console.print(
            f"{m.query_start_s:7.1f} to {m.query_end_s:7.1f} s is `{title}` ({m.recording}) from {m.ref_start_s:.1f} s, "
            f"{change}; {m.evidence.hits} of {m.evidence.peaks} peaks where chance finds {m.evidence.chance:.0f}; {why}",
            markup=False,
        )
    if not matches:
        console.print(f"nothing found in {queries.index().hours:.1f} h of recordings", markup=False)
