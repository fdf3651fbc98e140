"""The key under which an event counts once: its source and its id (CloudEvents 1.0, `id`: unique with `source`).

And what it says besides: two events of one key that say the same are one event sent twice; else one of them is a mistake.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NAMES = ("source", "id")
SAYS = (
    *("kind", "feature", "creation", "user", "territory"),
    *("seconds", "revenue_micros", "at", "session", "corrects"),
)
Ints = np.ndarray[Any, np.dtype[np.int64]]


def keys_of(table: pa.Table) -> pa.Array:
    """Source, line feed, id. Neither may hold a control character (`events.checks`), so no two events share a key."""
    return _joined([table[name] for name in NAMES])


def targets_of(table: pa.Table) -> pa.Array:
    """The keys of the events that these correct; null for an event that corrects none."""
    return _joined([table["source"], table["corrects"]])


def bodies_of(table: pa.Table) -> Ints:
    """What each event says besides its key: 64 bits of BLAKE2b over its other columns. Nothing and no text are the same.

    A column `body` holds what was worked out before.
    """
    if "body" in table.column_names:
        return np.asarray(table["body"], np.int64)
    texts = [_text(table[name]) for name in SAYS]
    said = _joined(texts, null_handling="replace").cast(pa.binary()).to_pylist()
    return np.frombuffer(b"".join([blake2b(one, digest_size=8).digest() for one in said]), "<i8")


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    return column.cast(pa.string())


def _joined(columns: list[pa.ChunkedArray], null_handling: str = "emit_null") -> pa.Array:
    joined = pc.binary_join_element_wise(*columns, "\n", null_handling=null_handling)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def corrected(key: str) -> str:
    """The key that an event's correction takes beside its own, so that no event is corrected twice."""
    return f"{key}\ncorrected"


def firsts(keys: pa.Array) -> Ints:
    """For each row the first row with its key: itself, unless the key came before in the batch."""
    codes = np.asarray(keys.dictionary_encode().indices)
    return np.unique(codes, return_index=True)[1][codes] if len(codes) else np.empty(0, np.int64)
