"""The evidence at every place at once, so that what few pairs speak for is found too; and all candidates of a query.

Under voices or other music a pair of peaks survives as the square of one peak does, so votes of pairs lose places that the
evidence would have known (docs/decisions/0086). So a query is made a table: what a stored peak is worth that falls on this
half bin and this frame, hit or missed, at one SHARE of the recording (`score`), in steps of 1/UNIT nats. With tempo and
pitch left as they are the sum over all stored peaks, without caps, at all places is then a row of bytes added up for each
stored peak: some 4 ms for 5 hours. At other pitches this would cost as much for each; there it is done for the LOOKED
fullest short windows of shifted votes, which leave a place room to be far from the fullest: with every second stored peak
and what half a bin away is worth too, with all peaks for the AGAIN best of them, and for the NEAR best of those to half a
bin. What changed its tempo is left to votes and their Hough transform. (What all this costs: docs/decisions/0106.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accord.integrity import search, shortlist
from accord.integrity.index import Index, Laid, Stretch
from accord.integrity.kernels import compiled, inlined
from accord.integrity.packing import I64, U8
from accord.integrity.peaks import BINS, F32, I32, Peaks
from accord.integrity.score import MISSED, Heard
from accord.integrity.search import F64, Alignment
from accord.integrity.weighing import MISS, NONE, hit

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]

SHARE = 2  # index in SHARES: a third of the recording is there
UNIT, MOST = 8, 63  # steps a nat, and the most of them for one peak: of two fit 8 bits, of 520 peaks 16 (200 are met)
HALVES = 2 * BINS - 1
AT_ONCE, SPREAD = 8, 32  # stored peaks that are added up together where they lie within so many frames
EACH_FRAMES = 86  # of so many places one after another the best is taken
STILL_KEPT, MOVED_KEPT = 10, 8
LOOKED, AGAIN, NEAR = 8_000, 1_000, 150  # windows of shifted votes
LOOKED_EACH = 80  # frames that are searched: of a window in so many at most, where the first tier has chosen already
REACH_HALVES = 3  # around a window's shift
AROUND_FRAMES = 3  # a window
PLACES = search.CLOSE + 2 * AROUND_FRAMES  # that are weighed of a window


def candidates(heard: Heard, index: Index) -> list[Alignment]:
    """The places of the index that are worth weighing, none twice."""
    query = heard.peaks
    if len(query) < 2 or not index.recordings:
        return []
    searched, scanned = _searched(query, index)
    tempo_changed, drifting, shifted = search.voted(query, searched, min(LOOKED, searched.length // LOOKED_EACH + 1))
    worth = table(heard)
    kept: list[Alignment] = []
    for found in (still(worth, scanned), moved(worth, searched, shifted),
                  search.settled(query, searched, tempo_changed, search.WIDE.kept),
                  search.settled(query, searched, drifting, search.SHIFTED.kept)):  # fmt: skip
        kept += [one for one in found if not any(_same(one, other) for other in kept)]
    return kept


def _searched(query: Peaks, index: Index) -> tuple[Stretch, Laid]:
    """What of the index is searched, and what is scanned at the query's own pitch: all of a small one, else what the first
    tier names."""
    if index.small:
        return index.whole, index.whole
    searched, scanned = shortlist.spans(query, index)
    return index.stretch(searched), index.laid(scanned)


def table(heard: Heard) -> I8:
    """(half bins, frames from the last to the first) → what a stored peak there says, in steps of 1/UNIT nats."""
    query = heard.peaks
    return _table(heard.grid, heard.near, query.frames, query.bins, heard.rarity, heard.loud, heard.gains, MISSED)


def still(worth: I8, searched: Laid) -> list[Alignment]:
    """The STILL_KEPT best places of all at the recordings' own tempo and pitch."""
    length = worth.shape[1]
    best, at = _best(everywhere(worth, searched.frames, searched.bins, searched.length), EACH_FRAMES)
    order = np.argsort(-best, kind="stable")[:STILL_KEPT]
    return [
        Alignment(searched.origin(begin - (length - 1) + 0.5 * length), 1.0, 0.0, support / UNIT)
        for begin, support in zip(at[order].tolist(), best[order].tolist(), strict=True)
        if support > 0
    ]


def moved(worth: I8, searched: Laid, windows: F64) -> list[Alignment]:
    """The MOVED_KEPT best places near these windows (rows of first frame, length, shift in bins), at half bins of shift."""
    begins = windows[:, 0].astype(np.int64) - AROUND_FRAMES
    order = np.argsort(begins, kind="stable")
    begins, shifts = begins[order], 2 * windows[order, 2].astype(np.int64)
    wide = _widened(worth)
    for says, reach, step, most in ((wide, 0, 2, AGAIN), (wide, 0, 1, NEAR), (worth, REACH_HALVES, 1, NEAR)):
        found = within(says, searched.frames, searched.bins, begins, shifts, reach, PLACES, step)
        best = np.sort(np.argsort(-found[:, 0], kind="stable")[:most])
        begins, shifts, found = begins[best], shifts[best], found[best]
    kept: list[Alignment] = []
    for support, begin, shift in found[np.argsort(-found[:, 0], kind="stable")].tolist():
        one = Alignment(searched.origin(begin + 0.5 * worth.shape[1]), 1.0, 0.5 * shift, support / UNIT)
        if support > 0 and not any(_same(one, other) for other in kept):
            kept.append(one)
        if len(kept) == MOVED_KEPT:
            break
    return kept


def _same(one: Alignment, other: Alignment) -> bool:
    near = abs(one.at - other.at) < 8 and abs(one.shift - other.shift) < 2
    return near and abs(one.tempo - other.tempo) < 0.5 * search.TEMPO_STEP


@compiled
def _table(
    grid: I32, near: I32, query_frames: F32, query_bins: F32, rarity: I32, loud: U8, gains: F64, missed: F64
) -> I8:
    length = grid.shape[0]
    out = np.empty((HALVES, length), np.int8)
    misses = np.array([_steps(missed[here, SHARE]) for here in range(len(missed))])
    for half in range(HALVES):
        bin_ = 0.5 * half
        column = round(bin_)
        for t in range(length):
            out[half, length - 1 - t] = misses[loud[t, column]]
            if near[t, int(bin_)] != NONE:  # hardly ever; asked here, without a call
                state, peak = hit(float(t), bin_, grid, near, query_frames, query_bins)
                if state != MISS:
                    out[half, length - 1 - t] = _steps(gains[rarity[peak], state - 1, column, SHARE])
    return out


@inlined
def _steps(nats: float) -> np.int8:
    """Of nats so many steps, and no more than are counted."""
    return np.int8(max(-MOST, min(MOST, round(UNIT * nats))))


@compiled
def _widened(worth: I8) -> I8:
    """What a stored peak there, or half a bin beside it, says at most."""
    out = worth.copy()
    for half in range(1, len(worth)):
        for k in range(worth.shape[1]):
            out[half, k] = max(out[half, k], worth[half - 1, k])
            out[half - 1, k] = max(out[half - 1, k], worth[half, k])
    return out


@inlined
def _add(sums: I16, row: I8) -> None:
    for k in range(len(sums)):
        sums[k] += row[k]


@compiled
def everywhere(worth: I8, frames: I64, bins: F32, length: int) -> I16:
    """The sum at each place: number k is where the query's last frame lies on frame k."""
    wide = worth.shape[1]
    says = np.zeros((HALVES + 1, wide + 2 * SPREAD), np.int8)  # nothing around it, and above the highest bin
    says[:HALVES, SPREAD : SPREAD + wide] = worth
    sums, r = np.zeros(length + wide + SPREAD, np.int16), 0
    while r < len(frames):
        at = frames[r]
        if r + AT_ONCE <= len(frames) and frames[r + AT_ONCE - 1] < at + SPREAD:
            under = sums[at : frames[r + AT_ONCE - 1] + wide]
            _add_all(under, _row(says, frames, bins, r, at), _row(says, frames, bins, r + 1, at),
                     _row(says, frames, bins, r + 2, at), _row(says, frames, bins, r + 3, at),
                     _row(says, frames, bins, r + 4, at), _row(says, frames, bins, r + 5, at),
                     _row(says, frames, bins, r + 6, at), _row(says, frames, bins, r + 7, at))  # fmt: skip
            r += AT_ONCE
        else:
            _add(sums[at : at + wide], _row(says, frames, bins, r, at))
            r += 1
    return sums[: length + wide]


@inlined
def _row(says: I8, frames: I64, bins: F32, r: int, at: int) -> I8:
    """What a stored peak says from the frame `at` on."""
    return says[min(HALVES, int(2 * bins[r])), SPREAD - (frames[r] - at) :]


@inlined
def _add_all(sums: I16, a: I8, b: I8, c: I8, d: I8, e: I8, f: I8, g: I8, h: I8) -> None:
    """Eight rows in one pass, two and two in 8 bits: most of the time went into reading and writing sums."""
    for k in range(len(sums)):
        first = np.int16(np.int8(a[k] + b[k])) + np.int16(np.int8(c[k] + d[k]))
        second = np.int16(np.int8(e[k] + f[k])) + np.int16(np.int8(g[k] + h[k]))
        sums[k] = np.int16(sums[k] + np.int16(np.int16(first) + np.int16(second)))


@compiled
def _best(sums: I16, each: int) -> tuple[I64, I64]:
    """Of each so many places one after another the highest sum, and where it is first."""
    best, at = np.empty(len(sums) // each, np.int64), np.empty(len(sums) // each, np.int64)
    for block in range(len(best)):
        here = sums[block * each : (block + 1) * each]
        top = here[0]
        for k in range(len(here)):
            top = max(top, here[k])
        first = 0
        while here[first] != top:
            first += 1
        best[block], at[block] = top, block * each + first
    return best, at


@compiled
def within(worth: I8, frames: I64, bins: F32, begins: I64, shifts: I64, reach: int, places: int, step: int) -> F64:
    """For each window, in order of their begins, rows (highest sum over each `step`-th stored peak, where the query then
    begins, shift in half bins): of `places` places from its begin on, at its shift and up to `reach` half bins beside it; of
    equals the lowest shift and the first place."""
    wide = worth.shape[1]
    says = np.zeros((HALVES, wide + 2 * places), np.int8)  # so that a peak is under all places, if only with nothing
    says[:, places : places + wide] = worth
    out, low = np.empty((len(begins), 3)), 0
    sums = np.empty(places, np.int16)
    for w in range(len(begins)):
        end = begins[w] + places + wide
        while low < len(frames) and frames[low] < begins[w]:
            low += 1
        out[w, 0] = -np.inf
        for shift in range(shifts[w] - reach, shifts[w] + reach + 1):
            sums[:] = 0
            for r in range(low, len(frames), step):
                if frames[r] >= end:
                    break
                half = int(2 * bins[r]) - shift
                if 0 <= half < HALVES:
                    _add(sums, says[half, end - 1 - frames[r] :])
            at = np.argmax(sums)
            if sums[at] > out[w, 0]:
                out[w, 0], out[w, 1], out[w, 2] = sums[at], begins[w] + at, shift
    return out
