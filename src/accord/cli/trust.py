"""Print the instance's trust file: the journal's key, the root of its content credentials, its witnesses."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import write_file
from accord.provenance import queries, trust


def command(out: Annotated[Path | None, typer.Option(help="write it to this file instead")] = None) -> None:
    """Print the instance's trust file; give it to whoever should be able to verify files without asking."""
    data = trust.dumps(queries.trust())
    if out is not None:
        write_file(out, data)
    else:
        sys.stdout.write(data.decode())
