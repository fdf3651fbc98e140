"""Contexts: each token looks at its own voice, and at the same place of the bar before."""

from __future__ import annotations

import numpy as np

from accord.catalog.score import Note, Score, Track
from accord.training import contexts, tokens


def two_bars() -> tuple[np.ndarray, np.ndarray, dict[int, str]]:
    lead = Track("lead", 40, tuple(Note(i * 960, 960, p) for i, p in enumerate((72, 74, 76, 77))))
    bass = Track("bass", 32, tuple(Note(i * 1920, 1920, p) for i, p in enumerate((48, 43))))
    ids = tokens.encode(Score("", 100.0, (4, 4), "C major", (lead, bass))).ids
    return ids, contexts.of(ids), {i: text for text, i in tokens.vocabulary().items()}


def test_a_pitch_looks_at_its_own_voice() -> None:
    """The bass's second note looks at the bass's first, though the lead has played three notes since."""
    ids, found, words = two_bars()
    at = [words[i] for i in ids].index("Pitch_43")
    said = [words[i] for i in found[at - 1]]
    assert said[-1] == "Program_1" and said[-2] == "Pitch_48"


def test_where_to_go_on_looks_at_the_bar_before() -> None:
    """After the lead's first note of bar 2 comes what came there in bar 1: the bass."""
    ids, found, words = two_bars()
    at = [words[i] for i in ids].index("Pitch_76") + 2
    assert words[ids[at]] == "Program_1" and words[found[at - 1][-1]] == "Program_1"


def test_every_token_after_the_first_has_a_context_of_five() -> None:
    """The first token is given; all others have five tokens, of the vocabulary or none."""
    ids, found, _ = two_bars()
    assert found.shape == (len(ids) - 1, contexts.LENGTH) and found.min() >= 0 and found.max() < tokens.size()


def test_reading_step_by_step_is_reading_at_once() -> None:
    """A reader's context after each token is the row that `of` gives."""
    ids, found, _ = two_bars()
    reader = contexts.Reader()
    for i, token in enumerate(ids[:-1].tolist()):
        reader.take(token)
        assert reader.context() == tuple(found[i])
