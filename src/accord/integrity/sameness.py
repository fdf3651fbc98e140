"""How alike two recordings of the index are, weighed from their stored peaks (pure): the same, a version, or a part.

The peaks of one are asked of the other as if they were a sound that was handed in: ASKED windows of it are searched for, and the
strongest line is followed as far as it goes. It must reach the threshold of a check in an index of so many hours. A straight line
through it then says for every peak of both where it should lie in the other; where they do is the common stretch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.integrity.decide import SHORTEST_S, expected_false, probability, threshold_nats
from accord.integrity.identify import WINDOW_FRAMES, Window, best_per_recording, follow, windows_of
from accord.integrity.index import build_segment, merge
from accord.integrity.peaks import BINS, BINS_PER_OCTAVE, FRAMES_PER_S, Peaks
from accord.integrity.records import Evidence, Likeness, Match, Relation
from accord.integrity.score import Scored, evidence

F64 = NDArray[np.float64]

ASKED = 5  # windows of 10 s, spread evenly, in which a recording is searched for
WHOLE = 0.75  # of each recording's peaks lie in the common stretch: it is the other, not a part of it
SAME_PITCH_SEMITONES, SAME_TEMPO = 0.1, 0.004
SAME_SOUND = 0.8  # of the peaks of both that agree: the same sound; fewer: another mix or master (eval/duplicates.py)
ANOTHER = 0.5  # below this lift (`lift`) two recordings that are heard in a third at once are not one (decision 0105)
NEAR_FRAMES, NEAR_BINS = 1.5, 1.0
ROUNDS = 2  # of fitting the line to the peaks that agree on it
MISS = 0.2  # what a peak that the other lacks takes off the common stretch, where one that it has adds 1


@dataclass(frozen=True)
class Line:
    """Where a frame and a bin of one recording lie in another."""

    start: float  # frame of the other at frame 0 of the one
    tempo: float
    shift: float

    def there(self, frames: F64, bins: F64) -> tuple[F64, F64]:
        """Places of the one as places of the other."""
        return self.start + self.tempo * frames, bins + self.shift

    def back(self) -> Line:
        """The same, the other way."""
        return Line(-self.start / self.tempo, 1 / self.tempo, -self.shift)


@dataclass(frozen=True)
class Common:
    """Which of a recording's peaks lie in the stretch that it has in common with another, and which that other has too."""

    stretch: NDArray[np.bool_]
    agree: NDArray[np.bool_]


def liken(names: tuple[str, str], one: Peaks, other: Peaks, hours: float) -> Likeness | None:
    """How `one` and `other`, named so, are alike in an index of so many hours; None when nothing speaks for it."""
    found = _aligned(names[1], one, other, hours)
    return None if found is None else _told(names, one, other, *found)


def heard_in(one: Peaks, other: Peaks, hours: float) -> Common | None:
    """What of `one` is heard in `other` too; None where nothing speaks for it in an index of so many hours."""
    found = _aligned("", one, other, hours)
    if found is None:
        return None
    first, last, _, _ = _stretch(one, other, found[0])
    there = found[0].there(one.frames.astype(np.float64), one.bins.astype(np.float64))
    return Common((one.frames >= first) & (one.frames <= last), _nearest(*there, other) >= 0)


def lift(one: Common, other: Common) -> float:
    """Of one recording that two are heard in: how often its peaks agree with both, times what it would be if either had
    nothing to do with the other.

    Two takes of one recording agree with the same peaks: 1 and more. Two recordings that were laid over each other agree with
    different ones: little. 1 where they are not heard at the same time.
    """
    both = one.stretch & other.stretch
    mine, its = one.agree & both, other.agree & both
    expected = mine.sum() * its.sum() / max(1, both.sum())
    return float((mine & its).sum() / expected) if expected else 1.0


def _aligned(name: str, one: Peaks, other: Peaks, hours: float) -> tuple[Line, Evidence, float] | None:
    """The line of `one` in `other`, its evidence and how likely it is; None when nothing speaks for it."""
    if min(one.length, other.length) < SHORTEST_S * FRAMES_PER_S:
        return None
    windows, index = windows_of(one), merge([build_segment([(name, other)])])
    asked = sorted({round((k + 0.5) * len(windows) / ASKED - 0.5) for k in range(ASKED)})
    found = [(n, scored) for n in asked for scored in best_per_recording(windows[n].heard, index)]
    if not found:
        return None
    number, best = max(found, key=lambda pair: pair[1].nats)
    nats, window_s = evidence(windows[number].heard, index, best), min(one.length, WINDOW_FRAMES) / FRAMES_PER_S
    if nats < threshold_nats(window_s, len(windows), hours):
        return None
    followed = follow(windows, number, best, index)
    shown = Evidence(
        nats=round(nats, 3),
        hits=best.hits,
        peaks=best.peaks,
        chance=round(best.chance, 3),
        share=best.share,
        expected_false=float(f"{expected_false(nats, window_s, len(windows), hours):.3e}"),
    )
    likely = probability(nats, window_s, len(windows) - len(followed) + 1, hours)
    return straightened(windows, followed, one, other), shown, likely


def straightened(windows: list[Window], line: dict[int, Scored], one: Peaks, other: Peaks) -> Line:
    """The straight line through the windows' alignments, then through the peaks that agree on it."""
    at = np.array([scored.alignment.at for scored in line.values()])
    middles = np.array([windows[number].middle for number in line])
    alignment = next(iter(line.values())).alignment
    start, tempo = (
        _fitted(middles, at) if len(line) > 2 else (float(at[0] - alignment.tempo * middles[0]), alignment.tempo)
    )
    found = Line(start, tempo, alignment.shift)
    for _ in range(ROUNDS):
        frames, bins = found.there(one.frames.astype(np.float64), one.bins.astype(np.float64))
        nearest = _nearest(frames, bins, other)
        agree = nearest >= 0
        if agree.sum() < 3:
            break
        apart = other.bins[nearest[agree]] - bins[agree]
        start, tempo = _fitted(one.frames[agree].astype(np.float64), other.frames[nearest[agree]].astype(np.float64))
        found = Line(start, tempo, found.shift + float(apart.mean()))
    return found


def _fitted(here: F64, there: F64) -> tuple[float, float]:
    """(start, slope) of the line nearest to these places, by least squares."""
    away = here - here.mean()
    slope = float((away * there).sum() / (away**2).sum())
    return float(there.mean() - slope * here.mean()), slope


def relation(semitones: float, tempo: float, part: float, agreeing: float) -> Relation:
    """What a common stretch of this part of both recordings, with so many of its peaks agreeing, makes of them."""
    if part < WHOLE:
        return Relation.PART
    same = abs(semitones) < SAME_PITCH_SEMITONES and abs(tempo - 1) < SAME_TEMPO
    return Relation.COPY if same and agreeing >= SAME_SOUND else Relation.VERSION


def _told(names: tuple[str, str], one: Peaks, other: Peaks, line: Line, shown: Evidence, likely: float) -> Likeness:
    first, last, inside, agree = _stretch(one, other, line)
    there, until, inside_other, agree_other = _stretch(other, one, line.back())
    part = min(inside / max(1, len(one)), inside_other / max(1, len(other)))
    agreeing = (agree + agree_other) / max(1, inside + inside_other)
    pitch = 2.0 ** (-line.shift / BINS_PER_OCTAVE)
    match = Match(
        recording=names[1],
        query_start_s=_seconds(first),
        query_end_s=_seconds(last),
        ref_start_s=_seconds(there),
        ref_end_s=_seconds(until),
        pitch_factor=round(pitch, 5),
        tempo_factor=round(line.tempo, 5),
        evidence=shown,
        probability=round(likely, 6),
    )
    return Likeness(
        one=names[0],
        other=names[1],
        relation=relation(match.semitones, line.tempo, part, agreeing),
        part=round(part, 3),
        agreeing=round(agreeing, 3),
        match=match,
    )


def _stretch(one: Peaks, other: Peaks, line: Line) -> tuple[float, float, int, int]:
    """(first frame, last frame, peaks, peaks that the other has too) of the stretch of one that is common to both: where
    the sum of 1 for a peak that agrees, less MISS for one that does not, is largest."""
    hits = _nearest(*line.there(one.frames.astype(np.float64), one.bins.astype(np.float64)), other) >= 0
    sums = np.concatenate([[0.0], np.cumsum(np.where(hits, 1.0, -MISS))])
    end = int(np.argmax(sums - np.minimum.accumulate(sums)))
    begin = int(np.argmin(sums[: end + 1]))
    if end == begin:
        return 0.0, 0.0, 0, 0
    return float(one.frames[begin]), float(one.frames[end - 1]), end - begin, int(hits[begin:end].sum())


def _nearest(frames: F64, bins: F64, peaks: Peaks) -> NDArray[np.int64]:
    """For each place, which of these peaks lies within NEAR_FRAMES and NEAR_BINS of it (nearest bin); −1 for none."""
    found, least = np.full(len(frames), -1, np.int64), np.full(len(frames), np.inf)
    low = np.searchsorted(peaks.frames, frames - NEAR_FRAMES)
    high = np.searchsorted(peaks.frames, frames + NEAR_FRAMES, side="right")
    for step in range(int((high - low).max(initial=0))):
        at = np.minimum(low + step, max(0, len(peaks) - 1))
        apart = np.where(low + step < high, np.abs(peaks.bins[at] - bins), np.inf)
        nearer = (apart <= NEAR_BINS) & (apart < least)
        found[nearer], least[nearer] = at[nearer], apart[nearer]
    found[(bins < 0) | (bins > BINS - 1)] = -1
    return found


def _seconds(frames: float) -> float:
    return round(frames / FRAMES_PER_S, 3)
