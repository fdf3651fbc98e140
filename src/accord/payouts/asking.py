"""Whom each asset's money concerns, asked of the rooms once for all the places in which the answer is the same.

What is answered is held as tables, and not as an object for each recipient.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from accord.payouts.allocation import Reader, columns
from accord.payouts.lines import RECIPIENT, told
from accord.payouts.readings import tie, weights_cut
from accord.payouts.records import Epoch, Pool, Recipient
from accord.payouts.tables import Growing


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """Whom money concerns, as tables: a reading is one subject's recipients, a pattern the weights of one or many readings.

    `answers`: place, subject, reading. `readings`: reading, pattern, whole_weight, and whose it is: kind, id. `patterns`:
    pattern, place (1 is first where rests are equal), weight, whole_weight. `told`: each reading's recipients, from its row
    `first` on, in that order.
    """

    answers: pa.Table
    readings: pa.Table
    patterns: pa.Table
    told: pa.Table
    first: np.ndarray[Any, np.dtype[np.int64]]

    @property
    def tables(self) -> tuple[pa.Table, ...]:
        """All that was answered."""
        return (self.answers, self.readings, self.patterns, self.told)


def alike(reader: Reader, pools: Sequence[Pool], epochs: Sequence[Epoch]) -> dict[tuple[int, int], int]:
    """(pool, epoch) → its place: those for which the reader says that it answers alike share one."""
    same: Callable[[int, int], Hashable] = getattr(reader, "alike", lambda pool, epoch: (pool, epoch))
    numbers: dict[Hashable, int] = {}
    return {
        (pool.number, epoch.number): numbers.setdefault(same(pool.number, epoch.number), len(numbers))
        for pool in pools
        for epoch in epochs
        if epoch.territory == pool.territory
    }


def answers_of(asked: Iterable[pa.Table], places: dict[tuple[int, int], int], reader: Reader) -> Answers:
    """Ask for each subject in each place, once; `asked` is in the order of subject and place, and so are the readings."""
    standing = {place: pair for pair, place in reversed(places.items())}  # one pool and epoch to ask for all of a place
    answers = Growing(place=pa.int64(), subject=pa.int64(), reading=pa.int64())
    numbers = dict.fromkeys(("reading", "pattern", "whole_weight"), pa.int64())
    readings = Growing(**numbers, kind=pa.string(), id=pa.string())
    told_of, first, patterns = Growing(**RECIPIENT), [0], _Patterns()
    of_subject: list[tuple[int, tuple[Recipient, ...]]] = []
    before = None
    with uncollected():
        for place, subject, kind, name in _every(asked, "place", "subject", "kind", "id"):
            if subject != before:
                of_subject, before = [], subject
            found = reader(*standing[place], kind, name)
            number = next((n for n, other in of_subject if other == found), None) if of_subject else None
            if number is None:
                number = len(first) - 1
                ordered = sorted(found, key=_order)
                readings.add(number, *patterns.of(ordered), kind, name)
                told_of.extend(map(told, ordered))
                first.append(first[-1] + len(ordered))
                of_subject.append((number, found))
            answers.add(place, subject, number)
    return Answers(
        answers=answers.table(),
        readings=readings.table(),
        patterns=patterns.table(),
        told=told_of.table(),
        first=np.array(first, np.int64),
    )


@contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage being collected: what is made meanwhile goes in no circles, and looking through all that there is,
    again and again as more is made, takes as long as making it.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _order(one: Recipient) -> tuple[str, str]:
    return (tie(one), one.key)


def _every(parts: Iterable[pa.Table], *names: str) -> Iterator[tuple[Any, ...]]:
    for part in parts:
        yield from zip(*(part[name].to_pylist() for name in names), strict=True)


class _Patterns:
    """Weights that many readings share, numbered as they come; equal shares are weighed once."""

    def __init__(self) -> None:
        self._by_shares: dict[tuple[int, ...], tuple[int, int]] = {}
        self._by_weights: dict[tuple[int, ...], int] = {}

    def of(self, recipients: Sequence[Recipient]) -> tuple[int, int]:
        """The number of the pattern that recipients are weighed by, and the whole of its weights."""
        shares: tuple[int, ...] = ()
        for one in recipients:
            shares += one.share.as_integer_ratio()
        if shares not in self._by_shares:
            weights = weights_cut(recipients)
            self._by_shares[shares] = self._by_weights.setdefault(weights, len(self._by_weights)), sum(weights)
        return self._by_shares[shares]

    def table(self) -> pa.Table:
        """pattern, place, weight, whole_weight."""
        numbers = self._by_weights.items()
        rows = [(n, place, w, sum(weights)) for weights, n in numbers for place, w in enumerate(weights, 1)]
        return columns(("pattern", "place", "weight", "whole_weight"), (pa.int64(),) * 4, rows)
