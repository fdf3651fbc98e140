"""How the keys of a query vote for the places of a segment at which it might begin: the counting of the first tier.

A key's vote weighs 1 ÷ (1 + its postings, counted as in a segment of WEIGHED_HOURS), so what is everywhere says little; keys
more common than COMMON are not read. Counters are bytes and do not overflow.
"""

from __future__ import annotations

import numpy as np

from accord.integrity.kernels import compiled
from accord.integrity.packing import I64, U8, U32, U64, Packed, first_bit, get_gamma, get_rice, rice_bits
from accord.integrity.peaks import FRAMES_PER_S

WEIGHED_HOURS = 8.67  # the index on which weights and caps were measured
COMMON = 6.0  # postings of a key in WEIGHED_HOURS
UNIT = 12.0  # a vote of weight one, in counter steps


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
    here = np.empty(256, np.int64)
    found, key_before, group_before = 0, -1, -1
    left, at, plain, value, read = 0, 0, 0, 0, False  # of a group: numbers not read, the last one read and not yet used
    for i in range(len(keys)):
        if keys[i] != key_before:
            key_before, group, found = keys[i], keys[i] >> spread, 0
            if group != group_before:
                group_before, value, read = group, 0, False
                left, at = get_gamma(words, first_bit(starts, group))
                if len(here) < left:
                    here = np.empty(2 * left, np.int64)
                plain = rice_bits(all_cells << spread, left)
                if spread == 0 and left * scale > COMMON:
                    left = 0
            low = (keys[i] - (group << spread)) * all_cells
            while read or left > 0:
                if not read:
                    gap, at = get_rice(words, at, plain)
                    value += gap
                    left -= 1
                if value >= low + all_cells:
                    read = True
                    break
                read = False
                if value >= low:
                    here[found] = value - low
                    found += 1
            if found * scale > COMMON:
                found = 0
        weight = np.int64(UNIT / (1.0 + found * scale) + 0.5)
        for k in range(found):
            place = here[k] - cells[i] + before
            counters[place] = min(255, counters[place] + weight)
