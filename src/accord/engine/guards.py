"""What a result may hold. Money is whole (law 7), and the engines leave that path silently; these checks do not.

Measured traps behind them: DuckDB's `/`, `AVG` and HUGEINT-in-Parquet are DOUBLE; `SUM(BIGINT)` is HUGEINT; Spark's
decimals round or wrap. So a result has whole 64-bit numbers, text, booleans, dates and timestamps, and nothing else.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.types as kinds


class NotExact(Exception):
    """A rule produced a column that money must not travel in; a mistake in the rule."""


def exact(table: pa.Table, rule: str) -> pa.Table:
    """The table as it was, or NotExact naming the columns that are DOUBLE, DECIMAL or 128 bits wide."""
    wrong = [f"`{field.name}` is {field.type}" for field in table.schema if not _allowed(field.type)]
    if wrong:
        raise NotExact(f"{rule}: {', '.join(wrong)}; cast it to BIGINT in the rule, where overflow is an error")
    return table


def _allowed(kind: pa.DataType) -> bool:
    if kinds.is_dictionary(kind):
        kind = kind.value_type
    checks = (kinds.is_integer, kinds.is_boolean, kinds.is_string, kinds.is_large_string, kinds.is_date)
    return kinds.is_timestamp(kind) or kinds.is_null(kind) or any(check(kind) for check in checks)


def plain(table: pa.Table) -> pa.Table:
    """The same rows in one set of types on every engine: int64, string, timestamp in microseconds without a zone."""
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        if kinds.is_dictionary(field.type):
            column = column.cast(field.type.value_type)
        if kinds.is_integer(column.type):
            column = column.cast(pa.int64())
        elif kinds.is_large_string(column.type) or str(column.type) == "string_view":
            column = column.cast(pa.string())
        elif kinds.is_timestamp(column.type):
            column = column.cast(pa.timestamp("us"))
        columns.append(column)
    return pa.table(columns, names=table.schema.names)
