"""Shards as plain files: cut the index in force, lay what one machine shall hold into a folder, search what folders hold (shell).

The manifest is a fact. A machine's folder has its shards under their hashes; which recordings count is asked of the journal at
each search (`in_force`), so a takedown holds at once wherever the files lie. Segments that were added since the cut are read whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from functools import partial
from hashlib import file_digest
from pathlib import Path

import msgspec

from accord.integrity import facts, queries
from accord.integrity.in_force import Following
from accord.integrity.index import Index, Segment, load
from accord.integrity.models import ShardRow
from accord.integrity.sharded import sharded
from accord.integrity.shards import Shard, Shards, cut, pack
from accord.integrity.shards import load as load_shard
from accord.journal.actions import writing
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

MOST = 4096  # shards of a segment

_following: dict[tuple[Path, ...], Following] = {}


def manifest() -> dict[str, tuple[str, ...]]:
    """Segment → its shards' files in the vault, by number, of those segments that count and were cut."""
    rows = ShardRow.objects.filter(segment__in=queries.counting())
    return {row.segment: _shards(row) for row in rows}


def shard_index(of: int, at: Instant, actor: str) -> int:
    """Cut every segment of the index in force into `of` shards; returns how many segments. Raises: BadInput."""
    _may_cut(of)
    lines = []
    for segment in queries.counting():
        parts = cut(load(vault.checked_path(segment)), of)
        lines.append(facts.ShardsLine(segment=segment, shards=tuple(vault.put(pack(shard)) for shard in parts)))
    if not lines:
        raise BadInput("there is nothing in the index", do="`accord fingerprint index` fills it")
    with writing(actor=actor, at=at) as journal:
        journal.append(facts.IndexSharded(of=of, segments=tuple(lines)))
    return len(lines)


def lay_out(folder: Path, numbers: Collection[int]) -> int:
    """Copy the shards with these numbers of every segment into a folder; returns how many files. Raises: BadInput."""
    cut_up = manifest().values()
    if not cut_up or not numbers:
        raise BadInput("the manifest has no such shard", do="cut the index first")
    may_lay_out(folder, numbers, max(map(len, cut_up)))
    wanted = [shards[n] for shards in cut_up for n in sorted(set(numbers)) if n < len(shards)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for digest in wanted:
            part = folder / f"{_name(digest)}.part"
            shutil.copyfile(vault.checked_path(digest), part)
            part.rename(folder / _name(digest))
    except OSError as why:
        raise BadInput(f"`{folder}` cannot be written to: {why.strerror}", do="name another folder") from why
    return len(wanted)


def may_lay_out(folder: Path, numbers: Collection[int], of: int) -> None:
    """Whether the shards with these numbers of an index cut into `of` can be laid into this folder. Raises: BadInput."""
    _may_cut(of)
    wrong = [number for number in numbers if not 0 <= number < of]
    if wrong:
        raise BadInput(f"there is no shard {wrong[0]} of {of}", do=f"choose 0 to {of - 1}")
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"`{folder}` is not a folder", do="name a folder to lay the shards into")


def _may_cut(of: int) -> None:
    if not 1 <= of <= MOST:
        raise BadInput(f"an index is not cut into {of} shards", do=f"choose 1 to {MOST}")


def index_in(folders: Sequence[Path]) -> Index:
    """The index in force, of the shards that these folders hold between them; kept, and followed from one call to the next.

    A shard is checked against its hash when it is opened. Raises: BadInput when one is missing or damaged.
    """
    places = tuple(folders)
    return _following.setdefault(places, Following(partial(_opened, folders=places))).now()[0]


def _opened(segment: str, folders: Sequence[Path]) -> Segment:
    row = ShardRow.objects.filter(segment=segment).first()
    return _gathered(segment, _shards(row), folders) if row else load(vault.checked_path(segment))


def _gathered(segment: str, shards: Sequence[str], folders: Sequence[Path]) -> Segment:
    """A segment whose shards are taken each from the first folder that has it; a folder is a holder."""
    held: dict[Path, list[Shard]] = {}
    for number, digest in enumerate(shards):
        place = next((folder for folder in folders if (folder / _name(digest)).is_file()), None)
        if place is None:
            raise BadInput(
                f"shard {number} of {len(shards)} of segment `{segment[:19]}…` is in none of the folders",
                do="name a folder that holds it, or lay it out with `accord fingerprint shard`",
            )
        path = place / _name(digest)
        _check(digest, path)
        held.setdefault(place, []).append(load_shard(path))
    placed = next(iter(held.values()))[0].part.placed
    return sharded(placed, [Shards(tuple(each)) for each in held.values()])


def _check(digest: str, path: Path) -> None:
    """Raises: BadInput when the file is not what its name says."""
    with path.open("rb") as file:
        if f"sha256:{file_digest(file, 'sha256').hexdigest()}" != digest:
            raise BadInput(f"the shard `{path}` is damaged", do="lay it out again")


def _shards(row: ShardRow) -> tuple[str, ...]:
    return msgspec.json.decode(row.shards, type=tuple[str, ...])


def _name(digest: str) -> str:
    return digest.removeprefix("sha256:")
