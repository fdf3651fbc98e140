"""Similarity: the work that a piece is like comes first, and transposition hides nothing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfTransformer

from accord.attribution import bars, similarity
from accord.attribution.records import ShareKind
from accord.attribution.rules import Part, combine
from accord.catalog.score import Note, Score, Track
from accord.governance.records import Split
from accord.training import tokens

TUNES = {
    "a": (60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 71, 69, 67, 65),
    "b": (72, 71, 72, 67, 69, 72, 71, 67, 64, 65, 67, 64, 60, 62, 64, 60),
    "c": (64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62, 60),
}


def score(pitches: tuple[int, ...], lengths: int = 240) -> Score:
    notes = tuple(Note(i * lengths, lengths, p) for i, p in enumerate(pitches))
    return Score("", 100.0, (4, 4), "C major", (Track("v", 0, notes),))


def ids(of: Score) -> np.ndarray:
    return tokens.encode(of).ids[2:-1]


def index() -> similarity.Index:
    return similarity.prepare({name: [ids(score(tune))] for name, tune in TUNES.items()})


@pytest.mark.parametrize("name", TUNES)
def test_a_copy_is_likest_to_its_own_work(name: str) -> None:
    """A work compared with the set is exactly like itself and less like all others, in any key."""
    found = similarity.similarities(index(), ids(score(TUNES[name]).transposed(3)))
    assert found[name] == pytest.approx(1.0)
    assert all(found[other] < 0.9 for other in TUNES if other != name)


def test_cosines_are_those_of_scikit_learn() -> None:
    """With its own smooth idf less the one it adds, scikit-learn's tf-idf gives the same cosines."""
    held = index()
    rows = np.zeros((3, len(held.grams)))
    for i, tune in enumerate(TUNES.values()):
        codes, counts = similarity._counts([ids(score(tune))])
        rows[i, np.searchsorted(held.grams, codes)] = counts
    transformer = TfidfTransformer(smooth_idf=True).fit(rows)
    weighted = rows * (transformer.idf_ - 1)
    weighted /= np.linalg.norm(weighted, axis=1, keepdims=True)
    found = similarity.similarities(held, ids(score(TUNES["a"])))
    assert [found[n] for n in TUNES] == pytest.approx((weighted @ weighted[0]).tolist())


def test_what_shares_nothing_is_like_nothing() -> None:
    """A piece without a single gram of the set has similarity zero to all of it, and so has an empty set."""
    strange = np.asarray([380, 381, 382, 383, 384, 385])
    assert set(similarity.similarities(index(), strange).values()) == {0.0}
    assert similarity.similarities(similarity.prepare({}), strange) == {}


def test_matching_bars_are_found_in_another_key_and_tempo() -> None:
    """Work c's first nine notes, two semitones up and twice as slow from bar 3 on, are found and said so."""
    strange = (60, 71, 61, 70, 62, 69, 63, 68)
    piece = score(strange + tuple(p + 2 for p in TUNES["c"][:9]), 480)
    found = bars.matches(bars.prepare({n: score(t) for n, t in TUNES.items()}), piece)
    assert [(m.asset, m.voice, m.first_bar, m.semitones) for m in found] == [("c", 1, 3, 2)]
    assert found[0].notes == 9
    assert found[0].sentence("Work C").startswith("bars 3–5 of voice 1 stand in Work C (9 notes, bars 1–")


def test_short_likenesses_are_no_evidence() -> None:
    """Five notes in common are not shown."""
    piece = score((*TUNES["c"][:5], 40, 90, 41, 89, 42, 88))
    assert bars.matches(bars.prepare({"c": score(TUNES["c"])}), piece) == ()


def test_shares_over_a_large_set_take_time_in_proportion() -> None:
    """Four thousand works share in a few CPU-seconds, and the units still sum to the total."""
    from time import process_time

    parts = [Part(f"scr_{i}", Fraction(i % 97 + 1, 1_000_003), "method", "because") for i in range(4000)]
    split = Split(version=1, sources_ppm=800_000, model_ppm=0, cocreator_ppm=200_000)
    began = process_time()
    total, rows = combine({ShareKind.SOURCE: parts, ShareKind.COCREATOR: [Part("p", Fraction(1), "m", "b")]}, split)
    assert process_time() - began < 5
    assert sum(row.units for row in rows) == total and len(rows) == 4001
