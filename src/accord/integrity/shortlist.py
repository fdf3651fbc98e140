"""The first tier: which stretches of a large index are worth searching at all.

Every key that the query might share with a reference is looked up, and each posting votes for the place where the
query's beginning would lie (`voting`): a true place gathers its votes in about three neighbouring cells of CELL_FRAMES.
Both kinds of keys name their PLACES fullest places, whatever the size of the index: the search behind costs the same for
10 hours and for 10,000. Triples, which are of sound at its own pitch, name SCANNED more, for a look that costs little (`scan`).
"""

from __future__ import annotations

import numpy as np

from accord.integrity.index import Index
from accord.integrity.kernels import compiled
from accord.integrity.keys import KINDS, Kind, asked_keys
from accord.integrity.packing import I64, U8
from accord.integrity.peaks import Peaks
from accord.integrity.segment import CELL_FRAMES

PLACES = (150, 100)  # of each kind of KINDS
SCANNED = 1000  # of the first kind, the PLACES among them
SPAN_CELLS = 3  # votes of one place may lie in so many cells (tempo, rounding)
LOOKED_BLOCKS = 170  # SPAN_CELLS cells each: so many are passed over at once when none of them is full enough
CELL_BITS = 40
LAST_CELL = (1 << CELL_BITS) - 1
TEMPO_MOST = 1.22
SLACK_FRAMES = 80


def spans(query: Peaks, index: Index) -> tuple[I64, I64]:
    """Rows (first, last) of the index's time line: those worth searching, and those worth a scan at the query's own pitch;
    in order, apart, each within one recording."""
    before = -(-query.length // CELL_FRAMES) + 1
    triples, quads = (
        _spans_of(_places(query, index, kind, most, before), query.length)
        for kind, most in zip(range(len(KINDS)), (SCANNED, PLACES[1]), strict=True)
    )
    searched = np.concatenate([triples[: PLACES[0]], quads])
    return _within_recordings(searched, index), _within_recordings(triples, index)


def _places(query: Peaks, index: Index, kind: int, most: int, before: int) -> I64:
    """The frames (of the index) at which the query may begin: the `most` fullest places of all segments, the fullest first."""
    keys, cells = asked(query, KINDS[kind])
    found, votes = [], []
    for segment, base in zip(index.segments, index.bases.tolist(), strict=False):
        counters = segment.votes(kind, keys, cells, before)
        at, full = _fullest(counters, most)
        found.append((at - before) * CELL_FRAMES + base)
        votes.append(full)
    every, weight = np.concatenate(found), np.concatenate(votes)
    return np.asarray(every[np.lexsort((every, -weight))[:most]], np.int64)


def asked(query: Peaks, kind: Kind) -> tuple[I64, I64]:
    """The query's different (key, cell of its anchor), in order of key."""
    keys, anchors = asked_keys(query, kind)
    both = np.sort((keys << 12) | (anchors.astype(np.int64) // CELL_FRAMES))
    both = both[np.append(True, both[1:] != both[:-1])] if len(both) else both
    return both >> 12, both & 4095


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
def _fullest(counters: U8, most: int) -> tuple[I64, I64]:
    """(cells, votes of the SPAN_CELLS from there) of the `most` fullest places with any vote, at most one that begins in each
    SPAN_CELLS; of equally full ones the first."""
    kept = np.zeros(most, np.int64)  # votes above CELL_BITS bits that fall as cells rise; the least first, as in a heap
    blocks = (len(counters) - SPAN_CELLS) // SPAN_CELLS
    for begin in range(0, blocks, LOOKED_BLOCKS):
        end = min(blocks, begin + LOOKED_BLOCKS)
        if _most(counters, begin * SPAN_CELLS, end * SPAN_CELLS) <= kept[0] >> CELL_BITS:
            continue
        for block in range(begin, end):
            best, where = np.int64(0), 0
            for at in range(block * SPAN_CELLS, (block + 1) * SPAN_CELLS):
                total = np.int64(counters[at]) + np.int64(counters[at + 1]) + np.int64(counters[at + 2])
                if total > best:
                    best, where = total, at
            if best > kept[0] >> CELL_BITS:
                _instead_of_least(kept, (best << CELL_BITS) + LAST_CELL - where)
    kept = kept[kept > 0]
    return LAST_CELL - (kept & LAST_CELL), kept >> CELL_BITS


@compiled
def _most(counters: U8, begin: int, end: int) -> int:
    """The most votes in SPAN_CELLS cells that begin at begin ≤ cell < end: one pass without a branch."""
    one, two, three = counters[begin:end], counters[begin + 1 : end + 1], counters[begin + 2 : end + 2]
    top = np.uint16(0)
    for k in range(len(one)):
        top = max(top, np.uint16(np.uint16(one[k]) + np.uint16(two[k]) + np.uint16(three[k])))
    return np.int64(top)  # type: ignore[return-value]


@compiled
def _instead_of_least(heap: I64, number: int) -> None:
    """Put a number into a heap (the least first) in place of its least."""
    at, child = 0, 1
    while child < len(heap):
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= number:
            break
        heap[at], at = heap[child], child
        child = 2 * at + 1
    heap[at] = number
