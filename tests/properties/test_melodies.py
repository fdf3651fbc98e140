"""Properties of how melodies are found.

| law or property | test |
|---|---|
| a melody is the same work's in any key, octave and tempo, with the same evidence | test_key_octave_and_tempo_do_not_matter |
| ornaments hide no note of a work whose melody moves | test_ornaments_hide_no_note |
| under ornaments a tune on one note may be found in part, but at its pitch and with nothing changed | test_a_tune_on_one_note_is_found_at_its_pitch |
| two melodies are weighed as the plain twin weighs them, along any line | test_melodies_are_weighed_as_the_plain_twin_does |
| a note is worth what the other works make of its passage, as the plain twin counts it | test_worth_is_that_of_plain_counting |
| a file of melodies read back is the one that was written; other bytes are refused | test_a_file_of_melodies_is_read_back |
| five notes under ornaments are named as plain loops name them | test_hidden_notes_are_those_of_plain_loops |
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.oracle import integrity as oracle

from accord.catalog.score import Note, Score, Track
from accord.integrity import melody
from accord.integrity.alignment import Sung, along
from accord.integrity.melody_file import Laid, load, save
from accord.integrity.melody_keys import hidden, runs
from accord.integrity.melody_search import build, of_lines, search
from accord.integrity.melody_worth import worth as worth_of

SLOW = settings(max_examples=20, deadline=None)


def melody_of(pitches: list[int], lengths: list[int], unit: int = 240) -> Score:
    """A score of one voice."""
    notes, at = [], 0
    for pitch, length in zip(pitches, lengths, strict=False):
        notes.append(Note(at, length * unit, pitch))
        at += length * unit
    return Score("t", 100.0, (4, 4), "C major", (Track("v", 0, tuple(notes)),))


PITCHES = st.lists(st.integers(55, 79), min_size=48, max_size=48)
LENGTHS = st.lists(st.sampled_from((1, 1, 2, 3)), min_size=48, max_size=48)


@given(PITCHES, LENGTHS, st.integers(-24, 24), st.sampled_from((60, 120, 480)))
@SLOW
def test_key_octave_and_tempo_do_not_matter(pitches: list[int], lengths: list[int], up: int, unit: int) -> None:
    """A work's melody moved and at other note values matches with the evidence that the melody itself has."""
    work = melody_of(pitches, lengths)
    catalogue = build([("w", work)])
    there = search(work, catalogue, float("inf"))
    moved = search(melody_of([p + up for p in pitches], lengths, unit), catalogue, float("inf"))
    assert [(m.nats, m.notes, m.changed) for m in moved] == [(m.nats, m.notes, m.changed) for m in there]
    assert all((m.semitones - up) % 12 == (there[0].semitones) % 12 for m in moved)


RUNS = 44  # of five notes, in 48
ORNAMENTS = st.lists(st.integers(0, 3), min_size=48, max_size=48)
#: A neighbour in every note is the same melody one or two semitones away, note for note: which of both was meant nothing tells.
ornaments_that_differ = ORNAMENTS.filter(lambda kinds: len(set(kinds)) > 1 or kinds[0] < 2)


def moves(pitches: list[int]) -> bool:
    """Half of its runs of five notes are unlike by their steps. A held note, a trill or a short figure again and again is not."""
    steps = [(b - a) % 12 for a, b in pairwise(pitches)]
    return 2 * len({tuple(steps[at : at + 4]) for at in range(RUNS)}) >= RUNS


def ornamented(work: Score, up: int, ornaments: list[int]) -> Score:
    """Each note split into itself, again or with a neighbour between, and all of it moved up."""
    notes: list[Note] = []
    for note, kind in zip(work.tracks[0].notes, ornaments, strict=True):
        parts = ((0,), (0, 0), (0, 2, 0), (0, -1, 0))[kind]
        long = note.duration // len(parts)
        notes += [Note(note.onset + k * long, long, note.pitch + up + by) for k, by in enumerate(parts)]
    return Score("q", 100.0, (4, 4), "C major", (Track("v", 0, tuple(notes)),))


@given(PITCHES.filter(moves), LENGTHS, st.integers(-6, 6), ornaments_that_differ)
@SLOW
def test_ornaments_hide_no_note(pitches: list[int], lengths: list[int], up: int, ornaments: list[int]) -> None:
    """A note split into itself, again or with a neighbour between, still stands for the work's note.

    Of a melody that moves (half of its runs of five notes are unlike) none is missed or changed.
    """
    work = melody_of(pitches, lengths)
    match = search(ornamented(work, up, ornaments), build([("w", work)]), float("inf"))[0]
    assert (match.changed, match.semitones) == (0, up)
    assert list(match.work_pitches) == pitches and match.notes == 48


@given(st.integers(55, 79), LENGTHS, st.integers(-6, 6), ornaments_that_differ)
@example(55, [1, 1, 2, 3, 3, 1, 2, 3] * 6, 3, [1, 2, 1] * 16)  # four notes are found
@SLOW
def test_a_tune_on_one_note_is_found_at_its_pitch(
    pitch: int, lengths: list[int], up: int, ornaments: list[int]
) -> None:
    """A tune on one note, whose steps say next to nothing, may be found in part under ornaments, but at its pitch and with nothing changed."""
    work = melody_of([pitch] * 48, lengths)
    match = search(ornamented(work, up, ornaments), build([("w", work)]), float("inf"))[0]
    assert (match.changed, match.semitones) == (0, up)
    assert match.work_pitches == (pitch,) * match.notes and match.notes > 0


FEW = st.lists(st.integers(60, 63), min_size=8, max_size=20)


@given(
    FEW,
    FEW,
    LENGTHS,
    LENGTHS,
    st.integers(0, 3),
    st.sampled_from((0.5, 2 / 3, 1.0, 2.0)),
    st.integers(-5, 10),
    st.booleans(),
)
@SLOW
def test_melodies_are_weighed_as_the_plain_twin_does(
    one: list[int],
    other: list[int],
    lengths: list[int],
    others: list[int],
    shift: int,
    slope: float,
    begins: int,
    notes: bool,
) -> None:
    """The kernel's evidence along any line is the plain twin's, by beats and by notes, and its notes go forward in both melodies."""
    query, work = melody.lines(melody_of(one, lengths))[0], melody.lines(melody_of(other, others))[0]
    pitch, rhythm, _ = worth_of([work])
    worth = pitch, np.zeros(0) if notes else rhythm
    slope, offset = (1.0, float(begins)) if notes else (slope, 240.0 * begins)
    here, there = (np.arange(len(line)) if notes else line.onset for line in (query, work))
    taken = np.empty(len(work), np.int64)
    sung = Sung(query.pitch, here.astype(float), query.ratio), Sung(work.pitch, there.astype(float), work.ratio)
    nats, first, end = along(*sung, *worth, shift, slope, offset, taken)
    plain = oracle.melody_nats(
        query, list(here), work, list(there), (list(worth[0]), list(worth[1])), (shift, slope, offset)
    )
    assert nats == pytest.approx(plain)
    stand = taken[first:end][taken[first:end] >= 0]
    assert (np.diff(stand) > 0).all() and (nats > 0) == (end > first)


@given(
    st.lists(st.tuples(st.lists(st.integers(60, 62), min_size=8, max_size=24), LENGTHS), min_size=1, max_size=4),
    st.data(),
)
@SLOW
def test_worth_is_that_of_plain_counting(tunes: list[tuple[list[int], list[int]]], data: st.DataObject) -> None:
    """Each note's worth is the twin's, also where a work comes twice, or goes on as another began."""
    again = data.draw(st.lists(st.sampled_from(tunes), max_size=2))
    mixed = [(a[0] + b[0], a[1][: len(a[0])] + b[1]) for a, b in zip(again, tunes, strict=False)]
    works = [melody.lines(melody_of(*each))[0] for each in tunes + again + mixed]
    for made, plain in zip(worth_of(works)[:2], oracle.melody_worth(works), strict=True):
        assert made.tolist() == pytest.approx(plain)


TWO = st.lists(st.integers(60, 61), min_size=8, max_size=20)


@given(TWO, TWO, st.lists(st.integers(1, 4), min_size=20, max_size=20), st.integers(1, 3))
@SLOW
def test_hidden_notes_are_those_of_plain_loops(
    pitches: list[int], there: list[int], lengths: list[int], most: int
) -> None:
    """Any five notes of even ones with a key that few notes of the work hold are named, those between them left out, and no others."""
    query, work = melody.lines(melody_of(pitches, [1] * 20))[0], melody.lines(melody_of(there, lengths))[0]
    keys = np.sort(runs(work.pitch, work.onset))
    named = hidden(query.pitch, query.onset, keys, most)
    assert sorted(map(tuple, named.tolist())) == sorted(oracle.hidden(query, keys.tolist(), most))


@given(st.lists(st.tuples(TWO, LENGTHS), max_size=3), st.data())
@SLOW
def test_a_file_of_melodies_is_read_back(tunes: list[tuple[list[int], list[int]]], data: st.DataObject) -> None:
    """Any works come back as they were; a file that is cut, longer, or of other bytes is refused in a sentence."""
    lines = [(f"w{number}", melody.lines(melody_of(*each))[0]) for number, each in enumerate(tunes)]
    laid = Laid(7, frozenset({"w"}), tuple((f"s{number}", "d") for number in range(len(lines))), of_lines(lines))
    out = io.BytesIO()
    save(laid, out)
    written = out.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "melodies"
        file.write_bytes(written)
        again = load(file)
        assert (again.known, again.withdrawn, again.scores) == (laid.known, laid.withdrawn, laid.scores)
        for field in fields(laid.catalogue):
            here, there = getattr(laid.catalogue, field.name), getattr(again.catalogue, field.name)
            for one, other in zip(here, there, strict=True) if isinstance(here, tuple) else [(here, there)]:
                assert np.array_equal(one, other)
        cut = data.draw(st.integers(0, len(written) - 1))
        for wrong in (written[:cut], written + b"x" * (cut + 1), data.draw(st.binary(max_size=60)), b"x" + written[1:]):
            file.write_bytes(wrong)
            with pytest.raises(ValueError, match="melodies"):
                load(file)
