"""What a model has by heart does not leave: runs of notes with their rhythm, in any key and tempo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.training.test_generator import model
from tests.unit.training.world import tune

from accord.catalog.score import Note, Score, Track
from accord.terms.refusal import Refused
from accord.training import memory
from accord.training.generator import Request, ScoreModel


def melody(notes: int, faster: int = 1, higher: int = 0) -> Score:
    """The first notes of one melody, as it is or faster and higher."""
    line = tune(1).tracks[0].notes[:notes]
    rhythm = [480, 240, 240, 720] * 6
    onsets = np.cumsum([0, *rhythm])[:notes]
    moved = (Note(int(o) // faster, 120, n.pitch + higher) for o, n in zip(onsets, line, strict=True))
    return Score("Melody", 100.0, (4, 4), "C major", (Track("lead", 40, tuple(moved)),))


def test_a_run_is_known_in_any_key_and_tempo_from_one_note_beyond_the_bound():
    """Eight notes of a work may stand in a piece and nine may not, a fifth higher and twice as fast too."""
    known = memory.learn([melody(24)])
    for faster, higher in ((1, 0), (2, 7), (1, -12)):
        assert not known.in_piece(melody(memory.LONGEST, faster, higher))
        assert known.in_piece(melody(memory.LONGEST + 1, faster, higher))


def test_other_rhythm_is_another_run():
    """The same pitches in even notes are not the run."""
    even = tune(1)
    assert not memory.learn([melody(24)]).in_piece(even) and memory.learn([even]).in_piece(even)


def test_what_somebody_brought_whole_is_theirs_and_what_goes_on_from_it_is_not():
    """A run inside the phrase is not the model's; one that it goes on with is."""
    known = memory.learn([melody(24)])
    assert not known.in_piece(melody(12), brought=melody(12)) and known.in_piece(melody(13), brought=melody(12))


def test_the_next_note_is_forbidden_exactly_where_it_would_end_a_run():
    """Of all pitches the one that the work goes on with is forbidden, once the bound is full, and none before."""
    line = memory.line_of(melody(24).tracks[0])
    known, pitches = memory.learn([melody(24)]), np.arange(40, 90)
    for at in range(1, len(line)):
        forbidden = pitches[known.forbids(line[:at], line[at][0], pitches)].tolist()
        assert forbidden == ([line[at][1]] if at >= memory.LONGEST else [])


def test_a_model_that_knows_one_tune_by_heart_writes_another():
    """Held back from runs of three notes, no piece holds one; not held back, some do."""
    free = model()
    works = [tune(1), tune(2)]
    known = memory.learn(works, 3)
    asked = [Request(bars=4, seed=seed) for seed in range(6)]
    assert any(known.in_piece(free.generate(one)) for one in asked)
    guarded = replace(free, known=known)
    for one in asked:
        assert not known.in_piece(guarded.generate(one))
        assert guarded.generate(one) == guarded.generate(one)


def test_a_piece_that_cannot_be_held_back_is_refused():
    """Where every take holds a run, nothing leaves."""

    class Every(memory.Known):
        def in_piece(self, piece, brought=None):  # type: ignore[no-untyped-def]
            return True

    with pytest.raises(Refused, match="stand in a work") as found:
        ScoreModel(model().model, Every(np.empty(0, np.uint64))).generate(Request(bars=1))
    assert found.value.refusal.code == "training.by-heart"


def test_the_rate_counts_pieces_and_tells_the_longest_run():
    """One of two pieces has the work's first twelve notes; their longest run is those, and of none it is what there is."""
    found = memory.measure([melody(24)], [melody(12, 2, 3), tune(5)])
    assert (found.pieces, found.held, found.longest, found.bound) == (2, 1, 12, memory.LONGEST)
    assert memory.measure([melody(24)], [melody(6)]).longest == 6
