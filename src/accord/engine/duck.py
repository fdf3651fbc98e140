"""DuckDB in this process: the engine that is always there. No extension is loaded; Parquet is the common ground."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from accord.engine.dialect import Dialect, Rule, render
from accord.engine.guards import exact, plain
from accord.engine.view import View

#: what the engine keeps in memory before it spills. With the process around it 10 million events took 2.6 GB.
MEMORY = "1800MB"
#: rows of a part of a table that is fetched in parts
AT_ONCE = 1 << 16
#: different values in a row group beyond which none of a column is looked up in a list of them: numbers have too many to gain
FEW = "DICTIONARY_SIZE_LIMIT 1000"


class DuckEngine:
    """One connection to a database in memory that spills to a folder of its own (spill, don't die)."""

    def __init__(self) -> None:
        self._spill = tempfile.mkdtemp(prefix="accord-engine-")
        self._connection = duckdb.connect(
            config={
                "temp_directory": self._spill,
                "preserve_insertion_order": "false",
                "memory_limit": MEMORY,
            }
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        self._known: dict[str, str] = {}  # name → how it came to be, which says how it goes
        self._made = 0

    def table(self, name: str, source: pa.Table | Sequence[Path] | View) -> None:
        """Register a table, a view over Parquet files, or one of the room's; what had the name is gone."""
        self._forget(name)
        if isinstance(source, View):
            self._connection.execute(f"CREATE VIEW {name} AS {source.text(Dialect.DUCKDB, self._input)}")
            self._known[name] = "VIEW"
            return
        if isinstance(source, pa.Table):
            self._connection.register(name, source)
            self._known[name] = "registered"
            return
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in source)
        read = f"read_parquet([{listed}], hive_partitioning = false)"  # a folder's name is no column
        self._connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {read}")  # noqa: S608
        self._known[name] = "VIEW"

    def _input(self, slot: str, given: Any) -> str:
        self._made += 1
        self.table(name := f"{slot}_{self._made}", given)
        return name

    def run(self, rule: Rule, into: str, slots: Mapping[str, str] | None = None) -> None:
        """Run a rule and keep its result as a table of this connection; the rule may read what had the name."""
        self._connection.execute(f"CREATE TEMP TABLE accord_result AS {render(rule, Dialect.DUCKDB, slots)}")
        self._known["accord_result"] = "TABLE"
        self.rename("accord_result", into)

    def rename(self, name: str, to: str) -> None:
        """Rename a result."""
        self._forget(to)
        self._connection.execute(f"ALTER {self._known[name]} {name} RENAME TO {to}")
        self._known[to] = self._known.pop(name)

    def drop(self, name: str) -> None:
        """Let go of a table, and of what it spilled."""
        self._forget(name)

    def _forget(self, name: str) -> None:
        kind = self._known.pop(name, None)
        if kind == "registered":
            self._connection.unregister(name)
        elif kind is not None:
            self._connection.execute(f"DROP {kind} {name}")

    def fetch(self, name: str, order: str = "") -> pa.Table:
        """A table as Arrow."""
        ordered = f" ORDER BY {order}" if order else ""
        select = f"SELECT * FROM {name}{ordered}"  # noqa: S608  # names come from our own code
        return plain(exact(self._connection.sql(select).to_arrow_table(), name))

    def parts(self, name: str, order: str = "") -> Iterator[pa.Table]:
        """A table as Arrow, a part at a time; nothing else runs here until it is read to its end."""
        ordered = f" ORDER BY {order}" if order else ""
        for batch in self._connection.sql(f"SELECT * FROM {name}{ordered}").to_arrow_reader(AT_ONCE):  # noqa: S608
            yield plain(exact(pa.Table.from_batches([batch]), name))

    def write(self, rule: Rule, path: Path, slots: Mapping[str, str] | None = None, by: str = "") -> None:
        """Run a rule straight into a Parquet file, or, `by` a column, a folder of them; what is 128 bits wide as
        DECIMAL(38,0), exactly.
        """
        text = f"({render(rule, Dialect.DUCKDB, slots)}\n) AS result"
        columns = self._connection.sql(f"SELECT * FROM {text} LIMIT 0")  # noqa: S608  # rules and names come from our own code
        wide = [c for c, kind in zip(columns.columns, columns.types, strict=True) if str(kind) == "HUGEINT"]
        cast = ", ".join(f"CAST({column} AS DECIMAL(38,0)) AS {column}" for column in wide)
        select = f"SELECT {f'* REPLACE ({cast})' if wide else '*'} FROM {text}"  # noqa: S608
        to, apart = str(path).replace("'", "''"), f", PARTITION_BY ({by})" if by else ""
        self._connection.execute(f"COPY ({select}) TO '{to}' (FORMAT parquet, COMPRESSION snappy, {FEW}{apart})")
        if by:
            path.mkdir(exist_ok=True)  # of no rows there is nothing

    def close(self) -> None:
        """Close the connection and remove what it spilled."""
        self._connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)
