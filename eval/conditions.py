"""What happens to a recording on its way into somebody else's sound: each condition is one function.

A condition takes the piece of the recording (mono, 22,050 Hz) and what is `Given` beside it: other music that is not
indexed, voices, and the query's number, from which all chance and the choice between the two stretchers follow. Pieces
come longer than the query, so that a faster tempo still fills it; the caller cuts the middle out afterwards.

Stretchers are Signalsmith's (python-stretch, every even query) and Rubber Band's command line (every odd one, where it
is installed; Debian's rubberband-cli; a tool of the evaluation only). MP3 is LAME's, through soundfile.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import python_stretch
import soundfile
import soxr
from numpy.typing import NDArray

from accord.integrity.peaks import RATE_HZ

F32 = NDArray[np.float32]
MP3_RATE_HZ = 44_100
MP3_64K = 1 - (64 - 32) / (320 - 32)  # libsndfile's compression level for constant 64 kb/s at 44.1 kHz
LEVEL = 0.1  # −20 dBFS


@dataclass(frozen=True)
class Given:
    """What a condition may use beside the piece: `second` is music that is indexed too."""

    number: int
    other: F32
    babble: F32
    second: F32


Condition = Callable[[F32, Given], F32]


def level(sound: F32) -> F32:
    """The sound at −20 dBFS."""
    return (LEVEL * sound / (np.sqrt(np.mean(sound**2)) + 1e-9)).astype(np.float32)


def over(sound: F32, other: F32, decibels: float) -> F32:
    """The sound `decibels` above the other one; as long as the shorter."""
    size = min(len(sound), len(other))
    return (10 ** (decibels / 20) * level(sound[:size]) + level(other[:size])).astype(np.float32)


def stretched(sound: F32, number: int, semitones: float = 0.0, tempo: float = 1.0) -> F32:
    """Pitch and tempo changed apart from each other, by one of two stretchers."""
    if number % 2 and rubberband():
        return _rubberband(sound, semitones, tempo)
    stretch = python_stretch.Signalsmith.Stretch()
    stretch.preset(1, RATE_HZ)
    stretch.setTransposeSemitones(semitones)
    stretch.timeFactor = tempo
    return np.asarray(stretch.process(sound[None])[0], np.float32)


@cache
def rubberband() -> str | None:
    """Where Rubber Band's command line is, if it is."""
    return shutil.which("rubberband")


def _rubberband(sound: F32, semitones: float, tempo: float) -> F32:
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.wav", Path(folder) / "after.wav"
        soundfile.write(before, sound, RATE_HZ, subtype="FLOAT")
        orders = [str(rubberband()), "-q", "-T", str(tempo), "-p", str(semitones), str(before), str(after)]
        subprocess.run(orders, check=True, capture_output=True)
        return np.asarray(soundfile.read(after, dtype="float32")[0], np.float32)


def sped(sound: F32, factor: float) -> F32:
    """Played faster: pitch and tempo together."""
    return np.asarray(soxr.resample(sound, factor * RATE_HZ, RATE_HZ), np.float32)


def mp3(sound: F32) -> F32:
    """Through LAME at constant 64 kb/s, 44.1 kHz, mono."""
    wide = soxr.resample(level(sound), RATE_HZ, MP3_RATE_HZ)
    coded = io.BytesIO()
    how = {"format": "MP3", "subtype": "MPEG_LAYER_III", "compression_level": MP3_64K, "bitrate_mode": "CONSTANT"}
    soundfile.write(coded, wide, MP3_RATE_HZ, **how)
    coded.seek(0)
    return np.asarray(soxr.resample(soundfile.read(coded, dtype="float32")[0], MP3_RATE_HZ, RATE_HZ), np.float32)


def phone(sound: F32) -> F32:
    """300 to 3400 Hz at 8 kHz, µ-law of 8 bits."""
    narrow = soxr.resample(sound, RATE_HZ, 8000)
    bands = np.fft.rfft(narrow)
    hertz = np.fft.rfftfreq(len(narrow), 1 / 8000)
    bands[(hertz < 300) | (hertz > 3400)] = 0
    wave = np.fft.irfft(bands, len(narrow))
    wave /= np.abs(wave).max() + 1e-9
    coded = np.round(np.sign(wave) * np.log1p(255 * np.abs(wave)) / np.log(256) * 127) / 127
    plain = np.sign(coded) * (256 ** np.abs(coded) - 1) / 255
    return np.asarray(soxr.resample(plain.astype(np.float32), 8000, RATE_HZ), np.float32)


def white(sound: F32, number: int, decibels: float) -> F32:
    """The sound `decibels` above white noise."""
    return over(sound, np.random.default_rng(number).normal(size=len(sound)).astype(np.float32), decibels)


def drifting(sound: F32, most: float) -> F32:
    """Speed that wanders between 1 − most and 1 + most, one round in 8 s, as a worn deck or a hand on it does."""
    seconds = np.arange(len(sound)) / RATE_HZ
    places = np.cumsum(1 + most * np.sin(2 * np.pi * seconds / 8))
    return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)


#: The table of the goals.
CONDITIONS: dict[str, Condition] = {
    "clean": lambda s, g: s,
    "MP3 64 kb/s": lambda s, g: mp3(s),
    "phone, µ-law": lambda s, g: phone(s),
    "white 10 dB": lambda s, g: white(s, g.number, 10),
    "white 0 dB": lambda s, g: white(s, g.number, 0),
    "babble 10 dB": lambda s, g: over(s, g.babble, 10),
    "babble 0 dB": lambda s, g: over(s, g.babble, 0),
    "mash-up 0 dB": lambda s, g: over(s, g.other, 0),
    "mash-up -6 dB": lambda s, g: over(s, g.other, -6),
    "pitch +2": lambda s, g: stretched(s, g.number, 2),
    "tempo +8 %": lambda s, g: stretched(s, g.number, 0, 1.08),
    "tempo -8 %": lambda s, g: stretched(s, g.number, 0, 0.92),
    "speed +4 %": lambda s, g: sped(s, 1.04),
    "pitch +2, mash-up 0 dB": lambda s, g: over(stretched(s, g.number, 2), g.other, 0),
}
#: Beyond it.
FURTHER: dict[str, Condition] = {
    "pitch +6": lambda s, g: stretched(s, g.number, 6),
    "pitch -6": lambda s, g: stretched(s, g.number, -6),
    "tempo +20 %": lambda s, g: stretched(s, g.number, 0, 1.2),
    "tempo -20 %": lambda s, g: stretched(s, g.number, 0, 0.8),
    "speed +3 %, babble 10 dB, MP3": lambda s, g: mp3(over(sped(s, 1.03), g.babble, 10)),
    "speed wandering by 1 %": lambda s, g: drifting(s, 0.01),
    "two recordings at once": lambda s, g: over(s, g.second, 0),
}
#: (pitch factor, tempo factor) that a condition really made, where it is one pair.
MADE: dict[str, tuple[float, float]] = {
    "pitch +2": (2 ** (2 / 12), 1.0),
    "pitch +6": (2 ** (6 / 12), 1.0),
    "pitch -6": (2 ** (-6 / 12), 1.0),
    "tempo +8 %": (1.0, 1.08),
    "tempo -8 %": (1.0, 0.92),
    "tempo +20 %": (1.0, 1.2),
    "tempo -20 %": (1.0, 0.8),
    "speed +4 %": (1.04, 1.04),
    "pitch +2, mash-up 0 dB": (2 ** (2 / 12), 1.0),
    "speed +3 %, babble 10 dB, MP3": (1.03, 1.03),
}
