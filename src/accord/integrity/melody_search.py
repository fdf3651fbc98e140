"""Which works' melodies are in a score: five notes name lines to look along, the best stretch settles them, chance decides. Pure.

    catalogue = build([(work, score)])      # notes end to end, and sorted keys of five notes
    found = search(score, catalogue)        # [] is nothing found

What is stated must be so strong that fewer than TARGET_FALSE scores of unrelated music reach it (see `expected_false`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from accord.catalog.score import Score
from accord.integrity import melody
from accord.integrity.alignment import F64, I64, Nats, Sung, Whole, along
from accord.integrity.kernels import compiled
from accord.integrity.melody import Line
from accord.integrity.melody_keys import MOST_NAMED, RHYTHMS, RUN, hidden, runs
from accord.integrity.melody_worth import worth
from accord.integrity.records import MelodyMatch

MOST_HELD = 500  # notes that a key begins on; what more begin on names nobody
MOST_LINES = 20_000  # looked along for each voice and clock, those that most keys name
TARGET_FALSE = 1e-3  # false matches a score checked
#: A tune of QUERY_NOTES reaches MARK_NATS against REFERENCE_NOTES once, e times less for each FOLD_NATS more.
MARK_NATS, FOLD_NATS = 14.6, 2.2
QUERY_NOTES, REFERENCE_NOTES = 120, 20_000

NO_RHYTHM = np.zeros(0, np.float32)  # where notes are counted the rhythm says nothing

N = TypeVar("N", bound=np.generic)


@dataclass(frozen=True)
class Catalogue:
    """Works' melodies, their notes end to end from `start` on: MIDI pitch, ticks from the first note, place in its melody, class
    of ratio, bar and what pitch and rhythm are worth; each key of five notes, sorted, with the note it begins on; and what
    was counted (`melody_worth.TABLES`). A melody that is not `live` is not looked for. Nothing in it changes."""

    works: tuple[str, ...]
    live: NDArray[np.bool_]
    start: I64
    pitch: NDArray[np.int8]
    onset: NDArray[np.int32]
    number: NDArray[np.int16]
    ratio: NDArray[np.int8]
    bar: NDArray[np.int32]
    pitch_worth: NDArray[np.float32]
    ratio_worth: NDArray[np.float32]
    keys: NDArray[np.int32]
    place: NDArray[np.int32]
    counted: tuple[NDArray[np.uint32], ...]

    def __post_init__(self) -> None:
        """What is read from a file cannot be written to, and loops are compiled for one kind of array."""
        for field in fields(self):
            if isinstance(array := getattr(self, field.name), np.ndarray):
                array.flags.writeable = False

    @property
    def notes(self) -> int:
        """Notes in all melodies."""
        return len(self.pitch)

    @property
    def beat(self) -> Sung:
        """All notes by the beat."""
        return Sung(self.pitch, self.onset, self.ratio)

    @property
    def count(self) -> Sung:
        """All notes, counted."""
        return Sung(self.pitch, self.number, self.ratio)

    def melody(self, number: int) -> Line:
        """One melody as a line."""
        part = slice(*self.start[number : number + 2])
        onset = self.onset[part].astype(np.int64)
        length = np.append(np.diff(onset), 1)[: len(onset)]
        return Line("", self.pitch[part].astype(np.int64), length, self.bar[part].astype(np.int64))


def build(scores: Iterable[tuple[str, Score]]) -> Catalogue:
    """The melodies of (work, score) pairs, to be searched. A score without a voice of eight notes has none."""
    return of_lines([(work, line) for work, score in scores if (line := melody.lead(score)) is not None])


def of_lines(leads: Sequence[tuple[str, Line]], beside: Sequence[NDArray[np.uint32]] = ()) -> Catalogue:
    """The same of (work, melody) pairs; what was `counted` of other melodies counts too."""
    melodies = [line for _, line in leads]
    pitch_worth, ratio_worth, counted = worth(melodies, beside)
    keys = _joined([runs(line.pitch, line.onset) for line in melodies], np.int32)
    start = np.cumsum([0, *(len(line) for line in melodies)])
    named = [np.arange(first, first + max(0, len(line) - RUN)) for first, line in zip(start, melodies, strict=False)]
    order = np.argsort(keys, kind="stable")
    return Catalogue(
        works=tuple(work for work, _ in leads),
        live=np.ones(len(leads), bool),
        start=start,
        pitch=_joined([line.pitch for line in melodies], np.int8),
        onset=_joined([line.onset for line in melodies], np.int32),
        number=_joined([np.arange(len(line)) for line in melodies], np.int16),
        ratio=_joined([line.ratio for line in melodies], np.int8),
        bar=_joined([line.bar for line in melodies], np.int32),
        pitch_worth=pitch_worth.astype(np.float32),
        ratio_worth=ratio_worth.astype(np.float32),
        keys=keys[order],
        place=_joined(named, np.int32)[order],
        counted=tuple(table.astype(np.uint32) for table in counted),
    )


def search(score: Score, catalogue: Catalogue, target: float = TARGET_FALSE) -> list[MelodyMatch]:
    """The works whose melody is in some voice of the score, strongest first, each work once."""
    return search_all(score, (catalogue,), target)


def search_all(score: Score, catalogues: Sequence[Catalogue], target: float = TARGET_FALSE) -> list[MelodyMatch]:
    """The same in several catalogues that are looked through as one."""
    best: dict[str, MelodyMatch] = {}
    voices, among = melody.lines(score), sum(catalogue.notes for catalogue in catalogues)
    notes = sum(len(line) for line in voices)
    for voice, catalogue in product(voices, [catalogue for catalogue in catalogues if catalogue.notes]):
        beat = Sung(voice.pitch, voice.onset, voice.ratio)
        for query, there, rhythm, ways in (
            (beat, catalogue.beat, catalogue.ratio_worth, _on_the_beat(voice, catalogue)),
            (beat._replace(time=np.arange(len(voice))), catalogue.count, NO_RHYTHM, _note_by_note(voice, catalogue)),
        ):
            nats = _weigh(ways, query, there, catalogue.pitch_worth, rhythm, catalogue.start)
            for way in _strongest(ways[:, 0], nats):
                expected, work = expected_false(nats[way], notes, among), catalogue.works[ways[way, 0]]
                if expected <= target and (work not in best or best[work].nats < round(float(nats[way]), 3)):
                    best[work] = _settle(voice, query, there, rhythm, catalogue, ways[way], expected)
    return sorted(best.values(), key=lambda match: (-match.nats, match.work))


def expected_false(nats: float, query_notes: int, catalogue_notes: int) -> float:
    """How many matches this strong an unrelated score of so many notes gets from so many by chance.

    Chance has as many tries as there are pairs of places, so it grows with both lengths (Karlin and Altschul 1990).
    """
    tries = max(1.0, query_notes / QUERY_NOTES) * max(1.0, catalogue_notes / REFERENCE_NOTES)
    return tries * math.exp(min(50.0, (MARK_NATS - nats) / FOLD_NATS))


def _on_the_beat(line: Line, catalogue: Catalogue) -> I64:
    """Lines in time that five notes of the query name, whatever stands between them: see `_distinct`."""
    most = MOST_HELD
    while len(named := hidden(line.pitch, line.onset, catalogue.keys, most)) > MOST_NAMED:
        most //= 4  # too much to sort: what is commonest says least
    note, first, last = catalogue.place[named[:, 0]], named[:, 1], named[:, 2]
    begins, ends = (catalogue.onset[n].astype(np.int64) for n in (note, note + RUN))
    here, there = line.onset[last] - line.onset[first], ends - begins
    common = np.gcd(here, there)
    here, there = here // common, there // common
    return _distinct(line, catalogue, first, note, here, there, line.onset[first] * there - begins * here)


def _note_by_note(line: Line, catalogue: Catalogue) -> I64:
    """Lines in notes, whatever their rhythm, that five notes in a row of the query name: see `_distinct`."""
    key = runs(line.pitch, line.onset) // RHYTHMS * RHYTHMS
    key = key.astype(np.int32)  # as the keys are: they would all be copied otherwise
    low, high = np.searchsorted(catalogue.keys, key), np.searchsorted(catalogue.keys, key + np.int32(RHYTHMS))
    held = np.where(high - low <= MOST_HELD, high - low, 0)
    first = np.repeat(np.arange(len(key)), held)
    within = np.arange(len(first)) - np.repeat(np.cumsum(held) - held, held)
    note = catalogue.place[low[first] + within]
    one = np.ones(len(note), np.int64)
    return _distinct(line, catalogue, first, note, one, one, first - catalogue.number[note].astype(np.int64))


def _distinct(line: Line, catalogue: Catalogue, first: I64, note: Whole, here: I64, there: I64, offset: I64) -> I64:
    """Rows (melody, semitones up, here, there, offset), each once: at time t there, it is (offset + here × t) / there here.

    The same line in exact numbers is the same row. Of more than MOST_LINES those that most keys name are kept.
    """
    begins = note - catalogue.number[note]  # stands for its melody, and is found sooner
    rows = np.stack([begins, (line.pitch[first] - catalogue.pitch[note]) % 12, here, there, offset], axis=1)
    if not catalogue.live.all():
        rows = rows[catalogue.live[np.searchsorted(catalogue.start, begins)]]
    sign = _signs(rows)
    order = np.argsort(sign)
    new = np.flatnonzero(np.append(True, np.diff(sign[order]) != 0)[: len(rows)])
    named = np.diff(np.append(new, len(rows)))
    kept = rows[order[new[np.argsort(-named, kind="stable")[:MOST_LINES]]]]
    kept[:, 0] = np.searchsorted(catalogue.start, kept[:, 0])
    return kept[np.lexsort(kept.T[::-1])]


def _signs(rows: I64) -> NDArray[np.uint64]:
    """A number for each row, the same for the same; of a million rows two that differ share one once in 37 million times.

    One number is sorted several times sooner than five, and where not all lines are kept none is preferred for its work.
    """
    sign = np.zeros(len(rows), np.uint64)
    for column in rows.T.astype(np.uint64):
        sign = (sign ^ column) * np.uint64(0x9E3779B97F4A7C15)
        sign ^= sign >> np.uint64(29)
    return sign


@compiled
def _weigh(ways: I64, query: Sung, work: Sung, pitch_worth: Nats, ratio_worth: Nats, start: I64) -> F64:
    """The nats along each line."""
    nats, taken = np.zeros(len(ways)), np.empty(len(work.pitch), np.int64)
    for k in range(len(ways)):
        low, high = start[ways[k, 0]], start[ways[k, 0] + 1]
        there = Sung(work.pitch[low:high], work.time[low:high], work.ratio[low:high])
        slope, offset = ways[k, 2] / ways[k, 3], ways[k, 4] / ways[k, 3]
        worth = pitch_worth[low:high], ratio_worth[low:high]
        nats[k] = along(query, there, worth[0], worth[1], ways[k, 1], slope, offset, taken)[0]
    return nats


def _strongest(owner: I64, nats: F64) -> I64:
    """The row of the strongest line of each melody, the first of equals."""
    order = np.lexsort((-nats, owner))
    best: I64 = order[np.append(True, np.diff(owner[order]) != 0)[: len(order)]]
    return best


def _settle(
    line: Line, query: Sung, work: Sung, rhythm: Nats, catalogue: Catalogue, way: I64, expected: float
) -> MelodyMatch:
    """The notes side by side along one line."""
    owner, shift = int(way[0]), int(way[1])
    part, there = slice(*catalogue.start[owner : owner + 2]), catalogue.melody(owner)
    taken = np.empty(len(there), np.int64)
    sung = Sung(work.pitch[part], work.time[part], work.ratio[part])
    worth = catalogue.pitch_worth[part], rhythm[part]
    nats, first, end = along(query, sung, *worth, shift, way[2] / way[3], way[4] / way[3], taken)
    other = first + np.flatnonzero(taken[first:end] >= 0)
    here = taken[other]
    up = line.pitch[here] - there.pitch[other]
    same = up % 12 == shift
    return MelodyMatch(
        work=catalogue.works[owner],
        voice=line.voice,
        query_bars=_span(line.bar[here]),
        work_bars=_span(there.bar[other]),
        semitones=int(np.median(up[same])) if same.any() else 0,
        notes=int(same.sum()),
        changed=int((~same).sum()),
        query_pitches=tuple(int(p) for p in line.pitch[here]),
        work_pitches=tuple(int(p) for p in there.pitch[other]),
        nats=round(nats, 3),
        expected_false=expected,
    )


def _span(bars: I64) -> tuple[int, int]:
    return (int(bars.min()), int(bars.max())) if len(bars) else (0, 0)


def _joined(parts: Sequence[I64], kind: type[N]) -> NDArray[N]:
    """Arrays end to end, as narrower numbers; of none, an empty one. MIDI's pitches and times fit (they are of 7 and 31 bits)."""
    return np.concatenate([np.zeros(0, kind), *parts], dtype=kind, casting="same_kind")
