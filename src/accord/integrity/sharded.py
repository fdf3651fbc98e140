"""A segment whose parts lie with several holders, each on its own machine if need be; searched as if it were one.

A holder answers two questions about what it has: the votes of some keys, and the peaks in some spans. Votes of different keys
only add up, to 255 and no further, so in whatever order the holders' votes are added they are those of the whole; a key lies
with one holder alone, so how common it is is known there. Peaks come back in order of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from accord.integrity.packing import I64, U8, Packed
from accord.integrity.peaks import F32, I32
from accord.integrity.segment import Placed, Segment

EMPTY = Packed(np.zeros(1, np.uint32), np.zeros(0, np.uint64))


class Holder(Protocol):
    """Some shards of a segment, wherever they lie."""

    def votes(self, kind: int, keys: I64, cells: I64, before: int) -> U8:
        """What its postings of these (key, cell of the query) count for each cell, from `before` cells ahead of the first."""

    def between(self, spans: I64, begins: I64) -> tuple[I64, F32, I32]:
        """(frames, bins, strength classes) of its peaks in these spans, each span's frames counted on from its begin."""


@dataclass(frozen=True)
class Sharded(Segment):
    """A segment without postings and peaks of its own: its holders have them, each shard once.

    Only what a search asks works: `votes`, `between`, and where recordings lie. What reads postings or peaks
    themselves (merging, cutting, packing, sizes, `bulk`) finds none.
    """

    holders: tuple[Holder, ...] = field(default=())

    def votes(self, kind: int, keys: I64, cells: I64, before: int) -> U8:
        """The votes of all holders together."""
        return together([holder.votes(kind, keys, cells, before) for holder in self.holders])

    def between(self, spans: I64, begins: I64) -> tuple[I64, F32, I32]:
        """The peaks of all holders, in order of time."""
        parts = [holder.between(spans, begins) for holder in self.holders]
        frames, bins, classes = (np.concatenate([part[n] for part in parts]) for n in range(3))
        order = np.argsort(frames, kind="stable")
        return frames[order], bins[order], classes[order]


def sharded(placed: tuple[Placed, ...], holders: Sequence[Holder]) -> Sharded:
    """The segment of these recordings whose shards these holders have."""
    return Sharded(placed, EMPTY, (), tuple(holders))


def together(votes: Sequence[U8]) -> U8:
    """Votes added up, to 255 and no further."""
    total = votes[0].astype(np.uint16)
    for more in votes[1:]:
        total = np.minimum(255, total + more)
    return total.astype(np.uint8)
