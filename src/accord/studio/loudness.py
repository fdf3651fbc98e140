"""How loud a mix is, and making it as loud as it should be without clipping.

Loudness after ITU-R BS.1770-4 (pyloudnorm), true peak after its Annex 2 (four-fold oversampling). The limiter looks
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


def integrated_lufs(samples: Samples, rate: int) -> float:
    """Integrated loudness in LUFS; minus infinity for silence and for less than SHORTEST_S seconds."""
    if len(samples) < SHORTEST_S * rate:
        return float("-inf")
    import pyloudnorm  # here, since it takes a second to load scipy's filters, which most commands never use

    return float(pyloudnorm.Meter(rate).integrated_loudness(samples.astype(np.float64)))


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
) -> Samples:
    """`samples` at `target_lufs` with no true peak above `ceiling_dbtp`.

    The limiter takes loudness away, so the gain before it is raised up to four times; a mix of few, high peaks ends a
    little below the target rather than being crushed.
    """
    found = integrated_lufs(samples, rate)
    if not np.isfinite(found):
        return limited(samples, rate, ceiling_dbtp)
    wanted, out = target_lufs, samples
    for _ in range(4):
        louder = samples * np.float32(10 ** ((wanted - found) / 20))
        out = limited(louder, rate, ceiling_dbtp)
        if out is louder:
            break
        short = target_lufs - integrated_lufs(out, rate)
        if abs(short) < 0.1 or wanted > target_lufs + 6:
            break
        wanted += short
    return out


def limited(samples: Samples, rate: int, ceiling_dbtp: float = CEILING_DBTP) -> Samples:
    """`samples` with every true peak brought under `ceiling_dbtp` by a gain that moves slowly and looks ahead."""
    ceiling = 10 ** ((ceiling_dbtp - 0.1) / 20)
    peaks = _peaks(samples)
    if not len(peaks) or peaks.max() <= ceiling:
        return samples
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, ceiling)).astype(np.float64)
    width = 2 * int(LOOK_AHEAD_S * rate) + 1
    lowest = minimum_filter1d(needed, 2 * width - 1, mode="nearest")
    gain = uniform_filter1d(lowest, width, mode="nearest")
    return np.asarray(samples * gain[:, None], dtype=np.float32)


def _peaks(samples: Samples) -> NDArray[np.float32]:
    """The highest level of each sample's moment over the channels, between samples too. Column by column: it is quicker."""
    between = np.abs(_oversampled(samples))
    loudest = between[:, 0] if between.shape[1] == 1 else np.maximum(between[:, 0], between[:, 1])
    every = np.zeros(OVERSAMPLING * len(samples), np.float32)
    every[: len(loudest)] = loudest[: len(every)]
    return np.asarray(np.maximum.reduce([every[offset::OVERSAMPLING] for offset in range(OVERSAMPLING)]))


def _oversampled(samples: Samples) -> Samples:
    return np.asarray(soxr.resample(samples, 1, OVERSAMPLING, "MQ"), dtype=np.float32)
