"""Votes of pairs: where pairs of stored peaks agree with the query's on one place, pitch and nearly one tempo.

The query's pairs are a table by bucket; the pairs of what is searched (the whole of a small index, else what the first
tier names) run past it in order of time, so that the counters in use stay near. Two kinds of votes: *still* (the anchor
within three quarters of a bin: no pitch change) on 3-frame offsets, read in a window wide enough for another tempo, at
which pairs drift apart; and *shifted*, for all pitch shifts within ±SHIFT_BINS at once, since a pair's shifts are
neighbouring buckets: in long windows for another tempo, in short ones (CLOSE) for the recording's own. A vote weighs less
the commoner its pair is. The fullest long windows are then settled by a Hough transform over tempo and offset on stored
peaks. What kept its tempo is found without votes, or far below the fullest: `scan`. (docs/decisions/0086 and 0100)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.integrity.index import SHIFT_BINS, Stretch
from accord.integrity.kernels import compiled, inlined
from accord.integrity.packing import I64, U16
from accord.integrity.pairs import BUCKETS, query_probes
from accord.integrity.peaks import BINS, F32, I32, Peaks

F64 = NDArray[np.float64]

SHIFTS = 2 * SHIFT_BINS + 1
COLUMNS, UNMOVED = SHIFTS + 2, SHIFT_BINS + 1  # of shifted votes: an empty one on each side, and that of no shift
GATE_BINS = 0.75
TEMPO_STEP, ALL_TEMPI = 0.02, 11  # tempi from 0.78 to 1.22
SETTLED_PER_S = 40  # query peaks that settle a candidate
TEMPO_LEAST, TEMPO_MOST = 0.76, 1.25  # how far refinement may go beyond
TARGETS, PER_S = 6, 40  # of the query: targets of an anchor, and peaks that take part
STILL_UNIT, SHIFTED_UNIT = 3, 5  # frames
STILL_ROWS, SHIFTED_ROWS = np.uint32(STILL_UNIT), np.uint32(SHIFTED_UNIT)
DRIFT = 4  # SHIFTED_UNITs that are read as one where the tempo may be another
PARTS = 256  # of a bin, in which places of peaks are told while votes are counted
NEAR_PARTS, HALF_PARTS = round(GATE_BINS * PARTS), PARTS // 2
BLOCK_PAIRS = 1 << 10  # are looked up at a time
AT_ONCE = 3  # votes of one pair: to guess how many there are, and be wrong, costs more than to count some of nothing
SLACK_FRAMES = 4
TOLERANCE = 1e-3  # frames: more than rounding can move
QUERY_SPREAD = 1.25  # a query may lie on so many of its own lengths


@dataclass(frozen=True)
class Family:
    """One reading of the votes: of windows of `window` frames the `count` fullest are settled, over all tempi, and the best
    `kept` of them are candidates."""

    window: int
    count: int
    kept: int


WIDE, SHIFTED = Family(66, 40, 6), Family(60, 80, 8)
CLOSE = 10  # frames of a window of shifted votes where the tempo is the recording's
PAIR = CLOSE // SHIFTED_UNIT


@dataclass(frozen=True)
class Asked:
    """The query's pairs by bucket: those of bucket b are `offsets[b]` ≤ number < `offsets[b + 1]`; places are in PARTS of a
    bin. Behind the last lie some that are none, so that AT_ONCE of them can be read from anywhere."""

    offsets: I32
    frames: I32
    places: I32


@dataclass(frozen=True)
class Alignment:
    """A place: query frame `middle` lies on index frame `at`; index = at + tempo × (query − middle); bins move by `shift`."""

    at: float
    tempo: float
    shift: float
    support: float


def voted(query: Peaks, searched: Stretch, most: int) -> tuple[F64, F64, F64]:
    """The fullest windows, in rows (first frame, length, shift), the fullest first: WIDE.count of still votes, SHIFTED.count of
    shifted ones, and `most` short ones of shifted votes, for what kept its tempo."""
    pad = round(QUERY_SPREAD * query.length) + WIDE.window
    still = np.zeros(((searched.length + 2 * pad) // STILL_UNIT + 2, 1), np.uint16)
    shifted = np.zeros((((searched.length + 2 * pad) // (DRIFT * SHIFTED_UNIT) + 2) * DRIFT, COLUMNS), np.uint16)
    asked, pairs = ask(query), searched.pairs
    _vote(asked.offsets, asked.frames, asked.places, pairs.buckets, pairs.frames, pairs.bins, pairs.still, pairs.shifted,
          pad, still, shifted)  # fmt: skip
    wide = _fullest(still, WIDE.window, WIDE.count, STILL_UNIT, pad, 0)
    drifting = _fullest(_together(shifted, DRIFT), SHIFTED.window, SHIFTED.count, DRIFT * SHIFTED_UNIT, pad, UNMOVED)
    return wide, drifting, _fullest(shifted, CLOSE, most, SHIFTED_UNIT, pad, UNMOVED)


def ask(query: Peaks) -> Asked:
    """The query's pairs by bucket."""
    keys, anchors, places = query_probes(query.strongest(PER_S), TARGETS)
    here = np.clip(np.rint(places), 0, BINS - 1).astype(np.int32)
    offsets, order = _by_bucket(keys + here, BUCKETS)
    behind = np.zeros(AT_ONCE, np.int32)
    parts = np.rint(PARTS * places[order]).astype(np.int32)
    return Asked(offsets, np.append(anchors[order].astype(np.int32), behind), np.append(parts, behind))


def _fullest(votes: U16, window: int, most: int, unit: int, pad: int, middle: int) -> F64:
    """Rows (first frame, window, shift) of the fullest windows, the fullest first; at most one per window's length."""
    rows = max(1, window // unit)
    full = _fullness_of_two(votes) if rows == PAIR else _fullness(votes, rows)
    order = _greatest(full, most)
    order = order[full[order] > 0]
    at, shift = _where(votes, rows, order, full)
    return np.column_stack([at * unit - float(pad), np.full(len(order), float(window)), shift - middle])


def _greatest(values: I64, most: int) -> I64:
    """The numbers of the `most` greatest values (which are no less than 0), the greatest first, of equals the earlier."""
    so_great = np.cumsum(np.bincount(values)[::-1])  # how many are that great, from the greatest on
    near = np.flatnonzero(values >= len(so_great) - 1 - np.searchsorted(so_great, most))
    return near[np.argsort(-values[near], kind="stable")[:most]]


def settled(query: Peaks, searched: Stretch, windows: F64, most: int) -> list[Alignment]:
    """These windows refined to a tempo and an offset; the `most` best of them, on the index's time line."""
    if not len(windows):
        return []
    query = query.strongest(SETTLED_PER_S)
    rows = np.clip(np.rint(query.bins), 0, BINS - 1)
    by_row = np.argsort(rows, kind="stable")
    found = _hough(
        windows,
        query.frames[by_row],
        query.bins[by_row],
        np.searchsorted(rows[by_row], np.arange(BINS + 1)),
        query.length,
        searched.frames,
        searched.bins,
        TEMPO_STEP,
        ALL_TEMPI,
    )
    kept: list[Alignment] = []
    for at, tempo, shift, support in found[np.argsort(-found[:, 3], kind="stable")].tolist():
        place = searched.origin(at)
        if support > 0 and not any(abs(place - k.at) < 8 and abs(shift - k.shift) < 2 for k in kept):
            kept.append(Alignment(place, tempo, shift, support))
        if len(kept) == most:
            break
    return kept


@compiled
def _by_bucket(buckets: I64, count: int) -> tuple[I32, I64]:
    """(where each bucket begins, an order by bucket), by counting."""
    offsets = np.zeros(count + 1, np.int32)
    for bucket in buckets:
        offsets[bucket + 1] += 1
    for bucket in range(count):
        offsets[bucket + 1] += offsets[bucket]
    order, filled = np.empty(len(buckets), np.int64), offsets[:-1].copy()
    for i in range(len(buckets)):
        order[filled[buckets[i]]] = i
        filled[buckets[i]] += 1
    return offsets, order


@compiled
def _vote(
    offsets: I32,
    asked_frames: I32,
    asked_places: I32,
    buckets: I32,
    frames: I64,
    bins: F32,
    still_weights: U16,
    shifted_weights: U16,
    pad: int,
    still: U16,
    shifted: U16,
) -> None:
    which, low, many = np.empty(BLOCK_PAIRS, np.int64), np.empty(BLOCK_PAIRS, np.int32), np.empty(BLOCK_PAIRS, np.int32)
    for begin in range(0, len(buckets), BLOCK_PAIRS):
        for k in range(_shared(offsets, buckets, begin, which, low, many)):
            r, left, e = np.uint64(which[k]), many[k], np.uint64(low[k])
            first, place = np.int32(frames[r] + pad), np.int32(PARTS * bins[r])
            weight, still_weight = shifted_weights[r], still_weights[r]
            while left > 0:
                for one in range(AT_ONCE):
                    offset = np.uint32(first - asked_frames[e + np.uint64(one)])  # unsigned: a negative index costs
                    away = place - asked_places[e + np.uint64(one)]
                    # of bins that were rounded apart ±21 may come of it: counted with the outermost
                    column = min(SHIFTS, max(1, (away + (UNMOVED * PARTS + HALF_PARTS)) // PARTS))
                    vote = weight if one < left else np.uint16(0)
                    shifted[np.uint64(offset // SHIFTED_ROWS), np.uint64(column)] += vote
                    if abs(away) < NEAR_PARTS and one < left:
                        still[np.uint64(offset // STILL_ROWS), np.uint64(0)] += still_weight
                left -= AT_ONCE
                e += np.uint64(AT_ONCE)


@inlined
def _shared(offsets: I32, buckets: I32, begin: int, which: I64, low: I32, many: I32) -> int:
    """The pairs of a block that the query has too, at whatever shift: their numbers, the first of the query's, and how many."""
    count = np.uint64(0)
    for r in range(begin, min(len(buckets), begin + BLOCK_PAIRS)):
        bucket = np.uint32(buckets[r])
        here = int(bucket % np.uint32(BINS))  # of an unsigned number, which is divided sooner
        row = int(bucket) - here
        which[count] = r
        low[count] = offsets[np.uint64(row + max(0, here - SHIFT_BINS))]
        many[count] = offsets[np.uint64(row + min(BINS, here + SHIFT_BINS + 1))] - low[count]
        count += np.uint64(many[count] > 0)  # without a branch, as any guess would be wrong
    return count  # type: ignore[return-value]


@compiled
def _together(votes: U16, rows: int) -> U16:
    """The sums of so many rows at a time."""
    out = np.zeros((len(votes) // rows, votes.shape[1]), np.uint16)
    for r in range(len(out) * rows):
        for c in range(votes.shape[1]):
            out[r // rows, c] += votes[r, c]
    return out


@compiled
def _fullness(votes: U16, window: int) -> I64:
    """For each `window` rows: the most votes in `window` rows that begin among them, in any column.

    A vote counts twice, and once in the columns beside its own.
    """
    rows, columns = votes.shape
    full, sums = np.zeros(max(0, (rows - window) // window), np.int64), np.zeros(columns + 2, np.uint32)
    if not len(full):
        return full
    for r in range(window):
        for c in range(columns):
            sums[c + 1] += np.uint32(votes[r, c])
    for block in range(len(full)):
        top = np.uint32(0)
        for r in range(block * window, (block + 1) * window):
            for c in range(columns):
                top = max(top, np.uint32(2) * sums[c + 1] + sums[c] + sums[c + 2])
            for c in range(columns):
                sums[c + 1] += np.uint32(votes[r + window, c]) - np.uint32(votes[r, c])
        full[block] = top
    return full


@compiled
def _fullness_of_two(votes: U16) -> I64:
    """The same for windows of two rows, of votes with an empty column on each side: without running sums, which would be read
    before they are written."""
    full = np.zeros(max(0, (len(votes) - PAIR) // PAIR), np.int64)
    for block in range(len(full)):
        top = np.uint32(0)
        for r in range(PAIR * block, PAIR * (block + 1)):
            one, two = votes[r], votes[r + 1]
            for c in range(1, COLUMNS - 1):
                here = np.uint32(one[c]) + np.uint32(two[c])
                beside = np.uint32(one[c - 1]) + np.uint32(two[c - 1]) + np.uint32(one[c + 1]) + np.uint32(two[c + 1])
                top = max(top, np.uint32(np.uint32(2) * here + beside))
        full[block] = top
    return full


@compiled
def _where(votes: U16, window: int, blocks: I64, full: I64) -> tuple[I64, I64]:
    """For each of these blocks of `window` rows the first row from which so many votes follow, and the last column there."""
    columns = votes.shape[1]
    at, column = np.zeros(len(blocks), np.int64), np.zeros(len(blocks), np.int64)
    sums = np.zeros(columns + 2, np.uint32)
    for k in range(len(blocks)):
        there = -1
        for row in range(blocks[k] * window, (blocks[k] + 1) * window):
            sums[:] = 0
            for beside in range(window):
                for c in range(columns):
                    sums[c + 1] += np.uint32(votes[row + beside, c])
            for c in range(columns):
                there = c if np.uint32(2) * sums[c + 1] + sums[c] + sums[c + 2] == full[blocks[k]] else there
            if there >= 0:
                at[k], column[k] = row, there
                break
    return at, column


@compiled
def _hough(
    wanted: F64,
    frames: F32,
    bins: F32,
    edges: I64,
    length: int,
    peak_frames: I64,
    peak_bins: F32,
    tempo_step: float,
    steps: int,
) -> F64:
    """For each wanted (offset, window, shift): rows (at, tempo, shift, support) of the best tempo and place.

    The query's peaks come by bin, and of a bin by time: those of bin b are `edges[b]` ≤ number < `edges[b + 1]`. Stored
    peaks go by in order of time, so those of a bin that can fall into the window, at any tempo, begin ever later.
    """
    out = np.zeros((len(wanted), 4))
    middle = 0.5 * length
    for w in range(len(wanted)):
        begin, window, shift = wanted[w, 0], wanted[w, 1], wanted[w, 2]
        low = begin + middle - SLACK_FRAMES
        cells = int(window + 2 * SLACK_FRAMES + 2 * STILL_UNIT) // 2 + 1
        hist = np.zeros((2 * steps + 1, cells + 1), np.int32)
        first = np.searchsorted(peak_frames, np.int64(low - QUERY_SPREAD * middle))
        last = np.searchsorted(peak_frames, np.int64(low + 2 * cells + QUERY_SPREAD * middle))
        slowest, fastest = 1.0 / (1.0 - steps * tempo_step), 1.0 / (1.0 + steps * tempo_step)
        heads = edges[:-1].copy()
        inside = 0
        for r in range(first, last):
            at, aim = float(peak_frames[r]), peak_bins[r] - shift
            if abs(at - low - cells) < middle:
                inside += 1
            home = round(aim)
            if home < 0 or home >= BINS:
                continue
            after, before = at - low, at - low - 2 * cells
            soonest = middle + min(before * slowest, before * fastest) - TOLERANCE
            latest = middle + max(after * slowest, after * fastest) + TOLERANCE
            for row in range(max(0, home - 1), min(BINS, home + 2)):
                head, end = heads[row], edges[row + 1]
                while head < end and frames[head] < soonest:
                    head += 1
                heads[row] = head
                for q in range(head, end):
                    if frames[q] > latest:
                        break
                    if abs(bins[q] - aim) <= GATE_BINS:
                        _fill(hist, at - low, frames[q] - middle, tempo_step, steps, cells)
        best, best_s, best_c = 0, 0, 0
        for s in range(2 * steps + 1):
            for c in range(cells):
                if hist[s, c] + hist[s, c + 1] > best:
                    best, best_s, best_c = hist[s, c] + hist[s, c + 1], s, c
        out[w, 0] = low + 2 * best_c + 2
        out[w, 1] = 1.0 + (best_s - steps) * tempo_step
        out[w, 2] = shift
        out[w, 3] = best / np.sqrt(inside + 20.0)
    return out


@inlined
def _fill(hist: I32, at: float, away: float, tempo_step: float, steps: int, cells: int) -> None:
    """Count one pair of peaks in the cell to which it points at each tempo: the stored one `at` frames into the window, the
    query's `away` from its middle."""
    base = 0.5 * (at - (1.0 - steps * tempo_step) * away)
    drift = 0.5 * tempo_step * away
    slow, fast = 0, 2 * steps + 1  # the tempi at which this pair of peaks falls into the window
    if abs(drift) > 1e-3:
        each = 1.0 / drift
        one, other = (base - cells) * each, base * each
        slow, fast = max(slow, int(min(one, other))), min(fast, int(max(one, other)) + 2)
    for s in range(slow, fast):
        cell = base - s * drift
        if 0 <= cell < cells:
            hist[s, int(cell)] += 1
