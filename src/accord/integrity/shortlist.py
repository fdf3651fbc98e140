"""The first tier: which stretches of a large index are worth searching at all.

Every key that the query might share with a reference is looked up, and each posting votes for the place where the
query's beginning would lie (`voting`): a true place gathers its votes in about three neighbouring cells of CELL_FRAMES.
Both kinds of keys name their PLACES fullest places, whatever the size of the index: the search behind costs the same for
10 hours and for 10,000.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accord.integrity.index import Index
from accord.integrity.kernels import compiled
from accord.integrity.keys import KINDS, Kind, asked_keys
from accord.integrity.packing import I64, U8
from accord.integrity.peaks import Peaks
from accord.integrity.segment import CELL_FRAMES

PLACES = (150, 100)  # of each kind of KINDS
SPAN_CELLS = 3  # votes of one place may lie in so many cells (tempo, rounding)
TEMPO_MOST = 1.22
SLACK_FRAMES = 80


def spans(query: Peaks, index: Index) -> I64:
    """Rows (first, last) of the index's time line worth searching: in order, apart, each within one recording."""
    before = -(-query.length // CELL_FRAMES) + 1
    rows = [
        _spans_of(_places(query, index, kind, most, before), query.length)
        for kind, most in zip(range(len(KINDS)), PLACES, strict=True)
    ]
    return _within_recordings(np.concatenate(rows), index)


def _places(query: Peaks, index: Index, kind: int, most: int, before: int) -> I64:
    """The frames (of the index) at which the query may begin: the `most` fullest places of all segments."""
    keys, cells = asked(query, KINDS[kind])
    found, votes = [], []
    for segment, base in zip(index.segments, index.bases.tolist(), strict=False):
        counters = segment.votes(kind, keys, cells, before)
        at, full = _fullest(counters, most)
        found.append((at - before) * CELL_FRAMES + base)
        votes.append(full)
    every, weight = np.concatenate(found), np.concatenate(votes)
    return np.asarray(every[np.argsort(-weight, kind="stable")[:most]], np.int64)


def asked(query: Peaks, kind: Kind) -> tuple[I64, I64]:
    """The query's different (key, cell of its anchor), in order of key."""
    keys, anchors = asked_keys(query, kind)
    both = np.sort((keys << 12) | (anchors.astype(np.int64) // CELL_FRAMES))
    both = both[np.append(True, both[1:] != both[:-1])] if len(both) else both
    return both >> 12, both & 4095


def _fullest(counters: U8, most: int) -> tuple[I64, NDArray[np.int32]]:
    """(cells, votes of the SPAN_CELLS from there) of about the `most` fullest places, at most one per SPAN_CELLS."""
    best, where = _blocks(counters)
    if len(best) > most:
        chosen = np.argpartition(-best, most - 1)[:most]
        best, where = best[chosen], where[chosen]
    return where[best > 0].astype(np.int64), best[best > 0]


def _spans_of(places: I64, length: int) -> I64:
    """What of the index lies under a query of so many frames that begins at these places."""
    end = CELL_FRAMES * SPAN_CELLS + TEMPO_MOST * length
    return np.column_stack([places - SLACK_FRAMES, places + int(end) + SLACK_FRAMES])


def _within_recordings(spans: I64, index: Index) -> I64:
    """Spans cut to the recordings in which they lie (without any: dropped), those that touch made one."""
    if not len(spans):
        return spans
    owners = np.searchsorted(index.starts, spans[:, 0] + (spans[:, 1] - spans[:, 0]) // 2, side="right") - 1
    owners = np.maximum(owners, 0)
    first = np.maximum(spans[:, 0], index.starts[owners])
    last = np.minimum(spans[:, 1], index.starts[owners] + index.lengths[owners])
    kept: I64 = np.column_stack([first, last])[last > first]
    kept = kept[np.argsort(kept[:, 0], kind="stable")]
    if not len(kept):
        return kept
    reached = np.maximum.accumulate(kept[:, 1])
    opens = np.concatenate([[True], kept[1:, 0] > reached[:-1]])
    ends = np.append(np.flatnonzero(opens)[1:] - 1, len(kept) - 1)
    return np.column_stack([kept[opens, 0], reached[ends]])


@compiled
def _blocks(counters: U8) -> tuple[NDArray[np.int32], I64]:
    """For each SPAN_CELLS cells: the most votes in SPAN_CELLS cells that begin among them, and where."""
    size = (len(counters) - SPAN_CELLS) // SPAN_CELLS
    best, where = np.zeros(max(0, size), np.int32), np.zeros(max(0, size), np.int64)
    for block in range(size):
        for k in range(SPAN_CELLS):
            at = block * SPAN_CELLS + k
            total = np.int32(counters[at]) + np.int32(counters[at + 1]) + np.int32(counters[at + 2])
            if total > best[block]:
                best[block], where[block] = total, at
    return best, where
