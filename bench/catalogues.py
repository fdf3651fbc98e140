"""Catalogues made by a seeded generator, in the kernel's own layout (reads nothing, writes nothing).

Recordings of power-law artists under power-law labels: each asset points to five to eight words (a label's grant of the
master, publishers' grants of split works, performers' and writers' yeses) and one in five to an atom of its own (an
exclusion, a window, a share that is missing somewhere). Four in five words hold everywhere.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from accord.clearance.kernel import Array, Layout
from accord.terms.territory import SIZE, WORDS

PARTIES = 1_000_000
OWN = 50_000
LABELS, PUBLISHERS = PARTIES // 20, PARTIES // 10  # the rest are people


def made_up(assets: int, seed: int = 1, parties: int = PARTIES) -> Layout:
    """A catalogue of so many recordings and so many parties."""
    layout = Layout((1 << SIZE) - 1)
    _fill_atoms(layout, parties + OWN, seed)
    counts = np.empty(assets, dtype=np.uint16)
    _choose_counts(counts, seed)
    layout.count = counts
    ends = np.cumsum(counts, dtype=np.uint32)
    layout.start = np.concatenate([np.zeros(1, dtype=np.uint32), ends[:-1]])
    layout.rows = np.empty(int(ends[-1]), dtype=np.int32)
    _choose_rows(layout.start, layout.count, layout.rows, parties, seed)
    layout.assets, layout.used = assets, len(layout.rows)
    return layout


def _fill_atoms(layout: Layout, atoms: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    everywhere = np.array(Layout((1 << SIZE) - 1).base)
    layout.met = np.tile(everywhere, (atoms, 1))
    partly = np.flatnonzero(rng.random(atoms) < 0.2)
    layout.met[partly] &= rng.integers(0, 2**64 - 1, size=(len(partly), WORDS), dtype=np.uint64)
    layout.failing = np.zeros(atoms, dtype=np.uint64)
    layout.failing[partly] = np.uint64(1) << rng.integers(0, 4, len(partly)).astype(np.uint64)
    layout.step = np.arange(atoms, dtype=np.int32)  # each word is one party's, and each asset's own matter its own
    layout.atoms = atoms


@njit(cache=True)
def _next(state):  # type: ignore[no-untyped-def]
    """xorshift64*: fast, seeded, good enough for a catalogue."""
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    return state


@njit(cache=True)
def _power(state, many):  # type: ignore[no-untyped-def]
    """A number below `many`, low ones far more often (log-uniform: Zipf with exponent one)."""
    share = np.float64(state >> np.uint64(11)) / np.float64(2**53)
    return np.int64(many**share) - 1


@njit(cache=True)
def _choose_counts(counts, seed):  # type: ignore[no-untyped-def]
    state = np.uint64(seed * 2654435761 + 88172645463325252)
    for i in range(len(counts)):
        state = _next(state)
        counts[i] = 5 + (state >> np.uint64(33)) % np.uint64(4)


@njit(cache=True)
def _choose_rows(start, count, rows, parties, seed):  # type: ignore[no-untyped-def]
    labels, publishers = parties // 20, parties // 10
    people = parties - labels - publishers
    state = np.uint64(seed * 40503 + 362436069)
    for i in range(len(start)):
        first = np.int64(start[i])
        for j in range(np.int64(count[i])):
            state = _next(state)
            if j == 0:
                rows[first + j] = _power(state, labels)
            elif j < 3:
                rows[first + j] = labels + _power(state, publishers)
            elif j == 3 and (state & np.uint64(1023)) < np.uint64(205):
                rows[first + j] = parties + np.int64(state >> np.uint64(20)) % OWN
            else:
                rows[first + j] = labels + publishers + _power(state, people)


@njit(cache=True, nogil=True)
def bare_pass(width, rows, met, out):  # type: ignore[no-untyped-def]
    """The least that must be done: gather every row's mask and AND it, `width` rows to each mask written out."""
    for i in range(len(out)):
        a, b, c, d = ~np.uint64(0), ~np.uint64(0), ~np.uint64(0), ~np.uint64(0)
        for at in range(i * width, (i + 1) * width):
            row = rows[at]
            a &= met[row, 0]
            b &= met[row, 1]
            c &= met[row, 2]
            d &= met[row, 3]
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = a, b, c, d


def bare(layout: Layout, out: Array, spans: list[slice], width: int) -> list[tuple[int, Array, Array, Array]]:
    """The bare pass's arguments, block by block, over as many rows as the layout has."""
    return [(width, layout.rows[span.start * width : span.stop * width], layout.met, out[span]) for span in spans]
