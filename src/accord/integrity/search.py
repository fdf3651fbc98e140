"""From probes to candidates: where in the index the query's pairs agree on one place, one pitch and nearly one tempo.

Two passes vote. The *still* pass assumes no pitch change (anchor within three quarters of a bin) and counts on 3-frame
offsets, in a narrow window (same tempo) and in a wide one (tempo changed: pairs drift apart). The *shifted* pass counts
all pitch shifts within ±SHIFT_BINS at once, since a pair's shifts are neighbouring buckets. A vote weighs less the
fuller its bucket. Each candidate is then settled by a Hough transform over tempo and offset on stored peaks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.integrity.index import I64, Index
from accord.integrity.kernels import compiled
from accord.integrity.pairs import POSTING_FRAMES, query_probes
from accord.integrity.peaks import BINS, F32, I32, Peaks

F64 = NDArray[np.float64]

SHIFT_BINS = 13  # 36 bins to the octave: ±4.3 semitones
GATE_BINS = 0.75
TEMPO_STEP, ALL_TEMPI = 0.01, 16  # tempi from 0.84 to 1.16
TEMPO_LEAST, TEMPO_MOST = 0.82, 1.18  # how far refinement may go beyond
STILL_UNIT, SHIFTED_UNIT = POSTING_FRAMES, 12
NARROW_FRAMES, WIDE_FRAMES, SHIFTED_FRAMES = 6, 66, 60
MEASURED_HOURS = 5.9  # the index on which weights and caps were measured
SLACK_FRAMES = 4


@dataclass(frozen=True)
class Pass:
    """How one pass probes and how many candidates it may name."""

    targets: int
    per_s: int
    cap: float  # buckets fuller than this (at MEASURED_HOURS) are skipped
    weight_base: float
    families: tuple[tuple[int, int, int], ...]  # (window in frames, candidates, tempo steps tried each way)
    kept: int


STILL = Pass(10, 70, 16.0, 8.0, ((NARROW_FRAMES, 60, 2), (WIDE_FRAMES, 40, ALL_TEMPI)), 12)
SHIFTED = Pass(8, 70, 14.0, 4.0, ((SHIFTED_FRAMES, 30, ALL_TEMPI),), 10)


@dataclass(frozen=True)
class Alignment:
    """A place: query frame `middle` lies on index frame `at`; index = at + tempo × (query − middle); bins move by `shift`."""

    at: float
    tempo: float
    shift: float
    support: float


def candidates(query: Peaks, index: Index) -> list[Alignment]:
    """The most supported alignments of the query anywhere in the index, from both passes, not yet scored."""
    if len(query) < 2 or not index.recordings:
        return []
    return _still(query, index) + _shifted(query, index)


def _still(query: Peaks, index: Index) -> list[Alignment]:
    keys, anchors, places = query_probes(query.strongest(STILL.per_s), STILL.targets)
    scale = max(1.0, index.hours / MEASURED_HOURS)
    pad = query.length + WIDE_FRAMES
    votes = np.zeros((1, (index.length + 2 * pad) // STILL_UNIT + 2), np.float32)
    _vote_still(
        keys,
        anchors,
        places,
        index.offsets,
        index.times,
        votes,
        pad,
        STILL.weight_base * index.hours / MEASURED_HOURS + 0.5,
        STILL.cap * scale,
    )
    return _settle(query, index, votes, STILL, STILL_UNIT, pad, 0)


def _shifted(query: Peaks, index: Index) -> list[Alignment]:
    keys, anchors, places = query_probes(query.strongest(SHIFTED.per_s), SHIFTED.targets)
    scale = max(1.0, index.hours / MEASURED_HOURS)
    pad = query.length + WIDE_FRAMES
    votes = np.zeros((2 * SHIFT_BINS + 1, (index.length + 2 * pad) // SHIFTED_UNIT + 2), np.float32)
    _vote_shifted(
        keys,
        anchors,
        places,
        index.offsets,
        index.times,
        votes,
        pad,
        SHIFTED.weight_base * index.hours / MEASURED_HOURS + 0.5,
        SHIFTED.cap * scale,
    )
    blurred = votes.copy()
    blurred[1:] += 0.5 * votes[:-1]
    blurred[:-1] += 0.5 * votes[1:]
    return _settle(query, index, blurred, SHIFTED, SHIFTED_UNIT, pad, SHIFT_BINS)


def _settle(query: Peaks, index: Index, votes: F32, how: Pass, unit: int, pad: int, middle: int) -> list[Alignment]:
    """Best windows of each family, each refined to a tempo and an offset, the best `how.kept` of them."""
    rows = []
    step = _tempo_step(query.length)
    for window, count, most in how.families:
        steps = round(most * TEMPO_STEP / step)
        for row, column in _fullest(votes, max(1, window // unit), count):
            rows.append((column * unit - pad, window, row - middle, steps))
    if not rows:
        return []
    wanted = np.array(rows, np.float64)
    by_bin = np.argsort(query.bins, kind="stable")
    edges = np.searchsorted(query.bins[by_bin], np.arange(-1, BINS + 2) - 0.5)
    found = _hough(
        wanted, query.frames[by_bin], query.bins[by_bin], edges, query.length, index.peak_frames, index.peak_bins, step
    )
    order = np.argsort(-found[:, 3], kind="stable")
    kept: list[Alignment] = []
    for at, tempo, shift, support in found[order]:
        if support > 0 and not any(abs(at - k.at) < 8 and abs(shift - k.shift) < 2 for k in kept):
            kept.append(Alignment(float(at), float(tempo), float(shift), float(support)))
        if len(kept) == how.kept:
            break
    return kept


def _tempo_step(length: int) -> float:
    return TEMPO_STEP if length > 320 else 2 * TEMPO_STEP


def _fullest(votes: F32, window: int, count: int) -> list[tuple[int, int]]:
    """(row, column) where the `window` cells starting at column hold most votes; at most one per `window` columns."""
    sums = np.cumsum(votes, axis=1, dtype=np.float64)
    sums[:, window:] -= sums[:, :-window].copy()
    sums = sums[:, window - 1 :]
    blocks = -(-sums.shape[1] // window)
    padded = np.full((sums.shape[0], blocks * window), -1.0)
    padded[:, : sums.shape[1]] = sums
    cut = padded.reshape(sums.shape[0], blocks, window)
    best, where = cut.max(axis=2).ravel(), cut.argmax(axis=2).ravel()
    count = min(count, len(best))
    top = np.argpartition(-best, count - 1)[:count]
    return [(int(k // blocks), int(k % blocks) * window + int(where[k])) for k in top if best[k] > 0]


@compiled
def _vote_still(
    keys: I32, anchors: F32, places: F32, offsets: I64, times: I32, votes: F32, pad: int, base: float, cap: float
) -> None:
    for i in range(len(keys)):
        for p in range(int(np.ceil(places[i] - GATE_BINS)), int(np.floor(places[i] + GATE_BINS)) + 1):
            if p < 0 or p >= BINS:
                continue
            first, last = offsets[keys[i] + p], offsets[keys[i] + p + 1]
            if last - first > cap:
                continue
            weight = 1.0 / (base + 3.0 * (last - first))
            for k in range(first, last):
                votes[0, int(times[k] * POSTING_FRAMES - anchors[i] + pad) // STILL_UNIT] += weight


@compiled
def _vote_shifted(
    keys: I32, anchors: F32, places: F32, offsets: I64, times: I32, votes: F32, pad: int, base: float, cap: float
) -> None:
    for i in range(len(keys)):
        here = round(places[i])
        low, high = max(0, here - SHIFT_BINS), min(BINS - 1, here + SHIFT_BINS)
        mean = (offsets[keys[i] + high + 1] - offsets[keys[i] + low]) / (high - low + 1)
        if mean > cap:
            continue
        weight = 1.0 / (base + 3.0 * mean)
        for p in range(low, high + 1):
            for k in range(offsets[keys[i] + p], offsets[keys[i] + p + 1]):
                place = int(times[k] * POSTING_FRAMES - anchors[i] + pad) // SHIFTED_UNIT
                votes[p - here + SHIFT_BINS, place] += weight


@compiled
def _hough(
    wanted: F64, frames: F32, bins: F32, edges: I64, length: int, peak_frames: I64, peak_bins: F32, tempo_step: float
) -> F64:
    """For each wanted (offset, window, shift, steps): rows (at, tempo, shift, support) of the best tempo and place."""
    out = np.zeros((len(wanted), 4))
    middle = 0.5 * length
    for w in range(len(wanted)):
        begin, window, shift, steps = wanted[w, 0], wanted[w, 1], wanted[w, 2], int(wanted[w, 3])
        low = begin + middle - SLACK_FRAMES
        cells = int(window + 2 * SLACK_FRAMES + 2 * POSTING_FRAMES) // 2 + 1
        hist = np.zeros((2 * steps + 1, cells + 1), np.int32)
        first = np.searchsorted(peak_frames, np.int64(low - 1.2 * middle))
        last = np.searchsorted(peak_frames, np.int64(low + 2 * cells + 1.2 * middle))
        inside = 0
        for r in range(first, last):
            at, aim = float(peak_frames[r]), peak_bins[r] - shift
            if abs(at - low - cells) < middle:
                inside += 1
            home = round(aim)
            if home < 0 or home >= BINS:
                continue
            for q in range(edges[home], edges[home + 3]):
                if abs(bins[q] - aim) > GATE_BINS:
                    continue
                away = frames[q] - middle
                for s in range(2 * steps + 1):
                    cell = at - (1.0 + (s - steps) * tempo_step) * away - low
                    if 0 <= cell < 2 * cells:
                        hist[s, int(cell) // 2] += 1
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
