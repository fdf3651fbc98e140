"""Music for the tests: seeded songs of plucked notes, chords and noise beats. No two seeds share a phrase."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import python_stretch
import soundfile
from numpy.typing import NDArray

RATE_HZ = 22_050
F32 = NDArray[np.float32]
SCALE = np.array([0, 2, 4, 5, 7, 9, 11])


@cache
def song(seed: int, seconds: float) -> F32:
    """`seconds` of mono music at RATE_HZ."""
    chance = np.random.default_rng(seed)
    out = np.zeros(int(seconds * RATE_HZ) + 4 * RATE_HZ, np.float64)
    beat_s, key = chance.uniform(0.22, 0.5), chance.integers(40, 52)
    at = 0.0
    while at < seconds:
        chord = key + SCALE[(chance.integers(7) + np.array([0, 2, 4])) % 7]
        notes = [
            *(chord if chance.random() < 0.5 else []),
            key + 12 * chance.integers(1, 4) + SCALE[chance.integers(7)],
        ]
        for note in notes:
            _pluck(out, at, 440.0 * 2 ** ((note - 69) / 12), chance)
        if chance.random() < 0.3:
            place = int(at * RATE_HZ)
            out[place : place + 2000] += 0.1 * chance.normal(size=2000) * np.exp(-np.arange(2000) / 400)
        at += beat_s * chance.choice([0.5, 1.0, 1.0, 2.0])
    out = out[: int(seconds * RATE_HZ)]
    return (0.5 * out / np.abs(out).max()).astype(np.float32)


def _pluck(out: NDArray[np.float64], at: float, pitch_hz: float, chance: np.random.Generator) -> None:
    length = int(RATE_HZ * chance.uniform(0.4, 1.5))
    # eight partials, the k-th at k times the pitch, 1/k as loud and dying the faster: powers of one turning, fading number
    turn = np.exp((2j * np.pi * pitch_hz - 1) * np.arange(length) / RATE_HZ)
    partials = np.full(length, 1 / 8, np.complex128)
    for k in range(7, 0, -1):
        partials = partials * turn + 1 / k
    wave = (partials * turn).imag * np.exp(-2 * np.arange(length) / RATE_HZ)
    place = int(at * RATE_HZ)
    out[place : place + length] += chance.uniform(0.3, 1.0) * wave


def stretched(sound: F32, semitones: float = 0.0, tempo: float = 1.0) -> F32:
    """The sound `semitones` higher and `tempo` times as fast (Signalsmith Stretch)."""
    stretch = python_stretch.Signalsmith.Stretch()
    stretch.preset(1, RATE_HZ)
    stretch.setTransposeSemitones(semitones)
    stretch.timeFactor = tempo
    return np.asarray(stretch.process(sound[None])[0], np.float32)


def mixed(one: F32, other: F32, gain_db: float = 0.0) -> F32:
    """`one` at `gain_db` relative to `other`, both first brought to the same power."""
    size = min(len(one), len(other))
    loud = 10 ** (gain_db / 20) * one[:size] / np.sqrt(np.mean(one[:size] ** 2))
    whole = loud + other[:size] / np.sqrt(np.mean(other[:size] ** 2))
    return (0.5 * whole / np.abs(whole).max()).astype(np.float32)


def wav(sound: F32) -> bytes:
    """The bytes of a WAV file."""
    out = io.BytesIO()
    soundfile.write(out, sound, RATE_HZ, format="WAV", subtype="PCM_16")
    return out.getvalue()
