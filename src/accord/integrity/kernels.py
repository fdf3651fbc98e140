"""The one place that compiles: numba with its cache on disk, typed so that callers stay checked."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.cpython.unsafe.numbers import trailing_zeros
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., object])


#: How many zeros stand below the lowest one of a word that is not zero; to be called by kernels alone.
zeros_below = cast(Callable[[np.uint64], np.uint64], trailing_zeros)


def compiled(function: F) -> F:
    """Compile a loop over arrays to machine code, once per machine; same results, no interpreter lock.

    What is kept on disk holds the constants of other modules too, and numba asks only whether the function's own file is the
    same; so it is kept for the files of its whole folder as they are.
    """
    made = numba.njit(cache=True, nogil=True, fastmath=False)(function)
    kept = made._cache._cache_file  # type: ignore[attr-defined]
    kept._source_stamp = (kept._source_stamp, folder_stamp(Path(function.__code__.co_filename).parent))
    return cast(F, made)


@lru_cache
def folder_stamp(folder: Path) -> str:
    """What tells one state of a folder's modules from another: names, times and sizes."""
    files = sorted(folder.glob("*.py"))
    return repr([(file.name, (told := file.stat()).st_mtime_ns, told.st_size) for file in files])


def inlined(function: F) -> F:
    """Compile a small function into each loop that calls it: a call would count references to its arrays each time."""
    return cast(F, numba.njit(inline="always", nogil=True, fastmath=False)(function))


def _soon(typing: Any, array: Any, place: Any) -> Any:
    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        start = context.make_array(signature.args[0])(context, builder, given[0]).data
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        fetch = builder.module.declare_intrinsic(
            "llvm.prefetch", [byte], ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        )
        address = builder.bitcast(builder.gep(start, [given[1]]), byte)
        builder.call(fetch, [address, number(0), number(3), number(1)])  # to be read, kept near, data
        return context.get_dummy_value()

    return numba.types.void(array, place), made


#: Have array[place] fetched into the cache without waiting for it; to be called by kernels alone, with an unsigned place.
soon = cast(Callable[[Any, np.uint64], None], intrinsic(_soon))
