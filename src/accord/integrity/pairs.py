"""Landmark pairs: two near peaks as one key, so that a few agreeing pairs already point to a place in a recording.

Key = (pitch step, time-gap cell, anchor's bin), the anchor's bin least significant: all pitch shifts of a pair within
±k bins lie in one contiguous range of buckets. Of a reference each anchor's two strongest targets count; a query tries
more. Gaps are cells of 2 frames up to 10 frames and of 20 % above, so that a tempo change of a few percent stays in the
same or the next cell, which the query tries too. A reference's pairs are not stored: they follow from its stored peaks.

(Landmark pairs of spectral peaks were first described by Wang 2003; peers name US 6990453 and US 7627477 for it.)
"""

from __future__ import annotations

import math

import numpy as np

from accord.integrity.kernels import compiled
from accord.integrity.packing import I64, U16
from accord.integrity.peaks import BINS, F32, I32, Peaks

STEP_BINS_MAX = 24
STEPS = 2 * STEP_BINS_MAX + 1
GAP_FRAMES_MIN, GAP_FRAMES_MAX = 2, 43
GAP_CELLS = 13
BUCKETS = STEPS * GAP_CELLS * BINS
TARGETS = 2
LINEAR_TO_FRAMES = 10.0
RATIO_LN = 0.1823
DOUBT = 0.2  # how far from a whole pitch step the neighbouring step is tried too


def query_probes(peaks: Peaks, targets: int) -> tuple[I32, F32, F32]:
    """(bucket of anchor bin 0, anchor frame, anchor bin) for each probe: pairs with the `targets` nearest, and doubts."""
    return _query_probes(peaks.frames, peaks.bins, targets)


@compiled
def gap_cell(gap: float) -> float:
    """Continuous cell number of a time gap in frames; its floor is the cell."""
    if gap < LINEAR_TO_FRAMES:
        return (gap - GAP_FRAMES_MIN) / 2.0
    return 4.0 + math.log(gap / LINEAR_TO_FRAMES) / RATIO_LN


@compiled
def reference_pairs(frames: I64, bins: F32, classes: I32) -> tuple[I32, I32]:
    """(bucket, number of the anchor) of each pair of stored peaks, in order of time."""
    count = 0
    keys = np.empty(len(frames) * TARGETS, np.int32)
    anchors = np.empty(len(frames) * TARGETS, np.int32)
    cells = np.array([min(GAP_CELLS - 1, int(gap_cell(float(gap)))) for gap in range(GAP_FRAMES_MAX + 1)])
    ranks = np.empty(len(frames), np.int32)
    low = high = 0
    for i in range(len(frames)):
        while low < len(frames) and frames[low] < frames[i] + GAP_FRAMES_MIN:
            low += 1
        while high < len(frames) and frames[high] <= frames[i] + GAP_FRAMES_MAX:
            high += 1
        here, reached = bins[i], high - low
        first = second = np.int32(0)  # strength and, below it, how early: without a branch, as any guess would be wrong
        for k in range(reached):
            near = abs(bins[low + k] - here) <= STEP_BINS_MAX
            ranks[k] = np.int32((classes[low + k] << 16) + reached - k) if near else np.int32(0)
            first = max(first, ranks[k])
        for k in range(reached):
            second = max(second, np.int32(0) if ranks[k] == first else ranks[k])
        for rank in (first, second):
            if rank > 0:
                j = high - (rank & 0xFFFF)
                step = round(bins[j] - here) + STEP_BINS_MAX
                cell = cells[frames[j] - frames[i]]
                keys[count] = (step * GAP_CELLS + cell) * BINS + min(BINS - 1, round(here))
                anchors[count] = i
                count += 1
    return keys[:count].copy(), anchors[:count].copy()


@compiled
def voting_pairs(
    buckets: I32, anchors: I32, frames: I64, bins: F32, still: U16, shifted: U16
) -> tuple[I32, I64, F32, U16, U16]:
    """Of reference pairs those that vote: (bucket, anchor's frame, its bin, weight when still, weight when shifted)."""
    count = 0
    keys, places, columns = (
        np.empty(len(buckets), np.int32),
        np.empty(len(buckets), np.int64),
        np.empty(len(buckets), np.float32),
    )
    ones, others = np.empty(len(buckets), np.uint16), np.empty(len(buckets), np.uint16)
    for r in range(len(buckets)):
        keys[count], ones[count], others[count] = buckets[r], still[buckets[r]], shifted[buckets[r]]
        places[count], columns[count] = frames[anchors[r]], bins[anchors[r]]
        count += (ones[count] > 0) | (others[count] > 0)
    return keys[:count], places[:count], columns[:count], ones[:count], others[:count]


@compiled
def _query_probes(frames: F32, bins: F32, targets: int) -> tuple[I32, F32, F32]:
    count = 0
    room = len(frames) * targets * 4
    keys = np.empty(room, np.int32)
    anchors = np.empty(room, np.float32)
    places = np.empty(room, np.float32)
    for i in range(len(frames)):
        taken = 0
        for j in range(i + 1, len(frames)):
            gap = frames[j] - frames[i]
            if gap > GAP_FRAMES_MAX or taken >= targets:
                break
            rise = bins[j] - bins[i]
            if gap < GAP_FRAMES_MIN or abs(rise) > STEP_BINS_MAX:
                continue
            taken += 1
            cell_at = gap_cell(gap)
            cell = min(GAP_CELLS - 1, int(cell_at))
            other_cell = cell + 1 if cell_at - cell > 0.5 else cell - 1
            step = round(rise)
            doubt = rise - step
            other_step = step + 1 if doubt > DOUBT else (step - 1 if doubt < -DOUBT else step)
            for s in (step, other_step):
                if abs(s) > STEP_BINS_MAX:
                    continue
                for c in (cell, other_cell):
                    if 0 <= c < GAP_CELLS:
                        keys[count] = ((s + STEP_BINS_MAX) * GAP_CELLS + c) * BINS
                        anchors[count] = frames[i]
                        places[count] = bins[i]
                        count += 1
                if other_step == step:
                    break
    return keys[:count].copy(), anchors[:count].copy(), places[:count].copy()
