"""How the keys of a query vote for the places of a segment at which it might begin: the counting of the first tier.

A key's vote weighs 1 ÷ (1 + its postings, counted as in a segment of WEIGHED_HOURS), so what is everywhere says little; keys
more common than COMMON are not read. Counters are bytes and do not overflow. Of a large segment they are more than a cache
holds, and a key's postings lie all over them; so all keys' postings are read side by side, one stretch of counters after
another (docs/decisions/0088).
"""

from __future__ import annotations

import numpy as np

from accord.integrity.kernels import compiled, inlined, soon
from accord.integrity.packing import (
    I64,
    NOTHING,
    ONE,
    SEEN,
    U8,
    U32,
    U64,
    WORD_LOG2,
    Packed,
    first_bit,
    get_gamma,
    get_rice,
    get_three,
    rice_bits,
    running,
)
from accord.integrity.peaks import FRAMES_PER_S

WEIGHED_HOURS = 8.67  # the index on which weights and caps were measured
COMMON = 6.0  # postings of a key in WEIGHED_HOURS
UNIT = 12.0  # a vote of weight one, in counter steps
FULL = np.uint32(255)
THREE, NO_MORE = np.uint64(3), np.uint64(1 << 63)
BLOCK_CELLS = 1 << 19  # half of what a core's second cache holds
AHEAD = 8  # lists: so far ahead the next postings are asked of the memory
ROOM = 1 << 13  # numbers of a group: more are seldom, and get an array of their own


def voted(
    packed: Packed,
    spread: int,
    keys: I64,
    cells: I64,
    all_cells: int,
    length: int,
    before: int,
    block: int = BLOCK_CELLS,
) -> U8:
    """Votes of packed postings for each of `all_cells` cells of a time line of `length` frames, from `before` cells ahead. Where
    groups have one key each, which is so in a large segment, `block` cells are counted at a time."""
    counters = np.zeros(all_cells + before + 1, np.uint8)
    scale = min(1.0, WEIGHED_HOURS * 3600 * FRAMES_PER_S / max(1, length))
    if spread:
        _vote(keys, cells, packed.starts, packed.words, spread, all_cells, counters, before, scale)
    else:
        lists = _lists(keys, cells, packed.starts, packed.words, all_cells, before, scale)
        _walk(lists, packed.words, all_cells, counters, block)
    return counters


@compiled
def _lists(keys: I64, cells: I64, starts: U32, words: U64, all_cells: int, before: int, scale: float) -> U64:
    """For each (key, cell) that votes: where its postings go on, the next cell, how many follow it, bits of a gap, weight, and
    from a cell to its counter."""
    out, many, last = np.empty((len(keys), 6), np.uint64), 0, len(keys) - 1
    for i in range(len(keys)):
        soon(words, np.uint64(first_bit(starts, keys[min(last, i + AHEAD)])) >> WORD_LOG2)
        count, at = get_gamma(words, first_bit(starts, keys[i]))
        if count and count * scale <= COMMON:
            low = rice_bits(all_cells, count)
            cell, at = get_rice(words, at, low)
            out[many, 0], out[many, 1], out[many, 2], out[many, 3] = at, cell, count - 1, low
            out[many, 4], out[many, 5] = UNIT / (1.0 + count * scale) + 0.5, before - cells[i]
            many += 1
    return out[:many]


@compiled
def _walk(lists: U64, words: U64, all_cells: int, counters: U8, block: int) -> None:
    """Count all postings, block by block: of each list those that lie there, so that the counters in use stay in the cache."""
    last = len(lists) - 1
    for end in range(block, all_cells + block, block):
        for i in range(len(lists)):
            soon(words, lists[min(last, i + AHEAD), 0] >> WORD_LOG2)
            if lists[i, 1] < np.uint64(end):
                _go_on(lists, i, words, np.uint64(end), counters)


@inlined
def _go_on(lists: U64, i: int, words: U64, end: np.uint64, counters: U8) -> None:
    """Count a list's postings as far as `end`."""
    at, cell, left, low = lists[i, 0], lists[i, 1], lists[i, 2], lists[i, 3]
    weight, away = np.uint32(lists[i, 4]), lists[i, 5]
    while cell < end:
        _up(counters, cell + away, weight)
        one, two, three, read = get_three(words, at, low)
        if left >= THREE and read <= SEEN and cell + one + two < end:
            _up(counters, cell + one + away, weight)
            _up(counters, cell + one + two + away, weight)
            cell, at, left = cell + one + two + three, at + read, left - THREE
        elif left == NOTHING:
            cell = NO_MORE
        else:
            gap, after = get_rice(words, np.int64(at), np.int64(low))  # type: ignore[arg-type]
            cell, at, left = cell + np.uint64(gap), np.uint64(after), left - ONE
    lists[i, 0], lists[i, 1], lists[i, 2] = at, cell, left


@inlined
def _up(counters: U8, place: np.uint64, weight: np.uint32) -> None:
    """Add a weight to a counter, up to 255."""
    counters[place] = np.uint8(min(FULL, np.uint32(counters[place]) + weight))


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
    i, room = 0, np.empty(ROOM, np.int64)
    while i < len(keys):
        group, last = keys[i] >> spread, i  # the rows i … last ask in this group
        while last + 1 < len(keys) and keys[last + 1] >> spread == group:
            last += 1
        here = _postings(starts, words, group, spread, keys[last], all_cells, scale, room)
        begin = 0
        while i <= last:
            key = keys[i]
            first = (key - (group << spread)) * all_cells
            while begin < len(here) and here[begin] < first:
                begin += 1
            end = begin if spread else len(here)
            while end < len(here) and here[end] < first + all_cells:
                end += 1
            found = end - begin
            weight = np.uint32(UNIT / (1.0 + found * scale) + 0.5)
            while i <= last and keys[i] == key:
                if found * scale <= COMMON:
                    _count_up(counters, here, begin, end, before - cells[i] - first, weight)
                i += 1
            begin = end


@compiled
def _postings(
    starts: U32, words: U64, group: int, spread: int, last: int, all_cells: int, scale: float, here: I64
) -> I64:
    """A group's numbers, (key in the group) × all_cells + cell, up to those of the key `last`: what follows is not read,
    nor is a group of one key that is too common. They are the beginning of `here`, or of a longer array where it is too short."""
    count, at = get_gamma(words, first_bit(starts, group))
    if spread == 0 and count * scale > COMMON:
        count = 0
    if count > len(here):
        here = np.empty(2 * count, np.int64)
    beyond = (last + 1 - (group << spread)) * all_cells
    return here[: running(words, at, rice_bits(all_cells << spread, count), count, beyond, here)]


@inlined
def _count_up(counters: U8, here: I64, begin: int, end: int, away: int, weight: np.uint32) -> None:
    """Add a weight to the counters `away` from these places, 255 at most."""
    for k in range(begin, end):
        _up(counters, np.uint64(here[k] + away), weight)
