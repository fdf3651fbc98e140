"""Fingerprints: take them of catalogue recordings, list them, stop looking for one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind
from accord.cli.console import console, now, out_json, progress
from accord.integrity import actions, queries
from accord.integrity.fingerprinting import MERGE_AT, METHOD
from accord.terms.refusal import BadInput

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account in whose name this is done")]


@app.command("index")
def index_recordings(
    recordings: Annotated[
        list[str] | None, typer.Argument(help="ISRCs, asset ids, or delivered sound files; none: whatever is new")
    ] = None,
    actor: Actor = "cli",
    json: Json = False,
) -> None:
    """Fingerprint recordings of the catalogue: the named ones again, or every one that is new, changed, or was
    fingerprinted by an older method. An interrupted run goes on where it was."""
    older = len(queries.taken_otherwise(METHOD))
    if older and not recordings and not json:
        console.print(f"{older} recordings were fingerprinted by an older method; they are taken again", markup=False)
    with progress() as bar:
        task = bar.add_task("fingerprinting", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        if recordings:
            ids = [_recording(text) for text in recordings]
            actions.index_recordings(ids, now(), actor, show)
            count = len(ids)
        else:
            count = actions.index_missing(now(), actor, show)
    _say_index(f"{count} recordings fingerprinted", {"indexed": count}, json)


@app.command()
def merge(
    least: Annotated[int, typer.Option(help="do nothing when there are fewer segment files")] = MERGE_AT,
    actor: Actor = "cli",
    json: Json = False,
) -> None:
    """Make one segment file of several: searches look into fewer files, and what was withdrawn leaves the files in use."""
    count = actions.merge_index(now(), actor, least)
    said = f"{count} segments are one now" if count else f"fewer than {max(2, least)} segments; nothing to merge"
    _say_index(said, {"merged": count}, json)


def _recording(text: str) -> str:
    """The asset of an id, an ISRC, or a file that was delivered as a recording's audio. Raises: BadInput."""
    path = Path(text)
    if not path.is_file():
        return catalog.look_up(text).id
    digest = f"sha256:{hashlib.file_digest(path.open('rb'), 'sha256').hexdigest()}"
    found = [asset.id for asset in catalog.assets(kind=AssetKind.RECORDING).values() if asset.audio == digest]
    if not found:
        raise BadInput(f"`{path.name}` is no recording of the catalogue", do="deliver it first, then fingerprint it")
    return found[0]


def _say_index(said: str, figures: dict[str, int], json: bool) -> None:
    index = queries.index()
    if json:
        out_json(
            {
                **figures,
                "recordings": len(index.recordings),
                "hours": index.hours,
                "bytes": index.bytes,
                "segments": queries.segments(),
            }
        )
        return
    size = index.bytes / 1000 / index.hours if index.hours else 0.0
    console.print(
        f"{said}; {len(index.recordings)} in all, {index.hours:.2f} h in {len(index.segments)} segments, "
        f"{size:.0f} KB an hour",
        markup=False,
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
