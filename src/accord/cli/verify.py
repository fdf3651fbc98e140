"""Verify a released file: who agreed, under which deals, what it was made from, and whether anything was changed.

Needs no instance, no database and no network. Exit codes: 0 proven, 3 not proven, 2 not an audio file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import console, out_json
from accord.provenance import showing, trust
from accord.provenance.verify import Verification, verify
from accord.terms.refusal import BadInput

standalone = True


def command(
    file: Annotated[Path, typer.Argument(help="a WAV, FLAC or MP3 file")],
    trust_file: Annotated[Path | None, typer.Option("--trust", help="the instance's trust file")] = None,
    server: Annotated[str | None, typer.Option(help="ask this server by sound when the file proves nothing")] = None,
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Verify a released file, offline; with --server, a file that proves nothing is looked up by its sound."""
    known = None
    if trust_file is not None:
        if not trust_file.is_file():
            raise BadInput(f"`{trust_file}` is not a file", do="make one with `accord trust` on the instance")
        known = trust.loads(trust_file.read_bytes(), str(trust_file))
    found = verify(file, known)
    matches = _looked_up(file, server) if server and not found.proven else None
    _show(found, matches, json)
    raise typer.Exit(0 if found.proven else 3)


def _show(found: Verification, matches: list[dict[str, object]] | None, json: bool) -> None:
    if json:
        out_json({"verification": found, "found_by_sound": matches})
        return
    for line in showing.lines(found):
        console.print(line, markup=False)
    for match in matches or ():
        console.print(
            f"found by its sound on the server: release {match['release']} `{match['title']}` "
            f"({match['heard_s']:.1f} s alike); the server says so, the file proves nothing",
            markup=False,
        )
    if matches == []:
        console.print("the server knows no release that sounds like it")


def _looked_up(file: Path, server: str) -> list[dict[str, object]]:
    from accord.provenance.lookup import ask

    return ask(server, file.name, file.read_bytes())
