"""Tokens: what survives the round trip, and what the normal form is."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.catalog.score import Note, Score, Track
from accord.training import tokens

KEYS = ("C major", "E minor", "Bb major", "F# minor", "A minor", "Db major")


@st.composite
def grid_scores(draw: st.DrawFn) -> Score:
    """Scores on the grid whose voices lie apart in register and hold no overlapping notes of one pitch."""

    def track(index: int, drums: bool) -> Track:
        spans = draw(
            st.lists(st.tuples(st.integers(0, 24), st.integers(1, 24), st.integers(0, 9)), min_size=1, max_size=10)
        )
        notes, at = [], 0
        for gap, length, step in spans:
            notes.append(Note((at + gap) * 40, length * 40, 90 - 12 * index + step))
            at += gap + length
        return Track("kit" if drums else f"voice {index}", 0 if drums else 10 + index, tuple(notes), drums)

    count = draw(st.integers(1, 4))
    tracks = [track(i, False) for i in range(count)]
    if draw(st.booleans()):
        tracks.append(track(4, True))
    return Score(
        "x", 96.0, draw(st.sampled_from([(4, 4), (3, 4), (6, 8), (2, 2)])), draw(st.sampled_from(KEYS)), tuple(tracks)
    )


def sounding(score: Score) -> list[tuple[str, int, bool, list[tuple[int, int, int]]]]:
    return [(t.name, t.program, t.drums, [(n.onset, n.duration, n.pitch) for n in t.notes]) for t in score.tracks]


@settings(max_examples=40)
@given(grid_scores())
def test_a_score_on_the_grid_survives_the_round_trip(score: Score) -> None:
    """Encoded and decoded, notes, voices, programs, key, metre and tempo are the same."""
    encoded = tokens.encode(score)
    back = tokens.decode(encoded.ids, encoded.header)
    assert sounding(back) == sounding(score)
    assert (back.key, back.metre, back.tempo_bpm, back.title) == (score.key, score.metre, score.tempo_bpm, score.title)


@settings(max_examples=40)
@given(grid_scores(), st.integers(-5, 6))
def test_transposition_does_not_change_the_tokens(score: Score, shift: int) -> None:
    """A tune in another key has the same tokens: the normal form takes the key away."""
    assert np.array_equal(tokens.encode(score).ids, tokens.encode(score.transposed(shift)).ids)


@pytest.mark.parametrize("key", KEYS)
def test_normal_keys_are_reached_by_at_most_six_semitones(key: str) -> None:
    """Every key is brought to C major or A minor by a shift from −6 to 5."""
    shift = tokens.normal_shift(key)
    assert -6 <= shift <= 5
    assert Score("", 100.0, (4, 4), key).transposed(shift).key in ("C major", "A minor")


def test_an_odd_metre_is_counted_in_four_quarters() -> None:
    """A metre outside the vocabulary keeps its name, while the tokens count bars of 4/4."""
    score = Score("", 100.0, (11, 8), "C major", (Track("v", 0, (Note(0, 480, 60), Note(2640, 480, 64))),))
    encoded = tokens.encode(score)
    assert tokens.vocabulary()["TimeSig_4/4"] in encoded.ids
    assert sounding(tokens.decode(encoded.ids, encoded.header)) == sounding(score)


def test_more_tracks_than_voices_join_the_lowest() -> None:
    """Ten tracks become eight voices and lose no note."""
    tracks = tuple(Track(f"t{i}", i, (Note(0, 480, 100 - 5 * i),)) for i in range(10))
    encoded = tokens.encode(Score("", 100.0, (4, 4), "C major", tracks))
    assert len(encoded.header.voices) == 8
    assert tokens.note_tokens(encoded.ids) == 10


def test_two_tracks_of_one_name_stay_two_voices() -> None:
    """Voices of the same name are numbered, so that decoding keeps them apart."""
    track = Track("choir", 52, (Note(0, 480, 72),))
    encoded = tokens.encode(Score("", 100.0, (4, 4), "C major", (track, replace(track, notes=(Note(0, 480, 60),)))))
    assert [t.name for t in tokens.decode(encoded.ids, encoded.header).tracks] == ["choir", "choir 2"]


def test_tokens_are_read_without_the_loaders_that_take_torch_along() -> None:
    """Decision 0031: whoever only reads or writes tokens does not load torch, also where it is installed."""
    assert not hasattr(sys.modules["miditok"], "pytorch_data") and tokens.size() > 0
