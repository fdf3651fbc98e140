"""Chords for a melody: the best path through the triads of its own scale, half bar by half bar (Viterbi).

Each span scores each triad by how much of its sounding melody the triad holds; steps between triads and the ends of phrases
have weights of their own. The weights are few, written down here, and were set by ear on reels, airs and chorales.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accord.catalog.score import Note

_PRIOR_MAJOR = (0.30, 0.06, -0.15, 0.18, 0.22, 0.08, -0.35)
_PRIOR_MINOR = (0.30, -0.25, 0.06, 0.10, 0.08, 0.08, 0.14)
#: weight of a step between degrees; what is not listed weighs nothing, and staying is free.
_STEPS = {
    (4, 0): 0.30,
    (3, 4): 0.14,
    (3, 0): 0.12,
    (1, 4): 0.22,
    (5, 1): 0.08,
    (5, 3): 0.08,
    (0, 3): 0.04,
    (4, 3): -0.18,
    (6, 0): 0.16,
}
_STAY_IN_BAR = 0.10
_PHRASE_BARS = 4


@dataclass(frozen=True, slots=True)
class Triad:
    """A triad: its degree in the scale (0 to 6), and its three pitch classes, root first."""

    degree: int
    pitches: tuple[int, int, int]

    @property
    def root(self) -> int:
        """Pitch class of the root."""
        return self.pitches[0]

    @property
    def name(self) -> str:
        """Pitch class and quality, for people reading a log: `7 minor`."""
        third = (self.pitches[1] - self.root) % 12
        return f"{self.root} {'minor' if third == 3 else 'major'}"


def triads(scale: Sequence[int], leading: bool) -> tuple[Triad, ...]:
    """The seven triads of a scale given from its tonic up; with `leading` the fifth degree has its major third."""
    found = []
    for degree in range(7):
        pitches = (scale[degree], scale[(degree + 2) % 7], scale[(degree + 4) % 7])
        if degree == 4 and leading:
            pitches = (pitches[0], (pitches[0] + 4) % 12, pitches[2])
        found.append(Triad(degree, pitches))
    return tuple(found)


def spans(bars: int, bar: int, halves: bool) -> list[tuple[int, int]]:
    """Start and end in ticks of each stretch that has one chord: bars, or halves of them."""
    step = bar // 2 if halves else bar
    return [(start, start + step) for start in range(0, bars * bar, step)]


def infer(notes: Sequence[Note], scale: Sequence[int], minor: bool, bars: int, bar: int, halves: bool) -> list[Triad]:
    """One triad for each span of `spans(bars, bar, halves)`, ending on the tonic."""
    leading = minor and any(n.pitch % 12 == (scale[0] + 11) % 12 for n in notes)
    choices = triads(scale, leading)
    places = spans(bars, bar, halves)
    prior = _PRIOR_MINOR if minor else _PRIOR_MAJOR
    last = len(places) - 1
    best = [prior[t.degree] + _fit(notes, t, *places[0]) + (0.4 if t.degree == 0 else 0.0) for t in choices]
    back: list[list[int]] = []
    for index, (start, end) in enumerate(places[1:], start=1):
        row, came = [], []
        for triad in choices:
            before, score = max(
                ((i, best[i] + _step(choices[i], triad, start % bar != 0)) for i in range(7)), key=lambda pair: pair[1]
            )
            came.append(before)
            row.append(
                score + prior[triad.degree] + _fit(notes, triad, start, end) + _cadence(triad, end, bar, index, last)
            )
        best, back = row, [*back, came]
    path = [max(range(7), key=lambda i: best[i])]
    for came in reversed(back):
        path.append(came[path[-1]])
    return [choices[i] for i in reversed(path)]


def _fit(notes: Sequence[Note], triad: Triad, start: int, end: int) -> float:
    """How much of the span's melody the triad holds, -0.6 to 1; notes on its first tick count more."""
    held = total = 0.0
    for note in notes:
        sounding = min(note.end, end) - max(note.onset, start)
        if sounding <= 0:
            continue
        weight = sounding * (1.7 if note.onset == start else 1.0)
        total += weight
        held += weight if note.pitch % 12 in triad.pitches else -0.6 * weight
    return held / total if total else 0.0


def _step(before: Triad, after: Triad, inside_bar: bool) -> float:
    if before.degree == after.degree:
        return _STAY_IN_BAR if inside_bar else 0.0
    return _STEPS.get((before.degree, after.degree), 0.0)


def _cadence(triad: Triad, end: int, bar: int, index: int, last: int) -> float:
    if index == last:
        return 3.0 if triad.degree == 0 else 0.0
    if index == last - 1:
        return 0.45 if triad.degree == 4 else 0.0
    closes = end % (bar * _PHRASE_BARS) == 0
    return 0.18 if closes and triad.degree in (0, 4) else 0.0


def voiced(triads_: Sequence[Triad], low: int, high: int) -> list[tuple[int, int, int]]:
    """Three close voices for each triad between `low` and `high`, each as near as can be to the one before."""
    found: list[tuple[int, int, int]] = []
    for triad in triads_:
        options = [o for base in range(low, high - 11) if (o := _close(triad, base)) is not None and o[2] <= high]
        middle = (low + high) // 2
        if found:
            before = found[-1]
            found.append(
                min(
                    options, key=lambda o: (sum(abs(a - b) for a, b in zip(o, before, strict=True)), abs(o[1] - middle))
                )
            )
        else:
            found.append(min(options, key=lambda o: abs(o[1] - middle)))
    return found


def _close(triad: Triad, base: int) -> tuple[int, int, int] | None:
    """The close voicing whose lowest note is `base`, when `base` belongs to the triad."""
    if base % 12 not in triad.pitches:
        return None
    upper = sorted(base + (pc - base) % 12 for pc in triad.pitches)
    return (upper[0], upper[1], upper[2])


def near(pitch_class: int, target: int, low: int, high: int) -> int:
    """The pitch of a class nearest to `target` within `low` and `high`."""
    options = [p for p in range(low, high + 1) if p % 12 == pitch_class % 12]
    return min(options, key=lambda p: (abs(p - target), p))
