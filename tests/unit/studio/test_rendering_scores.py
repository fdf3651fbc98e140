"""Scores become sound: stems that are real, a mix that is their sum, the same bytes every time."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from tests.unit.studio.scores import tune

from accord.catalog.score import Note, Score, Track
from accord.studio import rendering
from accord.terms.refusal import BadInput


@pytest.fixture(scope="module")
def rendered():
    """A short tune, rendered."""
    return rendering.render(tune(120, "C major", bars=2))


def test_the_mix_is_the_sum_of_its_stems(rendered):
    """Adding the stems up gives the mix, and each of them sounds."""
    assert np.abs(sum(rendered.stems.values()) - rendered.mix).max() < 1e-6
    assert all(np.abs(stem).max() > 0.05 for stem in rendered.stems.values())
    assert set(rendered.stems) == {"lead", "bass"}


def test_the_mix_is_loud_and_does_not_clip(rendered):
    """One safe gain brings the highest sample to the ceiling."""
    assert np.abs(rendered.mix).max() == pytest.approx(rendering.PEAK_CEILING, abs=1e-4)


def test_the_same_score_gives_the_same_samples(rendered):
    """Rendering is deterministic."""
    again = rendering.render(tune(120, "C major", bars=2))
    assert np.array_equal(again.mix, rendered.mix)


def test_the_mix_is_as_long_as_the_score_and_its_tail(rendered):
    """Two bars of 4/4 at 120 are 4 s; the tail lets the last notes decay."""
    assert rendered.duration_s == pytest.approx(4 + rendering.TAIL_S, abs=0.1)


def test_two_tracks_of_one_name_are_both_kept():
    """Stems are told apart by number."""
    note = (Note(0, 480, 60, 90),)
    score = Score("x", 120, (4, 4), "C major", (Track("v", 0, note), Track("v", 40, note)))
    assert set(rendering.render(score).stems) == {"v", "v 2"}


def test_a_score_without_notes_cannot_be_rendered():
    """Silence is an error, not a file."""
    with pytest.raises(BadInput, match="no notes"):
        rendering.render(Score("x", 120, (4, 4), "C major", (Track("v", 0, ()),)))


@pytest.mark.parametrize(("form", "subtype"), [("wav", "PCM_16"), ("flac", "PCM_16"), ("mp3", "MPEG_LAYER_III")])
def test_files_hold_what_was_rendered(rendered, form, subtype):
    """Each format reads back with the same length and nearly the same samples."""
    data = rendering.encode(rendered.mix, rendered.rate, form)
    assert soundfile.info(io.BytesIO(data)).subtype == subtype
    samples, rate = rendering.decode(data)
    assert rate == 44_100 and len(samples) == len(rendered.mix)
    assert np.corrcoef(samples[:, 0], rendered.mix[:, 0])[0, 1] > 0.99


def test_a_tail_keeps_the_midi_readable():
    """The longer file is still a Standard MIDI File with the same notes."""
    from accord.catalog.score import from_midi

    midi = tune(100, "D major", bars=1).to_midi()
    assert from_midi(rendering.with_tail(midi, 100, 2.0)).tracks == from_midi(midi).tracks
