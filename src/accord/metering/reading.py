"""Usage events from outside as Arrow tables: JSON lines, CloudEvents, CSV, Parquet, Arrow, or Python values.

A line that cannot be read becomes a `Rejected`, never an exception; the rest of the batch is kept. The table has the
columns of `events.SCHEMA` and `line`, counted from 1. Files are read in parts of `AT_ONCE` lines, so that a file of any
size takes the memory of one part.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as parquet

from accord.metering.columns import table_of
from accord.metering.events import KINDS, SCHEMA
from accord.metering.records import Rejected
from accord.terms.refusal import BadInput

AT_ONCE = 100_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIELDS = tuple(name for name in SCHEMA.names if name != "at")
TYPE_PREFIX = "org.accord.usage."
KIND_OF = {TYPE_PREFIX + kind: kind for kind in KINDS}
SPECVERSION = "1.0"
EXTRA = "\n"  # what CSV cells beyond the header are kept under: no header can hold a line feed that ends it


Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]  # what a column holds


class EventIn(msgspec.Struct, kw_only=True, gc=False):
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


Read = tuple[pa.Table, list[Rejected]]
_one = msgspec.json.Decoder(EventIn).decode
_many = msgspec.json.Decoder(list[EventIn]).decode
_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode


def read_batch(body: bytes, source: str, most: int) -> Read:
    """A JSON array of events, at most `most` of them. Raises: BadInput when it is none.

    It is decoded whole; only when a line of it is bad is each one decoded by itself, to say which.
    """
    try:
        events = _many(body)
        _few_enough(events, most)
        return _collected(range(1, len(events) + 1), events, [], source)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raws = _array(body)
        _few_enough(raws, most)
        return read_lines((bytes(raw) for raw in raws), source)


def _array(body: bytes) -> list[msgspec.Raw]:
    try:
        return _raws(body)
    except (msgspec.DecodeError, RecursionError) as wrong:
        raise BadInput("the body is not a JSON array of events", why=str(wrong)) from None


def _few_enough(events: Sequence[Any], most: int) -> None:
    if len(events) > most:
        raise BadInput(f"the batch has {len(events):,} events", do=f"send at most {most:,} at once")


def read_file(path: Path, source: str) -> Iterator[Read]:
    """A file by its ending, part by part: `.parquet`, `.csv`, else JSON lines or a JSON array.

    Raises: BadInput when it is none of them.
    """
    if not path.is_file():
        raise BadInput(f"`{path}` cannot be read", why="it is a folder" if path.is_dir() else "there is no such file")
    read = {".parquet": _read_parquet, ".csv": _read_csv}.get(path.suffix, _read_json)
    try:
        yield from read(path, source)
    except (pa.ArrowInvalid, msgspec.DecodeError, RecursionError, csv.Error) as wrong:
        raise BadInput(f"`{path}` is not a file of usage events", why=str(wrong).splitlines()[0]) from None
    except OSError as missing:
        raise BadInput(f"`{path}` cannot be read", why=missing.strerror or str(missing)) from None


def _read_parquet(path: Path, source: str) -> Iterator[Read]:
    file = parquet.ParquetFile(path)
    read_table(file.schema_arrow.empty_table(), source)  # a column of another kind is told before anything is counted
    first = 1
    for part in file.iter_batches(AT_ONCE, columns=[name for name in SCHEMA.names if name in file.schema_arrow.names]):
        yield read_table(pa.Table.from_batches([part]), source, first)
        first += part.num_rows


def _read_csv(path: Path, source: str) -> Iterator[Read]:
    # bytes that are no UTF-8 are kept as halves of characters, for which their line is turned away
    with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = _csv(csv.DictReader(file, restkey=EXTRA))
        yield from _in_parts(((number, row, _from_value) for number, row in enumerate(_rows(rows), 2)), source)


def _csv(rows: csv.DictReader[str]) -> csv.DictReader[str]:
    """The rows, once their header is one. Raises: BadInput."""
    names = list(rows.fieldnames or ())
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"the column `{twice[0]}` is there twice", "line 1", do="name each column once")
    if names and "id" not in names:
        raise BadInput("no column is named `id`", "line 1", do="name the columns in the first line, divided by commas")
    return rows


def _rows(rows: csv.DictReader[str]) -> Iterator[Any]:
    """The rows; one that the format does not allow comes as its fault."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as wrong:
            yield wrong


def _read_json(path: Path, source: str) -> Iterator[Read]:
    with open(path, "rb") as file:
        if file.read(len(BOM_UTF8)) != BOM_UTF8:
            file.seek(0)
        start = file.tell()
        lines: Iterable[bytes] = file
        if file.read(1024).lstrip()[:1] == b"[":  # a CloudEvents batch: one array, held in memory as it stands
            file.seek(start)
            lines = map(bytes, _raws(file.read()))
        else:
            file.seek(start)
        yield from _in_parts(_numbered(lines), source)


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes, Callable[[Any], EventIn]]]:
    return ((number, line, _one) for number, line in enumerate(lines, 1) if line.strip())


def _in_parts(items: Iterator[tuple[int, Any, Callable[[Any], EventIn]]], source: str) -> Iterator[Read]:
    while part := list(islice(items, AT_ONCE)):
        yield _decoded(part, source)


def read_lines(lines: Iterable[bytes], source: str) -> Read:
    """JSON, one event per line; empty lines are passed over."""
    return _decoded(_numbered(lines), source)


def read_values(values: Iterable[Any], source: str) -> Read:
    """Mappings or `EventIn`s. Empty text is read as nothing, as CSV has no other way to say so."""
    return _decoded(((number, value, _from_value) for number, value in enumerate(values, 1)), source)


def read_table(table: pa.Table, source: str, first_line: int = 1) -> Read:
    """Arrow or Parquet, columns by name; missing ones are empty. Raises: BadInput for a column of another kind."""
    read, wrong = table_of(table)
    lines = pa.array(range(first_line, first_line + table.num_rows), pa.int64())
    read = read.set_column(0, "source", read["source"].fill_null(source)).append_column("line", lines)
    if not wrong:
        return read, []
    good = pa.array([row not in wrong for row in range(table.num_rows)])
    return read.filter(good), [Rejected(first_line + row, why) for row, why in sorted(wrong.items())]


def _from_value(value: Any) -> EventIn:
    if isinstance(value, EventIn):
        return value
    if isinstance(value, csv.Error):
        raise BadInput(f"unreadable: {value}")
    if EXTRA in value:
        raise BadInput("the line has more cells than the first line has columns")
    filled = {key: item for key, item in dict(value).items() if item not in ("", None)}
    try:
        "".join(item for item in filled.values() if isinstance(item, str)).encode()
    except UnicodeEncodeError:
        raise BadInput("the line is not UTF-8") from None
    return msgspec.convert(filled, EventIn, strict=False)


def _decoded(items: Iterable[tuple[int, Any, Callable[[Any], EventIn]]], source: str) -> Read:
    lines: list[int] = []
    events: list[EventIn] = []
    rejected: list[Rejected] = []
    for number, item, decode in items:
        try:
            event = decode(item)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError, ValueError, BadInput) as wrong:
            rejected.append(Rejected(number, _reason(wrong)))
            continue
        lines.append(number)
        events.append(event)
    return _collected(lines, events, rejected, source)


def _reason(wrong: Exception) -> str:
    if isinstance(wrong, BadInput):
        return wrong.sentence()
    if isinstance(wrong, msgspec.ValidationError):
        said, _, where = str(wrong).partition(" - at ")
        name = where.strip("`").removeprefix("$.").removeprefix("data.")
        return f"`{name or 'line'}`: {said[0].lower()}{said[1:]}"
    return "the line is not one JSON object" if isinstance(wrong, msgspec.DecodeError) else f"unreadable: {wrong}"


def _collected(lines: Sequence[int], events: list[EventIn], rejected: list[Rejected], source: str) -> Read:
    """Decoded events as columns, those that are not well formed turned away."""
    faults = [_fault(event) for event in events]
    if any(faults):
        rejected += [Rejected(line, why) for line, why in zip(lines, faults, strict=True) if why]
        lines = [line for line, why in zip(lines, faults, strict=True) if not why]
        events = [event for event, why in zip(events, faults, strict=True) if not why]
    return _table(lines, events, source), rejected


def _fault(event: EventIn) -> str | None:
    """What is wrong with the form of an event: an envelope that is none, or an instant that says too little."""
    at = event.at
    if event.type is not None or event.data is not None:
        if event.specversion != SPECVERSION:
            return f"`specversion` is {event.specversion or 'missing'}, not {SPECVERSION}"
        if event.source is None or event.type is None or event.data is None:
            missing = next(name for name in ("source", "type", "data") if getattr(event, name) is None)
            return f"`{missing}` is missing"
        if event.type not in KIND_OF:
            return f"`{event.type}` is not a type of event: `{TYPE_PREFIX}` and one of {', '.join(KINDS)}"
        at = event.time
    if at is not None and at.tzinfo is None:
        return f"`{at.isoformat()}` has no offset"
    return None


def _table(lines: Sequence[int], events: list[EventIn], source: str) -> pa.Table:
    """Columns of well-formed events, taken out of their envelopes."""
    uses = [event if event.data is None else event.data for event in events]
    columns: dict[str, list[Any]] = {
        "source": [source if event.source is None else event.source for event in events],
        "id": [event.id for event in events],
        "kind": [event.kind if event.type is None else KIND_OF[event.type] for event in events],
    }
    for name in FIELDS:
        if name not in columns:
            columns[name] = list(map(attrgetter(name), uses))
    arrays = {name: pa.array(columns[name], SCHEMA.field(name).type) for name in FIELDS}
    arrays["at"] = instants([event.at if event.data is None else event.time for event in events])
    arrays["line"] = pa.array(lines, pa.int64())
    return pa.table({name: arrays[name] for name in (*SCHEMA.names, "line")})


def instants(times: Sequence[datetime | None]) -> pa.Array:
    """Instants with an offset as microseconds of UTC."""
    micros = [None if at is None else (at - EPOCH) // MICROSECOND for at in times]
    return pa.array(micros, pa.int64()).view(SCHEMA.field("at").type)
