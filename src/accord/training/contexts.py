"""What an n-gram looks back at: for each token, the five that tell most about it, not the five before it (pure).

In a score of several voices the tokens just before a note belong to other voices. So the context is factored (Bilmes &
Kirchhoff 2003): a pitch looks at its voice, at the pitches before it there and at what stood at this place of the bar
before; a length at its voice, its place and the lengths before; where to go on, at the place and at where it went on from there
in the bar before. A pitch is counted by mode: in a set that is mostly major, minor would drown otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from accord.training.grammar import alphabet

Ints = NDArray[np.int64]

LENGTH = 5
NOTHING = 0  # PAD: no such token yet


@dataclass
class Reader:
    """Follows a stream token by token; `context` is what the next token is predicted from, farthest first."""

    role: str = "BOS"
    bar: int = NOTHING
    position: int = NOTHING
    before: int = NOTHING
    voice: int = NOTHING
    pitch: int = NOTHING
    duration: int = NOTHING
    mode: int = NOTHING
    struck: int = 0
    pitches: dict[int, list[int]] = field(default_factory=dict)
    durations: dict[int, int] = field(default_factory=dict)
    followed: dict[tuple[int, ...], int] = field(default_factory=dict)

    def take(self, token: int) -> None:
        """Move on by one token."""
        self.followed[self._place()] = token
        role = alphabet().roles[token]
        if role in ("Bar", "Position") or (role == "Program" and token != self.voice):
            self.struck = 0
        if role == "Bar":
            self.before, self.position, self.voice = self.position, NOTHING, NOTHING
        elif role == "TimeSig":
            self.bar = token
        elif role == "Position":
            self.before, self.position, self.voice = self.position, token, NOTHING
        elif role == "Program":
            self.voice = token
        elif role in ("Pitch", "PitchDrum"):
            self.pitch = token
        elif role == "Duration":
            self.pitches.setdefault(self.voice, []).append(self.pitch)
            self.durations[self.voice] = self.duration = token
            self.struck += 1
            self.struck += 1
        else:
            self.mode = token
        self.role = role

    def context(self) -> tuple[int, ...]:
        """Five tokens, the most telling last."""
        echo = self.followed.get(self._place(), NOTHING)
        past = [NOTHING, NOTHING, NOTHING, *self.pitches.get(self.voice, [])]
        if self.role == "Program":
            return (past[-3], past[-2], echo, past[-1], self._voice_in_mode())
        if self.role in ("Pitch", "PitchDrum"):
            return (self.bar, self.position, self.durations.get(self.voice, NOTHING), echo, self.voice)
        if self.role == "Duration":
            return (self.bar, self.duration, self.voice, self.position, echo)
        if self.role == "Position":
            return (self.bar, self.duration, self.before, self.position, echo)
        return (self.mode, self.duration, self.before, self.bar, echo or self.bar)

    def _voice_in_mode(self) -> int:
        return names_of(self.voice)[self.mode == alphabet().minor]

    def _place(self) -> tuple[int, ...]:
        """Where in the bar this is, in which voice and at which note of its chord: what came here last may come again."""
        kind = {"Program": 1, "Pitch": 2, "PitchDrum": 2, "Duration": 3, "Position": 4}.get(self.role, 5)
        return (kind, self.position, self.voice, self.struck)


def names_of(voice: int) -> tuple[int, int]:
    """The tokens that stand for a voice where a pitch is predicted: in major its own, in minor one not used there."""
    letters = alphabet()
    return voice, int(letters.durations[letters.values[voice]])


def of(ids: Ints) -> Ints:
    """The context of every token after the first, shape (tokens − 1, 5)."""
    reader, found = Reader(), np.empty((len(ids) - 1, LENGTH), np.int64)
    for i, token in enumerate(ids[:-1].tolist()):
        reader.take(token)
        found[i] = reader.context()
    return found
