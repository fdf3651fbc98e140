"""Usage events from outside as one Arrow table: JSON lines, CloudEvents, CSV, Parquet, Arrow, or Python values.

A line that cannot be read becomes a `Rejected`, never an exception; the rest of the batch is kept. The table has the
columns of `events.SCHEMA` and `line`, counted from 1.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as parquet

from accord.metering.events import SCHEMA
from accord.metering.records import Rejected
from accord.terms.refusal import BadInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIELDS = tuple(name for name in SCHEMA.names if name != "at")
TYPE_PREFIX = "org.accord.usage."
EXTRA = "\n"  # what CSV cells beyond the header are kept under: no header can hold a line feed that ends it


Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]  # what a column holds


class EventIn(msgspec.Struct, kw_only=True):
    """One event as it may come in: flat, or as a CloudEvents 1.0 envelope with the rest under `data`."""

    source: str | None = None
    id: str | None = None
    kind: str | None = None
    feature: str | None = None
    creation: str | None = None
    user: str | None = None
    territory: str | None = None
    seconds: Whole | None = None
    revenue_micros: Whole | None = None
    at: datetime | None = None
    session: str | None = None
    corrects: str | None = None
    type: str | None = None
    time: datetime | None = None
    specversion: str | None = None
    data: EventIn | None = None

    def opened(self) -> EventIn:
        """Out of its envelope: `type` is `org.accord.usage.<kind>`, `time` is `at`, the rest stands in `data`."""
        if self.type is None and self.data is None:
            return self
        inner = self.data or EventIn()
        kind = (self.type or "").removeprefix(TYPE_PREFIX) or self.kind
        return msgspec.structs.replace(inner, source=self.source, id=self.id, kind=kind, at=self.time or self.at)


Read = tuple[pa.Table, list[Rejected]]


def read_file(path: Path, source: str) -> Read:
    """A file by its ending: `.parquet`, `.csv`, else JSON lines. Raises: BadInput when it is none of them."""
    if not path.is_file():
        raise BadInput(f"`{path}` cannot be read", why="it is a folder" if path.is_dir() else "there is no such file")
    try:
        if path.suffix == ".parquet":
            return read_table(parquet.read_table(path), source)
        if path.suffix == ".csv":
            with open(path, encoding="utf-8-sig", newline="") as file:
                return read_values(_csv(csv.DictReader(file, restkey=EXTRA)), source, first_line=2)
        with open(path, "rb") as file:
            if file.read(len(BOM_UTF8)) != BOM_UTF8:
                file.seek(0)
            return read_lines(file, source)
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error) as wrong:
        raise BadInput(f"`{path}` is not a file of usage events", why=str(wrong).splitlines()[0]) from None
    except OSError as missing:
        raise BadInput(f"`{path}` cannot be read", why=missing.strerror or str(missing)) from None


def _csv(rows: csv.DictReader[str]) -> csv.DictReader[str]:
    """The rows, once their header is one. Raises: BadInput."""
    names = list(rows.fieldnames or ())
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"the column `{twice[0]}` is there twice", "line 1", do="name each column once")
    if names and "id" not in names:
        raise BadInput("no column is named `id`", "line 1", do="name the columns in the first line, divided by commas")
    return rows


def read_lines(lines: Iterable[bytes], source: str) -> Read:
    """JSON, one event per line; empty lines are passed over."""
    decode = msgspec.json.Decoder(EventIn).decode
    return _collect(((number, line, decode) for number, line in enumerate(lines, 1) if line.strip()), source)


def read_values(values: Iterable[Any], source: str, first_line: int = 1) -> Read:
    """Mappings or `EventIn`s. Empty text is read as nothing, as CSV has no other way to say so."""
    return _collect(((number, value, _from_value) for number, value in enumerate(values, first_line)), source)


def read_table(table: pa.Table, source: str) -> Read:
    """Arrow or Parquet, columns by name; missing ones are empty. Raises: BadInput for a column of another kind."""
    columns: dict[str, Any] = {"line": pa.array(range(1, table.num_rows + 1), pa.int64())}
    for field in SCHEMA:
        if field.name not in table.column_names:
            columns[field.name] = pa.nulls(table.num_rows, field.type)
            continue
        column = table[field.name]
        try:
            columns[field.name] = _instants(column) if field.name == "at" else column.cast(field.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as wrong:
            why = str(wrong).splitlines()[0]
            raise BadInput(f"column `{field.name}` is not {field.type}", why=why) from None
    columns["source"] = columns["source"].fill_null(source)
    return pa.table(columns), []


def _instants(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Microseconds of UTC; a column without a zone is UTC already, nanoseconds are cut."""
    if not pa.types.is_timestamp(column.type):
        raise pa.ArrowInvalid(f"it is {column.type}, which does not say where on Earth its clock stood")
    if column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    if column.type.tz is not None:
        column = column.cast(pa.timestamp("us", "UTC"))
    return column.cast(pa.timestamp("us"))


def _from_value(value: Any) -> EventIn:
    if isinstance(value, EventIn):
        return value
    if EXTRA in value:
        raise BadInput("the line has more cells than the first line has columns")
    filled = {key: item for key, item in dict(value).items() if item not in ("", None)}
    return msgspec.convert(filled, EventIn, strict=False)


def _collect(items: Iterator[tuple[int, Any, Any]], source: str) -> Read:
    lines: list[int] = []
    times: list[int | None] = []
    columns: dict[str, list[Any]] = {name: [] for name in FIELDS}
    rejected: list[Rejected] = []
    slots = [(name, columns[name].append) for name in FIELDS]
    for number, item, decode in items:
        try:
            event = decode(item).opened()
            if event.source is None:
                event.source = source
            at = _micros(event.at)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError, ValueError, BadInput) as wrong:
            rejected.append(Rejected(number, _reason(wrong)))
            continue
        lines.append(number)
        times.append(at)
        for name, append in slots:
            append(getattr(event, name))
    arrays: dict[str, Any] = {name: pa.array(columns[name], SCHEMA.field(name).type) for name in FIELDS}
    arrays["at"] = pa.array(times, pa.int64()).cast(pa.timestamp("us"))
    table = pa.table({"line": pa.array(lines, pa.int64()), **{name: arrays[name] for name in SCHEMA.names}})
    return table, rejected


def _micros(at: datetime | None) -> int | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise BadInput(f"`{at.isoformat()}` has no offset")
    return (at - EPOCH) // MICROSECOND


def _reason(wrong: Exception) -> str:
    if isinstance(wrong, BadInput):
        return wrong.sentence()
    if isinstance(wrong, msgspec.ValidationError):
        said, _, where = str(wrong).partition(" - at ")
        name = where.strip("`").removeprefix("$.").removeprefix("data.")
        return f"`{name or 'line'}`: {said[0].lower()}{said[1:]}"
    return "the line is not one JSON object" if isinstance(wrong, msgspec.DecodeError) else f"unreadable: {wrong}"
