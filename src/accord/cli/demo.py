"""Walk the main job on real music in a clean instance, then serve what it made."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import console, progress
from accord.terms.refusal import BadInput

standalone = True

#: What an instance leaves in its home; a demonstration starts clean, and touches nothing else.
OURS = ("accord.sqlite3", "accord.sqlite3-wal", "accord.sqlite3-shm", "vault", "keys", "log", "private", "released", "trust.json",
        "demonstration.json", "demo", "mail")  # fmt: skip


def command(
    serve: Annotated[bool, typer.Option(help="leave the web app running on what was made")] = True,
    port: Annotated[int, typer.Option(help="the port to serve on")] = 8000,
) -> None:
    """Walk the main job on real music in a clean instance, then serve what it made on http://127.0.0.1:8000.

    Exit 1 when the journal, the rebuilt tables or the books do not come out as they must.
    """
    import os

    home = Path(os.environ.get("ACCORD_HOME", "var")).resolve()
    start_clean(home)
    import accord

    accord.open(home)
    from accord.demo.story import walk

    if not walk(home, console, progress).kept["proven"]:
        raise typer.Exit(1)
    if serve and sys.stdin.isatty():
        from accord.cli.serve import command as serve_now

        serve_now("127.0.0.1", port, 1)


def start_clean(home: Path) -> None:
    """Remove an earlier demonstration from `home`. Raises: BadInput when it holds an instance that is none."""
    if (
        (home / "accord.sqlite3").exists()
        and not (home / "demonstration.json").exists()
        and not (home / "demo").exists()
    ):
        raise BadInput(f"`{home}` holds an instance that is no demonstration", do="set ACCORD_HOME to another folder")
    for name in OURS:
        found = home / name
        if found.is_dir():
            shutil.rmtree(found)
        elif found.exists():
            found.unlink()
    (home / "demo").mkdir(parents=True, exist_ok=True)
