"""What is new in a batch, what was counted before, and what contradicts it: asked within the writer's lock (shell).

Each line is judged as if it came alone, after those before it, so that nothing depends on how lines were put into batches and
batches into commits. An event sent again says the same and is a duplicate. One that takes the id of another and says
something else is turned away, by name: taken for a duplicate, it would be lost without a word.
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

    Rows that stand in `why` to begin with are turned away already, and with each of them every row of its key.
    """
    keys, bodies = keys_of(table), bodies_of(table)
    first = firsts(keys)
    before, standing = _counted(keys, bodies, first)
    new = ~before & (first == np.arange(len(first)))
    asked = ~before
    asked[list(why)] = False
    why |= _corrections(table, keys, bodies, asked, new, standing)
    again = ~new
    again[list(why)] = False
    for row in np.flatnonzero(again & (standing != bodies)).tolist():
        why[row] = SAYS_OTHERWISE.format(table["id"][row].as_py())
    new[list(why)] = again[list(why)] = False
    return new, again


def _counted(keys: pa.Array, bodies: Ints, first: Ints) -> tuple[Rows, Ints]:
    """Row by row: whether its key was counted in an earlier batch, and the body that stands under the key, or will."""
    heads = np.unique(first)
    places, counted = seen.known(keys.take(pa.array(heads)).to_pylist())
    before, standing = np.zeros(len(first), bool), bodies.copy()
    before[heads[places]], standing[heads[places]] = True, counted
    return before[first], standing[first]


def _corrections(
    table: pa.Table, keys: pa.Array, bodies: Ints, asked: Rows, new: Rows, standing: Ints
) -> dict[int, str]:
    """Of the rows `asked`, those that correct what was never counted, or was corrected before: either would count one use
    twice.

    Such a row takes no key, so which row of its key counts, and what stands, is worked out here for every row that a
    correction of this batch is or asks for; `new` and `standing` are changed for those.
    """
    corrects = np.asarray(pc.is_valid(table["corrects"]).combine_chunks()) & asked
    if not corrects.any():
        return {}
    targets = targets_of(table)
    wanted = pc.unique(targets.filter(pa.array(corrects)))
    concerned = pa.concat_arrays([keys.filter(pa.array(corrects)), wanted])
    rows = np.flatnonzero(np.asarray(pc.is_in(keys, concerned)) & asked)
    named = [column.take(pa.array(rows)).to_pylist() for column in (keys, targets)]
    here = zip(rows.tolist(), *named, bodies[rows].tolist(), strict=True)
    taken = seen.among([*wanted.to_pylist(), *map(corrected, wanted.to_pylist())])
    found: dict[int, str] = {}
    counted: dict[str, int] = {}  # key → what stands under it
    for row, key, target, body in here:
        new[row] = key not in counted and (target is None or (target in taken and corrected(target) not in taken))
        if new[row]:
            counted[key] = body
            taken.update((key, corrected(target)) if target else (key,))
        elif key not in counted:
            way = "was corrected before: correct its correction" if target in taken else "is not known: send it first"
            found[row] = f"event `{table['corrects'][row].as_py()}` {way}"
        standing[row] = counted.get(key, body)
    return found
