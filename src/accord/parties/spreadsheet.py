"""Lists as CSV for a spreadsheet: every list page's `?format=csv`, and what verbs print or write as CSV (shell)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

#: What makes a spreadsheet run a text as a formula when it stands first, and what is a number all the same.
RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def as_csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """`name`.csv with one line of column names; texts that a spreadsheet would run as formulas are disarmed."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    write_csv(response, columns, rows)
    return response


def write_csv(file: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """The same into anything that takes text."""
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([disarmed(cell) for cell in row] for row in rows)


def disarmed(cell: Any) -> Any:
    """A cell that a spreadsheet shows as it is. Numbers stay numbers, those below zero too; nothing is an empty cell."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in RUN and not NUMBER.fullmatch(cell) else cell
