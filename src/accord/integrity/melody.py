"""Melodies as lines of pitch classes and onsets, and what each of their steps says against chance. Pure.

A line is the highest note at each onset of one voice. It is read by its steps alone (semitones modulo 12, and the ratio of
the time since the note before to the time before that), so that key, octave and tempo drop out. A step is worth what it
tells: the log of how rarely the catalogue takes it after the two steps before, in nats. What everybody plays says little.
"""

from __future__ import annotations

from collections.abc import Sequence
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
SMOOTHED = 10.0  # passages of which one step less is known, beside those counted
PASSAGE = 16  # steps; where so many in a row are the same it is one tune, counted once


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


@dataclass(frozen=True)
class Habits:
    """What the catalogue does next: the part of each step after another (12 × 12) and of each ratio (9), and how many
    passages take each step after two others (12 × 12 × 12) and each ratio after another (9 × 9)."""

    step: F64
    ratio: F64
    steps: F64
    ratios: F64


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


def habits(catalogue: Sequence[Line]) -> Habits:
    """The steps that these lines take, counted, beside those that old tunes usually take.

    The same PASSAGE steps count once, however often they come: a tune that is there in many settings is not what everybody plays.
    """
    step, ratio = np.tile(USUAL_COUNT * np.array(USUAL_STEPS), (12, 1)), USUAL_COUNT * np.array(USUAL_RATIOS)
    after, after_ratio = np.zeros((12, 12, 12)), np.zeros((RATIOS, RATIOS))
    taken, kind, place = _end_to_end(catalogue)
    once = np.zeros(len(taken), bool)
    once[np.unique(_passages(taken, kind, place), return_index=True)[1]] = True
    second, third = np.flatnonzero(once & (place > 1)), np.flatnonzero(once & (place > 2))
    np.add.at(step, (taken[second - 1], taken[second]), 1.0)
    np.add.at(ratio, kind[second], 1.0)
    np.add.at(after, (taken[third - 2], taken[third - 1], taken[third]), 1.0)
    np.add.at(after_ratio, (kind[third - 1], kind[third]), 1.0)
    return Habits(step / step.sum(axis=1, keepdims=True), ratio / ratio.sum(), after, after_ratio)


def worth(catalogue: Sequence[Line], known: Habits) -> tuple[F64, F64]:
    """(pitch, rhythm) information of each note in nats, the lines end to end, all among those counted: none is held against itself.

    The first two notes' pitch is worth the mean step, their rhythm nothing.
    """
    taken, kind, place = _end_to_end(catalogue)
    second, third = np.flatnonzero(place > 1), np.flatnonzero(place > 2)
    pitch = np.full(len(taken), float(-np.log(known.step).mean()))
    pitch[second] = -np.log(known.step[taken[second - 1], taken[second]])
    counted = known.steps[taken[third - 2], taken[third - 1]]
    pitch[third] = _rarity(counted[np.arange(len(third)), taken[third]], counted.sum(axis=1), pitch[third])
    rhythm = np.zeros(len(kind))
    rhythm[second] = -np.log(known.ratio[kind[second]])
    counted = known.ratios[kind[third - 1]]
    rhythm[third] = _rarity(counted[np.arange(len(third)), kind[third]], counted.sum(axis=1), rhythm[third])
    return pitch, rhythm


def _rarity(counted: F64, among: F64, nats: F64) -> F64:
    """Nats of what was counted so often among so many, one of them oneself, smoothed by the nats of what is known without."""
    return -np.log((counted - 1 + SMOOTHED * np.exp(-nats)) / (among - 1 + SMOOTHED))


def _end_to_end(catalogue: Sequence[Line]) -> tuple[I64, I64, I64]:
    """(step to it, 0 for a first note; class of ratio; place in its line) of every note."""
    empty = [np.zeros(0, np.int64)]
    taken = np.concatenate(empty + [np.append(0, steps(line)) for line in catalogue])
    place = np.concatenate(empty + [np.arange(len(line)) for line in catalogue])
    return taken, np.concatenate(empty + [line.ratio for line in catalogue]), place


def _passages(taken: I64, kind: I64, place: I64) -> NDArray[np.uint64]:
    """A number for the PASSAGE steps and ratios that end at each note, or as many as there are in its line."""
    sign = np.where(place > 0, taken * RATIOS + kind + 1, 0).astype(np.uint64)
    mixed = np.zeros(len(sign), np.uint64)
    for back in reversed(range(PASSAGE)):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + np.where(place >= back, np.roll(sign, back), np.uint64(0))
    return mixed


def _line(track: Track, bar: int) -> Line:
    top = {note.onset: note for note in track.notes}  # in order of onset, then pitch: the last is the highest
    notes = list(top.values())[:LONGEST_NOTES]
    onset = np.array([n.onset for n in notes], np.int64)
    length = np.maximum(1, np.append(np.diff(onset), [n.duration for n in notes[-1:]]))
    return Line(track.name, np.array([n.pitch for n in notes], np.int64), length, onset // bar + 1)
