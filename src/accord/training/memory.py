"""What the model has by heart: runs of notes, with their rhythm, that stand in its set, key and tempo aside (pure).

A voice is its top line. A run of n notes is the n − 1 intervals between them and the n − 2 ratios of the distances between
their beginnings; two runs are the same when all of these are. Drums are left out: their patterns are everybody's. Runs
are kept as 64-bit numbers, so that a run that stands nowhere is taken for one that does about once in 10¹³ notes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.catalog.score import TICKS_PER_QUARTER, Score, Track
from accord.training.records import Memorised

#: The most notes in a row that may stand both in a piece and in the set.
LONGEST = 8
#: Places a quarter note is divided into: twelfths of an eighth, the finest grid that the tokens have.
PLACES = 24
MOST_RATIO = 96

Codes = NDArray[np.uint64]
#: Beginnings and pitches of a line, in order; no two begin together.
Line = Sequence[tuple[int, int]]

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Known:
    """Every run of `longest` + 1 notes of a set, as sorted codes: what no piece may hold."""

    codes: Codes
    longest: int = LONGEST

    def holds(self, line: Line) -> list[int]:
        """Where in the line forbidden runs begin."""
        return np.flatnonzero(self._stand(codes(line, self.longest + 1))).tolist()

    def forbids(self, line: Line, onset: int, pitches: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pitches, were one of them the next note, would make the line's end a forbidden run."""
        before = [note for note in line[-self.longest - 1 :] if note[0] < onset][-self.longest :]
        if len(before) < self.longest:
            return np.zeros(len(pitches), np.bool_)
        firsts = _steps(before)
        ratio = _ratio(before[-2][0], before[-1][0], onset) if self.longest > 1 else 0
        begun = np.repeat(np.asarray(_coded(firsts), np.int64)[:, None], len(pitches), axis=1)
        return self._stand(_mixed(np.vstack((begun, _code(pitches - before[-1][1], ratio)))))

    def in_piece(self, piece: Score, brought: Score | None = None) -> bool:
        """Whether a piece holds a forbidden run; one that somebody brought whole is theirs, and compared elsewhere."""
        own = {note for track in (brought.tracks if brought else ()) for note in line_of(track)}
        for line in (line_of(track) for track in piece.tracks if not track.drums):
            if any(not own.issuperset(line[at : at + self.longest + 1]) for at in self.holds(line)):
                return True
        return False

    def _stand(self, found: Codes) -> NDArray[np.bool_]:
        if not len(self.codes):
            return np.zeros(len(found), np.bool_)
        at = np.minimum(np.searchsorted(self.codes, found), len(self.codes) - 1)
        return np.asarray(self.codes[at] == found)


@dataclass
class Lines:
    """The voices of a piece that is being written: the highest note at each beginning."""

    of: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def take(self, voice: int, onset: int, pitch: int) -> None:
        """One more note of a voice; of those that begin together only the highest counts."""
        line = self.of.setdefault(voice, [])
        if line and line[-1][0] == onset:
            pitch = max(pitch, line.pop()[1])
        line.append((onset, pitch))

    def copy(self) -> Lines:
        """The same, to go on from in another way."""
        return Lines({voice: list(line) for voice, line in self.of.items()})


def learn(works: Iterable[Score], longest: int = LONGEST) -> Known:
    """What a set's works hold."""
    found = [codes(line_of(track), longest + 1) for work in works for track in work.tracks if not track.drums]
    return Known(np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64), longest)


def measure(works: Collection[Score], pieces: Sequence[Score]) -> Memorised:
    """How much of pieces written without the guard stands in the set."""
    known = learn(works)
    lines = [line_of(track) for piece in pieces for track in piece.tracks if not track.drums]
    held = sum(known.in_piece(piece) for piece in pieces)
    lengths = range(known.longest, 1, -1) if not held else range(known.longest + 1, max(map(len, lines)) + 1)
    longest = known.longest + 1 if held else 0
    for notes in lengths:
        stands = any(map(learn(works, notes - 1).holds, lines))
        longest = notes if stands else longest
        if stands != bool(held):
            break
    return Memorised(pieces=len(pieces), notes=sum(map(len, lines)), held=held, longest=longest, bound=known.longest)


def line_of(track: Track) -> list[tuple[int, int]]:
    """A track's top line on the grid."""
    highest: dict[int, int] = {}
    for note in track.notes:
        onset = round(note.onset * PLACES / TICKS_PER_QUARTER)
        highest[onset] = max(note.pitch, highest.get(onset, 0))
    return sorted(highest.items())


def codes(line: Line, notes: int) -> Codes:
    """The code of each run of `notes` notes, by where it begins."""
    steps = np.asarray(_steps(line), np.int64).reshape(-1, 2)
    count = len(steps) - notes + 2
    if count < 1 or notes < 2:
        return np.empty(0, np.uint64)
    runs = np.stack([_code(steps[k : k + count, 0], steps[k : k + count, 1] if k else 0) for k in range(notes - 1)])
    return _mixed(runs)


def _steps(line: Line) -> list[tuple[int, int]]:
    """(interval, ratio of this distance to the one before) between notes; the first ratio is 0."""
    ratios = [0] + [_ratio(a[0], b[0], c[0]) for a, b, c in zip(line, line[1:], line[2:], strict=False)]
    return [(b[1] - a[1], ratio) for a, b, ratio in zip(line, line[1:], ratios, strict=False)]


def _ratio(first: int, second: int, third: int) -> int:
    return min(MOST_RATIO, round(12 * (third - second) / (second - first)))


def _coded(steps: Sequence[tuple[int, int]]) -> list[int]:
    """A run's steps as numbers, the first without its ratio."""
    return [_code(interval, ratio if k else 0) for k, (interval, ratio) in enumerate(steps)]


def _code(interval: Any, ratio: Any) -> Any:
    """One number for a step, or an array of them."""
    return (interval + 128) * 128 + ratio + 1


def _mixed(runs: NDArray[np.int64]) -> Codes:
    """(steps, runs) → one number a run (a polynomial over 2⁶⁴, stirred after each step)."""
    found = np.zeros(runs.shape[1], np.uint64)
    with np.errstate(over="ignore"):
        for row in runs.astype(np.uint64):
            found = (found ^ row) * _ODD
            found ^= found >> np.uint64(29)
    return found
