"""Whether two tracks hold the very same sound at a place, by their waveforms: a judge that knows nothing of fingerprints.

Composers use a drum loop or a sampled phrase in several pieces. A fingerprint that names the other piece is right about
the sound. Two waveforms of the same sound correlate at one lag; two that only share tempo, key or instruments do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from accord.integrity.peaks import RATE_HZ
from eval.conditions import F32
from eval.queries import Music

LEAST_NATS = 20.0
TEMPO_OFF, PITCH_OFF = 0.006, 0.01
LAG_S = 0.25
LEAST_ALIKE, LEAST_OVER_CHANCE = 0.1, 5.0
ELSEWHERE = (0.2, 0.5, 0.8)  # of the other track, where the correlation by chance is taken


@dataclass(frozen=True)
class Likeness:
    """The highest correlation of two waveforms near the stated place, and at other places of the same track."""

    here: float
    elsewhere: float

    @property
    def same(self) -> bool:
        """Whether it is one sound."""
        return self.here >= LEAST_ALIKE and self.here >= LEAST_OVER_CHANCE * self.elsewhere


def likeness(music: Music, answer: dict[str, Any]) -> Likeness | None:
    """That of an excerpt and the strongest other recording; None where pitch or tempo differ, or nothing is alike."""
    other = answer["other"]
    unlike = other["nats"] < LEAST_NATS or answer["beside"] or answer["condition"] not in ("", "clean")
    if unlike or abs(other["tempo"] - 1) > TEMPO_OFF or abs(other["pitch"] - 1) > PITCH_OFF:
        return None
    seconds, length = answer["seconds"], music.seconds(other["recording"])
    excerpt = music.cut(answer["track"], seconds, answer["middle_s"] / music.seconds(answer["track"]))
    here = correlation(excerpt, music.cut(other["recording"], seconds, other["at_s"] / length))
    places = [part for part in ELSEWHERE if abs(part * length - other["at_s"]) > seconds]
    chance = [correlation(excerpt, music.cut(other["recording"], seconds, part)) for part in places]
    return Likeness(here, max(chance, default=1.0))


def correlation(a: F32, b: F32) -> float:
    """The highest absolute normalised correlation of two pieces' first differences, within ±LAG_S."""
    a, b = np.diff(a), np.diff(b)
    size, lag = 1 << (2 * max(len(a), len(b)) - 1).bit_length(), int(LAG_S * RATE_HZ)
    product = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    near = np.abs(np.concatenate([product[-lag:], product[: lag + 1]]))
    return float(near.max() / (np.sqrt((a.astype(float) ** 2).sum() * (b.astype(float) ** 2).sum()) + 1e-12))
