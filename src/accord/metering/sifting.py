"""What is new in a batch, what was counted before, and what contradicts it: asked within the writer's lock (shell).

An event sent again says the same and is a duplicate. One that takes the id of another and says something else is turned
away, by name: taken for a duplicate, it would be lost without a word.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accord.metering import seen
from accord.metering.keys import Ints, bodies_of, corrected, firsts, keys_of, targets_of

Rows = np.ndarray[Any, np.dtype[np.bool_]]  # one truth per row
SAYS_OTHERWISE = (
    "event `{}` was counted before and said something else: what was counted stands; "
    "to change it send an event with an id of its own that `corrects` it"
)


def sifted(table: pa.Table, why: dict[int, str]) -> tuple[Rows, Rows]:
    """The rows that are new and those that are duplicates. What is neither is in `why`: row → the reason.

    Rows that stand in `why` to begin with are turned away already.
    """
    keys, bodies = keys_of(table), bodies_of(table)
    first = firsts(keys)
    before, standing = _counted(keys, bodies, first)
    again = before | (first != np.arange(len(first)))
    new = ~again
    new[list(why)] = False
    why |= _corrected(table, keys, new)
    for row in np.flatnonzero(again & np.isin(first, list(why))).tolist():
        why.setdefault(row, f"it has the id of a line that was turned away: {why[int(first[row])]}")
    for row in np.flatnonzero(again & (standing != bodies)).tolist():
        why.setdefault(row, SAYS_OTHERWISE.format(table["id"][row].as_py()))
    turned_away = list(why)
    new[turned_away] = again[turned_away] = False
    return new, again


def _counted(keys: pa.Array, bodies: Ints, first: Ints) -> tuple[Rows, Ints]:
    """Row by row: whether its key was counted in an earlier batch, and the body that stands under the key."""
    heads = np.unique(first)
    places, counted = seen.known(keys.take(pa.array(heads)).to_pylist())
    before, standing = np.zeros(len(first), bool), bodies.copy()
    before[heads[places]], standing[heads[places]] = True, counted
    return before[first], standing[first]


def _corrected(table: pa.Table, keys: pa.Array, new: Rows) -> dict[int, str]:
    """Rows that correct what was never counted, or was corrected before: either would count one use twice.

    In the order of the batch, so a correction may be corrected further down in it.
    """
    corrects = np.asarray(pc.is_valid(table["corrects"]).combine_chunks()) & new
    rows = np.flatnonzero(corrects).tolist()
    if not rows:
        return {}
    part = table.take(pa.array(rows))
    own, targets = keys_of(part).to_pylist(), targets_of(part).to_pylist()
    taken = seen.among([*targets, *(corrected(key) for key in targets)])
    taken.update(keys.filter(pa.array(new & ~corrects)).to_pylist())
    found = {}
    for row, key, target in zip(rows, own, targets, strict=True):
        if target in taken and corrected(target) not in taken:
            taken.update((key, corrected(target)))
            continue
        way = "was corrected before: correct its correction" if target in taken else "is not known: send it first"
        found[row] = f"event `{table['corrects'][row].as_py()}` {way}"
    return found
