"""What a request steers by is what comes out: its key, its instruments, a sane compass, an ending, its bars."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from accord.catalog.score import Note, Score, Track, estimate_key, tonic
from accord.terms.refusal import BadInput
from accord.training import contexts, mixture, ngram, reach, tokens, transformer
from accord.training.generator import MOST_SEED, Request, ScoreModel
from accord.training.transformer import Shape

SCALES = {"C major": (0, 2, 4, 5, 7, 9, 11, 12), "A minor": (-3, -1, 0, 2, 4, 5, 8, 9)}
HOMES = {"C major": (0, 4, 7, 12), "A minor": (-3, 0, 4, 9)}


def tune(seed: int, key: str, bars: int = 8, parts: int = 3) -> Score:
    """A walk on the scale that comes home on every other beat, with chords of three notes and a bass; ends on the tonic."""
    chance, scale, home = np.random.default_rng(seed), SCALES[key], HOMES[key]
    line = [int(chance.choice(home if beat % 2 == 0 else scale)) for beat in range(bars * 4)]
    line[-1] = home[0]
    lead = tuple(Note(480 * beat, 480, 72 + step) for beat, step in enumerate(line))
    chords = tuple(Note(1920 * bar + 960 * n, 960, 60 + s) for bar in range(bars) for n in (0, 1) for s in home[:3])
    bass = tuple(Note(1920 * bar, 1920, 48 + home[0] + 7 * (bar % 2)) for bar in range(bars))
    tracks = (Track("lead", 40, lead), Track("chords", 24, chords), Track("bass", 32, bass))[:parts]
    return Score(f"Tune {seed}", 100.0, (4, 4), key, tracks)


@cache
def model() -> ScoreModel:
    """Twelve tunes in major and two in minor, counted; a network that has learned nothing."""
    works = [tokens.encode(tune(seed, "C major")).ids for seed in range(12)]
    works += [tokens.encode(tune(seed, "A minor")).ids for seed in range(2)]
    counted = ngram.count([(i, contexts.of(w), w[1:]) for i, w in enumerate(works)], 6, tokens.size())
    shape = Shape(tokens.size(), width=16, layers=1, heads=2, window=64)
    names = tuple(f"wrk_{i}" for i in range(len(works)))
    return ScoreModel(mixture.Mixture(counted, shape, transformer.initial(shape, 1), names, reach.of(works)))


@pytest.mark.parametrize("key", ["D minor", "F# minor", "D major", "Bb major"])
def test_a_piece_is_heard_in_the_key_that_was_asked_for(key: str) -> None:
    """Of a set that is mostly major, pieces asked for in minor are in minor and not in its relative major."""
    heard = Counter(_heard(model().generate(Request(key=key, instruments=(73, 24, 32), seed=s))) for s in range(8))
    assert heard[key] >= 6, heard


def _heard(made: Score) -> str:
    return estimate_key(note for track in made.tracks for note in track.notes)


@pytest.mark.parametrize("key", ["C major", "E minor"])
def test_a_piece_ends_on_its_tonic(key: str) -> None:
    """The highest voice's last note is the tonic in nearly every piece."""
    made = [model().generate(Request(key=key, instruments=(73, 24), seed=s)) for s in range(8)]
    assert sum(one.tracks[0].notes[-1].pitch % 12 == tonic(key) for one in made) >= 6


def test_every_voice_keeps_to_what_the_set_does_in_it() -> None:
    """No pitch beyond the set's, no more notes at once than the set has, whatever the seed."""
    limits = model().model.reach
    for seed in range(8):
        made = model().generate(
            Request(key="C major", instruments=(40, 24, 32), seed=seed)
        )  # C major is the normal form
        for voice, track in enumerate(made.tracks):
            assert all(limits[voice].lowest <= note.pitch <= limits[voice].highest for note in track.notes)
            assert max(Counter(note.onset for note in track.notes).values()) <= limits[voice].at_once


def test_every_instrument_that_was_asked_for_is_heard() -> None:
    """Three instruments are three tracks with notes; the voices that nobody asked for stay out."""
    for number in (1, 2, 3):
        programs = (73, 24, 32)[:number]
        made = [model().generate(Request(instruments=programs, seed=s)) for s in range(6)]
        assert all(tuple(t.program for t in one.tracks if t.notes) == programs for one in made)


def test_instruments_beyond_what_the_set_has_are_refused() -> None:
    """A fourth voice, or drums, that no score of the set has could only be silent: one sentence."""
    with pytest.raises(BadInput, match=r"4 instruments are too many: no score .* more than 3 voices"):
        model().generate(Request(instruments=(1, 2, 3, 4)))
    with pytest.raises(BadInput, match="cannot play drums"):
        model().generate(Request(instruments=(1, 128)))


def test_a_phrase_whose_last_note_rings_on_is_still_continued() -> None:
    """A phrase of one bar whose last note lasts four: two bars more are written from bar 2 on, under it."""
    held = Score("", 100.0, (4, 4), "C major", (Track("piano", 0, (Note(0, 480, 60), Note(960, 6720, 64))),))
    made = model().generate(Request(mode="continue", phrase=held, bars=2, seed=4))
    assert any(note.onset >= made.bar_ticks for note in made.tracks[0].notes)


def test_a_model_says_what_it_cannot_do() -> None:
    """Asked for what it does not list among its capabilities, a model refuses instead of doing something else."""
    plain = replace(model(), capabilities=frozenset({"new"}))
    for change, word in (
        ({"key": "D minor"}, "key"),
        ({"instruments": (3,)}, "instruments"),
        ({"mode": "vary"}, "vary"),
    ):
        with pytest.raises(BadInput, match=f"cannot follow `{word}`"):
            plain.generate(replace(Request(), **change))  # type: ignore[arg-type]
    assert plain.generate(Request(bars=2)).note_count


LONG = Score(
    "", 100.0, (4, 4), "C major", (Track("", 0, tuple(Note(i // 9 * 10, 10, 30 + i % 60) for i in range(6000))),)
)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"seed": -1}, "the seed `-1` is out of bounds"),
        ({"seed": MOST_SEED + 1}, "is out of bounds"),
        ({"metre": (0, 2)}, "the metre `0/2` is not known"),
        ({"metre": (100, 2)}, "the metre `100/2` is not known"),
        ({"metre": (4, 0)}, "the metre `4/0` is not known"),
        ({"tempo_bpm": float("nan")}, "a tempo of `nan` cannot be played"),
        ({"temperature": -1.0}, "cannot be drawn from"),
        ({"nucleus": float("nan")}, "cannot be drawn from"),
        ({"bars": 64, "tempo_bpm": 20.0}, "a piece of 768 seconds is too long"),
        ({"phrase": LONG}, "6,000 notes is too long"),
    ],
)
def test_a_request_out_of_all_bounds_is_one_sentence(change: dict[str, object], sentence: str) -> None:
    """Nothing absurd reaches the model: it is named, with what was asked."""
    with pytest.raises(BadInput, match=sentence):
        model().generate(replace(Request(), **change))  # type: ignore[arg-type]
