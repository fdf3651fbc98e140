"""The n-gram model against a plain dictionary twin, and the works its counts carry."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.training import ngram

VOCABULARY = 5
corpora = st.lists(st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=12), min_size=1, max_size=4)


def arrays(corpus: list[list[int]]) -> list[tuple[int, np.ndarray]]:
    return [(work, np.asarray(ids, np.int64)) for work, ids in enumerate(corpus)]


def plain(corpus: list[list[int]], order: int, context: list[int], token: int) -> float:
    """Witten-Bell by the formula, from a Counter."""
    grams = Counter(
        tuple(ids[i : i + k]) for ids in corpus for k in range(1, order + 1) for i in range(len(ids) - k + 1)
    )
    found = 1.0 / VOCABULARY
    for k in range(1, min(order, len(context) + 1) + 1):
        past = tuple(context[len(context) - k + 1 :])
        followers = {w: grams[(*past, w)] for w in range(VOCABULARY) if grams[(*past, w)]}
        if followers:
            seen, types = sum(followers.values()), len(followers)
            found = (followers.get(token, 0) + types * found) / (seen + types)
    return found


@given(corpora, st.lists(st.integers(0, VOCABULARY - 1), max_size=6), st.integers(1, 4))
def test_the_distribution_is_witten_bell(corpus: list[list[int]], context: list[int], order: int) -> None:
    """Every probability equals the plain formula, and they sum to one."""
    found = ngram.count(arrays(corpus), order, VOCABULARY).distribution(context)
    assert found == pytest.approx(
        [plain(corpus, order, context[-order + 1 :] if order > 1 else [], w) for w in range(VOCABULARY)]
    )
    assert found.sum() == pytest.approx(1.0)


@given(corpora, st.lists(st.integers(0, VOCABULARY - 1), min_size=2, max_size=12), st.integers(1, 4))
def test_the_loss_of_a_sequence_is_that_of_its_steps(corpus: list[list[int]], ids: list[int], order: int) -> None:
    """The vectorised loss equals asking the distribution token by token."""
    model = ngram.count(arrays(corpus), order, VOCABULARY)
    steps = [-np.log(model.distribution(ids[:i])[ids[i]]) for i in range(1, len(ids))]
    assert model.loss(np.asarray(ids, np.int64)) == pytest.approx(steps)


@given(corpora, st.integers(1, 4))
def test_counts_are_the_sum_of_what_their_works_hold(corpus: list[list[int]], order: int) -> None:
    """For each gram, the counts by work add up to the count of the gram."""
    for level in ngram.count(arrays(corpus), order, VOCABULARY).levels:
        for i, total in enumerate(level.counts):
            assert level.parts[level.starts[i] : level.starts[i + 1]].sum() == total


def test_lineage_names_the_works_that_share_the_longest_context() -> None:
    """After 1 2, the 3 comes from works 0 and 2 alone; with a context nobody holds, from whoever has the token."""
    model = ngram.count(arrays([[1, 2, 3], [0, 2, 4], [1, 2, 3, 1, 2, 3], [4, 3]]), 3, VOCABULARY)
    assert model.lineage([0, 1, 2], 3) == {0: 1, 2: 2}
    assert model.lineage([0], 3) == {0: 1, 2: 2, 3: 1}
    assert ngram.count(arrays([[1, 2]]), 2, VOCABULARY).lineage([1], 3) == {}


@pytest.mark.parametrize("order", [0, 8])
def test_an_order_that_does_not_fit_is_refused(order: int) -> None:
    """An order outside 1 to 7 would not fit into one integer."""
    with pytest.raises(ValueError, match="must be from 1 to 7"):
        ngram.count(arrays([[1]]), order, VOCABULARY)
