"""What may come next: the grammar of the token stream, so that whatever is sampled is a score.

Bar → metre → position → (voice → pitch → duration)… → a later position, the next bar, or the end after the last one.
Notes of one position come in order of voice and pitch, a voice never strikes a pitch that it still holds, each
keeps within its reach, and no note rings past the last bar. Positions and lengths are counted in twelfths of a beat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from accord.training.tokens import DRUM_VOICE, POSITIONS_PER_BEAT, VOICES, special, vocabulary

Mask = NDArray[np.bool_]
PITCHES = 128


@dataclass(frozen=True)
class Alphabet:
    """The vocabulary by role: for each token its role, and its value there (position, voice, pitch or length)."""

    roles: tuple[str, ...]
    values: NDArray[np.int64]
    bar: int
    end: int
    minor: int
    positions: NDArray[np.int64]
    pitches: NDArray[np.int64]
    drums: NDArray[np.int64]
    durations: NDArray[np.int64]
    voices: NDArray[np.int64]


@cache
def alphabet() -> Alphabet:
    """The tokenizer's vocabulary, read once."""
    words = sorted(vocabulary().items(), key=lambda item: item[1])
    roles = tuple(text.split("_")[0] for text, _ in words)
    values = np.asarray([_value(*text.split("_", 1)) for text, _ in words], np.int64)
    of = {role: np.asarray([i for i, r in enumerate(roles) if r == role], np.int64) for role in set(roles)}
    return Alphabet(
        roles=roles,
        values=values,
        bar=int(of["Bar"][0]),
        end=special("EOS"),
        minor=special("MINOR"),
        positions=of["Position"],
        pitches=of["Pitch"],
        drums=of["PitchDrum"],
        durations=of["Duration"],
        voices=of["Program"],
    )


def _value(role: str, text: str) -> int:
    if role in ("Position", "Pitch", "PitchDrum"):
        return int(text)
    if role == "Program":
        return DRUM_VOICE if text == "-1" else int(text)
    if role == "Duration":
        beats, part, parts = (int(p) for p in text.split("."))
        return beats * POSITIONS_PER_BEAT + part * POSITIONS_PER_BEAT // parts
    return 0


@dataclass(frozen=True, slots=True)
class Reach:
    """What a voice does: its lowest and highest pitch (MIDI, normal form), and the most notes it strikes at once."""

    lowest: int
    highest: int
    at_once: int


@dataclass
class Grammar:
    """Follows one stream: `mask` says which tokens may come, `take` moves on. `bars` is how many there will be.

    Within `reach` each voice keeps to its own, and one without is silent; where that is None, no voice has limits.
    """

    metre: tuple[int, int]
    voices: int
    bars: int
    drums: bool = False
    reach: Mapping[int, Reach] | None = None
    bar: int = 0
    position: int = -1
    voice: int = -1
    pitch: int = -1
    struck: int = 0
    last: str = "mode"
    rests: int = 0
    held: dict[tuple[int, int], int] = field(default_factory=dict)

    @property
    def bar_length(self) -> int:
        """Positions in one bar."""
        return self.metre[0] * POSITIONS_PER_BEAT

    @property
    def now(self) -> int:
        """Positions since the beginning."""
        return (self.bar - 1) * self.bar_length + max(self.position, 0)

    def mask(self) -> Mask:
        """Which tokens may come next; at least one always may."""
        letters = alphabet()
        allowed = np.zeros(len(letters.roles), np.bool_)
        if self.last == "mode":
            allowed[letters.bar] = True
        elif self.last == "Bar":
            allowed[vocabulary()[f"TimeSig_{self.metre[0]}/{self.metre[1]}"]] = True
        elif self.last == "Position":
            self._allow_voices(allowed, -1)
        elif self.last == "Program":
            inside = self._free(self.voice, within=True)
            allowed[inside if len(inside) else self._free(self.voice, within=False)] = True
        elif self.last in ("Pitch", "PitchDrum"):
            left = self.bars * self.bar_length - self.now
            allowed[letters.durations[letters.values[letters.durations] <= left]] = True
        else:
            self._allow_onward(allowed)
        return allowed

    def take(self, token: int) -> None:
        """Move on by one token (of a stream that may also be the creator's own, so it is not checked here)."""
        letters = alphabet()
        role, value = letters.roles[token], int(letters.values[token])
        if role == "Bar":
            self.rests = self.rests + 1 if self.bar and self.position < 0 else 0
            self.bar, self.position, self.voice = self.bar + 1, -1, -1
        elif role == "Position":
            self.position, self.voice = value, -1
            self.held = {note: end for note, end in self.held.items() if end > self.now}
        elif role == "Program":
            if value != self.voice:
                self.pitch, self.struck = -1, 0
            self.voice = value
        elif role in ("Pitch", "PitchDrum"):
            self.pitch, self.struck = value, self.struck + 1
        elif role == "Duration":
            self.held[self.voice, self.pitch] = self.now + value
        self.last = role

    def _allow_onward(self, allowed: Mask) -> None:
        """After a note or a bar's metre: on to a later position, another note here, the next bar, or the end."""
        letters = alphabet()
        later = letters.values[letters.positions]
        allowed[letters.positions[(later > self.position) & (later < self.bar_length)]] = True
        if self.last == "Duration":
            self._allow_voices(allowed, self.voice)
        if self.bar >= self.bars:
            allowed[letters.end] = self.position >= 0
        elif self.position >= 0 or self.rests < 1:
            allowed[letters.bar] = True

    def _allow_voices(self, allowed: Mask, least: int) -> None:
        """Voices from `least` on that have something left to play here; at the beginning of a place at least one."""
        letters = alphabet()
        every = letters.values[letters.voices].tolist()
        voices = [
            v
            for v in every
            if v >= least
            and (v < min(self.voices, VOICES) or (self.drums and v == DRUM_VOICE))
            and (self.reach is None or v in self.reach)
        ]
        free = [v for v in voices if len(self._free(v, within=True))]
        may = free if free or least >= 0 else voices
        allowed[letters.voices] |= [v in may for v in every]

    def _free(self, voice: int, within: bool) -> NDArray[np.int64]:
        """Pitch tokens above the last one of this voice here and not still sounding in it, `within` its reach or not."""
        rows = alphabet().drums if voice == DRUM_VOICE else alphabet().pitches
        pitches = alphabet().values[rows]
        above, struck = (self.pitch, self.struck) if voice == self.voice else (-1, 0)
        silent = np.ones(PITCHES, np.bool_)
        silent[[p for (v, p), end in self.held.items() if v == voice and end > self.now]] = False
        free = (pitches > above) & silent[pitches]
        if within and self.reach is not None and voice in self.reach:
            limits = self.reach[voice]
            free &= (limits.lowest <= pitches) & (pitches <= limits.highest) & (struck < limits.at_once)
        found: NDArray[np.int64] = rows[free]
        return found
