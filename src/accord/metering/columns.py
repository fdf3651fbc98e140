"""Columns of a file or a data frame as the columns of an event: what kind they may be, and which values cannot be meant.

Whole numbers often come as floats (a data frame makes them so where one is missing): those that are whole are taken, and
a row with another is turned away. Nothing is rounded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from accord.metering.events import SCHEMA
from accord.terms.refusal import BadInput

Wrong = dict[int, str]  # row → why it cannot be read


def table_of(table: pa.Table) -> tuple[pa.Table, Wrong]:
    """The columns of `events.SCHEMA` by name, missing ones empty, and the rows that hold what no column can.

    Raises: BadInput for a column of another kind.
    """
    wrong: Wrong = {}
    columns = []
    for field in SCHEMA:
        if field.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, field.type))
            continue
        try:
            columns.append(_column(table[field.name], field, wrong))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as why:
            said = str(why).splitlines()[0]
            raise BadInput(f"column `{field.name}` is not {field.type}", why=said) from None
    return pa.table(columns, schema=SCHEMA), wrong


def _column(column: pa.ChunkedArray, field: pa.Field, wrong: Wrong) -> Any:
    if kinds.is_null(column.type):
        return column.cast(field.type)
    if field.name == "at":
        return _instants(column)
    if kinds.is_string(field.type):
        return _texts(column)
    return _wholes(column, field.name, wrong)


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type.value_type if kinds.is_dictionary(column.type) else column.type
    if not (kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind)):
        raise pa.ArrowInvalid(f"it is {column.type}")
    made = column.cast(pa.string())
    made.validate(full=True)  # a file may call bytes text that are none
    return made


def _wholes(column: pa.ChunkedArray, name: str, wrong: Wrong) -> pa.ChunkedArray:
    if kinds.is_floating(column.type):
        given = column.cast(pa.float64())
        column = pc.if_else(pc.is_nan(given), None, given)  # how a data frame says that there is none
        fits = pc.and_(pc.equal(column, pc.trunc(column)), pc.less(pc.abs(column), 2.0**53))
    elif kinds.is_uint64(column.type):
        fits = pc.less(column, 2**63)
    elif kinds.is_integer(column.type):
        return column.cast(pa.int64())
    else:
        raise pa.ArrowInvalid(f"it is {column.type}")
    fits = pc.fill_null(fits, True)
    for row in np.flatnonzero(~np.asarray(fits.combine_chunks())).tolist():
        wrong.setdefault(row, f"`{name}`: {column[row].as_py():g} is not a whole number of 64 bits")
    return pc.if_else(fits, column, None).cast(pa.int64())


def _instants(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Microseconds of UTC; a column without a zone is UTC already, nanoseconds are cut."""
    if not kinds.is_timestamp(column.type):
        raise pa.ArrowInvalid(f"it is {column.type}, which does not say where on Earth its clock stood")
    if column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    if column.type.tz is not None:
        column = column.cast(pa.timestamp("us", "UTC"))
    return column.cast(pa.timestamp("us"))
