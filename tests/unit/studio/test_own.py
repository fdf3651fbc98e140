"""Whose notes are whose: a phrase that is its creator's stays theirs, and one that is somebody's is not let in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.studio.scores import tune
from tests.unit.studio.world import ACTOR, World

from accord.catalog import actions as catalog
from accord.catalog.score import Note, Score, Track
from accord.studio import known
from accord.studio.own import own_notes, rest
from accord.terms.refusal import Refused
from accord.terms.territory import WORLD

notes = st.lists(st.tuples(st.integers(0, 30), st.integers(60, 66)), max_size=20)


def score(told: list[tuple[int, int]], name: str = "flute") -> Score:
    """A score of one voice: (quarter, pitch) each."""
    return Score(
        "", 100, (4, 4), "C major", (Track(name, 73, tuple(Note(480 * at, 240, pitch) for at, pitch in told)),)
    )


@given(notes, notes)
def test_own_notes_and_the_rest_are_the_piece(piece: list[tuple[int, int]], phrase: list[tuple[int, int]]) -> None:
    """Each note of a piece is the phrase's or not; the phrase gives no note twice."""
    whole, brought = score(sorted(set(piece))), score(phrase)
    own = own_notes(whole, brought)
    assert own.note_count + rest(whole, own).note_count == whole.note_count
    assert own.note_count == len(set(piece) & set(phrase)) <= brought.note_count


def test_a_note_that_moved_a_little_is_still_ones_own() -> None:
    """A model reads a phrase from a grid: a 32nd aside it is the same note, a quarter aside it is not."""
    phrase, moved = score([(0, 60)]), replace(score([(0, 60)]), tracks=(Track("v", 0, (Note(50, 240, 60),)),))
    assert own_notes(moved, phrase).note_count == 1
    assert own_notes(score([(1, 60)]), phrase).note_count == 0


@pytest.mark.django_db
def test_a_phrase_that_stands_in_a_work_is_not_ones_own() -> None:
    """Somebody's tune, transposed and at another tempo, is refused with their name; a free one gives no own notes."""
    world = World()
    tune_ = tune(120, "C major", 4, bars=6)
    work = catalog.register_work("The Known Air", [], at=world.now(), actor=ACTOR)
    catalog.register_score(work, "The Known Air", tune_.to_midi(), at=world.now(), actor=ACTOR)
    with pytest.raises(Refused, match="The Known Air"):
        known.check_phrase(replace(tune_.transposed(3), tempo_bpm=80), "pty_1")
    catalog.state_public_domain(work, WORLD, "died 1790", at=world.now(), actor=ACTOR)
    left = known.check_phrase(tune_.transposed(3), "pty_1")
    assert left.note_count < tune_.note_count / 4
    assert (
        known.check_phrase(tune(120, "C major", 9, bars=2), "pty_1").note_count
        == tune(120, "C major", 9, bars=2).note_count
    )
