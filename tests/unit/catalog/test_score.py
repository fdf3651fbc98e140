"""Scores: the MIDI round trip, transposition, bars, and what is no score."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.catalog.score import Note, Score, Track, estimate_key, from_midi, tonic, transposed_key
from accord.terms.refusal import BadInput

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def tune(metre: tuple[int, int] = (4, 4), key: str = "C major") -> Score:
    notes = tuple(Note(i * 480, 480, pitch, 80) for i, pitch in enumerate(SCALE))
    return Score("Scale", 120.0, metre, key, (Track("fiddle", 40, notes),))


@st.composite
def scores(draw: st.DrawFn) -> Score:
    def track(index: int) -> Track:
        gaps = draw(
            st.lists(st.tuples(st.integers(0, 960), st.integers(1, 960), st.integers(0, 127)), min_size=1, max_size=8)
        )
        notes, at = [], 0
        for gap, duration, pitch in gaps:
            notes.append(Note(at + gap, duration, pitch, draw(st.integers(1, 127))))
            at += gap + duration
        drums = draw(st.booleans())
        return Track(f"voice {index}", 0 if drums else draw(st.integers(0, 127)), tuple(notes), drums)

    return Score(
        draw(st.text(st.characters(codec="ascii", min_codepoint=32), max_size=20)),
        draw(st.integers(4000, 20000)) / 100,
        draw(st.sampled_from([(4, 4), (3, 4), (6, 8), (2, 2), (12, 16)])),
        draw(st.sampled_from(["C major", "E minor", "Bb major", "F# minor", "Cb major", "A# minor"])),
        tuple(track(i) for i in range(draw(st.integers(1, 3)))),
    )


@given(scores())
def test_a_score_survives_its_midi_file(score: Score) -> None:
    """Written to MIDI and read back, a score is the same score."""
    assert from_midi(score.to_midi()) == score


@given(scores())
def test_the_same_score_gives_the_same_bytes(score: Score) -> None:
    """Two writings of one score are byte for byte the same."""
    assert score.to_midi() == replace(score).to_midi()


def test_bars_and_duration() -> None:
    """Eight quarters at 120 are two bars of 4/4, three of 3/4, and four seconds."""
    assert (tune().bars, tune((3, 4)).bars, tune((6, 8)).bar_ticks, tune().duration_s) == (2, 3, 1440, 4.0)


def test_transposition_moves_notes_and_key_but_not_drums() -> None:
    """Up a fifth, C major becomes G major and the drums stay."""
    score = replace(tune(), tracks=(*tune().tracks, Track("kit", 0, (Note(0, 120, 36),), drums=True)))
    up = score.transposed(7)
    assert up.key == "G major"
    assert [n.pitch for n in up.tracks[0].notes] == [p + 7 for p in SCALE]
    assert up.tracks[1] == score.tracks[1]


def test_an_excerpt_starts_at_zero_and_is_cut_at_its_end() -> None:
    """The second bar alone begins at tick 0; a note that would pass the end is cut there."""
    cut = tune().between(1920, 3000)
    assert [(n.onset, n.duration, n.pitch) for n in cut.tracks[0].notes] == [
        (0, 480, 67),
        (480, 480, 69),
        (960, 120, 71),
    ]


def test_the_key_is_estimated_when_none_is_written() -> None:
    """A C major scale with its tonic held is heard as C major; its relative as A minor."""
    assert estimate_key([*tune().tracks[0].notes, Note(0, 1920, 60), Note(0, 960, 67)]) == "C major"
    assert (
        estimate_key([Note(0, d, p) for p, d in ((57, 1900), (59, 300), (60, 900), (64, 1200), (68, 400))]) == "A minor"
    )


@pytest.mark.parametrize("key", ["H major", "E", "e minor", "", "E dorian", "E## minor"])
def test_what_is_no_key_is_named(key: str) -> None:
    """A word that is not a key is refused with the word itself."""
    with pytest.raises(BadInput, match=f"`{key}`"):
        tonic(key)


def test_keys_wrap_at_the_octave() -> None:
    """Two semitones above B minor is C# minor; twelve above any key is that key in its usual spelling."""
    assert transposed_key("B minor", 2) == "C# minor"
    assert transposed_key("A# minor", 12) == "Bb minor"


@pytest.mark.parametrize("data", [b"", b"MThd", b"RIFF" + b"\0" * 40, tune().to_midi()[:40]])
def test_what_is_no_midi_file_is_bad_input(data: bytes) -> None:
    """Empty, foreign and truncated bytes are each one clear sentence."""
    with pytest.raises(BadInput, match="not a Standard MIDI File"):
        from_midi(data)


def test_a_file_without_notes_is_bad_input() -> None:
    """A MIDI file of silence is refused as such."""
    with pytest.raises(BadInput, match="no notes"):
        from_midi(replace(tune(), tracks=(Track("rest", 0, ()),)).to_midi())
