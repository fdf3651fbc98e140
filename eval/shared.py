"""Whether two tracks hold the very same sound at a place, by their waveforms: a judge that knows nothing of fingerprints.

Composers use a drum loop or a sampled phrase in several pieces, and publish one piece twice. A fingerprint that names the
other piece is right about the sound; so is one that names what was laid over the excerpt. The stated span of the other is
brought to the excerpt's pitch by resampling; then short pieces of the excerpt are laid on the place where the stated tempo
puts them, and correlated band by band near it: waveforms of one sound agree in phase, those that only share tempo, key or
instruments do not. The control is the same span played backwards: the same notes as long and as loud, so tones that hardly
change agree as well there. It knows no certainty: on the development half it called none of 120 unrelated tracks at places by
chance the same, and 7 of 60 pairs that a fingerprint named faintly (decision 0099; of those some may share a sound).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from accord.integrity.peaks import RATE_HZ
from eval.conditions import F32, MADE, sped
from eval.queries import Music, Query, beside, middle_of, padded, place_of

F64 = NDArray[np.float64]

HEARD_HZ = RATE_HZ // 2
EDGES_HZ = (35.0, 70.0, 140.0, 280.0, 560.0, 1120.0, 2240.0)
PIECE_S = (1.6, 1.6, 0.8, 0.8, 0.8, 0.8)  # of each octave: a low one needs longer to differ
LAG_S = 0.06
WHOLE_LAG_S = 0.25
WINDOW_S, AWAY_S = 10.0, (-8.0, -4.0, 0.0, 4.0, 8.0)
QUIETEST = 1e-3  # of the loudest piece's power in that band: below, a piece says nothing
LEAST_OVER_BACKWARD = (0.22, 0.22, 0.12, 0.12, 0.12, 0.12)  # of each octave: below 140 Hz chance agrees more


@dataclass(frozen=True)
class Likeness:
    """How alike two waveforms are at the stated place (mean correlation of pieces in the band that says most), that of the
    control, the other one played backwards, and how much more is asked of that band."""

    here: float
    backward: float
    asked: float

    @property
    def over(self) -> float:
        """How much more alike than its control, as a part of what is asked."""
        return (self.here - self.backward) / self.asked

    @property
    def same(self) -> bool:
        """Whether it is one sound."""
        return self.over >= 1.0


@dataclass(frozen=True)
class Sounded:
    """A track that is heard in a query: its second at the query's middle, and what was made of its pitch and tempo."""

    track: str
    middle_s: float
    pitch: float = 1.0
    tempo: float = 1.0


def sounded(music: Music, answer: dict[str, Any]) -> list[Sounded]:
    """The music in the query that was answered: the track, and what was laid over it."""
    half, condition, seconds, number, track, laid_over = answer["key"].split("|")
    query = Query(half, condition, int(seconds), int(number), track, 0.0, laid_over)
    laid, cut_s = beside(music, query), padded(query.seconds) if condition else float(query.seconds)

    def there(name: str, at: float, pitch: float = 1.0, tempo: float = 1.0) -> Sounded:
        return Sounded(name, middle_of(music, name, cut_s, at), pitch, tempo)

    over = [there(laid.other, laid.other_at)] if laid_over == "music" or "mash-up" in condition else []
    if condition == "two recordings at once":
        over = [there(laid.second, laid.second_at)]
    if not condition:
        return [Sounded(track, answer["middle_s"]), *over]
    return [there(track, place_of(half, query.number), *MADE.get(condition, (1.0, 1.0))), *over]


def line_of(answer: dict[str, Any], match: dict[str, Any]) -> dict[str, Any]:
    """A stated match as what lies at the query's middle, as `queries.line` says it."""
    begin, _, there, _ = match["span"]
    at_s = there + match["tempo"] * (answer["seconds"] / 2 - begin)
    return {
        "recording": match["recording"],
        "at_s": at_s,
        "tempo": match["tempo"],
        "pitch": match["pitch"],
        "nats": match["nats"],
    }


def alike(music: Music, heard: Sounded, named: dict[str, Any]) -> Likeness:
    """That of a track that was heard and the recording that was named, at the place and with the factors that were named,
    once what the condition made of pitch and tempo is taken off."""
    undone = {**named, "pitch": named["pitch"] / heard.pitch, "tempo": named["tempo"] / heard.tempo}
    return along(music, heard.track, heard.middle_s, undone)


def along(music: Music, name: str, middle_s: float, stated: dict[str, Any]) -> Likeness:
    """The best of some windows on the stated line: what is there by more than chance goes on before or after."""
    found = [
        compared(
            music,
            music.around(name, WINDOW_S, middle_s + away),
            {**stated, "at_s": stated["at_s"] + stated["tempo"] * away},
        )
        for away in AWAY_S
        if 0 <= middle_s + away <= music.seconds(name)
    ]
    return max(found, key=lambda alike: alike.over)


def compared(music: Music, sound: F32, stated: dict[str, Any]) -> Likeness:
    """A sound and the span of a recording that is stated to lie in it: `at_s` at its middle, pitch and tempo factors."""
    pitch, tempo = stated["pitch"], stated["tempo"]
    around = len(sound) / RATE_HZ * tempo + 2 * pitch * (LAG_S + max(PIECE_S))
    span = sped(music.around(stated["recording"], around, stated["at_s"]), pitch)
    heard = soxr.resample(sound, RATE_HZ, HEARD_HZ)
    other = soxr.resample(span, RATE_HZ, HEARD_HZ)
    here, backward = (correlations(heard, way, tempo / pitch) for way in (other, other[::-1]))
    best = int(np.argmax((here - backward) / LEAST_OVER_BACKWARD))
    return Likeness(float(here[best]), float(backward[best]), LEAST_OVER_BACKWARD[best])


def correlations(sound: F32, other: F32, stretch: float) -> F64:
    """(At HEARD_HZ.) For each band, the mean over pieces of the highest normalised correlation within ±LAG_S of where `other`, whose
    middle is the sound's and which runs `stretch` times as fast, should have the same."""
    out = np.zeros(len(PIECE_S))
    for number, (one, two, piece_s) in enumerate(zip(bands(sound), bands(other), PIECE_S, strict=True)):
        size, lag = int(piece_s * HEARD_HZ), int(LAG_S * HEARD_HZ)
        middles = np.arange(size // 2, len(sound) - size // 2, size // 2)
        there = np.rint(len(other) / 2 + stretch * (middles - len(sound) / 2)).astype(int) - size // 2 - lag
        inside = (there >= 0) & (there + size + 2 * lag <= len(other))
        pieces = np.stack([one[m - size // 2 : m - size // 2 + size] for m in middles[inside]])
        regions = np.stack([two[a : a + size + 2 * lag] for a in there[inside]])
        power = (pieces**2).sum(axis=1)
        loud = power > QUIETEST * max(float(power.max()), 1e-9)
        out[number] = highest(pieces[loud], regions[loud]).mean() if loud.any() else 0.0
    return out


def highest(pieces: F64, regions: F64) -> F64:
    """For each row, the highest normalised correlation of the piece with as long a part of its region."""
    size, width = pieces.shape[1], regions.shape[1]
    room = next_fast_len(width, real=True)  # what wraps round lies beyond the lags that are asked for
    product = irfft(rfft(regions, room) * np.conj(rfft(pieces, room)), room)[:, : width - size + 1]
    sums = np.cumsum(np.pad(regions**2, ((0, 0), (1, 0))), axis=1)
    power = (sums[:, size:] - sums[:, : width - size + 1]) * (pieces**2).sum(axis=1, keepdims=True)
    return np.asarray((product / np.sqrt(power + 1e-12)).max(axis=1))


def bands(sound: F32) -> list[F64]:
    """The sound in octaves."""
    room = next_fast_len(len(sound), real=True)
    spectrum, hertz = rfft(sound.astype(np.float64), room), np.fft.rfftfreq(room, 1 / HEARD_HZ)
    octaves = (np.where((hertz >= low) & (hertz < high), spectrum, 0) for low, high in pairwise(EDGES_HZ))
    return [irfft(octave, room)[: len(sound)] for octave in octaves]


def correlation(a: F32, b: F32) -> float:
    """The highest absolute normalised correlation of two pieces' first differences, within ±WHOLE_LAG_S."""
    a, b = np.diff(a), np.diff(b)
    size, lag = 1 << (2 * max(len(a), len(b)) - 1).bit_length(), int(WHOLE_LAG_S * RATE_HZ)
    product = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    near = np.abs(np.concatenate([product[-lag:], product[: lag + 1]]))
    return float(near.max() / (np.sqrt((a.astype(float) ** 2).sum() * (b.astype(float) ** 2).sum()) + 1e-12))
