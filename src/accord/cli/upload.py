"""Take in an upload: compare it with the catalogue, hold it if it is somebody's recording.

Exit codes: 0 taken in without a case; 3 taken in and held or in a case; 2 not audio.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import console, now, out_json
from accord.integrity import actions, queries
from accord.parties.viewer import SYSTEM
from accord.terms.refusal import BadInput


def command(
    file: Annotated[Path, typer.Argument(help="a sound file")],
    title: Annotated[str, typer.Option(help="what the uploader calls it")],
    account: Annotated[str, typer.Option(help="the uploading account")],
    artist: Annotated[str, typer.Option(help="the artist the uploader names")] = "",
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Take in one upload."""
    if not file.is_file():
        raise BadInput(f"`{file}` is not a file", do="name a sound file")
    made = actions.receive_upload(account, file, title, now(), account, artist=artist)
    if json:
        out_json(made)
    else:
        console.print(f"`{made.id}` taken in, {made.duration_s:.1f} s", markup=False)
        for case in made.cases:
            console.print(f"case `{case}`: {queries.case(SYSTEM, case).because}", markup=False)
    raise typer.Exit(3 if made.cases else 0)
