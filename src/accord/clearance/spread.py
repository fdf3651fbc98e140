"""The same kernel on many machines: record batches in, masks out, with the atoms sent to every worker (shell).

A table of assets has the columns `asset` and `rows` (the atoms each points to, as `table_of` lays a catalogue out). Spark
hands its record batches to `masks_in`; the pass over them is `kernel.masks_of`, which decides one machine's catalogue too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from accord.clearance.kernel import Array, Layout, masks_of
from accord.terms.territory import WORDS

SCHEMA = pa.schema([("asset", pa.string()), ("mask", pa.binary())])
#: For Spark's `mapInArrow`, which wants the schema in its own words. A mask is 32 bytes, lowest territory first.
SPARK_SCHEMA = "asset string, mask binary"


def table_of(assets: Sequence[str], layout: Layout) -> pa.Table:
    """A layout's assets as a table to be spread; `assets[i]` names number i."""
    counts = layout.count[: layout.assets].astype(np.int64)
    starts = layout.start[: layout.assets].astype(np.int64)
    ends = np.cumsum(counts)
    places = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts) + np.repeat(starts, counts)
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), ends])
    rows = pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(layout.rows[places]))
    return pa.table({"asset": pa.array(assets, pa.string()), "rows": rows})


def masks_in(layout: Layout) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What a worker does with its record batches: the atoms travel with it, the assets come to it."""
    met, base = layout.met[: layout.atoms].copy(), layout.base.copy()

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.record_batch([batch.column("asset"), _masks(batch.column("rows"), met, base)], schema=SCHEMA)

    return run


def spread(session: Any, assets: pa.Table, layout: Layout) -> pa.Table:
    """Where each asset is cleared, worked out by a Spark session; the rows come back in no promised order."""
    frame = session.createDataFrame(assets)
    return frame.mapInArrow(masks_in(layout), SPARK_SCHEMA).toArrow()


def _masks(lists: Any, met: Array, base: Array) -> pa.Array:
    offsets = lists.offsets.to_numpy().astype(np.int64)
    out = np.empty((len(lists), WORDS), dtype=np.uint64)
    masks_of(offsets[:-1], np.diff(offsets), lists.values.to_numpy(), met, base, out)
    size = WORDS * 8
    ends = pa.py_buffer(np.arange(0, (len(lists) + 1) * size, size, dtype=np.int32))
    return pa.Array.from_buffers(pa.binary(), len(lists), [None, ends, pa.py_buffer(out.astype("<u8"))])
