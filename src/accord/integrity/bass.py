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

RATE_HZ, HOP, WINDOW = 22_050, 512, 2048
LOWEST_HZ, BANDS_PER_OCTAVE = 35.0, 36
BANDS = 2 * BANDS_PER_OCTAVE
PERIODS = 13.0
EACH = 32  # of so many samples one is kept
SPANNED, CUT_HZ = 8, 320.0  # of the low pass: over how many times EACH samples, and where it cuts
LONGEST = 256  # kept samples of the longest window


def powers(samples: F32, frames: int) -> F32:
    """Power of each band around the middle of each frame, shape (frames, BANDS), of mono samples at RATE_HZ; a full-scale sine has 1."""
    return _powers(_kept(samples, frames), frames, *_kernels())


def _kept(samples: F32, frames: int) -> F32:
    """Every EACHth sample behind the low pass: the middle of frame 0 is number LONGEST / 2, silence is around."""
    count = (frames - 1) * (HOP // EACH) + LONGEST
    before = LONGEST // 2 * EACH + SPANNED * EACH // 2 - WINDOW // 2
    sound = np.zeros((count + SPANNED) * EACH, np.float32)
    inside = samples[: len(sound) - before]
    sound[before : before + len(inside)] = inside
    return _thinned(sound.reshape(-1, EACH), _low_pass(), count)


@cache
def _low_pass() -> F32:
    """Its taps, shape (EACH, SPANNED): each column of the next so many samples."""
    count = EACH * SPANNED
    taps = np.sinc(2 * CUT_HZ / RATE_HZ * (np.arange(count) - 0.5 * count)) * np.kaiser(count + 1, 6.0)[:-1]
    return np.ascontiguousarray((taps / taps.sum()).astype(np.float32).reshape(-1, EACH).T)


@cache
def _kernels() -> tuple[F32, I64]:
    """What each of LONGEST kept samples adds to each band (two columns: real, imaginary), and how many columns reach so far."""
    hertz = LOWEST_HZ * 2.0 ** (np.arange(BANDS) / BANDS_PER_OCTAVE)
    at = (np.arange(LONGEST) - 0.5 * LONGEST)[:, None]
    size = PERIODS / hertz * (RATE_HZ / EACH)
    window = np.where(np.abs(at) < 0.5 * size, 0.5 + 0.5 * np.cos(2 * np.pi * at / size), 0.0) * (4 / size)
    turning = window * np.exp(2j * np.pi * hertz * EACH / RATE_HZ * at)
    return turning.astype(np.complex64).view(np.float32), 2 * (np.abs(at) < 0.5 * size).sum(axis=1)


@compiled
def _thinned(rows: F32, taps: F32, count: int) -> F32:
    """The sums of rows of EACH samples times taps, each over SPANNED rows."""
    parts, out = np.zeros(SPANNED, np.float32), np.zeros(count + SPANNED, np.float32)
    for n in range(len(rows)):
        parts[:] = 0.0
        for k in range(EACH):
            for j in range(SPANNED):
                parts[j] += rows[n, k] * taps[k, j]
        for j in range(min(SPANNED, n + 1)):
            if n - j < count:
                out[n - j] += parts[j]
    return out[:count]


@compiled
def _powers(kept: F32, frames: int, turning: F32, lasts: I64) -> F32:
    """Four kept samples at once: so the sums are fetched and put back a quarter as often."""
    longest, columns = turning.shape
    out, sums = np.empty((frames, columns // 2), np.float32), np.empty(columns, np.float32)
    for frame in range(frames):
        sums[:] = 0.0
        begin = frame * (HOP // EACH)
        for n in range(0, longest, 4):
            here, one, two, three = kept[begin + n], kept[begin + n + 1], kept[begin + n + 2], kept[begin + n + 3]
            for c in range(max(lasts[n], lasts[n + 3])):
                sums[c] += (
                    here * turning[n, c] + one * turning[n + 1, c] + two * turning[n + 2, c] + three * turning[n + 3, c]
                )
        for b in range(columns // 2):
            out[frame, b] = sums[2 * b] * sums[2 * b] + sums[2 * b + 1] * sums[2 * b + 1]
    return out
