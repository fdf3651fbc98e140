"""What may come out of an engine."""

from __future__ import annotations

import pyarrow as pa
import pytest

from accord.engine.dialect import Rule
from accord.engine.guards import NotExact, exact
from accord.engine.running import open_engine

BIG = 9_007_199_254_740_993  # 2⁵³ + 1: the first integer a DOUBLE cannot hold


def run(sql: str, **tables: pa.Table) -> pa.Table:
    with open_engine("duckdb") as engine:
        for name, table in tables.items():
            engine.table(name, table)
        engine.run(Rule("test/rule", sql), "result")
        return engine.fetch("result")


def test_a_division_that_gives_a_double_is_refused():
    """DuckDB's `/` leaves the whole numbers without a word; the guard says which column."""
    with pytest.raises(NotExact, match="`half` is double"):
        run("SELECT CAST(a AS BIGINT) / 2 AS half FROM t", t=pa.table({"a": [BIG]}))


def test_an_average_is_refused():
    """AVG is DOUBLE on every engine."""
    with pytest.raises(NotExact, match="`mean` is double"):
        run("SELECT AVG(a) AS mean FROM t", t=pa.table({"a": [1, 2]}))


def test_a_sum_that_grew_to_128_bits_is_refused():
    """SUM(BIGINT) is HUGEINT, which Parquet would write as DOUBLE."""
    with pytest.raises(NotExact, match="`total` is decimal"):
        run("SELECT SUM(a) AS total FROM t", t=pa.table({"a": [BIG, BIG]}))


def test_a_cast_sum_keeps_every_digit():
    """Cast in the rule, 2⁵³ + 1 twice is what it is."""
    table = run("SELECT CAST(SUM(a) AS BIGINT) AS total FROM t", t=pa.table({"a": [BIG, BIG]}))
    assert table["total"].to_pylist() == [2 * BIG]


def test_a_cast_that_does_not_fit_is_an_error():
    """Beyond 64 bits there is an error, never a wrap."""
    with pytest.raises(Exception, match=r"out of range|Conversion"):
        run("SELECT CAST(SUM(a) AS BIGINT) AS total FROM t", t=pa.table({"a": [2**62, 2**62]}))


def test_whole_numbers_text_and_time_pass():
    """What statements are made of."""
    table = pa.table({"n": [1], "t": ["x"], "at": pa.array([0], pa.timestamp("us")), "b": [True]})
    assert exact(table, "test") is table
