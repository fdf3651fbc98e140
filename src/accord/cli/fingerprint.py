"""Fingerprints: take them of catalogue recordings, list them, stop looking for one."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.catalog import queries as catalog
from accord.cli.console import console, now, out_json, progress
from accord.integrity import actions, queries

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account in whose name this is done")]


@app.command("index")
def index_recordings(
    recordings: Annotated[list[str] | None, typer.Argument(help="ISRCs or asset ids; none: whatever is new")] = None,
    actor: Actor = "cli",
    json: Json = False,
) -> None:
    """Fingerprint recordings of the catalogue: the named ones again, or every one that is new or changed."""
    with progress() as bar:
        task = bar.add_task("fingerprinting", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        if recordings:
            ids = [catalog.look_up(text).id for text in recordings]
            actions.index_recordings(ids, now(), actor, show)
            count = len(ids)
        else:
            count = actions.index_missing(now(), actor, show)
    index = queries.index()
    if json:
        out_json(
            {
                "indexed": count,
                "recordings": len(index.recordings),
                "hours": index.hours,
                "postings": len(index.times),
                "segments": queries.segments(),
            }
        )
        return
    console.print(
        f"{count} recordings fingerprinted; {len(index.recordings)} in all, {index.hours:.2f} h", markup=False
    )


@app.command("list")
def list_recordings(json: Json = False) -> None:
    """The recordings that are looked for."""
    known = queries.fingerprinted()
    if json:
        out_json([{"recording": asset, "audio": audio} for asset, audio in known.items()])
        return
    titles = catalog.assets(ids=list(known))
    for asset in known:
        console.print(f"{asset:<16} {titles[asset].title if asset in titles else ''}", markup=False)


@app.command()
def withdraw(recording: str, because: Annotated[str, typer.Option(help="why")], actor: Actor = "cli") -> None:
    """Stop looking for a recording, from the next search on."""
    asset = catalog.look_up(recording).id
    actions.withdraw(asset, because, now(), actor)
    console.print(f"`{asset}` is no longer looked for", markup=False)
