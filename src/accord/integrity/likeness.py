"""Whether a voice that its person protects is heard in a sound. Pure.

A sound is heard in pieces of 1.6 s, each at the same level: its direction (`speaker`), and whether there is a voice in it at
all (a logistic gate on the direction). A **print** is the mean direction of 20 s or more of one person alone. The likeness of
a window of 8 s is the cosine between the print and the mean direction of its pieces with a voice, of which it needs four.
What counts as alike is less where something else sounds under the voice (its quiet moments are not quiet), for that takes
everybody's likeness down. Both thresholds were set on the development half of `eval/voice.py`, and measured on the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.integrity.speaker import BANDS, F32, FRAMES, HOP, RATE_HZ, Network, directions, mel_energies, network
from accord.terms.refusal import BadInput

PARTIAL_S = FRAMES * HOP / RATE_HZ  # of a piece
WINDOW, LEAST_VOICED = 5, 4  # pieces of a window, and how many of them hold a voice
WINDOW_S = WINDOW * PARTIAL_S
CLEAN_DB = 20.0  # between loud and quiet frames: pauses of clean speech are quiet; under music they are not
LIKE, LIKE_UNDER = 0.87, 0.81  # what counts as alike in a clean window, and in one with something under the voice

LEVEL = 63.6  # the power of a piece, summed over frames and bands, that all are brought to: speech at -30 dBFS
SILENT = LEVEL * 1e-3  # below it (-60 dBFS) a piece is not listened to
LEAST_VOICE_S, LONGEST_S = 20.0, 600.0
LEAST_UNITY = 0.85  # mean cosine of the pieces to their print: one person, not two
SAMPLE = 7  # pieces of the sample that readers hear: 11.2 s


@dataclass(frozen=True)
class Measured:
    """What `eval/voice.py` measured at a threshold, on speech of people whom nothing was set on, end to end windows."""

    missed: float  # part of windows of the same person that are not alike
    windows: int  # of other people
    wrong: int  # of them that are alike
    pairs: int  # of people they are of
    wrong_pairs: int  # of them with a window that is alike

    def words(self) -> str:
        """As a sentence."""
        wrong = f"{self.wrong} of {self.windows:,}" if self.wrong else f"none of {self.windows:,}"
        return (
            f"measured on few people, {wrong} stretches by others were that alike ({self.wrong_pairs or 'none'} of "
            f"{self.pairs} pairs of people, so up to {100 * self.most_pairs:.0f} in 100 pairs may be), and "
            f"{100 * self.missed:.0f} % of those by the same person were missed"
        )

    @property
    def most_pairs(self) -> float:
        """The part of pairs of people with a false alarm: the upper end of Wilson's interval at 95 %."""
        n, z2 = self.pairs, 1.96**2
        part = self.wrong_pairs / n
        middle, width = part + z2 / (2 * n), sqrt(z2 * (part * (1 - part) / n + z2 / (4 * n * n)))
        return (middle + width) / (1 + z2 / n)


#: 27 November 2026, the full scale, 8 and 16 kHz together: clean, and with music 10 dB below the voice.
MEASURED = Measured(missed=8 / 293, windows=679, wrong=0, pairs=12, wrong_pairs=0)
MEASURED_UNDER = Measured(missed=158 / 293, windows=679, wrong=0, pairs=12, wrong_pairs=0)


@dataclass(frozen=True)
class Ears:
    """The network, and the gate that tells a voice from none: more than 0 of `direction @ weight + bias`."""

    net: Network
    weight: F32
    bias: float


@dataclass(frozen=True)
class Heard:
    """A sound's pieces in order: directions (pieces, 256), which hold a voice, and each frame's energy (pieces, FRAMES)."""

    directions: F32
    voiced: NDArray[np.bool_]
    energy_db: F32


@dataclass(frozen=True)
class Span:
    """The stretch in which a voice is found, in seconds; the likeness of its best window, and whether that is clean."""

    start_s: float
    end_s: float
    likeness: float
    clean: bool


def ears(weights: Mapping[str, NDArray[np.floating]]) -> Ears:
    """Those of a weights file: the network's arrays, `gate.weight` (256,) and `gate.bias` ()."""
    return Ears(network(weights), np.asarray(weights["gate.weight"], np.float32), float(weights["gate.bias"]))


def hear(ears: Ears, samples: F32) -> Heard:
    """The pieces of a mono sound at 16 kHz; what is left over at its end (under 1.6 s) is not heard."""
    mels = mel_energies(samples)
    pieces = mels[: len(mels) // FRAMES * FRAMES].reshape(-1, FRAMES, BANDS)
    energy = pieces.sum(2)
    power = energy.sum(1)
    loud = power >= SILENT
    found = np.zeros((len(pieces), len(ears.weight)), np.float32)
    found[loud] = directions(ears.net, pieces[loud] * (LEVEL / power[loud])[:, None, None])
    voiced = loud & (found @ ears.weight + ears.bias > 0)
    return Heard(found, voiced, (10 * np.log10(energy + 1e-12)).astype(np.float32))


def joined(parts: Sequence[Heard]) -> Heard:
    """What was heard in one part after another, as one. There is one part or more."""
    return Heard(
        np.concatenate([part.directions for part in parts]),
        np.concatenate([part.voiced for part in parts]),
        np.concatenate([part.energy_db for part in parts]),
    )


def contrasts_db(heard: Heard) -> F32:
    """How far the quietest tenth of each window's frames lies below its loudest tenth, (windows,)."""
    frames = _windows(heard.energy_db).transpose(0, 2, 1).reshape(-1, WINDOW * FRAMES)
    low, high = np.quantile(frames, (0.1, 0.9), axis=1) if len(frames) else np.zeros((2, 0))
    return np.asarray(high - low, np.float32)


def margins(prints: F32, heard: Heard) -> F32:
    """By how much each window's likeness to each print is over what counts as alike there, (prints, windows)."""
    return likenesses(prints, heard) - needed(contrasts_db(heard) >= CLEAN_DB)


def needed(clean: NDArray[np.bool_]) -> F32:
    """What counts as alike in each window, (windows,)."""
    return np.where(clean, LIKE, LIKE_UNDER).astype(np.float32)


def likenesses(prints: F32, heard: Heard) -> F32:
    """The likeness of each window (from each piece on) to each print, (prints, windows); −1 where too little voice is."""
    voiced = np.where(heard.voiced[:, None], heard.directions, 0)
    sums = _windows(voiced).sum(-1)
    found = prints @ (sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)).T
    enough = _windows(heard.voiced).sum(-1) >= LEAST_VOICED
    return np.where(enough, found, -1).astype(np.float32)


def _windows(pieces: NDArray[Any]) -> NDArray[Any]:
    if len(pieces) < WINDOW:
        return np.zeros((0, *pieces.shape[1:], WINDOW), pieces.dtype)
    return np.lib.stride_tricks.sliding_window_view(pieces, WINDOW, axis=0)


def find(prints: Mapping[str, F32], heard: Heard) -> dict[str, Span]:
    """The voices found, each with its best window and the windows beside it that are alike as well."""
    if not prints or len(heard.voiced) < WINDOW:
        return {}
    marks = np.stack(list(prints.values()))
    alike, clean = likenesses(marks, heard), contrasts_db(heard) >= CLEAN_DB
    over = alike - needed(clean)
    found = {}
    for name, row, cosine in zip(prints, over, alike, strict=True):
        best = int(row.round(5).argmax())  # the first of those that only float32's last digits tell apart
        if row[best] >= 0:
            first, last = _around(row >= 0, best)
            end = (last + WINDOW) * PARTIAL_S
            found[name] = Span(first * PARTIAL_S, end, float(cosine[best]), bool(clean[best]))
    return found


def _around(alike: NDArray[np.bool_], best: int) -> tuple[int, int]:
    """The first and the last of the windows in a row that are alike, `best` among them."""
    unlike = np.flatnonzero(~alike)
    first = int(unlike[unlike < best].max(initial=-1)) + 1
    return first, int(unlike[unlike > best].min(initial=len(alike))) - 1


def print_of(heard: Heard, name: str = "the recording") -> F32:
    """The print of a person's own recording. Raises: BadInput when it is no clean voice of one person, or too little."""
    voice_s = float(heard.voiced.sum() * PARTIAL_S)
    if not heard.voiced.any():
        raise BadInput(f"`{name}` holds no voice", do="record the person alone, speaking or singing without music")
    if voice_s < LEAST_VOICE_S:
        raise BadInput(
            f"`{name}` holds {voice_s:.0f} seconds of voice, fewer than {LEAST_VOICE_S:.0f}", do="record a longer one"
        )
    contrast = contrast_db(heard)
    if contrast < CLEAN_DB:
        raise BadInput(
            f"`{name}` is too noisy: its quiet moments are only {contrast:.0f} dB below the voice",
            why=f"a print is taken from {CLEAN_DB:.0f} dB on",
            do="record the person alone in a quiet room, without music",
        )
    mean = heard.directions[heard.voiced].mean(0)
    found = np.asarray(mean / np.linalg.norm(mean), np.float32)
    if float((heard.directions[heard.voiced] @ found).mean()) < LEAST_UNITY:
        raise BadInput(f"`{name}` does not sound like one voice throughout", do="record one person alone")
    return found


def contrast_db(heard: Heard) -> float:
    """How far the quietest tenth of the frames lies below the loudest tenth, over the pieces with a voice."""
    low, high = np.quantile(heard.energy_db[heard.voiced], (0.1, 0.9))
    return float(high - low)


def sample_at(heard: Heard, mark: F32) -> int:
    """The piece from which the SAMPLE most typical pieces begin."""
    typical = np.where(heard.voiced, heard.directions @ mark, 0)
    width = min(SAMPLE, len(typical))
    return int(np.convolve(typical, np.ones(width), "valid").argmax())
