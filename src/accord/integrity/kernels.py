"""The one place that compiles: numba with its cache on disk, typed so that callers stay checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

F = TypeVar("F", bound=Callable[..., object])


#: How many zeros stand below the lowest one of a word that is not zero; to be called by kernels alone.
zeros_below = cast(Callable[[np.uint64], np.uint64], trailing_zeros)


def compiled(function: F) -> F:
    """Compile a loop over arrays to machine code, once per machine; same results, no interpreter lock."""
    return cast(F, numba.njit(cache=True, nogil=True, fastmath=False)(function))


def inlined(function: F) -> F:
    """Compile a small function into each loop that calls it: a call would count references to its arrays each time."""
    return cast(F, numba.njit(inline="always", nogil=True, fastmath=False)(function))
