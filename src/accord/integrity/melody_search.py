"""Which works' melodies are in a score: runs of steps name candidates, alignment settles them, chance decides. Pure.

    catalogue = build([(work, score)])      # sorted arrays; a run of RUN steps is a key
    found = search(score, catalogue)        # [] is nothing found

What is stated must be so strong that fewer than TARGET_FALSE scores of unrelated music reach it (see `expected_false`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from accord.catalog.score import Score
from accord.integrity import melody
from accord.integrity.alignment import F64, I64, align
from accord.integrity.melody import Habits, Line
from accord.integrity.records import MelodyMatch

RUN = 4  # steps in a key: five notes
CANDIDATES = 24  # (melody, transposition) pairs aligned for each voice
TARGET_FALSE = 1e-3  # false matches a score checked
MARK_NATS, FOLD_NATS = 18.0, 4.4  # an unrelated score reaches MARK against REFERENCE_NOTES once, e times less each FOLD
REFERENCE_NOTES = 20_000


@dataclass(frozen=True)
class Catalogue:
    """Works' melodies with what each note is worth, and where each run of steps stands: sorted keys, melody, and the pitch it begins on."""

    works: tuple[str, ...]
    melodies: tuple[Line, ...]
    worths: tuple[tuple[F64, F64], ...]
    keys: I64
    owner: I64
    pitch: I64

    @property
    def notes(self) -> int:
        """Notes in all melodies."""
        return sum(len(line) for line in self.melodies)


def build(scores: Iterable[tuple[str, Score]]) -> Catalogue:
    """The melodies of (work, score) pairs, to be searched. A score without a voice of eight notes has none."""
    held = [(work, line) for work, score in scores if (line := melody.lead(score)) is not None]
    melodies = tuple(line for _, line in held)
    known: Habits = melody.habits(list(melodies))
    keys = [_runs(line) for line in melodies]
    owner = np.repeat(np.arange(len(keys)), [len(k) for k in keys])
    begins = [line.pitch[: len(k)] for line, k in zip(melodies, keys, strict=True)]
    pitch = np.concatenate(begins) if keys else np.zeros(0, np.int64)
    flat = np.concatenate(keys) if keys else np.zeros(0, np.int64)
    order = np.argsort(flat, kind="stable")
    return Catalogue(
        tuple(work for work, _ in held),
        melodies,
        tuple(melody.worth(line, known) for line in melodies),
        flat[order],
        owner[order].astype(np.int64),
        pitch[order],
    )


def search(score: Score, catalogue: Catalogue, target: float = TARGET_FALSE) -> list[MelodyMatch]:
    """The works whose melody is in some voice of the score, strongest first, each work once."""
    best: dict[str, MelodyMatch] = {}
    voices = melody.lines(score)
    notes = sum(len(line) for line in voices)
    for line in (form for voice in voices for form in (voice, melody.plainer(voice))):
        for owner, shift in _candidates(line, catalogue):
            found = _settle(line, catalogue, owner, shift, notes)
            if found.expected_false <= target and (found.work not in best or best[found.work].nats < found.nats):
                best[found.work] = found
    return sorted(best.values(), key=lambda match: (-match.nats, match.work))


def expected_false(nats: float, query_notes: int, catalogue_notes: int) -> float:
    """How many matches this strong an unrelated score of so many notes gets from so many by chance.

    Chance has as many tries as there are pairs of places, so it grows with both lengths (Karlin and Altschul 1990).
    """
    tries = max(1.0, query_notes / 500) * max(1.0, catalogue_notes / REFERENCE_NOTES)
    return tries * math.exp(min(50.0, (MARK_NATS - nats) / FOLD_NATS))


def _runs(line: Line) -> I64:
    """The key of the RUN steps from each note on."""
    taken = melody.steps(line)
    count = max(0, len(taken) - RUN + 1)
    return sum((taken[i : i + count] * 12**i for i in range(RUN)), np.zeros(count, np.int64))


def _candidates(line: Line, catalogue: Catalogue) -> list[tuple[int, int]]:
    """(melody, transposition) of the most telling votes of the line's runs; a run counts once."""
    runs = np.unique(_runs(line) * 12 + line.pitch[: max(0, len(line) - RUN)] % 12)
    keys, pitch = runs // 12, runs % 12
    low, high = np.searchsorted(catalogue.keys, keys), np.searchsorted(catalogue.keys, keys + 1)
    count = high - low
    which = np.repeat(np.arange(len(runs)), count)
    posting = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + low[which]
    pair = catalogue.owner[posting] * 12 + (pitch[which] - catalogue.pitch[posting]) % 12
    once = np.unique(which * (12 * len(catalogue.works) + 12) + pair)
    which, pair = once // (12 * len(catalogue.works) + 12), once % (12 * len(catalogue.works) + 12)
    telling = np.log((len(catalogue.keys) + 1) / (count + 1))
    pairs, at = np.unique(pair, return_inverse=True)
    votes = np.bincount(at, weights=telling[which], minlength=len(pairs))
    best = np.lexsort((pairs, -votes))[:CANDIDATES]
    return [(int(one) // 12, int(one) % 12) for one in pairs[best]]


def _settle(line: Line, catalogue: Catalogue, owner: int, shift: int, query_notes: int) -> MelodyMatch:
    there, (pitch_worth, ratio_worth) = catalogue.melodies[owner], catalogue.worths[owner]
    nats, pairs = align(line.pitch, line.ratio, there.pitch, there.ratio, pitch_worth, ratio_worth, shift)
    here, other = pairs[:, 0], pairs[:, 1]
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
        nats=round(float(nats), 3),
        expected_false=expected_false(float(nats), query_notes, catalogue.notes),
    )


def _span(bars: I64) -> tuple[int, int]:
    return (int(bars.min()), int(bars.max())) if len(bars) else (0, 0)
