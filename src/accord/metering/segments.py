"""Segments: Parquet files of counted events in the vault, each in order of time (shell)."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as parquet

from accord.metering.events import SCHEMA, TEXTS
from accord.vault import actions as vault

REPEATED = [name for name in TEXTS if name != "id"]  # a dictionary of ids, which stand there once, makes a file larger
_written = threading.local()  # the segment this thread wrote last: it is projected right after


def write(events: pa.Table) -> tuple[str, pa.Table, Callable[[], None]]:
    """Put events into the vault; (the file's name, the events in the file's order with what else the table held, what waits
    until the file is durable and raises what kept it from that)."""
    ordered = events.sort_by([("at", "ascending"), ("source", "ascending"), ("id", "ascending")])
    file = io.BytesIO()
    parquet.write_table(ordered.select(SCHEMA.names), file, compression="zstd", use_dictionary=REPEATED)
    name, durable = vault.put_beside(file.getvalue())
    _written.last = name, ordered
    return name, ordered, durable


def written(name: str) -> pa.Table:
    """What `write` gave, where this thread wrote it last; else the events of the segment."""
    last, events = getattr(_written, "last", ("", None))
    return events if last == name else read(name)


def read(name: str) -> pa.Table:
    """The events of a segment."""
    return parquet.read_table(vault.local_path(name))
