"""The first tier: which stretches of a large index are worth searching at all.

Every key that the query might share with a reference is looked up, and each posting votes for the place where the
query's beginning would lie, in cells of CELL_FRAMES: a true place gathers its votes in about three neighbouring cells. A
key's vote weighs 1 ÷ (1 + its postings, counted as in a segment of WEIGHED_HOURS), so what is everywhere says little; keys
more common than COMMON are not read. Counters are bytes and do not overflow. Both kinds of keys name their PLACES
fullest places, whatever the size of the index: the search behind costs the same for 10 hours and for 10,000.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accord.integrity.index import Index
from accord.integrity.kernels import compiled
from accord.integrity.keys import KINDS, Kind, asked_keys
from accord.integrity.packing import I64, U8, U32, U64, first_bit, get_gamma, get_rice, rice_bits
from accord.integrity.peaks import FRAMES_PER_S, Peaks
from accord.integrity.segment import CELL_FRAMES, Segment
from accord.integrity.sharded import Sharded

PLACES = (150, 100)  # of each kind of KINDS
WEIGHED_HOURS = 8.67  # the index on which weights and caps were measured
COMMON = 6.0  # postings of a key in WEIGHED_HOURS
UNIT = 12.0  # a vote of weight one, in counter steps
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
        counters = count(segment, kind, keys, cells, before)
        at, full = _fullest(counters, most)
        found.append((at - before) * CELL_FRAMES + base)
        votes.append(full)
    every, weight = np.concatenate(found), np.concatenate(votes)
    return np.asarray(every[np.argsort(-weight, kind="stable")[:most]], np.int64)


def asked(query: Peaks, kind: Kind) -> tuple[I64, I64]:
    """The query's different (key, cell of its anchor), in order of key."""
    keys, anchors = asked_keys(query, kind)
    both = np.unique((keys << 12) | (anchors.astype(np.int64) // CELL_FRAMES))
    return both >> 12, both & 4095


def count(segment: Segment, kind: int, keys: I64, cells: I64, before: int) -> U8:
    """Votes for each cell of a segment's time line at which the query might begin, from `before` cells ahead of it."""
    if isinstance(segment, Sharded):
        return segment.votes(kind, keys, cells, before)
    postings = segment.postings[kind]
    all_cells = max(1, segment.length // CELL_FRAMES)
    counters = np.zeros(all_cells + before + 1, np.uint8)
    _vote(keys, cells, postings.packed.starts, postings.packed.words, postings.spread, all_cells, counters, before,
          min(1.0, WEIGHED_HOURS * 3600 * FRAMES_PER_S / max(1, segment.length)))  # fmt: skip
    return counters


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
def _vote(
    keys: I64,
    cells: I64,
    starts: U32,
    words: U64,
    spread: int,
    all_cells: int,
    counters: U8,
    before: int,
    scale: float,
) -> None:
    low, high = 0, 0
    here = np.empty(256, np.int64)
    found, key_before = 0, -1
    for i in range(len(keys)):
        if keys[i] != key_before:
            key_before = keys[i]
            group = keys[i] >> spread
            size, at = get_gamma(words, first_bit(starts, group))
            found = 0
            if spread > 0 or size * scale <= COMMON:
                if len(here) < size:
                    here = np.empty(2 * size, np.int64)
                plain, value = rice_bits(all_cells << spread, size), 0
                low = (keys[i] - (group << spread)) * all_cells
                high = low + all_cells
                for _ in range(size):
                    gap, at = get_rice(words, at, plain)
                    value += gap
                    if value >= high:
                        break
                    if value >= low:
                        here[found] = value - low
                        found += 1
                if found * scale > COMMON:
                    found = 0
        weight = np.int64(UNIT / (1.0 + found * scale) + 0.5)
        for k in range(found):
            place = here[k] - cells[i] + before
            counters[place] = min(255, counters[place] + weight)


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
