"""Masks over rows: one asset, a batch or a whole catalogue, in a pass over memory (pure).

What a question needs of anything is a table of *atoms*: `met[k]` is the territories (four 64-bit words) in which atom k
holds, `failing[k]` the refusal codes (bits) that keep it from holding where the feature is offered. Assets are rows of
atom numbers, one after the other; a party's word is one atom that millions of assets may point to, so taking it back is
one write.

    cleared(asset) = base ∩ ⋂ over its rows of met[row]

`index` lays a catalogue out in this form from the list of requirements that `rules` decides one asset on. The same two
functions run inside Spark on record batches. Atoms, starts and counts are plain arrays so that they can be shipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit

from accord.terms.territory import WORDS

Masks = np.ndarray[Any, np.dtype[np.uint64]]
Array = np.ndarray[Any, Any]
#: Assets a thread takes at a time: their masks stay in cache.
BLOCK = 1 << 16
MOST_ROWS, MOST_COUNT = np.iinfo(np.uint32).max, np.iinfo(np.uint16).max

assert WORDS == 4, "the kernels write out the words of a mask one by one"


class Layout:
    """A catalogue laid out for one question.

    `met` (atoms, 4) uint64; `failing` (atoms,) uint64 bits; `step` (atoms,) whose word or matter each is, by a number of
    the caller's; asset i's rows are `rows[start[i] : start[i] + count[i]]`.
    `base` (4,) is where anything may be cleared at all. Arrays have room to spare: `atoms` and `assets` say how much of
    them is used. Rows that an asset no longer uses stay behind until the layout is made anew.
    """

    def __init__(self, base: int = 0) -> None:
        self.atoms = self.assets = self.used = 0
        self.met = np.zeros((256, WORDS), dtype=np.uint64)
        self.failing = np.zeros(256, dtype=np.uint64)
        self.step = np.zeros(256, dtype=np.int32)
        self.start = np.zeros(256, dtype=np.uint32)
        self.count = np.zeros(256, dtype=np.uint16)
        self.rows = np.zeros(1024, dtype=np.int32)
        self.set_base(base)

    def set_base(self, base: int) -> None:
        """Change where anything may be cleared at all."""
        self.bits, self.base = base, words(base)

    def add_atom(self, met: int, failing: int, step: int = 0) -> int:
        """A new atom; returns its number."""
        if self.atoms == len(self.failing):
            self.met, self.failing, self.step = _grown(self.met), _grown(self.failing), _grown(self.step)
        self.step[self.atoms] = step
        self.atoms += 1
        self.set_atom(self.atoms - 1, met, failing)
        return self.atoms - 1

    def set_atom(self, atom: int, met: int, failing: int) -> None:
        """Change what an atom says for every asset that points to it."""
        self.met[atom] = words(met)
        self.failing[atom] = failing

    def put(self, rows: Sequence[int], number: int | None = None) -> int:
        """Lay out an asset's rows, new or in place of what `number` had; returns its number. Raises: OverflowError."""
        if self.used + len(rows) > MOST_ROWS or len(rows) > MOST_COUNT:
            raise OverflowError(f"{len(rows):,} rows after {self.used:,} do not fit the layout")
        if number is None:
            number, self.assets = self.assets, self.assets + 1
            if number == len(self.start):
                self.start, self.count = _grown(self.start), _grown(self.count)
        first = int(self.start[number]) if len(rows) <= self.count[number] else self.used
        while first + len(rows) > len(self.rows):
            self.rows = _grown(self.rows)
        self.rows[first : first + len(rows)] = rows
        self.start[number], self.count[number] = first, len(rows)
        self.used = max(self.used, first + len(rows))
        return number

    def one(self, number: int) -> int:
        """Where one asset is cleared, as bits."""
        a, b, c, d = one(number, self.start, self.count, self.rows, self.met, self.base)
        return int(a | b << 64 | c << 128 | d << 192)

    def covers(self, number: int, place: int) -> bool:
        """Whether one asset is cleared in one territory (its number in the table)."""
        return bool(self.bits >> place & 1) and covers(number, place, self.start, self.count, self.rows, self.met)

    def many(self, numbers: Array) -> Masks:
        """Where these assets are cleared (n, 4)."""
        out = np.empty((len(numbers), WORDS), dtype=np.uint64)
        masks_of(self.start[numbers], self.count[numbers], self.rows, self.met, self.base, out)
        return out

    def rows_of(self, number: int) -> list[int]:
        """The atoms one asset points to."""
        first = int(self.start[number])
        return self.rows[first : first + int(self.count[number])].tolist()  # type: ignore[no-any-return]

    def key_of(self, number: int) -> bytes:
        """The same, as something to look up by."""
        first = int(self.start[number])
        return self.rows[first : first + int(self.count[number])].tobytes()

    def masks(self, threads: int = 1, out: Masks | None = None) -> Masks:
        """Where each asset is cleared (n, 4), written into `out` where one is handed in."""
        out = np.empty((self.assets, WORDS), dtype=np.uint64) if out is None else out
        spans = [slice(first, min(first + BLOCK, self.assets)) for first in range(0, self.assets, BLOCK)]

        def fill(span: slice) -> None:
            masks_of(self.start[span], self.count[span], self.rows, self.met, self.base, out[span])

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, spans))
        return out

    def reasons(self, numbers: Array | None = None) -> Array:
        """Per code bit (64), how many assets (all, or these) it keeps from being cleared somewhere offered."""
        counts = np.zeros(64, dtype=np.int64)
        wanted = np.arange(self.assets) if numbers is None else numbers
        count_reasons(wanted, self.start, self.count, self.rows, self.failing, counts)
        return counts


def words(bits: int) -> Masks:
    """A territory set's bits as four uint64 words, lowest first."""
    return np.frombuffer(bits.to_bytes(WORDS * 8, "little"), dtype="<u8").astype(np.uint64)


def _grown(array: Array) -> Array:
    larger = np.zeros((len(array) * 2, *array.shape[1:]), dtype=array.dtype)
    larger[: len(array)] = array
    return larger


@njit(cache=True)
def one(number, start, count, rows, met, base):  # type: ignore[no-untyped-def]
    """The four words of one asset's mask."""
    a, b, c, d = base[0], base[1], base[2], base[3]
    first = np.int64(start[number])
    for at in range(first, first + np.int64(count[number])):
        row = rows[at]
        a &= met[row, 0]
        b &= met[row, 1]
        c &= met[row, 2]
        d &= met[row, 3]
    return a, b, c, d


@njit(cache=True)
def covers(number, place, start, count, rows, met):  # type: ignore[no-untyped-def]
    """Whether one territory is in one asset's mask, `base` apart."""
    word, bit = place >> 6, np.uint64(place & 63)
    first = np.int64(start[number])
    for at in range(first, first + np.int64(count[number])):  # noqa: SIM110  (compiled: no generators)
        if not (met[rows[at], word] >> bit) & np.uint64(1):
            return False
    return True


@njit(cache=True, nogil=True)
def masks_of(start, count, rows, met, base, out):  # type: ignore[no-untyped-def]
    """The masks of assets whose rows begin and end so."""
    for i in range(len(start)):
        a, b, c, d = base[0], base[1], base[2], base[3]
        first = np.int64(start[i])
        for at in range(first, first + np.int64(count[i])):
            row = rows[at]
            a &= met[row, 0]
            b &= met[row, 1]
            c &= met[row, 2]
            d &= met[row, 3]
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = a, b, c, d


@njit(cache=True, nogil=True)
def count_reasons(numbers, start, count, rows, failing, counts):  # type: ignore[no-untyped-def]
    """Adds, per code bit, the assets that have a row failing for it."""
    for i in range(len(numbers)):
        found = np.uint64(0)
        first = np.int64(start[numbers[i]])
        for at in range(first, first + np.int64(count[numbers[i]])):
            found |= failing[rows[at]]
        bit = 0
        while found:
            if found & np.uint64(1):
                counts[bit] += 1
            found >>= np.uint64(1)
            bit += 1
