"""How loud a mix is, and making it as loud as it should be without clipping.

Loudness after ITU-R BS.1770-4 with pyloudnorm's weighting filters, run in one pass over both channels, and its blocks summed
from a running sum: its own figure in a quarter of its time. True peak after its Annex 2 (four-fold oversampling). The limiter looks
ahead: its gain is a running minimum, then a running mean of the same width, so it never lets a peak through.
"""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

Samples = NDArray[np.float32]

TARGET_LUFS = -14.0
CEILING_DBTP = -1.0
OVERSAMPLING = 4
LOOK_AHEAD_S = 0.005
SHORTEST_S = 0.5
UNHEARD = 1e-15
BLOCK_S, STEP_S = 0.4, 0.1
SILENT_LUFS, OFFSET_DB = -70.0, 0.691


def integrated_lufs(samples: Samples, rate: int) -> float:
    """Integrated loudness in LUFS; minus infinity for silence and for less than SHORTEST_S seconds."""
    if len(samples) < SHORTEST_S * rate:
        return float("-inf")
    import pyloudnorm  # here, since it takes a second to load scipy's filters, which most commands never use
    from scipy.signal import sosfilt

    stages = [[*stage.b, *stage.a] for stage in pyloudnorm.Meter(rate)._filters.values()]
    sound = np.array(samples.T, np.float64, order="C")
    sound[:, ::2] += UNHEARD  # a filter fed with nothing dies away into numbers that processors are slow with
    weighted = sosfilt(np.asarray(stages), sound, axis=1)
    return _gated(np.concatenate(([0.0], np.cumsum(np.square(weighted, out=weighted).sum(axis=0)))), rate)


def _gated(power: NDArray[np.float64], rate: int) -> float:
    """Loudness of a running sum of weighted power: blocks of 400 ms every 100 ms above both thresholds (BS.1770-4, 5 to 7)."""
    blocks = round((len(power) - 1) / rate / STEP_S - BLOCK_S / STEP_S) + 1
    edges = BLOCK_S * (np.arange(blocks) * STEP_S / BLOCK_S + [[0], [1]]) * rate
    first, last = np.minimum(edges.astype(int), len(power) - 1)
    mean = (power[last] - power[first]) / (BLOCK_S * rate)
    heard = mean[mean >= 10 ** ((SILENT_LUFS + OFFSET_DB) / 10)]
    loud = heard[heard > heard.mean() / 10] if len(heard) else heard
    return float(10 * np.log10(loud.mean()) - OFFSET_DB) if len(loud) else float("-inf")


def true_peak_dbtp(samples: Samples) -> float:
    """Highest level between and on the samples, in dB below full scale (BS.1770-4 Annex 2)."""
    peak = float(np.abs(_oversampled(samples)).max(initial=0.0)) if len(samples) else 0.0
    return 20 * float(np.log10(peak)) if peak > 0 else float("-inf")


def scaled_to(samples: Samples, rate: int, target_lufs: float) -> Samples:
    """`samples` at `target_lufs`; what has no measurable loudness stays as it is."""
    found = integrated_lufs(samples, rate)
    if not np.isfinite(found):
        return samples
    return samples * np.float32(10 ** ((target_lufs - found) / 20))


def mastered(
    samples: Samples, rate: int, target_lufs: float = TARGET_LUFS, ceiling_dbtp: float = CEILING_DBTP
) -> tuple[Samples, float]:
    """`samples` at `target_lufs` with no true peak above `ceiling_dbtp`, and the loudness in LUFS that they have then.

    The limiter takes loudness away, so the gain before it is raised up to four times; a mix of few, high peaks ends a
    little below the target rather than being crushed.
    """
    found = integrated_lufs(samples, rate)
    if not np.isfinite(found):
        return limited(samples, rate, ceiling_dbtp), found
    wanted, peaks = target_lufs, _peaks(samples)
    for _ in range(4):
        gain = np.float32(10 ** ((wanted - found) / 20))
        out = _limited(samples * gain, peaks * gain, rate, ceiling_dbtp)
        reached = integrated_lufs(out, rate)
        short = target_lufs - reached
        if abs(short) < 0.1 or wanted > target_lufs + 6:
            break
        wanted += short
    return out, reached


def limited(samples: Samples, rate: int, ceiling_dbtp: float = CEILING_DBTP) -> Samples:
    """`samples` with every true peak brought under `ceiling_dbtp` by a gain that moves slowly and looks ahead."""
    return _limited(samples, _peaks(samples), rate, ceiling_dbtp)


def _limited(samples: Samples, peaks: NDArray[np.float32], rate: int, ceiling_dbtp: float) -> Samples:
    ceiling = 10 ** ((ceiling_dbtp - 0.1) / 20)
    if not len(peaks) or peaks.max() <= ceiling:
        return samples
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, ceiling)).astype(np.float64)
    width = 2 * int(LOOK_AHEAD_S * rate) + 1
    lowest = minimum_filter1d(needed, 2 * width - 1, mode="nearest")
    gain = uniform_filter1d(lowest, width, mode="nearest")
    return np.asarray(samples * gain[:, None], dtype=np.float32)


def _peaks(samples: Samples) -> NDArray[np.float32]:
    """The highest level of each sample's moment over the channels, between samples too. Column by column: it is quicker."""
    between = _oversampled(samples)
    np.abs(between, out=between)
    loudest = between[:, 0] if between.shape[1] == 1 else np.maximum(between[:, 0], between[:, 1])
    every = np.zeros(OVERSAMPLING * len(samples), np.float32)
    every[: len(loudest)] = loudest[: len(every)]
    return np.asarray(np.maximum.reduce([every[offset::OVERSAMPLING] for offset in range(OVERSAMPLING)]))


def _oversampled(samples: Samples) -> Samples:
    return np.asarray(soxr.resample(samples, 1, OVERSAMPLING, "MQ"), dtype=np.float32)
