"""Arrays and a few plain values as one file: the weights of a model, the state of a training run.

MessagePack of {name: [dtype, shape, little-endian bytes]} under a format name; no code is ever loaded from it, and the
same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from accord.terms.refusal import BadInput

FORMAT = "accord.arrays.1"
DTYPES = frozenset({"<f4", "<f8", "<i4", "<i8"})


def pack(arrays: Mapping[str, NDArray[Any]], values: Mapping[str, Any]) -> bytes:
    """Arrays and values as bytes, in order of name."""
    held = {name: _plain(arrays[name]) for name in sorted(arrays)}
    return msgspec.msgpack.encode({"format": FORMAT, "values": dict(values), "arrays": held}, order="sorted")


def unpack(data: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and values that `pack` wrote. Raises: BadInput for anything else."""
    try:
        held = msgspec.msgpack.decode(data)
        if held["format"] != FORMAT:
            raise BadInput(f"the format is `{held['format']}`", do=f"only `{FORMAT}` is read here")
        return {name: _array(*parts) for name, parts in held["arrays"].items()}, held["values"]
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise BadInput("this is not a file of weights", why=str(error)) from error


def _plain(array: NDArray[Any]) -> list[Any]:
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return [little.dtype.str, list(little.shape), little.tobytes()]


def _array(dtype: str, shape: list[int], data: bytes) -> NDArray[Any]:
    if dtype not in DTYPES:
        raise ValueError(f"an array of `{dtype}` is not read here")
    return np.frombuffer(data, np.dtype(dtype)).reshape(shape).copy()
