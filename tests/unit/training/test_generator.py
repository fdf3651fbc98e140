"""The embedded generator: what is sampled is always a score, as asked, and the same for the same seed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.catalog.score import Note, Score, Track
from accord.terms.refusal import BadInput
from accord.training import contexts, mixture, ngram, reach, tokens, transformer
from accord.training.generator import KIT, Request, ScoreModel
from accord.training.grammar import Grammar, alphabet
from accord.training.mixture import Mixture
from accord.training.transformer import Shape

MELODY = (67, 69, 71, 72, 74, 72, 71, 69, 67, 64, 65, 67, 72, 71, 69, 67)


def tune(shift: int = 0, key: str = "C major") -> Score:
    lead = Track("fiddle", 40, tuple(Note(i * 240, 240, p + shift, 80) for i, p in enumerate(MELODY)))
    bass = Track("bass", 32, tuple(Note(i * 960, 960, 43 + shift + 2 * (i % 2), 70) for i in range(4)))
    return Score("Tune", 100.0, (4, 4), key, (lead, bass))


@cache
def model() -> ScoreModel:
    works = [tokens.encode(tune(shift)).ids for shift in (0, 1)]
    counted = ngram.count([(i, contexts.of(w), w[1:]) for i, w in enumerate(works)], 5, tokens.size())
    shape = Shape(tokens.size(), width=16, layers=1, heads=2, window=64)
    return ScoreModel(Mixture(counted, shape, transformer.initial(shape, 1), ("wrk_1", "wrk_2"), reach.of(works)))


requests = st.builds(
    Request,
    key=st.sampled_from(["C major", "E minor", "Bb major", "F# minor"]),
    metre=st.sampled_from([(4, 4), (3, 4), (6, 8), (2, 2)]),
    tempo_bpm=st.sampled_from([60.0, 100.0, 133.0]),
    instruments=st.lists(st.integers(0, 127), min_size=1, max_size=2).map(tuple),
    bars=st.integers(1, 4),
    seed=st.integers(0, 2**32),
)


@settings(max_examples=15, deadline=None)
@given(requests)
def test_what_is_made_is_a_score_as_asked(request: Request) -> None:
    """Key, metre, tempo, number of bars and instruments are those of the request; no pitch leaves MIDI's range."""
    made = model().generate(request)
    assert [t.program for t in made.tracks] == list(request.instruments)
    assert (made.key, made.metre, made.tempo_bpm) == (request.key, request.metre, request.tempo_bpm)
    assert 1 <= made.bars <= request.bars
    assert made.note_count > 0
    assert all(0 <= n.pitch <= 127 and n.end <= request.bars * made.bar_ticks for t in made.tracks for n in t.notes)


@settings(max_examples=10, deadline=None)
@given(requests)
def test_the_same_seed_gives_the_same_bytes(request: Request) -> None:
    """The model written to a file and read again makes the very same MIDI file."""
    again = ScoreModel(mixture.from_bytes(mixture.to_bytes(model().model)))
    assert model().generate(request).to_midi() == again.generate(request).to_midi()


@settings(max_examples=10, deadline=None)
@given(requests)
def test_every_sampled_stream_follows_the_grammar(request: Request) -> None:
    """Encoding what was made and reading it under the grammar meets no forbidden token."""
    made = tokens.encode(model().generate(request))
    grammar = Grammar(tokens.grid_metre(request.metre), tokens.VOICES, request.bars, drums=True)
    for token in [int(t) for t in made.ids[2:-1]]:
        assert grammar.mask()[token]
        grammar.take(token)


def test_another_seed_makes_another_piece() -> None:
    """Ten seeds do not all make the same piece."""
    assert len({model().generate(Request(seed=s, bars=4)).to_midi() for s in range(10)}) > 5


def test_a_continuation_begins_with_the_phrase() -> None:
    """Continued by two bars, the first two bars are the phrase's notes and notes follow after them."""
    made = model().generate(Request(phrase=tune(), mode="continue", bars=2, key="C major", seed=3))
    begins = made.between(0, 2 * made.bar_ticks)
    for mine, theirs in zip(tune().tracks, begins.tracks, strict=True):
        assert [(n.onset, n.pitch) for n in mine.notes] == [(n.onset, n.pitch) for n in theirs.notes]
    assert 2 < made.bars <= 4


def test_what_the_creator_played_stays_as_it_was_played() -> None:
    """A phrase played loosely, loud and soft, is continued with its own onsets and velocities, in its key or another."""
    lead = tuple(Note(i * 240 + i % 3, 231, p, 60 + i) for i, p in enumerate(MELODY))
    played = replace(tune(), tracks=(Track("fiddle", 40, lead),))
    for key, moved in (("C major", 0), ("Bb major", -2)):
        made = model().generate(Request(phrase=played, mode="continue", bars=1, key=key, seed=3))
        kept = made.tracks[0].notes[: len(lead)]
        assert kept == tuple(replace(n, pitch=n.pitch + moved) for n in lead)


def test_a_seed_phrase_opens_a_new_piece_in_the_key_asked_for() -> None:
    """A phrase in C asked for in D opens the piece two semitones higher, with the phrase's own instruments."""
    made = model().generate(Request(phrase=tune(), key="D major", bars=4, seed=3))
    assert [n.pitch for n in made.tracks[0].notes][: len(MELODY)] == [p + 2 for p in MELODY]
    assert [t.program for t in made.tracks] == [40, 32]


def test_a_variation_changes_only_where_it_may() -> None:
    """Varying voice 1 in bar 2 alone, everything else stays as it was, and something there changes."""
    asked = Request(phrase=tune(), mode="vary", strength=1.0, only_bars=(2,), only_voices=(1,), seed=1)
    made = model().generate(asked)
    kept, lead = made.tracks[1], made.tracks[0]
    assert [(n.onset, n.pitch) for n in kept.notes] == [(n.onset, n.pitch) for n in tune().tracks[1].notes]
    assert [n.pitch for n in lead.notes][:8] == list(MELODY[:8])
    assert [n.pitch for n in lead.notes][8:] != list(MELODY[8:])


def test_a_kit_is_played_only_when_asked_for() -> None:
    """Without a kit among the instruments no drums are made; with one, drums may be."""
    assert not any(t.drums for s in range(5) for t in model().generate(Request(seed=s)).tracks)
    assert Grammar((4, 4), 1, 1, drums=True).drums and KIT == 128


def test_empty_bars_do_not_pile_up() -> None:
    """Right after an empty bar the grammar forbids another one."""
    grammar = Grammar((4, 4), 1, 8)
    for token in [
        alphabet().bar,
        tokens.vocabulary()["TimeSig_4/4"],
        alphabet().bar,
        tokens.vocabulary()["TimeSig_4/4"],
    ]:
        assert grammar.mask()[token]
        grammar.take(token)
    assert not grammar.mask()[alphabet().bar]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"key": "H major"}, "`H major` is not a key"),
        ({"mode": "cover"}, "the mode `cover` does not exist"),
        ({"mode": "continue"}, "there is nothing to continue"),
        ({"bars": 0}, "`0` bars cannot be made"),
        ({"tempo_bpm": 5.0}, "a tempo of `5` cannot be played"),
        ({"metre": (11, 8)}, "the metre `11/8` is not known"),
        ({"instruments": (200,)}, "outside General MIDI"),
        ({"instruments": (1,) * 9}, "9 instruments are too many"),
    ],
)
def test_a_request_that_makes_no_sense_is_one_sentence(change: dict[str, object], sentence: str) -> None:
    """Each bad request is named with what was asked."""
    with pytest.raises(BadInput, match=sentence):
        model().generate(replace(Request(), **change))  # type: ignore[arg-type]


def test_probabilities_of_the_mixture_sum_to_one() -> None:
    """Half counts, half network: together still a distribution."""
    assert np.isclose(model().model.reader().step(1).sum(), 1.0)


def test_a_file_that_is_no_model_is_bad_input() -> None:
    """Bytes of something else are refused, not read."""
    with pytest.raises(BadInput, match="not a file of weights"):
        mixture.from_bytes(b"MThd" + bytes(20))
