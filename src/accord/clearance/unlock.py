"""Which steps would clear the most: counted in one pass over a layout's arrays (pure).

For an asset and a territory, the steps it *lacks* are those of its atoms that are not met there (`steps`; several atoms of
one step are one). Where it lacks exactly one, that step *alone* would clear it: everything else it needs there is held.

    among[s]  assets that lack step s somewhere in `where`
    alone[s]  assets that lack step s and no other in some territory of `where`
    plays[s]  plays of those assets in exactly those territories; `waiting[s]`: plays in the territories where s is lacked
    cleared[t], away[t]  assets that lack nothing in territory t, and that lack exactly one step there

`greedily` holds the best step, counts again what is then one step away, and so on; where no single step clears anything, it
holds the one that most assets lack. An order in which to talk, not the best of all sets of steps (which would have to
try them all).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numba import njit

from accord.clearance.kernel import Array, Layout, words
from accord.terms.territory import INDEX, SIZE, WORDS

#: Asset → territory → plays.
Plays = Mapping[str, Mapping[str, int]]


class Tally(msgspec.Struct, frozen=True):
    """Counts per step (see above), and per territory (`cleared`, `away`, by its number in the table).

    `somewhere` is how many assets are one step away in at least one territory.
    """

    alone: Array
    among: Array
    plays: Array
    waiting: Array
    cleared: Array
    away: Array
    somewhere: int


class Places(msgspec.Struct, frozen=True):
    """The same counts for a few steps in each territory: (steps, territories); `example` is the place in `numbers` of the
    first asset that a step alone would clear, else of the first that lacks it."""

    alone: Array
    among: Array
    plays: Array
    example: Array


class Lacking:
    """What assets (`numbers` of a layout) lack in `where` (bits), with their plays."""

    def __init__(
        self, layout: Layout, numbers: Array, steps: int, where: int, heard: tuple[Array, Array, Array]
    ) -> None:
        self.steps = steps
        self.held = np.zeros(steps, dtype=np.bool_)
        self.heard = heard
        most = int(layout.count[numbers].max(initial=0))
        room = (
            np.zeros(most, dtype=np.int64),
            np.zeros((most, WORDS), dtype=np.uint64),
            np.zeros((2, WORDS), np.uint64),
        )
        self._of = (numbers, layout.start, layout.count, layout.rows, layout.met, layout.step, words(where), *room)

    def tally(self) -> Tally:
        """Count everything once."""
        alone, among, plays, waiting = (np.zeros(self.steps, dtype=np.int64) for _ in range(4))
        cleared, away = (np.zeros(WORDS * 64, dtype=np.int64) for _ in range(2))
        somewhere = count(*self._of, self.held, *self.heard, alone, among, plays, waiting, cleared, away)
        return Tally(alone, among, plays, waiting, cleared[:SIZE], away[:SIZE], int(somewhere))

    def places(self, chosen: Sequence[int]) -> Places:
        """Count a few steps again, territory by territory."""
        row_of = np.full(self.steps, -1, dtype=np.int64)
        row_of[list(chosen)] = np.arange(len(chosen))
        alone, among, plays = (np.zeros((len(chosen), WORDS * 64), dtype=np.int64) for _ in range(3))
        example = np.full((2, len(chosen)), -1, dtype=np.int64)
        count_places(*self._of, self.held, *self.heard, row_of, alone, among, plays, example)
        first = np.where(example[0] >= 0, example[0], example[1])
        return Places(alone[:, :SIZE], among[:, :SIZE], plays[:, :SIZE], first)

    def greedily(self, tally: Tally, rank: Array, most: int) -> list[tuple[int, int]]:
        """[(step, assets it would newly clear somewhere)]: each the best once those before it are held.

        Of equals, the one of the lowest `rank`. Ends where nothing is lacked any more.
        """
        alone = tally.alone.copy()
        order: list[tuple[int, int]] = []
        first, waiting = self._by_step(tally.among)
        held = self.held.copy()
        while len(order) < most and (tally.among[~held] > 0).any():
            adds = int(alone.max())
            step = _first(alone if adds else np.where(held, 0, tally.among), rank)
            order.append((step, adds))
            some = waiting[first[step] : first[step + 1]]
            add_alone(some, *self._of, held, alone, -1)
            held[step] = True
            add_alone(some, *self._of, held, alone, 1)
        return order

    def _by_step(self, among: Array) -> tuple[Array, Array]:
        """Which assets (places in `numbers`) lack each step: those of step s are `waiting[first[s] : first[s + 1]]`."""
        first = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(among)])
        waiting = np.empty(int(first[-1]), dtype=np.int64)
        list_waiting(*self._of, self.held, first[:-1].copy(), waiting)
        return first, waiting


def heard(assets: Sequence[str], plays: Plays) -> tuple[Array, Array, Array]:
    """The plays of assets as arrays: asset i's are at `start[i]` to `start[i + 1]` of the territories' numbers and counts."""
    start = np.zeros(len(assets) + 1, dtype=np.int64)
    rows: list[tuple[int, int]] = []
    if plays:
        for at, asset in enumerate(assets):
            rows += [(INDEX[place], many) for place, many in sorted(plays.get(asset, {}).items())]
            start[at + 1] = len(rows)
    found = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return start, np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(found[:, 1])


@njit(cache=True, nogil=True)
def _lacked(number, start, count, rows, met, step, where, who, gaps, once, held):  # type: ignore[no-untyped-def]
    """How many steps an asset lacks: `who[:n]`, each in `gaps[:n]`; `once` is where any, and where exactly one."""
    found = 0
    once[:] = 0
    first = np.int64(start[number])
    for at in range(first, first + np.int64(count[number])):
        row = rows[at]
        a, b = where[0] & ~met[row, 0], where[1] & ~met[row, 1]
        c, d = where[2] & ~met[row, 2], where[3] & ~met[row, 3]
        if not (a | b | c | d) or held[step[row]]:
            continue
        k = 0
        while k < found and who[k] != step[row]:
            k += 1
        if k == found:
            who[k] = step[row]
            gaps[k, :] = 0
            found += 1
        gaps[k, 0] |= a
        gaps[k, 1] |= b
        gaps[k, 2] |= c
        gaps[k, 3] |= d
    for word in range(4):
        any_, several = np.uint64(0), np.uint64(0)
        for k in range(found):
            several |= any_ & gaps[k, word]
            any_ |= gaps[k, word]
        once[0, word], once[1, word] = any_, any_ & ~several
    return found


@njit(cache=True, nogil=True)
def _meets(gap, single):  # type: ignore[no-untyped-def]
    """Whether two masks share a territory."""
    return bool((gap[0] & single[0]) | (gap[1] & single[1]) | (gap[2] & single[2]) | (gap[3] & single[3]))


@njit(cache=True, nogil=True)
def _has(mask, place):  # type: ignore[no-untyped-def]
    return bool((mask[place >> 6] >> np.uint64(place & 63)) & np.uint64(1))


@njit(cache=True, nogil=True)
def _add_bits(mask, many, counts):  # type: ignore[no-untyped-def]
    """Adds `many` to the count of every territory in a mask."""
    for word in range(4):
        bits, at = mask[word], word * 64
        while bits:
            if bits & np.uint64(1):
                counts[at] += many
            bits >>= np.uint64(1)
            at += 1


@njit(cache=True, nogil=True)
def count(  # type: ignore[no-untyped-def]
    numbers, start, rows_of, rows, met, step, where, who, gaps, once, held,
    heard_from, heard_in, heard_many, alone, among, plays, waiting, cleared, away,
):  # fmt: skip
    """The counts of a `Tally`."""
    whole = somewhere = 0
    for i in range(len(numbers)):
        found = _lacked(numbers[i], start, rows_of, rows, met, step, where, who, gaps, once, held)
        if found == 0:
            whole += 1
            continue
        for k in range(found):
            among[who[k]] += 1
            if _meets(gaps[k], once[1]):
                alone[who[k]] += 1
        somewhere += _meets(once[1], once[1])
        _add_bits(where & ~once[0], 1, cleared)
        _add_bits(once[1], 1, away)
        for at in range(heard_from[i], heard_from[i + 1]):
            for k in range(found):
                if _has(gaps[k], heard_in[at]):
                    waiting[who[k]] += heard_many[at]
                    if _has(once[1], heard_in[at]):
                        plays[who[k]] += heard_many[at]
    _add_bits(where, whole, cleared)
    return somewhere


@njit(cache=True, nogil=True)
def count_places(  # type: ignore[no-untyped-def]
    numbers, start, rows_of, rows, met, step, where, who, gaps, once, held,
    heard_from, heard_in, heard_many, row_of, alone, among, plays, example,
):  # fmt: skip
    """The counts of `Places`."""
    for i in range(len(numbers)):
        found = _lacked(numbers[i], start, rows_of, rows, met, step, where, who, gaps, once, held)
        for k in range(found):
            row = row_of[who[k]]
            if row < 0:
                continue
            _add_bits(gaps[k], 1, among[row])
            _add_bits(gaps[k] & once[1], 1, alone[row])
            if example[0, row] < 0 and _meets(gaps[k], once[1]):
                example[0, row] = i
            if example[1, row] < 0:
                example[1, row] = i
            for at in range(heard_from[i], heard_from[i + 1]):
                if _has(gaps[k], heard_in[at]) and _has(once[1], heard_in[at]):
                    plays[row, heard_in[at]] += heard_many[at]


@njit(cache=True, nogil=True)
def list_waiting(  # type: ignore[no-untyped-def]
    numbers, start, rows_of, rows, met, step, where, who, gaps, once, held, at, waiting
):  # fmt: skip
    """Writes, from `at[s]` on, the assets that lack each step."""
    for i in range(len(numbers)):
        for k in range(_lacked(numbers[i], start, rows_of, rows, met, step, where, who, gaps, once, held)):
            waiting[at[who[k]]] = i
            at[who[k]] += 1


@njit(cache=True, nogil=True)
def add_alone(  # type: ignore[no-untyped-def]
    some, numbers, start, rows_of, rows, met, step, where, who, gaps, once, held, alone, many
):  # fmt: skip
    """Adds `many` to each step that alone would clear one of these assets, for each of them."""
    for i in some:
        for k in range(_lacked(numbers[i], start, rows_of, rows, met, step, where, who, gaps, once, held)):
            if _meets(gaps[k], once[1]):
                alone[who[k]] += many


def _first(counts: Array, rank: Array) -> int:
    """The step of the highest count; of equals, of the lowest rank."""
    equal = np.flatnonzero(counts == counts.max())
    return int(equal[np.argmin(rank[equal])])


def ranked(tally: Tally, rank: Array, most: int) -> Array:
    """The steps that are lacked at all, best first: by `alone`, by their plays, by `among`, by `rank`."""
    lacked: Any = np.flatnonzero(tally.among)
    keys = (rank[lacked], -tally.among[lacked], -tally.plays[lacked], -tally.alone[lacked])
    return lacked[np.lexsort(keys)][:most]  # type: ignore[no-any-return]
