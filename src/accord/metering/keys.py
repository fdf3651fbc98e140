"""The key under which an event counts once: its source and its id (CloudEvents 1.0, `id`: unique with `source`)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def keys_of(table: pa.Table) -> pa.Array:
    """Source, line feed, id. Neither may hold a control character (`events.checks`), so no two events share a key."""
    joined = pc.binary_join_element_wise(table["source"], table["id"], "\n")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def targets_of(table: pa.Table) -> pa.Array:
    """The keys of the events that these correct; null for an event that corrects none."""
    joined = pc.binary_join_element_wise(table["source"], table["corrects"], "\n")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def corrected(key: str) -> str:
    """The key that an event's correction takes beside its own, so that no event is corrected twice."""
    return f"{key}\ncorrected"


def firsts(keys: pa.Array) -> np.ndarray:
    """True where a key occurs for the first time in the batch; later ones are duplicates."""
    codes = np.asarray(keys.dictionary_encode().indices)
    mask = np.zeros(len(codes), bool)
    mask[np.unique(codes, return_index=True)[1]] = True
    return mask
