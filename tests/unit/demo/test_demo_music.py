"""Chords and arrangements of the demonstration: in key, in range, in time, and the same for the same seed."""

from __future__ import annotations

import pytest

from accord.catalog.score import Note, Score, Track, from_midi
from accord.demo import harmony, textures
from accord.demo.arrange import LINEUPS, Lineup, arrange, set_chorale

C_MAJOR = (0, 2, 4, 5, 7, 9, 11)
A_MINOR = (9, 11, 0, 2, 4, 5, 7)
BAR = 1920


def line(*pitches: int, length: int = 480) -> tuple[Note, ...]:
    """Notes of one length, one after the other."""
    return tuple(Note(i * length, length, pitch, 80) for i, pitch in enumerate(pitches))


def tune(bars: int = 16, key: str = "C major") -> Score:
    """Arpeggios of I, V, IV and I, bar by bar."""
    cells = [(60, 64, 67, 64), (62, 67, 71, 67), (60, 65, 69, 65), (60, 64, 67, 60)]
    pitches = [p for bar in range(bars) for p in cells[bar % 4]]
    return Score("Four Chords", 120.0, (4, 4), key, (Track("Melody", 73, line(*pitches)),))


def test_broken_triads_get_their_own_chords() -> None:
    """I V IV I, because that is what the melody spells."""
    chords = harmony.infer(tune(4).tracks[0].notes, C_MAJOR, False, 4, BAR, False)
    assert [c.degree for c in chords] == [0, 4, 3, 0]


def test_a_piece_ends_on_its_tonic() -> None:
    """Even when its last note belongs to several chords."""
    chords = harmony.infer(line(60, 62, 64, 67), C_MAJOR, False, 1, BAR, True)
    assert chords[-1].degree == 0


def test_a_leading_note_makes_the_fifth_major_in_minor() -> None:
    """G sharp over E in A minor."""
    chords = harmony.infer(line(57, 60, 64, 57, 64, 68, 71, 68, 57, 60, 64, 57), A_MINOR, True, 3, BAR, False)
    assert chords[1].pitches == (4, 8, 11)


def test_voices_move_as_little_as_they_can() -> None:
    """From C to F, C to A: no voice of the three moves more than a third."""
    c, f, a = (harmony.triads(C_MAJOR, False)[d] for d in (0, 3, 5))
    for before, after in ((c, f), (c, a)):
        one, two = harmony.voiced([before, after], 52, 72)
        assert all(abs(x - y) <= 4 for x, y in zip(one, two, strict=True))


@pytest.mark.parametrize("lineup", LINEUPS, ids=lambda band: band.name)
def test_every_band_plays_three_to_five_parts_in_range_and_in_time(lineup: Lineup) -> None:
    """Tracks, pitches, lengths, ends: what a renderer and a tokenizer need."""
    score = arrange(tune(), C_MAJOR, lineup, seed=3)
    assert 3 <= len(score.tracks) <= 5
    lead = score.tracks[0]
    assert all(lineup.low <= n.pitch <= lineup.high for n in lead.notes)
    assert score.end <= score.bars * score.bar_ticks
    assert all(n.duration > 0 and 0 <= n.pitch <= 127 and 1 <= n.velocity <= 127 for t in score.tracks for n in t.notes)
    assert 20 <= score.duration_s <= 46


def test_the_band_plays_the_tunes_own_harmony() -> None:
    """Nearly all that the accompaniment plays is of the scale (walking basses may pass through)."""
    for lineup in LINEUPS:
        score = arrange(tune(), C_MAJOR, lineup, seed=1)
        played = [n for t in score.tracks[1:] if not t.drums for n in t.notes]
        assert sum(n.pitch % 12 in C_MAJOR for n in played) / len(played) > 0.95


def test_the_melody_is_the_tune_moved_by_octaves_alone() -> None:
    """The lead plays the tune's own pitch classes in order, after one bar of the band."""
    score = arrange(tune(), C_MAJOR, LINEUPS[0], seed=1)
    lead = score.tracks[0].notes[: 16 * 4]
    assert [n.pitch % 12 for n in lead] == [n.pitch % 12 for n in tune().tracks[0].notes]
    assert lead[0].onset == score.bar_ticks


def test_the_same_seed_gives_the_same_notes_and_another_seed_others() -> None:
    """Only the small chances of velocity depend on it."""
    assert arrange(tune(), C_MAJOR, LINEUPS[1], 5) == arrange(tune(), C_MAJOR, LINEUPS[1], 5)
    assert arrange(tune(), C_MAJOR, LINEUPS[1], 5) != arrange(tune(), C_MAJOR, LINEUPS[1], 6)


def test_a_short_tune_is_played_twice_and_a_long_one_is_cut_at_a_phrase() -> None:
    """8 bars of 2 s twice; 60 bars cut to whole groups of four."""
    twice = arrange(tune(8), C_MAJOR, LINEUPS[0], 1)
    assert len(twice.tracks[0].notes) == 2 * 8 * 4
    long = arrange(tune(60), C_MAJOR, LINEUPS[0], 1)
    assert len(long.tracks[0].notes) % 16 == 0 and long.duration_s < 47


def test_a_chorale_keeps_its_voices() -> None:
    """The four parts are untouched but for their instruments; a harp joins them."""
    voices = tuple(
        Track(name, 52, line(*[base] * 8, length=960)) for name, base in (("S", 72), ("A", 67), ("T", 60), ("B", 48))
    )
    chorale = Score("Chorale", 72.0, (4, 4), "C major", voices)
    score = set_chorale(chorale, C_MAJOR, "quartet", 1)
    assert [t.name for t in score.tracks] == ["violin", "second violin", "viola", "cello", "harp"]
    assert [[n.pitch for n in t.notes] for t in score.tracks[:4]] == [[n.pitch for n in t.notes] for t in voices]


def test_a_beat_of_six_eight_is_a_dotted_quarter() -> None:
    """Compound metres are felt in dotted quarters, cut time in halves."""
    assert [textures.beat_ticks(m) for m in ((6, 8), (9, 8), (4, 4), (2, 2), (3, 4))] == [720, 720, 480, 960, 480]


def test_an_arrangement_survives_midi() -> None:
    """As many notes come back as went out."""
    score = arrange(tune(), C_MAJOR, LINEUPS[2], 2)
    assert from_midi(score.to_midi()).note_count == score.note_count
