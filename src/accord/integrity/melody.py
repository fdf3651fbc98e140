"""Melodies as lines of pitch classes and durations, and what each of their steps says against chance. Pure.

A line is the highest note at each onset of one voice. It is read by its steps alone (semitones modulo 12, and the ratio of
one note's time to that of the note before), so that key, octave and tempo drop out. A step is worth what it tells: the log
of how rarely the catalogue takes it after the step before, in nats. A scale that everybody plays says little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.catalog.score import Score, Track, bar_ticks

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

SHORTEST_NOTES = 8
LONGEST_NOTES = 4000
RATIOS = 9  # classes of duration ratio: half octaves from 1/4 to 4
#: Steps modulo 12, and duration ratios, of 91 old tunes (the development half of `eval/melodies.py`), and how many steps
#: behind each step they stand for: so that a catalogue of few works does not call its own tunes what everybody plays.
USUAL_STEPS = (0.102, 0.08, 0.173, 0.059, 0.05, 0.061, 0.004, 0.042, 0.067, 0.097, 0.189, 0.079)
USUAL_RATIOS = (0.006, 0.052, 0.069, 0.01, 0.714, 0.017, 0.085, 0.033, 0.014)
USUAL_COUNT = 200.0
PLAIN_PART = 0.75


@dataclass(frozen=True)
class Line:
    """One voice: MIDI pitch, ticks until the next note, and bar (from 1) of each note."""

    voice: str
    pitch: I64
    length: I64
    bar: I64

    @property
    def ratio(self) -> I64:
        """Class of each length's ratio to the one before, in half octaves, 0 to RATIOS − 1; the first is as before."""
        half = RATIOS // 2
        steps = np.round(2 * np.log2(self.length[1:] / self.length[:-1])).astype(np.int64)
        return np.append([half], np.clip(steps, -half, half) + half)[: len(self)]

    def __len__(self) -> int:
        return len(self.pitch)


@dataclass(frozen=True)
class Habits:
    """How often the catalogue takes each step: −ln of step given step before (12 × 12), −ln of ratio class; nats."""

    step: F64
    ratio: F64


def lines(score: Score) -> list[Line]:
    """Every voice of a score that is long enough to be a melody, drums left out."""
    bar = bar_ticks(score.metre)
    found = (_line(track, bar) for track in score.tracks if not track.drums)
    return [line for line in found if len(line) >= SHORTEST_NOTES]


def lead(score: Score) -> Line | None:
    """The melody of a work's score: of its voices the one that lies highest; None when no voice is long enough."""
    return max(lines(score), key=lambda line: float(line.pitch.mean()), default=None)


def plainer(line: Line) -> Line:
    """The line with its ornaments taken off: a note counts once three quarters of its usual note have passed since the last.

    The usual note is the one that sounds at half of all time, in order of length, so that many short notes do not make it short.
    """
    by_length = np.sort(line.length)
    usual = by_length[np.searchsorted(np.cumsum(by_length), by_length.sum() / 2)]
    onset = np.cumsum(line.length) - line.length
    kept, last = [0], 0
    for place in range(1, len(line)):
        if onset[place] - last >= PLAIN_PART * usual:
            kept.append(place)
            last = int(onset[place])
    length = np.diff(np.append(onset[kept], line.length.sum()))
    return Line(line.voice, line.pitch[kept], length, line.bar[kept])


def steps(line: Line) -> I64:
    """Semitones modulo 12 from each note to the next; one fewer than notes."""
    return np.diff(line.pitch) % 12


def habits(catalogue: list[Line]) -> Habits:
    """The steps that these lines take, counted, beside those that old tunes usually take."""
    pairs, ratios = np.tile(USUAL_COUNT * np.array(USUAL_STEPS), (12, 1)), USUAL_COUNT * np.array(USUAL_RATIOS)
    for line in catalogue:
        taken = steps(line)
        np.add.at(pairs, (taken[:-1], taken[1:]), 1.0)
        np.add.at(ratios, line.ratio[1:], 1.0)
    return Habits(-np.log(pairs / pairs.sum(axis=1, keepdims=True)), -np.log(ratios / ratios.sum()))


def worth(line: Line, known: Habits) -> tuple[F64, F64]:
    """(pitch, rhythm) information of each note in nats; the first two notes' pitch is worth the mean step."""
    taken = steps(line)
    pitch = np.full(len(line), float(known.step.mean()))
    pitch[2:] = known.step[taken[:-1], taken[1:]]
    rhythm = known.ratio[line.ratio]
    rhythm[0] = 0.0
    return pitch, rhythm


def _line(track: Track, bar: int) -> Line:
    top = {note.onset: note for note in track.notes}  # in order of onset, then pitch: the last is the highest
    notes = list(top.values())[:LONGEST_NOTES]
    onset = np.array([n.onset for n in notes], np.int64)
    length = np.maximum(1, np.append(np.diff(onset), [n.duration for n in notes[-1:]]))
    return Line(track.name, np.array([n.pitch for n in notes], np.int64), length, onset // bar + 1)
