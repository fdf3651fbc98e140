"""Tables as Parquet files in a folder, written and read a part at a time: what a division gives need not fit in memory."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

#: rows of a Parquet row group, which is also the most that is held in memory while one is written.
ROWS = 1 << 20
#: rows that are read, or made, at once
AT_ONCE = 1 << 16
#: rows that are Python objects at once: more of them and collecting garbage takes longer than making them
OBJECTS = 1 << 12


class Folder:
    """Where the tables of a close lie, each there whole or not at all. One without a name goes when nobody holds it."""

    def __init__(self, path: Path | None = None) -> None:
        self.named = path is not None
        self.path = path or Path(tempfile.mkdtemp(prefix="accord-close-", dir=os.environ.get("ACCORD_ENGINE_SCRATCH")))
        self.path.mkdir(parents=True, exist_ok=True)
        self.holds: Folder | None = None
        if path is None:
            weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def inside(self, name: str) -> Folder:
        """A folder in this one, for as long as this one."""
        found = Folder(self.path / name)
        found.holds, found.named = self, self.named
        return found

    def file(self, name: str) -> Path:
        """Where a table lies, or will."""
        return self.path / f"{name}.parquet"

    def has(self, *names: str) -> bool:
        """Whether all these are there."""
        return all(self.file(name).exists() for name in names)

    def stored(self, name: str, make: Callable[[Path], None]) -> Path:
        """A table that is there, or made now at the path that is handed on."""
        if not self.has(name):
            draft = self.path / f"{name}.draft"
            _gone(draft)
            make(draft)
            if self.named:
                _sync(draft)
            os.replace(draft, self.file(name))
        return self.file(name)

    def write(self, name: str, schema: pa.Schema, parts: Iterable[pa.Table]) -> Path:
        """Write a table of any size, in place of what has its name."""

        def make(path: Path) -> None:
            with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
                for part in _row_groups(schema, parts):
                    writer.write_table(part)

        _gone(self.file(name))
        return self.stored(name, make)


def _gone(path: Path) -> None:
    """Nothing is there any more; Spark's tables are folders."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    for one in [*sorted(path.rglob("*")), path] if path.is_dir() else [path]:
        handle = os.open(one, os.O_RDONLY)  # a folder too: a file that lies in none is not there
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def digest(*things: Any) -> str:
    """A name for what something was made from: texts, numbers, records and tables (of no dictionaries, which batches leave out)."""
    running = sha256()
    for one in things:
        if isinstance(one, pa.Table):
            if any(pa.types.is_dictionary(field.type) for field in one.schema):
                raise ValueError("a dictionary is not hashed here")
            running.update(str(one.schema).encode())
            for batch in one.combine_chunks().to_batches():
                running.update(batch.serialize())
        else:
            running.update(msgspec.json.encode(one, order="sorted"))
        running.update(b"\n")
    return running.hexdigest()[:40]


def _row_groups(schema: pa.Schema, parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows cut alike however they came, since the bytes of a file depend on it; one empty group where there are none."""
    held, rows, cut = [schema.empty_table()], 0, False
    for part in parts:
        while rows + part.num_rows >= ROWS:
            yield pa.concat_tables([*held, part.slice(0, ROWS - rows)]).combine_chunks()
            held, part, rows, cut = [schema.empty_table()], part.slice(ROWS - rows), 0, True
        held.append(part)
        rows += part.num_rows
    if rows or not cut:
        yield pa.concat_tables(held).combine_chunks()


class Growing:
    """A table that grows by rows and holds them as Arrow; a row as Python objects takes ten times as much."""

    def __init__(self, **kinds: pa.DataType) -> None:
        self.schema = pa.schema(list(kinds.items()))
        self._rows: list[tuple[Any, ...]] = []
        self._parts: list[pa.Table] = []

    def add(self, *row: Any) -> None:
        """One row, its values in the order of the columns."""
        self._rows.append(row)
        if len(self._rows) >= OBJECTS:
            self._parts.append(self._arrow())

    def extend(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """More rows."""
        self._rows.extend(rows)
        if len(self._rows) >= OBJECTS:
            self._parts.append(self._arrow())

    def _arrow(self) -> pa.Table:
        rows, self._rows = self._rows, []
        every = list(zip(*rows, strict=True)) if rows else [() for _ in self.schema]
        return pa.table([pa.array(c, f.type) for c, f in zip(every, self.schema, strict=True)], schema=self.schema)

    def table(self) -> pa.Table:
        """All rows so far."""
        return pa.concat_tables([*self._parts, self._arrow()]).combine_chunks()


def parts(path: Path, names: Iterable[str] | None = None, **equal: Any) -> Iterator[pa.Table]:
    """A file's rows in their order, a part at a time, of the columns asked for; with `equal`, rows of those values alone.

    A list of values stands for any of them. Row groups that cannot hold a row asked for are not read.
    """
    with parquet.ParquetFile(path) as file:
        wanted = list(names) if names is not None else file.schema_arrow.names
        groups = [number for number in range(file.num_row_groups) if _may_hold(file, number, equal)]
        read = list(dict.fromkeys((*wanted, *equal)))
        for batch in file.iter_batches(AT_ONCE, groups, read) if groups else ():
            found = pa.Table.from_batches([batch])
            for name, value in equal.items():
                found = found.filter(_is(found[name], value))
            if found.num_rows:
                yield found.select(wanted)


def names(path: Path) -> list[str]:
    """The columns of a file."""
    found: list[str] = parquet.read_schema(path).names
    return found


def read(path: Path, names: Iterable[str] | None = None, **equal: Any) -> pa.Table:
    """The rows of `parts` as one table."""
    with parquet.ParquetFile(path) as file:
        schema = file.schema_arrow
    wanted = list(names) if names is not None else schema.names
    empty = pa.schema([schema.field(name) for name in wanted]).empty_table()
    return pa.concat_tables([empty, *parts(path, wanted, **equal)])


def rows(path: Path, names: Iterable[str] | None = None, **equal: Any) -> Iterator[dict[str, Any]]:
    """The rows of `parts`, one by one."""
    for part in parts(path, names, **equal):
        yield from part.to_pylist()


def sums(path: Path, by: tuple[str, ...], of: str, **equal: Any) -> Mapping[tuple[Any, ...], int]:
    """The values of the columns `by` → the sum of `of`, exact beyond 64 bits between parts."""
    found: dict[tuple[Any, ...], int] = {}
    for part in parts(path, (*by, of), **equal):
        summed = part.group_by(list(by)).aggregate([(of, "sum")])
        for *key, amount in zip(*(summed[name].to_pylist() for name in (*by, f"{of}_sum")), strict=True):
            found[tuple(key)] = found.get(tuple(key), 0) + amount
    return found


def _is(column: pa.ChunkedArray, value: Any) -> pa.ChunkedArray:
    return pc.is_in(column, pa.array(value, column.type)) if isinstance(value, list) else pc.equal(column, value)


def _may_hold(file: parquet.ParquetFile, number: int, equal: Mapping[str, Any]) -> bool:
    group, names = file.metadata.row_group(number), file.schema_arrow.names
    for name, value in equal.items():
        known = group.column(names.index(name)).statistics
        if known is not None and known.has_min_max:
            wanted = value if isinstance(value, list) else [value]
            if not any(known.min <= one <= known.max for one in wanted):
                return False
    return True
