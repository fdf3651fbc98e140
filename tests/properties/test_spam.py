"""Properties of the spam signals.

| law or property | test |
|---|---|
| the rules of spam find what plain loops over every pair find, whatever the uploads | test_the_rules_find_what_plain_loops_find |
| words of whole columns are the words of each text | test_columns_are_read_as_texts_are |
| a score is the sum of its lines, and more of a sign never says less by the shipped weights | test_a_score_is_the_sum_of_its_lines |
| 9 Time and seeds are handed in: weights are the same for the same decisions in any order | test_law_9_the_same_decisions_teach_the_same |
"""

from __future__ import annotations

import random
from math import log

import msgspec
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.oracle import spam as oracle
from tests.unit.integrity.uploads import SMALL, tables

from accord.engine.running import open_engine
from accord.integrity.records import Sign
from accord.integrity.spam_learning import learn
from accord.integrity.spam_signals import signs_in
from accord.integrity.spam_tables import search_words, spaced, words_column
from accord.integrity.spam_weights import DEFAULT, SIGNALS, weigh
from accord.integrity.spam_words import lines, sentence

VALUES = st.dictionaries(st.sampled_from(sorted(SIGNALS)), st.integers(1, 5_000), min_size=1)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 90))
@example(seed=4, count=1)
@example(seed=4, count=90)  # a name in one word beside the same in two, of which only one is hardly anybody’s
def test_the_rules_find_what_plain_loops_find(seed: int, count: int) -> None:
    """Not a sign more or less, and the same numbers."""
    made = tables(seed, count)
    with open_engine("duckdb") as engine:
        rows = [tuple(row.values()) for row in signs_in(engine, made, SMALL).to_pylist()]
    given_rows = (made[name].to_pylist() for name in ("uploads", "artists", "matched"))
    expected = oracle.signs(*given_rows, set(search_words()), msgspec.structs.asdict(SMALL))
    assert set(rows) == expected and len(rows) == len(expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
@example(["It's — a RIVER (live)", "", "Ж'`´x", " a " * 70, "\x00\t1", "é́É"])
def test_columns_are_read_as_texts_are(texts: list[str]) -> None:
    """ASCII as a column or not: the words are those that prompts and names are read with."""
    assert words_column(pa.array(texts, pa.string())).to_pylist() == [spaced(text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_a_score_is_the_sum_of_its_lines(values: dict[str, int]) -> None:
    """Base and signs add up to the log-odds; each sign has a sentence; a doubled value never lowers the likelihood."""
    made = weigh((_sign(signal, value) for signal, value in values.items()), DEFAULT)
    assert made.points == pytest.approx(DEFAULT.base + sum(sign.nats for sign in made.signs))
    if 0.001 < made.probability < 0.999:
        assert log(made.probability / (1 - made.probability)) == pytest.approx(made.points, abs=0.06)
    assert [sign.nats for sign in made.signs] == sorted((sign.nats for sign in made.signs), reverse=True)
    assert len(lines(made)) == len(values) + 2 and all(sign.upload in sentence(sign) for sign in made.signs)
    more = weigh((_sign(signal, 2 * value) for signal, value in values.items()), DEFAULT)
    assert more.probability >= made.probability


@settings(max_examples=2, deadline=None)
@given(st.randoms(use_true_random=False))
def test_law_9_the_same_decisions_teach_the_same(dice: random.Random) -> None:
    """Shuffled decisions and accounts give the same weights to the last digit."""
    decided = [({"mass_uploads": 8 + n, "bait_titles": n % 5}, n > 40 or n % 7 == 0) for n in range(80)]
    first = learn(decided, 5_000, 3, "spw_1")
    dice.shuffle(decided)
    assert learn(decided, 5_000, 3, "spw_1") == first


def _sign(signal: str, value: int) -> Sign:
    among = value % 3 if signal == "lookalike_names" else value
    return Sign(signal=signal, upload="upl_000001", value=value, among=among, other="rec_000001", uploads=value)
