"""How much a de-duplicated work has in a set: the tokens of its distinct bars (pure).

In the normal form a bar repeated, transposed or registered twice is one bar, so neither copies nor parts of a work change
what it has, and a version that differs in three bars adds those three.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def tokens(sequences: Iterable[Ints], bar: int) -> int:
    """Tokens in the distinct bars of these sequences, each of which a `bar` token opens."""
    return sum(len(held) // np.dtype(np.int64).itemsize for held in {b for ids in sequences for b in _bars(ids, bar)})


def distinct(sequences: Iterable[Ints]) -> list[Ints]:
    """Each content once, in an order that does not depend on who registered it: what a network learns from."""
    found = {ids.tobytes(): ids for ids in (np.asarray(one, np.int64) for one in sequences)}
    return [found[key] for key in sorted(found)]


def _bars(ids: Sequence[int] | Ints, bar: int) -> list[bytes]:
    held = np.asarray(ids, np.int64)
    return [part.tobytes() for part in np.split(held, np.flatnonzero(held == bar)) if len(part)]
