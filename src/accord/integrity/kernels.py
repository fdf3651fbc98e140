"""The one place that compiles: numba with its cache on disk, typed so that callers stay checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a loop over arrays to machine code, once per machine; same results, no interpreter lock."""
    return cast(F, numba.njit(cache=True, nogil=True, fastmath=False)(function))
