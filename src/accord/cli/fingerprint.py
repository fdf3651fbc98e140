"""Fingerprints: take them of catalogue recordings, list them, stop looking for one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind
from accord.cli.console import console, now, out_json, progress
from accord.integrity import actions, found_alike, queries, serving
from accord.integrity.fingerprinting import MERGE_AT, METHOD
from accord.integrity.records import OUTSIDE, Cluster
from accord.integrity.references import Brought, Named, files_in, readable
from accord.integrity.rules import change_of
from accord.parties import queries as parties
from accord.terms.refusal import BadInput

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account in whose name this is done")]
NOTHING = Brought(taken=0, known=0, left_out=())


@app.command("index")
def index_recordings(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...", help="ISRCs, asset ids, sound files, folders; none: what is new in the catalogue"
        ),
    ] = None,
    actor: Actor = "cli",
    json: Json = False,
) -> None:
    """Fingerprint recordings of the catalogue: the named ones again, or every one that is new, changed, or was
    fingerprinted by an older method; and outside files and folders, which are then looked for like recordings. An
    interrupted run goes on where it was. Without names, the melodies of many works are laid out in a file too.
    Exit 2 where a file that was named itself is no sound; the others are taken, and what else lies in a folder is said."""
    older = sum(1 for recording in queries.taken_otherwise(METHOD) if not recording.startswith(OUTSIDE))
    if older and not paths and not json:
        console.print(f"{older} recordings were fingerprinted by an older method; they are taken again", markup=False)
    given = inside = NOTHING
    with progress() as bar:
        task = bar.add_task("fingerprinting", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        if paths:
            ids, *files = _sorted_out(paths)
            works = [asset.id for asset in catalog.assets(ids=ids, kind=AssetKind.WORK).values()]
            for work in works:
                actions.want_melody(work, now(), actor)
            ids = [asset for asset in ids if asset not in works]
            if ids:
                actions.index_recordings(ids, now(), actor, show)
            count = len(ids)
            given, inside = (actions.index_files(some, now(), actor, show) if some else NOTHING for some in files)
        else:
            count = actions.index_missing(now(), actor, show)
            laid = actions.lay_out_melodies(now(), actor)
            if laid and not json:
                console.print(f"{laid} melodies of works are laid out in a file", markup=False)
    brought = Brought(
        taken=given.taken + inside.taken,
        known=given.known + inside.known,
        left_out=given.left_out + inside.left_out,
    )
    _say_brought(brought, json)
    _say_index(
        f"{count + brought.taken} recordings fingerprinted", msgspec.to_builtins(brought) | {"indexed": count}, json
    )
    if brought.left_out and not brought.taken and not brought.known and not count:
        raise BadInput("none of these files is a sound that can be read", do="WAV, FLAC, MP3, OGG and AIFF are")
    if given.left_out:
        raise typer.Exit(2)


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


@app.command()
def shard(
    of: Annotated[int, typer.Argument(help="how many shards each segment is cut into")],
    to: Annotated[Path | None, typer.Option(help="a folder to lay shards into, for one machine")] = None,
    hold: Annotated[
        list[int] | None, typer.Option(help="the number of a shard for that folder, from 0; none: all")
    ] = None,
    actor: Actor = "cli",
) -> None:
    """Cut the index by ranges of keys, so that many machines hold one: `accord check FILE --shards DIR --shards DIR`
    searches what folders hold between them. The manifest is a fact; segments that come later are read whole."""
    if to is not None:
        serving.may_lay_out(to, hold or (), of)
    elif hold:
        raise BadInput("shards are held in a folder, and none is named", do="name it with `--to DIR`")
    count = actions.shard_index(of, now(), actor)
    console.print(f"{count} segments are cut into {of} shards each", markup=False)
    if to is not None:
        files = actions.lay_out(to, hold or range(of))
        console.print(f"{files} files in `{to}`", markup=False)


@app.command()
def duplicates(
    last: Annotated[bool, typer.Option("--last", help="show what the last search found, without another")] = False,
    cases: Annotated[bool, typer.Option("--cases", help="open a case where two parties delivered one sound")] = False,
    actor: Actor = "cli",
    json: Json = False,
) -> None:
    """Find recordings of the catalogue that hold the same sound under other metadata, in clusters; versions (remasters,
    pitched, sped up) with their factors. A case stops nothing: a reader decides."""
    with progress() as bar:
        task = bar.add_task("comparing", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        found = found_alike.clusters() if last else actions.search_duplicates(now(), actor, show)
    opened = actions.open_cases(found, now(), actor) if cases else []
    if json:
        out_json({"clusters": found, "cases": opened})
        return
    for cluster in found:
        _show_cluster(cluster)
    search = found_alike.last_search()
    over = f"{search.recordings} recordings, {search.hours:.2f} h, {search.weighed} pairs weighed" if search else "none"
    said = f"{len(found)} clusters of {sum(len(c.recordings) for c in found)} recordings; searched: {over}"
    console.print(f"{said}; {len(opened)} cases" if cases else said, markup=False)


def _show_cluster(cluster: Cluster) -> None:
    """A cluster: its recordings, who delivered them, and how they are alike."""
    known, titles = catalog.assets(ids=list(cluster.recordings)), queries.titles(cluster.recordings)
    names = parties.names(p for a in known.values() for p in (a.delivered_by or a.label,) if p)
    console.print(f"{len(cluster.recordings)} recordings with one sound:", markup=False)
    for recording in cluster.recordings:
        asset = known.get(recording)
        who = names.get((asset.delivered_by or asset.label or "") if asset else "", "nobody known")
        console.print(f"  {recording:<16} {titles.get(recording, '')} (from {who})", markup=False)
    for one in cluster.likenesses:
        m = one.seen_from(one.other)
        console.print(
            f"    {one.relation}: {one.other} {m.query_start_s:.0f} to {m.query_end_s:.0f} s is {one.one} "
            f"{m.ref_start_s:.0f} to {m.ref_end_s:.0f} s, {change_of(m)}; {100 * one.agreeing:.0f} % of their peaks agree",
            markup=False,
        )


def _sorted_out(paths: list[str]) -> tuple[list[str], list[Named], list[Named]]:
    """(assets of the catalogue, outside files that are named themselves, those in folders that are named).

    Raises: NotThere, BadInput.
    """
    delivered = {asset.audio: asset.id for asset in catalog.assets(kind=AssetKind.RECORDING).values() if asset.audio}
    ids: list[str] = []
    named: list[Named] = []
    inside: list[Named] = []
    for text in paths:
        path = Path(text)
        if path.is_dir():
            found = files_in(path)
            if not found:
                raise BadInput(f"there is no file in `{text}`", do="name a folder of sound files")
            inside += found
        elif path.is_file():
            digest = _content(path)
            ids += [delivered[digest]] if digest in delivered else []
            named += [] if digest in delivered else files_in(path)
        else:
            ids.append(catalog.look_up(readable(text)).id)
    return ids, named, inside


def _content(path: Path) -> str:
    """The digest of a file's content. Raises: BadInput when it cannot be read."""
    try:
        with path.open("rb") as source:
            return f"sha256:{hashlib.file_digest(source, 'sha256').hexdigest()}"
    except OSError as why:
        raise BadInput(f"`{path}` cannot be read: {why.strerror}", do="see who may read it") from why


def _say_brought(brought: Brought, json: bool) -> None:
    if json:
        return
    for why in brought.left_out:
        console.print(f"left out: {why}", markup=False)
    if brought.known:
        console.print(
            f"{brought.known} files are passed over: they were taken before, withdrawn, or delivered to the catalogue",
            markup=False,
        )


def _say_index(said: str, figures: dict[str, Any], json: bool) -> None:
    index, segments = queries.index_and_segments()
    if json:
        out_json(
            {
                **figures,
                "recordings": len(index.recordings),
                "hours": index.hours,
                "bytes": index.bytes,
                "segments": segments,
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
    titles = queries.titles(known)
    for asset in known:
        console.print(f"{asset:<16} {titles.get(asset, '')}", markup=False)


@app.command()
def withdraw(recording: str, because: Annotated[str, typer.Option(help="why")], actor: Actor = "cli") -> None:
    """Stop looking for a recording, or for a work's melody, from the next search on.

    `accord fingerprint index` with its name looks for it again.
    """
    outside = recording.startswith(OUTSIDE)
    known = None if outside else catalog.look_up(recording)
    asset = known.id if known else recording
    stop = actions.withdraw_melody if known and known.kind is AssetKind.WORK else actions.withdraw
    stop(asset, because, now(), actor)
    console.print(f"`{asset}` is no longer looked for", markup=False)
