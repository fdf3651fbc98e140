"""Melodies as lines of pitch classes and onsets. Pure.

A line is the highest note at each onset of one voice. It is read by its steps alone (semitones modulo 12, and the ratio of
the time since the note before to the time before that), so that key, octave and tempo drop out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.catalog.score import Score, Track, bar_ticks

I64 = NDArray[np.int64]

SHORTEST_NOTES = 8
LONGEST_NOTES = 4000
RATIOS = 9  # classes of duration ratio: half octaves from 1/4 to 4


@dataclass(frozen=True)
class Line:
    """One voice: MIDI pitch, ticks until the next note, and bar (from 1) of each note."""

    voice: str
    pitch: I64
    length: I64
    bar: I64

    @property
    def onset(self) -> I64:
        """Ticks from the first note to each."""
        return np.cumsum(self.length) - self.length

    @property
    def ratio(self) -> I64:
        """Class of the time since the note before to the time before that, in half octaves, 0 to RATIOS − 1; the first two are as before."""
        half = RATIOS // 2
        apart = self.length[:-1]
        steps = np.round(2 * np.log2(apart[1:] / apart[:-1])).astype(np.int64)
        return np.append([half, half], np.clip(steps, -half, half) + half)[: len(self)]

    def __len__(self) -> int:
        return len(self.pitch)


def lines(score: Score) -> list[Line]:
    """Every voice of a score that is long enough to be a melody, drums left out."""
    bar = bar_ticks(score.metre)
    found = (_line(track, bar) for track in score.tracks if not track.drums)
    return [line for line in found if len(line) >= SHORTEST_NOTES]


def lead(score: Score) -> Line | None:
    """The melody of a work's score: of its voices the one that lies highest; None when no voice is long enough."""
    return max(lines(score), key=lambda line: float(line.pitch.mean()), default=None)


def steps(line: Line) -> I64:
    """Semitones modulo 12 from each note to the next; one fewer than notes."""
    return np.diff(line.pitch) % 12


def _line(track: Track, bar: int) -> Line:
    top = {note.onset: note for note in track.notes}  # in order of onset, then pitch: the last is the highest
    notes = list(top.values())[:LONGEST_NOTES]
    onset = np.array([n.onset for n in notes], np.int64)
    length = np.maximum(1, np.append(np.diff(onset), [n.duration for n in notes[-1:]]))
    return Line(track.name, np.array([n.pitch for n in notes], np.int64), length, onset // bar + 1)
