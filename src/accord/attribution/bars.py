"""Bars of a creation that stand in a work, transposition and tempo aside: what a person can look at (pure).

A voice's top line is a row of steps (interval, ratio of note lengths). Runs of at least six notes that a sealed work
also has are found through an index of shorter runs and extended to their ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from accord.attribution.records import BarMatch
from accord.catalog.score import Note, Score
from accord.training.dedupe import Step, steps, top_line

SEED_STEPS = 5
LEAST_NOTES = 6
MOST_SHOWN = 8
#: A run that this many places hold is a commonplace and is not followed.
COMMONPLACE = 60

Line = tuple[Note, ...]


@dataclass(frozen=True)
class Voice:
    """One voice of a work: its top line and steps, and the length of a bar in ticks."""

    asset: str
    number: int
    line: Line
    steps: tuple[Step, ...]
    bar_ticks: int


@dataclass(frozen=True)
class Index:
    """Voices of a set, and where each short run of steps begins: (voice, step)."""

    voices: tuple[Voice, ...]
    places: Mapping[tuple[Step, ...], list[tuple[int, int]]]


def prepare(scores: Mapping[str, Score]) -> Index:
    """Index the voices of each asset's score."""
    voices = tuple(v for asset in sorted(scores) for v in _voices(asset, scores[asset]))
    places: dict[tuple[Step, ...], list[tuple[int, int]]] = defaultdict(list)
    for number, voice in enumerate(voices):
        for at in range(len(voice.steps) - SEED_STEPS + 1):
            places[voice.steps[at : at + SEED_STEPS]].append((number, at))
    return Index(voices, places)


def matches(index: Index, creation: Score, most: int = MOST_SHOWN) -> tuple[BarMatch, ...]:
    """The longest matches, one for each passage of the creation, longest first."""
    found: list[BarMatch] = []
    for voice in _voices("", creation):
        found += _of_voice(index, voice)
    kept: list[BarMatch] = []
    for match in sorted(found, key=lambda m: (-m.notes, m.voice, m.first_bar, m.asset, m.asset_first_bar)):
        if not any(_same_passage(match, other) for other in kept):
            kept.append(match)
    return tuple(kept[:most])


def _of_voice(index: Index, voice: Voice) -> list[BarMatch]:
    found: list[BarMatch] = []
    reached: dict[tuple[int, int], int] = {}
    for at in range(len(voice.steps) - SEED_STEPS + 1):
        places = index.places.get(voice.steps[at : at + SEED_STEPS], [])
        for number, there in places if len(places) <= COMMONPLACE else []:
            diagonal = (number, there - at)
            if at < reached.get(diagonal, -1):
                continue
            length = _length(voice.steps[at:], index.voices[number].steps[there:])
            reached[diagonal] = at + length
            if length + 1 >= LEAST_NOTES:
                found.append(_match(voice, at, index.voices[number], there, length))
    return found


def _length(one: tuple[Step, ...], other: tuple[Step, ...]) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length


def _match(voice: Voice, at: int, other: Voice, there: int, length: int) -> BarMatch:
    return BarMatch(
        voice=voice.number,
        first_bar=_bar(voice, at),
        last_bar=_bar(voice, at + length),
        asset=other.asset,
        asset_voice=other.number,
        asset_first_bar=_bar(other, there),
        asset_last_bar=_bar(other, there + length),
        notes=length + 1,
        semitones=voice.line[at].pitch - other.line[there].pitch,
    )


def _bar(voice: Voice, note: int) -> int:
    return voice.line[note].onset // voice.bar_ticks + 1


def _same_passage(one: BarMatch, other: BarMatch) -> bool:
    apart = one.last_bar < other.first_bar or other.last_bar < one.first_bar
    return one.voice == other.voice and not apart


def _voices(asset: str, score: Score) -> list[Voice]:
    lines = [(i, top_line(replace(score, tracks=(track,)))) for i, track in enumerate(score.tracks, start=1)]
    return [Voice(asset, i, line, steps(line), score.bar_ticks) for i, line in lines if len(line) > SEED_STEPS]
