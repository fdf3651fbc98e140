"""Fingerprint indexes as large as wanted: a real segment, and made-up recordings with the same distribution behind it.

Of the made-up recordings each key occurs as often, relative to the real ones, and at random places of their time line,
so every lookup costs what it would; their stored peaks are the real ones' backwards in time, so that they weigh as real
ones do and hold nobody. Keys of made-up music do not come in real music's patterns: what a false candidate gets by
repetition is not modelled.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from accord.integrity.keys import KINDS
from accord.integrity.packing import (
    BLOCK_FRAMES,
    I64,
    KEY_BITS,
    Packed,
    join,
    pack_peaks,
    pack_postings,
    spread_for,
    unpack_peaks,
    unpack_postings,
)
from accord.integrity.segment import CELL_FRAMES, Placed, Postings, Segment, spaced

SLICE_POSTINGS = 1 << 24


def grown(real: Segment, tracks: int, seed: int = 1) -> Segment:
    """The real segment and so many made-up recordings after it that there are `tracks` in all."""
    placed, start = list(real.placed), real.length
    for number in range(tracks - len(real.placed)):
        length = real.placed[number % len(real.placed)].length
        placed.append(Placed(f"made-up {number}", start, length))
        start += spaced(length)
    backwards = [_backwards(real, p) for p in real.placed]
    made = [backwards[n % len(backwards)] for n in range(len(placed) - len(real.placed))]
    lists = tuple(_more(real, kind, start, seed) for kind in range(len(KINDS)))
    return Segment(tuple(placed), join([real.peaks, *made]), lists)


def _backwards(real: Segment, placed: Placed) -> Packed:
    """A recording's peaks backwards in time, packed for a place of its own (packed peaks count from their block)."""
    first = placed.start // BLOCK_FRAMES
    frames, halves, classes = unpack_peaks(real.peaks, first, first + spaced(placed.length) // BLOCK_FRAMES)
    turned = placed.length - 1 - (frames - placed.start)
    order = np.argsort(turned, kind="stable")
    return pack_peaks(turned[order], halves[order], classes[order], spaced(placed.length))


def _more(real: Segment, kind: int, length: int, seed: int) -> Postings:
    """The real postings of one kind, and made-up ones on the rest of a time line of `length` frames."""
    postings = real.postings[kind]
    keys, cells = unpack_postings(postings.packed, max(1, real.length // CELL_FRAMES), postings.spread)
    factor = length / real.length - 1.0
    spread, all_cells = spread_for(round(len(keys) * (1 + factor))), length // CELL_FRAMES
    groups = 1 << (KEY_BITS - spread)
    slices = min(groups, max(1, round(len(keys) * (1 + factor)) // SLICE_POSTINGS))
    edges = np.linspace(0, groups, slices + 1).astype(np.int64)
    parts = []
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        low, high = np.searchsorted(keys, [first << spread, last << spread])
        some = _fill(keys[low:high], cells[low:high], factor, real.length // CELL_FRAMES, all_cells, seed + first)
        parts.append(pack_postings(*some, all_cells, spread, first, last))
    return Postings(spread, join(parts))


@njit(cache=True)
def _fill(keys: I64, cells: I64, factor: float, taken: int, all_cells: int, seed: int) -> tuple[I64, I64]:
    """Sorted postings: the given ones, and for each of their keys `factor` times as many in cells from `taken` on."""
    np.random.seed(seed)
    room = int(len(keys) * (1.0 + factor) * 1.05) + 4 * len(keys) + 64
    out_keys, out_cells, n, i = np.empty(room, np.int64), np.empty(room, np.int64), 0, 0
    while i < len(keys):
        begin, key = n, keys[i]
        while i < len(keys) and keys[i] == key:
            out_keys[n], out_cells[n] = key, cells[i]
            n += 1
            i += 1
        many = int((n - begin) * factor + np.random.random())
        at = 0.0
        first = n
        for _ in range(many):
            at -= np.log(1.0 - np.random.random())
            out_keys[n], out_cells[n] = key, 0
            out_cells[n] = int(at * 1048576.0)
            n += 1
        at -= np.log(1.0 - np.random.random())
        for k in range(first, n):
            out_cells[k] = taken + min(all_cells - taken - 1, int(out_cells[k] / 1048576.0 / at * (all_cells - taken)))
    return out_keys[:n].copy(), out_cells[:n].copy()
