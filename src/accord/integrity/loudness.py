"""How loud each place of a query is, as far as chance goes: what a stored peak says that is not hit.

Where a recording lies under voices or other music, most of its peaks are no longer the highest of their neighbourhood, but
they are still there: the place is loud, whoever makes it so, and often the top of a small hill beside a higher one. So each
place of the query has a class of loudness: its saliency (level above its surroundings), less how far the highest of the
eight places around it is above that, ranked among the places of the same bin, and that rank among those of the same
moment; only places where no peak of the query could be hit are ranked. By chance every class is then as likely as any
other, in any bin and on any beat. Of a recording that is there, the peaks that are not hit lie in the loudest (THERE).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accord.integrity.kernels import compiled
from accord.integrity.packing import U8
from accord.integrity.peaks import BINS, F32, Peaks

LOUDS = 32  # classes, from the quietest to the loudest; and UNHEARD, where the query's sound is not at hand
UNHEARD = LOUDS
#: Of a recording's peaks that are in the query, how many lie unhit in each class: learned on the development half of
#: `eval/fingerprints.py` (noise, voices, other music at 0 and −6 dB, pitch, telephone; docs/decisions/0089).
THERE = np.array([
    0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0003, 0.0004, 0.0005, 0.0007, 0.0009, 0.0012, 0.0016,
    0.0022, 0.0028, 0.0034, 0.0042, 0.0051, 0.0062, 0.0072, 0.0087, 0.0108, 0.0132, 0.0154, 0.0188, 0.0238, 0.0348, 0.0533, 0.1081,
])  # fmt: skip
LEVELS = 256


def loudness(peaks: Peaks, reach_frames: float, reach_bins: float) -> U8:
    """Class of each place (frames, bins) of a query; peaks that are so near could be hit there."""
    if peaks.salience is None or not peaks.length:
        return np.full((max(1, peaks.length), BINS), UNHEARD, np.uint8)
    return _classes(
        _standing(peaks.salience), _covered(peaks.length, peaks.frames, peaks.bins, reach_frames, reach_bins)
    )


@compiled
def _standing(salience: U8) -> U8:
    """A place's saliency less how far it lies below the most salient of the eight around it: what is buried is often a top still."""
    length, bins = salience.shape
    out = np.empty((length, bins), np.uint8)
    across = np.empty((3, bins), np.uint8)  # of a frame, the most of each bin and its two neighbours; in row frame % 3
    for u in range(length + 1):
        if u < length:
            here = salience[u]
            for c in range(bins):
                across[u % 3, c] = max(here[c], here[max(0, c - 1)], here[min(bins - 1, c + 1)])
        if u > 0:
            before, at, after = across[max(0, u - 2) % 3], across[(u - 1) % 3], across[min(u, length - 1) % 3]
            for c in range(bins):
                most = int(max(before[c], at[c], after[c]))
                out[u - 1, c] = max(0, 2 * int(salience[u - 1, c]) - most)
    return out


@compiled
def _covered(length: int, frames: F32, bins: F32, reach_frames: float, reach_bins: float) -> NDArray[np.bool_]:
    """The places within reach of a peak."""
    out = np.zeros((length, BINS), np.bool_)
    for q in range(len(frames)):
        t, b = frames[q], bins[q]
        for u in range(max(0, int(np.ceil(t - reach_frames))), min(length, int(t + reach_frames) + 1)):
            for c in range(max(0, int(np.ceil(b - reach_bins))), min(BINS, int(b + reach_bins) + 1)):
                out[u, c] = True
    return out


@compiled
def _classes(salience: U8, covered: NDArray[np.bool_]) -> U8:
    """Each place's rank within its bin, then within its frame, among places that are not covered, as a class."""
    ranks = np.empty(salience.shape, np.uint8)
    for c in range(BINS):
        _ranked(salience[:, c], covered[:, c], LEVELS, ranks[:, c])
    for u in range(len(ranks)):
        _ranked(ranks[u], covered[u], LOUDS, ranks[u])
    return ranks


@compiled
def _ranked(values: U8, covered: NDArray[np.bool_], steps: int, out: U8) -> None:
    """For each value, of how many of `steps` equal parts of the uncovered ones its middle rank is beyond."""
    below = np.zeros(LEVELS + 1, np.int64)
    for n in range(len(values)):
        if not covered[n]:
            below[values[n] + 1] += 1
    for level in range(LEVELS):
        below[level + 1] += below[level]
    most = max(1, below[LEVELS])
    for n in range(len(values)):
        twice = below[values[n]] + below[values[n] + 1]
        out[n] = min(steps - 1, steps * twice // (2 * most))
