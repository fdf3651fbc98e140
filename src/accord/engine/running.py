"""The one door: open an engine, hand it tables, run the rooms' rules in it.

`ACCORD_ENGINE` chooses: unset or `duckdb` is DuckDB in this process; `local[2]`, `spark://host:7077` is PySpark;
`sc://host:port` is any Spark Connect server. The same rules run in all of them and agree to the micro.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from accord.engine.dialect import Rule
from accord.terms.refusal import BadInput

Input = Any  # an Arrow table, a sequence of paths to Parquet files of one schema, or a View


class Engine(Protocol):
    """What both engines can do. Tables stay inside the engine until they are fetched."""

    def table(self, name: str, source: Input) -> None:
        """Make an Arrow table, Parquet files of one schema, or a view, known under a name."""

    def run(self, rule: Rule, into: str, slots: Mapping[str, str] | None = None) -> None:
        """Run a rule over the named tables; its result becomes the table `into`."""

    def fetch(self, name: str, order: str = "") -> pa.Table:
        """A table by name as Arrow, checked by the guards, ordered by the columns in `order`."""

    def parts(self, name: str, order: str = "") -> Iterator[pa.Table]:
        """The same a part at a time, for tables that may not fit in memory."""

    def write(self, rule: Rule, path: Path, slots: Mapping[str, str] | None = None, by: str = "") -> None:
        """Run a rule straight to a path, from which `table` reads its result in another engine of the same kind.

        With `by`, a column, the path is a folder in which the rows of each of its values lie apart, as `by=value/*.parquet`.
        """

    def rename(self, name: str, to: str) -> None:
        """Let a table that was run be known under another name; what had that name is gone."""

    def drop(self, name: str) -> None:
        """Let go of a table that nothing reads any more."""

    def close(self) -> None:
        """Let go of everything it holds."""


def rule(name: str, folder: str = "") -> Rule:
    """The rule `room/name` from `src/accord/room/name.sql`, or from a folder of the room, where it has been superseded."""
    room, _, file = name.partition("/")
    return Rule(name, (files("accord") / room / folder / f"{file}.sql").read_text("utf-8"))


@contextmanager
def open_engine(url: str | None = None) -> Iterator[Engine]:
    """An engine for the length of a `with` block. Raises: BadInput for an engine that is unknown or not installed."""
    engine = _engine(url or os.environ.get("ACCORD_ENGINE", "") or "duckdb")
    try:
        yield engine
    finally:
        engine.close()


def _engine(url: str) -> Engine:
    if url == "duckdb":
        from accord.engine.duck import DuckEngine

        return DuckEngine()
    if url.startswith(("local", "spark://", "sc://")):
        from accord.engine.spark import SparkEngine

        return SparkEngine(url)
    raise BadInput(f"`{url}` is not an engine", "ACCORD_ENGINE", do="use duckdb, local[2], spark://… or sc://…")


def run(
    name: str,
    inputs: Mapping[str, Input],
    slots: Mapping[str, str] | None = None,
    order: str = "",
    url: str | None = None,
) -> pa.Table:
    """Run one rule on its own: inputs by table name in, one checked Arrow table out."""
    with open_engine(url) as engine:
        for table, source in inputs.items():
            engine.table(table, source)
        engine.run(rule(name), "result", slots)
        return engine.fetch("result", order)
