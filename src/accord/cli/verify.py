"""Verify a released file (who agreed, under which deals, from what), or a party's proof of its statement and payments.

Needs no instance, no database and no network. Exit codes: 0 proven, 3 not proven, 2 neither audio nor a payment proof.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from accord.cli.console import console, out_json
from accord.payouts import proofs
from accord.provenance import showing, trust
from accord.provenance.verify import Verification, read, verify
from accord.terms.refusal import BadInput

standalone = True


def command(
    file: Annotated[Path, typer.Argument(help="a WAV, FLAC or MP3 file, or a payment proof (JSON)")],
    trust_file: Annotated[Path | None, typer.Option("--trust", help="the instance's trust file")] = None,
    server: Annotated[str | None, typer.Option(help="ask this server by sound when the file proves nothing")] = None,
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Verify a released file or a payment proof, offline; --server: a file that proves nothing is looked up by its sound."""
    known = None
    if trust_file is not None:
        if not trust_file.is_file():
            raise BadInput(f"`{trust_file}` is not a file", do="make one with `accord trust` on the instance")
        known = trust.loads(trust_file.read_bytes(), str(trust_file))
    data = read(file)
    if proofs.looks_like_one(data):
        _payment(proofs.verify(data, known), json)
    found = verify(data, known)
    matches = _looked_up(file, server) if server and not found.proven else None
    _show(found, matches, json)
    raise typer.Exit(0 if found.proven else 3)


def _payment(found: proofs.Proven, json: bool) -> NoReturn:
    if json:
        out_json({"verification": found})
    else:
        for line in proofs.lines(found):
            console.print(line, markup=False)
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
