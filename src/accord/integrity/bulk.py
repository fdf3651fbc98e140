"""Everything in the index against everything in it, as SQL on DuckDB or Spark (shell: it writes scratch files).

The keys that the segments hold become rows (key, recording, cell) in Parquet files, one a segment and kind of key. Two
rules find what to weigh: `shared_keys.sql` joins them with themselves, `alike.sql` keeps the pairs that agree on one place.
Of what weighing leaves `rivals.sql` says where a recording may be a mix, `standing.sql` which links stand beside mixes, and
`gathered.sql` makes connected groups. Recordings are numbers there; the caller names them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from accord.engine.running import Engine, rule
from accord.integrity.index import Index
from accord.integrity.keys import KINDS
from accord.integrity.packing import I64, KEY_BITS, unpack_postings
from accord.integrity.segment import CELL_FRAMES, Segment

RULES = (
    "integrity/shared_keys",
    "integrity/alike",
    "integrity/rivals",
    "integrity/standing",
    "integrity/gathered",
)
SLICE_POSTINGS = 1 << 22  # rows of one segment's keys held at once
Pair = tuple[int, int]
Link = tuple[int, int, int, int]  # of two recordings, the older first: whether they are copies, and how strong it is
LINK = ("one", "other", "copy", "strength")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a pair worth weighing."""

    common: int = 256  # a key with more postings than this is not joined
    floor: int = 8  # votes for one place
    every: int = 1  # of the keys every so manieth takes part


LIMITS = Limits()
COMMON_TIMES = 8  # in a larger index: so many times the mean postings of a key
ROWS_MOST = 20_000_000  # of a larger index fewer keys take part


def limits_for(index: Index) -> Limits:
    """The limits for an index of this size: keys grow fuller as it grows.

    With every nth key a pair is seen by its share of the keys only, so it needs n times as many keys in common to reach
    the floor; what is then no longer found was not measured.
    """
    postings = sum(p.packed.numbers for segment in index.segments for p in segment.postings)
    mean = postings / (len(KINDS) << KEY_BITS)
    return Limits(common=max(LIMITS.common, round(COMMON_TIMES * mean)), every=max(1, -(-postings // ROWS_MOST)))


@contextmanager
def key_files(index: Index, numbers: Mapping[str, int], every: int = 1) -> Iterator[list[Path]]:
    """The keys of the recordings that have a number, as Parquet files which go when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="accord-keys-", dir=os.environ.get("ACCORD_ENGINE_SCRATCH")))
    try:
        yield [
            _written(folder / f"{number}-{kind}.parquet", segment, kind, numbers, every)
            for number, segment in enumerate(index.segments)
            for kind in range(len(KINDS))
        ]
    finally:
        shutil.rmtree(folder)


def key_rows(segment: Segment, kind: int, numbers: Mapping[str, int], every: int = 1) -> Iterator[tuple[I64, I64, I64]]:
    """(key, recording, cell of the recording) of one kind of key in a segment, a slice at a time; of the keys every nth."""
    postings = segment.postings[kind]
    owners = np.array([numbers.get(p.recording, -1) for p in segment.placed], np.int64)
    first_cells = segment.starts // CELL_FRAMES
    groups = postings.packed.groups
    step = max(1, groups * SLICE_POSTINGS // max(1, postings.packed.numbers))
    for first in range(0, groups if len(owners) else 0, step):
        cells_in_all = max(1, segment.length // CELL_FRAMES)
        keys, cells = unpack_postings(postings.packed, cells_in_all, postings.spread, first, min(groups, first + step))
        placed = np.searchsorted(first_cells, cells, side="right") - 1
        chosen = (owners[placed] >= 0) & (keys % every == 0)
        yield keys[chosen] + (kind << KEY_BITS), owners[placed][chosen], (cells - first_cells[placed])[chosen]


def alike(engine: Engine, files: Sequence[Path] | pa.Table, limits: Limits = LIMITS) -> list[tuple[int, int, int, int]]:
    """(one, other, cells apart, votes) of the pairs worth weighing, one < other, in order."""
    engine.table("keys", files)
    engine.table("limits", pa.table({name: [value] for name, value in msgspec.structs.asdict(limits).items()}))
    engine.run(rule("integrity/shared_keys"), "shared")
    engine.run(rule("integrity/alike"), "alike")
    found = engine.fetch("alike", "one, other").to_pylist()
    engine.drop("shared")
    return [(row["one"], row["other"], row["apart"], row["votes"]) for row in found]


def rivals(engine: Engine, links: Sequence[Link]) -> list[tuple[int, int, int]]:
    """(middle, one, other) where a recording is linked to two that are not linked to each other, in order."""
    if not links:
        return []
    engine.table("links", _columns(links, LINK))
    engine.run(rule("integrity/rivals"), "rivals")
    rows = engine.fetch("rivals", "middle, one, other").to_pylist()
    return [(row["middle"], row["one"], row["other"]) for row in rows]


def standing(engine: Engine, links: Sequence[Link], mixes: Sequence[tuple[int, int, int]]) -> list[Pair]:
    """The links that stand where of the rivals these (middle, one, other) are mixes, in order."""
    if not links:
        return []
    first = {n: group[0] for group in gathered(engine, [link[:2] for link in links if link[2]]) for n in group}
    numbers = sorted({number for link in links for number in link[:2]})
    engine.table("groups", _columns([(n, first.get(n, n)) for n in numbers], ("recording", "cluster")))
    engine.table("links", _columns(links, LINK))
    engine.table("mixes", _columns(mixes, ("middle", "one", "other")))
    engine.run(rule("integrity/standing"), "standing")
    return [(row["one"], row["other"]) for row in engine.fetch("standing", "one, other").to_pylist()]


def gathered(engine: Engine, links: Sequence[Pair]) -> list[list[int]]:
    """The connected groups of these links, each in order, by their first."""
    numbers = sorted({number for link in links for number in link})
    if not numbers:
        return []
    engine.table("links", _columns(links, ("one", "other")))
    engine.table("labels", _columns([(n, n) for n in numbers], ("recording", "cluster")))
    while True:
        engine.run(rule("integrity/gathered"), "next_labels")
        rows = engine.fetch("next_labels", "cluster, recording").to_pylist()
        engine.rename("next_labels", "labels")
        if not any(row["moved"] for row in rows):
            break
    groups: dict[int, list[int]] = {}
    for row in rows:
        groups.setdefault(row["cluster"], []).append(row["recording"])
    return list(groups.values())


def _columns(rows: Sequence[tuple[int, ...]], names: Sequence[str]) -> pa.Table:
    return pa.table([pa.array([row[n] for row in rows], pa.int64()) for n in range(len(names))], list(names))


def _written(path: Path, segment: Segment, kind: int, numbers: Mapping[str, int], every: int) -> Path:
    names = ["key", "recording", "cell"]
    with parquet.ParquetWriter(path, pa.schema([(name, pa.int64()) for name in names])) as writer:
        for columns in key_rows(segment, kind, numbers, every):
            writer.write_table(pa.table(list(columns), names))
    return path
