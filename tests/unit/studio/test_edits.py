"""Edits by hand: what they do to notes, to sound, and to who is heard when."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.studio.scores import tune

from accord.studio import edits
from accord.studio.records import SourceSpan
from accord.terms.refusal import BadInput

LINEAGE = (SourceSpan("a", 0.0, 20.0, 1.0), SourceSpan("b", 10.0, 30.0, 0.5))


@pytest.mark.parametrize("text", ["transpose 2", "transpose -12", "tempo 96", "trim 0 12.5", "gain -3"])
def test_edits_read_back_as_they_are_written(text):
    """An edit's text is the edit."""
    assert edits.parse(text).text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "louder",
        "transpose",
        "transpose x",
        "transpose 1.5",
        "transpose 99",
        "trim 5 5",
        "trim 9 1",
        "tempo nan",
        "gain inf",
    ],
)
def test_what_is_no_edit_is_bad_input(text):
    """Each wrong edit is one sentence that says what would be right."""
    with pytest.raises(BadInput) as bad:
        edits.parse(text)
    assert "transpose 2" in str(bad.value)


def test_trimming_cuts_the_lineage_with_the_sound():
    """Seconds 5 to 15: the first source is heard throughout, the second from 5 s on."""
    cut = edits.edited_lineage(LINEAGE, edits.parse("trim 5 15"), None)
    assert cut == (SourceSpan("a", 0.0, 10.0, 1.0), SourceSpan("b", 5.0, 10.0, 0.5))


def test_a_source_that_is_trimmed_away_is_no_longer_named():
    """Seconds 21 to 30 hold only the second source."""
    assert [s.asset for s in edits.edited_lineage(LINEAGE, edits.parse("trim 21 30"), None)] == ["b"]


def test_a_faster_tempo_moves_the_lineage():
    """From 100 to 125 everything is heard at 4/5 of its time."""
    moved = edits.edited_lineage(LINEAGE, edits.parse("tempo 125"), 100)
    assert moved[1] == SourceSpan("b", 8.0, 24.0, 0.5)


def test_a_tempo_for_what_has_none_is_bad_input():
    """Without a known tempo there is no ratio; beyond double or half it is refused."""
    for tempo in (None, 40.0):
        with pytest.raises(BadInput):
            edits.edited_lineage(LINEAGE, edits.parse("tempo 125"), tempo)


def test_trimming_everything_away_is_bad_input():
    """What lies beyond the end cannot be kept."""
    with pytest.raises(BadInput, match=r"leaves 0\.0 s"):
        edits.edited_samples(np.zeros((44_100, 2), np.float32), 44_100, edits.parse("trim 5 6"), None)


def test_notes_are_edited_as_notes():
    """Transposing moves key and pitches; trimming keeps the notes that begin inside."""
    score = tune(120, "C major", bars=4)
    assert edits.edited_score(score, edits.parse("transpose 2")).key == "D major"
    assert edits.edited_score(score, edits.parse("trim 0 2")).bars == 1
    assert edits.edited_score(score, edits.parse("tempo 90")).tempo_bpm == 90


def test_sound_is_edited_as_sound():
    """Trim takes the frames between, gain scales, tempo changes the length."""
    sound = (np.sin(np.arange(44_100) / 20)[:, None] * np.array([[0.2, 0.2]])).astype(np.float32)
    assert len(edits.edited_samples(sound, 44_100, edits.parse("trim 0.25 0.75"), None)) == 22_050
    assert np.allclose(edits.edited_samples(sound, 44_100, edits.parse("gain -6"), None), sound * 10 ** (-6 / 20))
    assert len(edits.edited_samples(sound, 44_100, edits.parse("tempo 120"), 100)) == pytest.approx(36_750, abs=1)
