"""Shards: a segment cut by ranges of keys and of time into plain files, so that many machines hold one index.

Shard k of n has of each kind of key the postings of the k-th n-th of all groups of keys, and the peaks of the k-th n-th of all
blocks of time, beside the recordings' places. The cut is by position, so a shard knows from a key or a frame alone whether
it is asked. Each is a file like a segment's: mapped, never changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from accord.integrity.packing import BLOCK_FRAMES, I64, U8, part
from accord.integrity.peaks import F32, I32
from accord.integrity.segment import Placed, Postings, Segment, file_of, lifted, parts_of
from accord.integrity.sharded import together

MAGIC = b"accord fingerprint shard 2\n"
MAGIC_1 = b"accord fingerprint shard 1\n"  # of a segment of format 2


@dataclass(frozen=True)
class Shard:
    """Part `number` of `of` of a segment; `groups` and `block` are the first of each kind of key and of the peaks."""

    number: int
    of: int
    groups: tuple[int, ...]
    block: int
    part: Segment

    def votes(self, kind: int, keys: I64, cells: I64, before: int) -> U8:
        """See Holder."""
        postings = self.part.postings[kind]
        rebased = keys - (self.groups[kind] << postings.spread)
        mine = (rebased >= 0) & (rebased < postings.packed.groups << postings.spread)
        return self.part.votes(kind, rebased[mine], cells[mine], before)

    def between(self, spans: I64, begins: I64) -> tuple[I64, F32, I32]:
        """See Holder."""
        first, last = self.block * BLOCK_FRAMES, (self.block + self.part.peaks.groups) * BLOCK_FRAMES
        cut = np.clip(spans, first, last)
        mine = cut[:, 1] > cut[:, 0]
        later = (cut[:, 0] - spans[:, 0])[mine]
        return self.part.between(cut[mine] - first, begins[mine] + later)


@dataclass(frozen=True)
class Shards:
    """The shards of one segment that one machine has."""

    held: tuple[Shard, ...]

    def votes(self, kind: int, keys: I64, cells: I64, before: int) -> U8:
        """See Holder."""
        return together([shard.votes(kind, keys, cells, before) for shard in self.held])

    def between(self, spans: I64, begins: I64) -> tuple[I64, F32, I32]:
        """See Holder."""
        parts = [shard.between(spans, begins) for shard in self.held]
        frames, bins, classes = (np.concatenate([each[n] for each in parts]) for n in range(3))
        return frames, bins, classes


def cut(segment: Segment, of: int) -> Iterable[Shard]:
    """The segment as `of` shards, one after another."""
    for number in range(of):
        blocks = _range(segment.peaks.groups, number, of)
        groups = [_range(p.packed.groups, number, of) for p in segment.postings]
        postings = tuple(
            Postings(p.spread, part(p.packed, *its)) for p, its in zip(segment.postings, groups, strict=True)
        )
        held = Segment(segment.placed, part(segment.peaks, *blocks), postings)
        yield Shard(number, of, tuple(first for first, _ in groups), blocks[0], held)


def _range(count: int, number: int, of: int) -> tuple[int, int]:
    return count * number // of, count * (number + 1) // of


def pack(shard: Shard) -> bytes:
    """The shard as bytes."""
    head = {
        "placed": shard.part.placed,
        "spread": [p.spread for p in shard.part.postings],
        "shard": [shard.number, shard.of],
        "groups": shard.groups,
        "block": shard.block,
    }
    return file_of(MAGIC, head, [shard.part.peaks, *(p.packed for p in shard.part.postings)])


def load(path: Path) -> Shard:
    """The shard in a file, mapped. Raises ValueError when it is none."""
    if path.stat().st_size < len(MAGIC):
        raise ValueError("not a fingerprint shard")
    return unpack(np.memmap(path, np.uint8, "r"))


def unpack(raw: NDArray[np.uint8]) -> Shard:
    """The shard in these bytes. Raises ValueError when they are not one."""
    magic = raw[: len(MAGIC)].tobytes()
    if magic not in (MAGIC, MAGIC_1):
        raise ValueError("not a fingerprint shard")
    head, packs = parts_of(raw, len(MAGIC))
    postings = tuple(Postings(s, p) for s, p in zip(head["spread"], packs[1:], strict=True))
    peaks = packs[0] if magic == MAGIC else lifted(packs[0])
    held = Segment(msgspec.convert(head["placed"], tuple[Placed, ...]), peaks, postings)
    number, of = head["shard"]
    return Shard(number, of, tuple(head["groups"]), head["block"], held)
