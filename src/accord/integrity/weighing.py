"""The kernels that weigh an alignment: which stored peaks a query hits, and what that says together.

They are asked a thousand times a query, for some hundred stored peaks each time, and nearly all of those are misses: a
map says for each cell of the query whether any of its peaks could be hit from there. What is weighed, and why so, stands
in `score`.
"""

from __future__ import annotations

import numpy as np

from accord.integrity.kernels import compiled
from accord.integrity.packing import U8
from accord.integrity.peaks import BINS, F32, I32
from accord.integrity.search import F64, TEMPO_LEAST, TEMPO_MOST

INNER_FRAMES, INNER_BINS = 0.8, 0.4
OUTER_FRAMES, OUTER_BINS = 1.6, 0.8
MISS, INNER, OUTER, SPENT = 0, 1, 2, 3  # SPENT: hit by a peak that another recording already explains
NONE, SEVERAL = -1, -2  # of the query's peaks, how many may hit what lies in a cell; else the number of the only one
MOMENT_FRAMES, MOMENT_NATS = 3, 20.0
ROUNDS = 6


@compiled
def near_peaks(grid: I32, query_frames: F32, query_bins: F32) -> I32:
    """For each cell (frame and bin rounded down) the peak of the grid that may hit what lies there; NONE, or SEVERAL."""
    near = np.full(grid.shape, NONE, np.int32)
    for u in range(grid.shape[0]):
        for c in range(BINS):
            q = grid[u, c]
            if q == NONE:
                continue
            t, b = query_frames[q], query_bins[q]
            for there in range(max(0, int(t - OUTER_FRAMES)), min(grid.shape[0], int(t + OUTER_FRAMES) + 1)):
                for column in range(max(0, int(b - OUTER_BINS)), min(BINS, int(b + OUTER_BINS) + 1)):
                    near[there, column] = q if near[there, column] == NONE else SEVERAL
    return near


@compiled
def hit(t: float, b: float, grid: I32, near: I32, query_frames: F32, query_bins: F32) -> tuple[int, int]:
    """(state, query peak that is hit or NONE) of a reference peak at this frame and bin of the query."""
    only = near[int(t), int(b)]
    if only == NONE:
        return MISS, NONE
    state, peak = MISS, NONE
    for u in range(max(0, int(t - OUTER_FRAMES)), min(grid.shape[0], int(t + OUTER_FRAMES) + 2)):
        for c in range(max(0, int(b - OUTER_BINS)), min(BINS, int(b + OUTER_BINS) + 2)):
            q = grid[u, c] if only == SEVERAL else only
            if q == NONE:
                continue
            dt, db = abs(query_frames[q] - t), abs(query_bins[q] - b)
            if dt <= OUTER_FRAMES and db <= OUTER_BINS:
                kind = INNER if dt <= INNER_FRAMES and db <= INNER_BINS else OUTER
                if state == MISS or (kind == INNER and state == OUTER):
                    state, peak = kind, q
            if only != SEVERAL:
                return state, peak
    return state, peak


@compiled
def states_of(
    frames: F64,
    bins: F32,
    at: float,
    tempo: float,
    shift: float,
    grid: I32,
    near: I32,
    query_frames: F32,
    query_bins: F32,
    spent: I32,
) -> tuple[I32, I32]:
    states = np.full(len(frames), -1, np.int32)
    peaks = np.full(len(frames), NONE, np.int32)
    length = grid.shape[0]
    for r in range(len(frames)):
        t = 0.5 * length + (frames[r] - at) / tempo
        b = bins[r] - shift
        if t < 0 or t >= length or b < 0 or b > BINS - 1:
            continue
        state, peaks[r] = hit(t, b, grid, near, query_frames, query_bins)
        states[r] = SPENT if peaks[r] >= 0 and spent[peaks[r]] else state
    return states, peaks


@compiled
def weighed(
    frames: F64,
    bins: F32,
    at: float,
    tempo: float,
    shift: float,
    grid: I32,
    near: I32,
    query_frames: F32,
    query_bins: F32,
    rarity: I32,
    loud: U8,
    gains: F64,
    missed: F64,
    chance: F64,
    spent: I32,
) -> tuple[float, int, int, int, float]:
    """(nats, number of the best share, peaks that count, hits, hits by chance): gains are summed by moments, and each
    moment's sum is softly capped."""
    length, shares = grid.shape[0], gains.shape[3]
    sums = np.zeros((length // MOMENT_FRAMES + 1, shares))
    peaks, hits, by_chance = 0, 0, 0.0
    for r in range(len(frames)):
        t = 0.5 * length + (frames[r] - at) / tempo
        b = bins[r] - shift
        if t < 0 or t >= length or b < 0 or b > BINS - 1:
            continue
        column, moment = np.uint64(round(b)), np.uint64(int(t) // MOMENT_FRAMES)
        by_chance += chance[column]
        state, peak = MISS, NONE
        if near[np.uint64(t), np.uint64(b)] != NONE:
            state, peak = hit(t, b, grid, near, query_frames, query_bins)
        if peak >= 0 and spent[peak]:
            continue
        peaks += 1
        if state == MISS:
            here = np.uint64(loud[min(length - 1, int(t + 0.5)), column])
            for q in range(shares):
                sums[moment, q] += missed[here, q]
            continue
        hits += 1
        rare = np.uint64(rarity[peak])
        for q in range(shares):
            sums[moment, q] += gains[rare, np.uint64(state - INNER), column, q]
    best, best_share = 0.0, 0
    for q in range(shares):
        total = 0.0
        for k in range(len(sums)):
            total += MOMENT_NATS * (1.0 - np.exp(-sums[k, q] / MOMENT_NATS)) if sums[k, q] > 0 else sums[k, q]
        if total > best:
            best, best_share = total, q
    return best, best_share, peaks, hits, by_chance


@compiled
def profile(
    frames: F64,
    bins: F32,
    places: F64,
    tempo: float,
    shift: float,
    grid: I32,
    near: I32,
    query_frames: F32,
    query_bins: F32,
    rarity: I32,
    loud: U8,
    gains: F64,
    missed: F64,
    chance: F64,
) -> F64:
    """The capped evidence at each of these places."""
    none = np.zeros(len(query_frames), np.int32)
    middle, out = 0.5 * grid.shape[0], np.zeros(len(places))
    for k, at in enumerate(places):
        first = np.searchsorted(frames, at - middle * tempo - 1)
        last = np.searchsorted(frames, at + middle * tempo + 1)
        out[k] = weighed(frames[first:last], bins[first:last], at, tempo, shift, grid, near, query_frames, query_bins,
                          rarity, loud, gains, missed, chance, none)[0]  # fmt: skip
    return out


@compiled
def plain_nats(
    frames: F64,
    bins: F32,
    at: float,
    tempo: float,
    shift: float,
    grid: I32,
    near: I32,
    query_frames: F32,
    query_bins: F32,
    rarity: I32,
    loud: U8,
    gains: F64,
    missed: F64,
) -> float:
    """The evidence without any cap: what refinement climbs."""
    totals, length, misses = np.zeros(gains.shape[3]), grid.shape[0], np.zeros(len(missed))
    for r in range(len(frames)):
        t = 0.5 * length + (frames[r] - at) / tempo
        b = bins[r] - shift
        if t < 0 or t >= length or b < 0 or b > BINS - 1:
            continue
        column, state, peak = np.uint64(round(b)), MISS, NONE
        if near[np.uint64(t), np.uint64(b)] != NONE:  # hardly ever; asked here, without a call
            state, peak = hit(t, b, grid, near, query_frames, query_bins)
        if state == MISS:
            misses[np.uint64(loud[min(length - 1, int(t + 0.5)), column])] += 1
            continue
        rare = np.uint64(rarity[peak])
        for q in range(len(totals)):
            totals[q] += gains[rare, np.uint64(state - INNER), column, q]
    for here in range(len(missed)):
        for q in range(len(totals)):
            totals[q] += misses[here] * missed[here, q]
    return float(totals.max())


@compiled
def refined(
    frames: F64,
    bins: F32,
    at: float,
    tempo: float,
    shift: float,
    grid: I32,
    near: I32,
    query_frames: F32,
    query_bins: F32,
    rarity: I32,
    loud: U8,
    gains: F64,
    missed: F64,
    halvings: int,
) -> tuple[float, float, float]:
    best = plain_nats(frames, bins, at, tempo, shift, grid, near, query_frames, query_bins, rarity, loud, gains, missed)
    size = 1.0
    tempo_unit = 2.0 / max(100, grid.shape[0])
    for _ in range(halvings):
        for _ in range(ROUNDS):
            moved = False
            for k in range(8):
                sign = 1.0 if k % 2 else -1.0
                d_at = sign * size * (1.0 if k < 2 else 0.0) + sign * 2.0 * size * (1.0 if k >= 6 else 0.0)
                d_tempo = sign * size * tempo_unit * (1.0 if 2 <= k < 4 else 0.0)
                d_shift = sign * size * 0.5 * (1.0 if 4 <= k < 6 else 0.0)
                if not TEMPO_LEAST <= tempo + d_tempo <= TEMPO_MOST:
                    continue
                value = plain_nats(
                    frames,
                    bins,
                    at + d_at,
                    tempo + d_tempo,
                    shift + d_shift,
                    grid,
                    near,
                    query_frames,
                    query_bins,
                    rarity,
                    loud,
                    gains,
                    missed,
                )
                if value > best:
                    best, at, tempo, shift, moved = value, at + d_at, tempo + d_tempo, shift + d_shift, True
            if not moved:
                break
        size *= 0.5
    return at, tempo, shift
