"""Spark: PySpark in local mode or on a cluster, or any Spark Connect server (Sail, Databricks …).

Tables travel as Parquet through a scratch folder, which every server understands (not all speak `createDataFrame`).
A remote server must see that folder: `ACCORD_ENGINE_SCRATCH` names a shared one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from accord.engine.dialect import Dialect, Rule, render
from accord.engine.guards import exact, plain
from accord.engine.view import View
from accord.terms.refusal import BadInput


class SparkEngine:
    """One session; the result of each rule is written to scratch, so that no rule is ever computed twice."""

    def __init__(self, url: str) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="accord-engine-", dir=os.environ.get("ACCORD_ENGINE_SCRATCH")))
        self._session = _session(url)
        self._made = 0

    def table(self, name: str, source: pa.Table | Sequence[Path] | View) -> None:
        """Make a table known as a temporary view."""
        if isinstance(source, View):
            self._session.sql(source.text(Dialect.SPARK, self._input)).createOrReplaceTempView(name)
            return
        paths = [str(path) for path in source] if not isinstance(source, pa.Table) else [self._write(source)]
        self._session.read.parquet(*paths).createOrReplaceTempView(name)

    def run(self, rule: Rule, into: str, slots: Mapping[str, str] | None = None) -> None:
        """Run a rule and keep its result in scratch."""
        self._made += 1
        path = self._scratch / f"{self._made}-{into}"
        _store(self._session.sql(render(rule, Dialect.SPARK, slots)), path)
        self._session.read.parquet(str(path)).createOrReplaceTempView(into)

    def write(self, rule: Rule, path: Path, slots: Mapping[str, str] | None = None, by: str = "") -> None:
        """Run a rule into a folder of Parquet files, in a place that the server must see; rows lie apart `by` a column."""
        _store(self._session.sql(render(rule, Dialect.SPARK, slots)), path, by)

    def fetch(self, name: str, order: str = "") -> pa.Table:
        """A table as Arrow."""
        ordered = f" ORDER BY {order}" if order else ""
        select = f"SELECT * FROM {name}{ordered}"  # noqa: S608  # names come from our own code
        return plain(exact(self._session.sql(select).toArrow(), name))

    def parts(self, name: str, order: str = "") -> Iterator[pa.Table]:
        """A table as Arrow; the driver holds all of it, as text and numbers and not as objects."""
        yield self.fetch(name, order)

    def rename(self, name: str, to: str) -> None:
        """Rename a result: its files stay, the view gets the new name."""
        self._session.table(name).createOrReplaceTempView(to)
        self._session.catalog.dropTempView(name)

    def drop(self, name: str) -> None:
        """Let go of a table; its files go with the scratch folder."""
        self._session.catalog.dropTempView(name)

    def close(self) -> None:
        """Stop the session and remove the scratch folder."""
        self._session.stop()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _input(self, slot: str, given: Any) -> str:
        self._made += 1
        self.table(name := f"{slot}_{self._made}", given)
        return name

    def _write(self, table: pa.Table) -> str:
        self._made += 1
        path = self._scratch / f"{self._made}.parquet"
        parquet.write_table(table, path)
        return str(path)


def _store(result: Any, path: Path, by: str = "") -> None:
    if by:
        result.write.partitionBy(by).parquet(str(path))
        path.mkdir(exist_ok=True)  # of no rows Sail writes nothing
        return
    result.write.parquet(str(path))
    if not any(path.glob("*.parquet")):  # Sail writes no file for no rows, and with it no columns
        path.mkdir(exist_ok=True)
        parquet.write_table(result.limit(0).toArrow(), path / "empty.parquet")


def _session(url: str) -> Any:
    warnings.filterwarnings("ignore", message=".*pandas >= 3.*", category=FutureWarning)
    try:
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise BadInput(
            f"`{url}` needs Spark", "ACCORD_ENGINE", do="install the extra: pip install accord[spark]"
        ) from missing
    builder = SparkSession.builder.appName("accord")
    if url.startswith("sc://"):
        return builder.remote(url).getOrCreate()
    quiet = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",  # an overflow is an error, never a wrap
        "spark.sql.shuffle.partitions": os.environ.get("ACCORD_ENGINE_PARTITIONS", "4"),
    }
    for key, value in quiet.items():
        builder = builder.config(key, value)
    return builder.master(url).getOrCreate()
