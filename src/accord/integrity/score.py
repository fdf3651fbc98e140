"""How much more likely an alignment is than chance: a log-likelihood ratio over the reference's stored peaks.

Under an alignment each reference peak in the overlap is an *inner* hit (a query peak within 0.8 frames and 0.4 bins), an
*outer* hit (1.6 frames, 0.8 bins) or a miss. By chance a hit happens as often as the query's own peaks cover that bin
(0.6 of the bin itself, 0.4 of its ±6 neighbours), times how crowded the query is at that time (CROWD_POWER: music on a
grid agrees with other music on a grid wherever the beats of both fall together), and a chance hit is of any of a bin's
peaks alike, while a recording that is there makes the strong ones (TOLD: docs/decisions/0089). If a share q of the recording
is really there, the ratio is
  Σ inner ln((.61 q + (1−q) p₁)/p₁) + Σ outer ln((.07 q + (1−q) pₒ)/pₒ) + Σ misses ln(q mₖ/(.85/32) + 1−q)
maximised over q, which is also an estimate of how much of the recording is present. A miss says less, or even speaks for
the recording, where the query is loud: mₖ is the share of a recording's peaks that lie unhit in the k-th of 32 classes of
loudness, which by chance are equally likely (`loudness`; docs/decisions/0082). Unit: nats.

Peaks are not independent: the partials of one note come together. So what the peaks of one moment (MOMENT_FRAMES) say
together is capped, softly, at MOMENT_NATS. And recordings are not alike: one of few notes on a strict beat agrees with
much that is on a beat. So each match has a baseline of its own, taken off before anything is stated: ECHO_PART of the
*echo*, the most that the same recording reaches at the same tempo and pitch but 0.3 s to 4.7 s away; and BACKWARD_PART of
what the query reaches by chance in the same recording *played backwards* (root mean square over the places within 14 s).
Backwards it has the same notes, as many, on the same beat, and is not what the query could be from. The constants were
chosen on the development half of `eval/fingerprints.py` (docs/decisions/0061 and 0063).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accord.integrity.index import Index
from accord.integrity.kernels import compiled
from accord.integrity.loudness import LOUDS, THERE, loudness
from accord.integrity.packing import I64, U8
from accord.integrity.peaks import BINS, F32, I32, Peaks
from accord.integrity.search import F64, Alignment
from accord.integrity.weighing import (
    INNER,
    INNER_BINS,
    INNER_FRAMES,
    MISS,
    NONE,
    OUTER,
    OUTER_BINS,
    OUTER_FRAMES,
    near_peaks,
    profile,
    refined,
    states_of,
    weighed,
)

SHARES = np.array([0.1, 0.2, 0.35, 0.5, 0.7, 0.9])
INNER_PART, OUTER_PART = 0.607, 0.073  # of a recording's peaks that are there; the rest are missed (THERE)
MISS_CHANCE = 0.85  # of misses by chance, about the same in all queries
#: The log ratio of a miss in each class of loudness, UNHEARD the last, for each share.
MISSED: F64 = np.log(SHARES * np.append(THERE * LOUDS, THERE.sum())[:, None] / MISS_CHANCE + 1 - SHARES)
TOUCH_BINS = 6
#: By eighths of the query's peaks within ±TOLD_BINS of a peak's bin, the strongest first: how much oftener than by chance a
#: recording that is there hits those. Learned with `loudness.THERE`, but smoothed.
TOLD_BINS = 2.0
TOLD = np.array([2.05, 1.54, 1.3, 0.92, 0.92, 0.56, 0.41, 0.25])
CROWD_POWER, CROWD_FLOOR = 1.5, 0.3
FACTORS = 0.05 * 1.5 ** np.arange(
    15
)  # on chance, that are told apart: from strong peaks of empty moments to weak ones of full
CHANCE_MOST = 0.9
ECHO_PART, BACKWARD_PART = 0.5, 6.0
HALVINGS = 3
ECHO_FRAMES = (12, 200, 4)  # from, to, step
BACKWARD_FRAMES = (600, 6)  # to, step


@dataclass(frozen=True)
class Heard:
    """A query made ready for scoring: its peaks on a grid, and the log ratios of a hit or a miss in each bin."""

    peaks: Peaks
    grid: I32  # (frames, bins) → number of the peak in that cell, NONE without one
    near: I32  # (frames, bins) → the only peak of the grid that may hit what lies in that cell; NONE, SEVERAL
    rarity: I32  # (peaks) → number in FACTORS
    loud: U8  # (frames, bins) → class of loudness, where nothing is hit
    gains: F64  # (FACTORS; 2: inner, outer; bins; shares)
    chance: F64  # (bins) → probability of a hit by chance


@dataclass(frozen=True)
class Scored:
    """An alignment with its evidence: `nats`, the share present, reference peaks in the overlap, hits, hits by chance."""

    alignment: Alignment
    nats: float
    share: float
    peaks: int
    hits: int
    chance: float


def hear(peaks: Peaks) -> Heard:
    """Prepare a query's peaks for scoring."""
    grid = np.full((max(1, peaks.length), BINS), NONE, np.int32)
    rows = np.clip(np.rint(peaks.frames).astype(int), 0, grid.shape[0] - 1)
    columns = np.clip(np.rint(peaks.bins).astype(int), 0, BINS - 1)
    grid[rows, columns] = np.arange(len(peaks), dtype=np.int32)
    inner, outer = chances(peaks)
    near = near_peaks(grid, peaks.frames, peaks.bins)
    loud = loudness(peaks, OUTER_FRAMES, OUTER_BINS)
    return Heard(peaks, grid, near, rarity(peaks), loud, _gains(inner, outer), inner + outer)


def rarity(peaks: Peaks) -> I32:
    """Per peak, which of FACTORS is nearest to how likely chance is to hit it, against what hits it if the recording is there:
    how crowded its frame and the two beside are, against the mean frame, by how strong it is in its bin (where that is known)."""
    length = max(1, peaks.length)
    rows = np.clip(np.rint(peaks.frames).astype(int), 0, length - 1)
    near = np.convolve(np.pad(np.bincount(rows, minlength=length), 1, mode="edge"), np.ones(3) / 3, "valid")
    mean = max(float(near.mean()), 1e-6)
    factor = ((near[rows] + CROWD_FLOOR * mean) / ((1 + CROWD_FLOOR) * mean)) ** CROWD_POWER
    if peaks.salience is not None:
        factor = factor / TOLD[np.minimum(len(TOLD) - 1, (len(TOLD) * stronger(peaks)).astype(int))]
    steps = np.log(factor / FACTORS[0]) / np.log(FACTORS[1] / FACTORS[0])
    return np.asarray(np.clip(np.rint(steps), 0, len(FACTORS) - 1), np.int32)


def stronger(peaks: Peaks) -> F64:
    """Per peak, the share of stronger ones among the query's peaks within ±TOLD_BINS bins, itself counted as half."""
    return _stronger(peaks.bins, peaks.strength, TOLD_BINS)


@compiled
def _stronger(bins: F32, strength: F32, reach: float) -> F64:
    out = np.empty(len(bins))
    for i in range(len(bins)):
        near = more = 0
        for j in range(len(bins)):
            if abs(np.float64(bins[j]) - np.float64(bins[i])) <= reach:
                near += 2
                more += 2 * (strength[j] > strength[i]) + (strength[j] == strength[i])
        out[i] = more / near
    return out


def chances(peaks: Peaks) -> tuple[F64, F64]:
    """(inner, outer) probability, per bin, that a query peak lies near an arbitrary place of that bin."""
    columns = np.clip(np.rint(peaks.bins).astype(int), 0, BINS - 1)
    own = np.bincount(columns, minlength=BINS) / max(1, peaks.length)
    around = np.convolve(np.pad(own, TOUCH_BINS, mode="edge"), np.ones(2 * TOUCH_BINS + 1), "valid")
    density = 0.6 * own + 0.4 * around / (2 * TOUCH_BINS + 1) + 1e-4
    inner_area = (2 * INNER_FRAMES) * (2 * INNER_BINS)
    outer_area = (2 * OUTER_FRAMES) * (2 * OUTER_BINS) - inner_area
    inner = 1 - np.exp(-density * inner_area)
    outer = (1 - inner) * (1 - np.exp(-density * outer_area))
    return inner, outer


def _gains(inner: F64, outer: F64) -> F64:
    q = SHARES
    inner = np.minimum(CHANCE_MOST, FACTORS[:, None, None] * inner[:, None])
    outer = np.minimum(CHANCE_MOST, FACTORS[:, None, None] * outer[:, None])
    hit = np.log((INNER_PART * q + (1 - q) * inner) / inner)
    near = np.log((OUTER_PART * q + (1 - q) * outer) / outer)
    return np.ascontiguousarray(np.stack([hit, near], axis=1))


def score(heard: Heard, index: Index, alignment: Alignment, halvings: int = HALVINGS) -> Scored:
    """Refine tempo, place and shift of an alignment by steps that halve so often, then weigh it."""
    frames, bins, start = _nearby(heard, index, alignment)
    at, tempo, shift = refined(
        frames,
        bins,
        alignment.at - start,
        alignment.tempo,
        alignment.shift,
        *_ready(heard),
        halvings,
    )
    return weigh(heard, index, Alignment(at + start, tempo, shift, alignment.support))


def weigh(heard: Heard, index: Index, alignment: Alignment, spent: I32 | None = None) -> Scored:
    """The evidence for exactly this alignment; `spent` marks query peaks that count neither as hits nor as misses."""
    frames, bins, start = _nearby(heard, index, alignment)
    marks = spent if spent is not None else np.zeros(len(heard.peaks), np.int32)
    nats, share, peaks, hits, chance = weighed(
        frames, bins, alignment.at - start, alignment.tempo, alignment.shift, *_ready(heard), heard.chance, marks
    )
    return Scored(alignment, nats, float(SHARES[share]) if hits else 0.0, peaks, hits, chance)


def evidence(heard: Heard, index: Index, scored: Scored) -> float:
    """The nats of an alignment less its baseline: what the same query reaches by chance in the same recording."""
    at = scored.alignment
    return scored.nats - ECHO_PART * echo(heard, index, at) - BACKWARD_PART * backward(heard, index, at)


def echo(heard: Heard, index: Index, alignment: Alignment) -> float:
    """The most nats of the same recording at the same tempo and shift, somewhere near but elsewhere."""
    away = np.arange(*ECHO_FRAMES, dtype=np.float64)
    frames, bins, first = _nearby(heard, index, alignment, ECHO_FRAMES[1])
    start, end = _ends(index, alignment.at)
    places = np.concatenate([alignment.at - away, alignment.at + away])
    places = places[(places >= start) & (places < end)] - first
    return float(_elsewhere(heard, alignment, frames, bins, places).max(initial=0.0))


def backward(heard: Heard, index: Index, alignment: Alignment) -> float:
    """The root mean square of the nats that the same recording reaches played backwards, at the same tempo and shift."""
    reach, step = BACKWARD_FRAMES
    frames, bins, first = _nearby(heard, index, alignment, reach)
    middle = alignment.at - first
    start, end = (2 * alignment.at - edge for edge in _ends(index, alignment.at)[::-1])
    places = alignment.at + np.arange(-reach, reach + 1, step, dtype=np.float64)
    places = places[(places >= start) & (places < end)] - first
    turned = np.ascontiguousarray((2 * middle - frames)[::-1])
    found = _elsewhere(heard, alignment, turned, np.ascontiguousarray(bins[::-1]), places)
    return float(np.sqrt(np.mean(found**2))) if len(found) else 0.0


def _ends(index: Index, at: float) -> tuple[int, int]:
    owner = index.owner(at)
    return int(index.starts[owner]), int(index.starts[owner] + index.lengths[owner])


def _elsewhere(heard: Heard, alignment: Alignment, frames: F64, bins: F32, places: F64) -> F64:
    """The evidence of these peaks at each of these places, at the alignment's tempo and shift."""
    return profile(frames, bins, places, alignment.tempo, alignment.shift, *_ready(heard), heard.chance)


def _ready(heard: Heard) -> tuple[I32, I32, F32, F32, I32, U8, F64, F64]:
    """What the kernels ask of a query."""
    query = heard.peaks
    return heard.grid, heard.near, query.frames, query.bins, heard.rarity, heard.loud, heard.gains, MISSED


def trace(heard: Heard, index: Index, alignment: Alignment, spent: I32 | None = None) -> tuple[F64, I32, I64, I32]:
    """Per reference peak in the overlap: its query frame, its state, its query bin, and the query peak that it hit."""
    frames, bins, start = _nearby(heard, index, alignment)
    marks = spent if spent is not None else np.zeros(len(heard.peaks), np.int32)
    states, peaks = states_of(
        frames,
        bins,
        alignment.at - start,
        alignment.tempo,
        alignment.shift,
        heard.grid,
        heard.near,
        heard.peaks.frames,
        heard.peaks.bins,
        marks,
    )
    inside = states >= 0
    query = 0.5 * heard.grid.shape[0] + (frames - (alignment.at - start)) / alignment.tempo
    # with 64 bits, as the kernels subtract: with 32 a small shift would be lost, and what lies between two bins go elsewhere
    columns = np.clip(np.rint(bins.astype(np.float64) - alignment.shift).astype(np.int64), 0, BINS - 1)
    return query[inside], states[inside], columns[inside], peaks[inside]


def worth(heard: Heard, frames: F64, states: I32, columns: I64, peaks: I32, share: int) -> F64:
    """The log ratio of each traced peak, at one of SHARES; a spent one says nothing."""
    last, out = heard.grid.shape[0] - 1, np.zeros(len(frames))
    missed, hit = states == MISS, (states == INNER) | (states == OUTER)
    places = np.minimum(last, (frames[missed] + 0.5).astype(np.int64))
    out[missed] = MISSED[heard.loud[places, columns[missed]], share]
    out[hit] = heard.gains[heard.rarity[peaks[hit]], states[hit] - INNER, columns[hit], share]
    return out


def _nearby(heard: Heard, index: Index, alignment: Alignment, away: int = 0) -> tuple[F64, F32, int]:
    """(frames, bins) of the stored peaks that can lie under the query, or up to `away` frames from there, within the
    recording at the alignment's middle; and the frame from which theirs are counted."""
    reach = 0.5 * heard.grid.shape[0] * alignment.tempo + 16 + away
    frames, bins = index.peaks_of(index.owner(alignment.at))
    edges = np.ceil([alignment.at - reach, alignment.at + reach]).astype(np.int64)
    low, high = np.searchsorted(frames, edges)  # whole numbers, or numpy converts all frames each time
    start = int(alignment.at - reach)
    return (frames[low:high] - start).astype(np.float64), bins[low:high], start
