"""A sound as a picture: the lowest and highest sample of equal stretches. Pure numpy."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray


class Waveform(msgspec.Struct, frozen=True):
    """Per stretch the lowest and the highest sample (−1 … 1), and the length of the whole in seconds."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    duration_s: float


def waveform_of(samples: NDArray[np.float32], rate_hz: int, buckets: int) -> Waveform:
    """The waveform of mono samples in at most `buckets` stretches; stretches differ by at most one sample in length."""
    count = min(max(1, buckets), len(samples))
    if not count:
        return Waveform((), (), 0.0)
    edges = np.linspace(0, len(samples), count, endpoint=False).astype(np.int64)
    low, high = np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)
    return Waveform(
        tuple(round(float(v), 4) for v in low), tuple(round(float(v), 4) for v in high), len(samples) / rate_hz
    )
