"""The n-gram model against a plain dictionary twin, and the works its counts carry."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.training import ngram

VOCABULARY, LONGEST = 5, 4
token = st.integers(0, VOCABULARY - 1)
events = st.lists(st.tuples(*[token] * LONGEST), min_size=1, max_size=12)  # three tokens of context and the token
corpora = st.lists(events, min_size=1, max_size=4)
Event = tuple[int, ...]


def counted(corpus: list[list[Event]], order: int) -> ngram.NGram:
    tables = [np.asarray(work, np.int64) for work in corpus]
    return ngram.count([(i, t[:, :-1], t[:, -1]) for i, t in enumerate(tables)], order, VOCABULARY)


def plain(corpus: list[list[Event]], order: int, context: Event, token: int) -> float:
    """Witten-Bell by the formula, from a Counter."""
    found = 1.0 / VOCABULARY
    for k in range(1, order + 1):
        past = context[len(context) - k + 1 :]
        seen = Counter(e[-1] for work in corpus for e in work if e[LONGEST - k : LONGEST - 1] == past)
        if seen:
            total, types = seen.total(), len(seen)
            found = (seen[token] + types * found) / (total + types)
    return found


@given(corpora, st.tuples(token, token, token), st.integers(1, LONGEST))
def test_the_distribution_is_witten_bell(corpus: list[list[Event]], context: Event, order: int) -> None:
    """Every probability equals the plain formula, and they sum to one."""
    found = counted(corpus, order).distribution(context)
    assert found == pytest.approx([plain(corpus, order, context, w) for w in range(VOCABULARY)])
    assert found.sum() == pytest.approx(1.0)


@given(corpora, events, st.integers(1, LONGEST))
def test_the_loss_is_that_of_its_steps(corpus: list[list[Event]], asked: list[Event], order: int) -> None:
    """The vectorised loss equals asking the distribution token by token."""
    model, table = counted(corpus, order), np.asarray(asked, np.int64)
    steps = [-np.log(model.distribution(event[:-1])[event[-1]]) for event in asked]
    assert model.loss(table[:, :-1], table[:, -1]) == pytest.approx(steps)


@given(corpora, st.integers(1, LONGEST))
def test_counts_are_the_sum_of_what_their_works_hold(corpus: list[list[Event]], order: int) -> None:
    """For each gram, the counts by work add up to the count of the gram."""
    for level in counted(corpus, order).levels:
        for i, total in enumerate(level.counts):
            assert level.parts[level.starts[i] : level.starts[i + 1]].sum() == total


def test_lineage_names_the_works_that_share_the_longest_context() -> None:
    """After 1 2, the 3 comes from works 0 and 2 alone; with a context nobody holds, from whoever has the token."""
    model = counted([[(0, 1, 2, 3)], [(0, 0, 2, 4)], [(4, 1, 2, 3), (3, 1, 2, 3)], [(0, 0, 4, 3)]], 3)
    assert model.lineage((0, 1, 2), 3) == {0: 1, 2: 2}
    assert model.lineage((0, 0, 0), 3) == {0: 1, 2: 2, 3: 1}
    assert counted([[(0, 0, 1, 2)]], 2).lineage((0, 0, 1), 3) == {}


def test_a_context_too_short_is_a_mistake() -> None:
    """A model of order 4 cannot be asked with two tokens of context."""
    with pytest.raises(ValueError, match="needs 3"):
        counted([[(0, 0, 1, 2)]], 4).distribution((1, 2))


@pytest.mark.parametrize("order", [0, 8])
def test_an_order_that_does_not_fit_is_refused(order: int) -> None:
    """An order outside 1 to 7 would not fit into one integer."""
    with pytest.raises(ValueError, match="must be from 1 to 7"):
        counted([[(0, 0, 0, 1)]], order)
