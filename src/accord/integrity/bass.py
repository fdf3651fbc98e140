"""The two lowest octaves of the map: bands from 35 to 140 Hz, each with a window as long as its pitch needs.

Much music has most of its power below 140 Hz, and what is laid over it as loud as the whole leaves nothing else to be
heard. A window of 2,048 samples cannot tell such notes apart, so these bands are taken as a constant-Q transform does
(Brown 1991): a Hann window of PERIODS periods of the band's pitch, which at 140 Hz is as long as the spectrum's above.
Sound is brought to a 32nd of its rate first, behind a low pass.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from accord.integrity.kernels import compiled

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

RATE_HZ, HOP, WINDOW = 22_050, 512, 2048  # as `peaks` has them
LOWEST_HZ, BANDS, BANDS_PER_OCTAVE = 35.0, 72, 36
PERIODS = 13.0
EACH = 32  # of so many samples one is kept
TAPS, CUT_HZ = 256, 320.0  # of the low pass
LONGEST = 256  # kept samples of the longest window


def powers(samples: F32, frames: int) -> F32:
    """Power of each band around the middle of each frame, shape (frames, BANDS), of mono samples at RATE_HZ; a full-scale sine has 1."""
    real, imaginary, lasts = _kernels()
    return _powers(_kept(samples, frames), frames, real, imaginary, lasts)


def _kept(samples: F32, frames: int) -> F32:
    """Every EACHth sample behind the low pass: the middle of frame 0 is number LONGEST / 2, silence is around."""
    count = (frames - 1) * (HOP // EACH) + LONGEST
    before = LONGEST // 2 * EACH + TAPS // 2 - WINDOW // 2
    sound = np.zeros((count + TAPS // EACH) * EACH, np.float32)
    inside = samples[: len(sound) - before]
    sound[before : before + len(inside)] = inside
    return _thinned(sound.reshape(-1, EACH), _low_pass(), count)


@cache
def _low_pass() -> F32:
    """Its taps in rows (TAPS / EACH, EACH) turned on their side."""
    at = np.arange(TAPS) - 0.5 * TAPS
    taps = np.sinc(2 * CUT_HZ / RATE_HZ * at) * np.kaiser(TAPS + 1, 6.0)[:-1]
    return np.ascontiguousarray((taps / taps.sum()).astype(np.float32).reshape(-1, EACH).T)


@cache
def _kernels() -> tuple[F32, F32, I64]:
    """What each of LONGEST kept samples adds to each band (real, imaginary), and how many bands reach so far."""
    hertz = LOWEST_HZ * 2.0 ** (np.arange(BANDS) / BANDS_PER_OCTAVE)
    at = (np.arange(LONGEST) - 0.5 * LONGEST)[:, None]
    size = PERIODS / hertz * (RATE_HZ / EACH)
    window = np.where(np.abs(at) < 0.5 * size, 0.5 + 0.5 * np.cos(2 * np.pi * at / size), 0.0) * (4 / size)
    angle = 2 * np.pi * hertz * EACH / RATE_HZ * at
    lasts = (np.abs(at) < 0.5 * size).sum(axis=1)
    return (window * np.cos(angle)).astype(np.float32), (window * np.sin(angle)).astype(np.float32), lasts


@compiled
def _thinned(rows: F32, taps: F32, count: int) -> F32:
    """The sums of rows of samples times taps, each over as many rows as there are columns of taps."""
    each, many = taps.shape
    parts, out = np.zeros(many, np.float32), np.zeros(count + many, np.float32)
    for n in range(len(rows)):
        parts[:] = 0.0
        for k in range(each):
            for j in range(many):
                parts[j] += rows[n, k] * taps[k, j]
        for j in range(min(many, n + 1)):
            if n - j < count:
                out[n - j] += parts[j]
    return out[:count]


@compiled
def _powers(kept: F32, frames: int, real: F32, imaginary: F32, lasts: I64) -> F32:
    longest, bands = real.shape
    out = np.empty((frames, bands), np.float32)
    one, other = np.empty(bands, np.float32), np.empty(bands, np.float32)
    for frame in range(frames):
        one[:] = 0.0
        other[:] = 0.0
        for n in range(longest):
            here = kept[frame * 16 + n]
            for b in range(lasts[n]):
                one[b] += here * real[n, b]
                other[b] += here * imaginary[n, b]
        for b in range(bands):
            out[frame, b] = one[b] * one[b] + other[b] * other[b]
    return out
