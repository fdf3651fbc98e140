"""An interpolated n-gram model (Witten & Bell 1991) whose counts carry the works they come from.

P_k(w | c) = (count(c w) + T(c) · P_{k−1}(w | c')) / (N(c) + T(c)), with N(c) how often the context was seen, T(c) how many
different tokens followed it, c' the context less its least telling token, and P_0 uniform. A k-gram is one 64-bit integer
in base V (392⁶ < 2⁵²), so that every table is a sorted array and a lookup is a binary search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LARGEST_ORDER = 7


@dataclass(frozen=True, slots=True)
class Level:
    """All k-grams of one k: sorted `codes`, their `counts`, and per gram the works (CSR: `starts`, `works`, `parts`)."""

    codes: Ints
    counts: Ints
    starts: Ints
    works: Ints
    parts: Ints


@dataclass(frozen=True, slots=True)
class NGram:
    """The model: `vocabulary` tokens, and one level for each k from 1 to the order."""

    vocabulary: int
    levels: tuple[Level, ...]

    @property
    def order(self) -> int:
        """Length of the longest gram: the token and order − 1 before it."""
        return len(self.levels)

    def distribution(self, context: Sequence[int] | Ints) -> Floats:
        """Probability of each next token after a context of order − 1 tokens, the most telling last. Sums to one."""
        found = np.full(self.vocabulary, 1.0 / self.vocabulary)
        past = self._past(context)
        for k, level in enumerate(self.levels, start=1):
            prefix = _code(past[len(past) - k + 1 :], self.vocabulary) * self.vocabulary
            if not interpolated(level.codes, level.counts, prefix, found):
                break  # a context never seen has no longer context that was
        return found

    def loss(self, contexts: Ints, ids: Ints) -> Floats:
        """Negative log probability in nats of each token of `ids` in its context; contexts is (tokens, order − 1)."""
        found = np.full(len(ids), 1.0 / self.vocabulary)
        for k, level in enumerate(self.levels, start=1):
            grams = _codes(contexts, ids, k, self.vocabulary)
            before = grams // self.vocabulary
            first = np.searchsorted(level.codes, before * self.vocabulary)
            last = np.searchsorted(level.codes, (before + 1) * self.vocabulary)
            sums = np.concatenate(([0], np.cumsum(level.counts)))
            seen, types = sums[last] - sums[first], last - first
            known, exact = types > 0, self._counts(level, grams)
            found[known] = (exact[known] + types[known] * found[known]) / (seen[known] + types[known])
        return np.asarray(-np.log(found), np.float64)

    def lineage(self, context: Sequence[int] | Ints, token: int) -> dict[int, int]:
        """Which works hold `token` after the longest part of `context` they share with it, and how often: {} for none."""
        past = self._past(context)
        for k in range(self.order, 0, -1):
            level = self.levels[k - 1]
            gram = _code([*past[len(past) - k + 1 :], token], self.vocabulary)
            at = int(np.searchsorted(level.codes, gram))
            if at < len(level.codes) and level.codes[at] == gram:
                spread = slice(int(level.starts[at]), int(level.starts[at + 1]))
                return dict(zip(level.works[spread].tolist(), level.parts[spread].tolist(), strict=True))
        return {}

    def _past(self, context: Sequence[int] | Ints) -> list[int]:
        if len(context) < self.order - 1:
            raise ValueError(
                f"a context of {len(context)} tokens; a model of order {self.order} needs {self.order - 1}"
            )
        return [int(t) for t in context[len(context) - self.order + 1 :]]

    @staticmethod
    def _counts(level: Level, grams: Ints) -> Ints:
        at = np.minimum(np.searchsorted(level.codes, grams), len(level.codes) - 1)
        return np.where(level.codes[at] == grams, level.counts[at], 0)


@njit(cache=True, nogil=True)
def interpolated(codes: Ints, counts: Ints, prefix: int, found: Floats) -> bool:
    """Whether any gram begins so; `found`, of one context token less, then becomes the probabilities after this context."""
    first, last = np.searchsorted(codes, prefix), np.searchsorted(codes, prefix + len(found))
    types, seen = last - first, counts[first:last].sum()
    if types:
        found *= types / (seen + types)
        for at in range(first, last):
            found[codes[at] - prefix] += counts[at] / (seen + types)
    return bool(types)


def count(sequences: Iterable[tuple[int, Ints, Ints]], order: int, vocabulary: int) -> NGram:
    """Count every gram of up to `order` tokens in (work, contexts, tokens); several sequences of one work add up.

    Contexts have shape (tokens, order − 1 or more), the most telling last. Raises ValueError for an order outside 1 … 7
    or for no tokens at all: a mistake of the caller.
    """
    if not 1 <= order <= LARGEST_ORDER:
        raise ValueError(f"the order is {order}; it must be from 1 to {LARGEST_ORDER}")
    held = [(work, contexts, np.asarray(ids, np.int64)) for work, contexts, ids in sequences if len(ids)]
    if not held:
        raise ValueError("there is nothing to count")
    return NGram(vocabulary, tuple(_level(held, k, vocabulary) for k in range(1, order + 1)))


def _level(sequences: list[tuple[int, Ints, Ints]], k: int, vocabulary: int) -> Level:
    grams = np.concatenate([_codes(contexts, ids, k, vocabulary) for _, contexts, ids in sequences])
    works = np.concatenate([np.full(len(ids), work, np.int64) for work, _, ids in sequences])
    pairs, parts = np.unique(np.column_stack((grams, works)), axis=0, return_counts=True)
    codes, first = np.unique(pairs[:, 0], return_index=True)
    counts = np.add.reduceat(parts, first)
    starts = np.append(first, len(parts))
    return Level(codes, counts.astype(np.int64), starts.astype(np.int64), pairs[:, 1].copy(), parts.astype(np.int64))


def _codes(contexts: Ints, ids: Ints, k: int, vocabulary: int) -> Ints:
    """The k-gram of each token, the last k − 1 of its context before it, as one integer."""
    found = np.zeros(len(ids), np.int64)
    for column in range(contexts.shape[1] - k + 1, contexts.shape[1]):
        found = found * vocabulary + contexts[:, column]
    return found * vocabulary + ids


def _code(tokens: Sequence[int], vocabulary: int) -> int:
    found = 0
    for token in tokens:
        found = found * vocabulary + token
    return found
