"""How the keys of a query vote for the places of a segment at which it might begin: the counting of the first tier.

A key's vote weighs 1 ÷ (1 + its postings, counted as in a segment of WEIGHED_HOURS), so what is everywhere says little; keys
more common than COMMON are not read. Counters are bytes and do not overflow.
"""

from __future__ import annotations

import numpy as np

from accord.integrity.kernels import compiled, inlined
from accord.integrity.packing import I64, U8, U32, U64, Packed, first_bit, get_gamma, get_rice, rice_bits
from accord.integrity.peaks import FRAMES_PER_S

WEIGHED_HOURS = 8.67  # the index on which weights and caps were measured
COMMON = 6.0  # postings of a key in WEIGHED_HOURS
UNIT = 12.0  # a vote of weight one, in counter steps
FULL = np.uint8(255)


def voted(packed: Packed, spread: int, keys: I64, cells: I64, all_cells: int, length: int, before: int) -> U8:
    """Votes of packed postings for each of `all_cells` cells of a time line of `length` frames, from `before` cells ahead."""
    counters = np.zeros(all_cells + before + 1, np.uint8)
    scale = min(1.0, WEIGHED_HOURS * 3600 * FRAMES_PER_S / max(1, length))
    _vote(keys, cells, packed.starts, packed.words, spread, all_cells, counters, before, scale)
    return counters


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
    i = 0
    while i < len(keys):
        group, last = keys[i] >> spread, i  # the rows i … last ask in this group
        while last + 1 < len(keys) and keys[last + 1] >> spread == group:
            last += 1
        here = _postings(starts, words, group, spread, keys[last], all_cells, scale)
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
            weight = np.uint8(UNIT / (1.0 + found * scale) + 0.5)
            while i <= last and keys[i] == key:
                if found * scale <= COMMON:
                    _count_up(counters, here, begin, end, before - cells[i] - first, weight)
                i += 1
            begin = end


@compiled
def _postings(starts: U32, words: U64, group: int, spread: int, last: int, all_cells: int, scale: float) -> I64:
    """A group's numbers, (key in the group) × all_cells + cell, up to those of the key `last`: what follows is not read,
    nor is a group of one key that is too common."""
    count, at = get_gamma(words, first_bit(starts, group))
    if spread == 0 and count * scale > COMMON:
        count = 0
    low, here = rice_bits(all_cells << spread, count), np.empty(count, np.int64)
    value, beyond = 0, (last + 1 - (group << spread)) * all_cells
    for k in range(count):
        gap, at = get_rice(words, at, low)
        value += gap
        if value >= beyond:
            return here[:k]
        here[k] = value
    return here


@inlined
def _count_up(counters: U8, here: I64, begin: int, end: int, away: int, weight: np.uint8) -> None:
    """Add a weight to the counters `away` from these places, 255 at most."""
    for k in range(begin, end):
        place = np.uint64(here[k] + away)
        counters[place] += min(weight, FULL - counters[place])
