"""Serve the web app and the HTTP API of this instance."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.console import console


def command(
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="the port to listen on")] = 8000,
    workers: Annotated[int, typer.Option(help="server processes")] = 1,
) -> None:
    """Serve the web app and the HTTP API until it is stopped (Ctrl-C)."""
    from granian import Granian
    from granian.constants import Interfaces

    console.print(f"accord is on http://{host}:{port} (Ctrl-C stops it)")
    server = Granian(
        "accord.server.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        log_access=False,
        websockets=False,
    )
    server.serve()
