"""The index of counted keys, set by set: one statement per few thousand keys on SQLite and PostgreSQL alike.

It is written by the projector of `SegmentAppended`, so in the same transaction as the fact: an index that could outlive
or trail its events would lose or double them (both happened to others).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from accord.metering.models import SeenEvent

AT_ONCE = 20_000
TABLE = SeenEvent._meta.db_table


def known(keys: Sequence[str]) -> set[str]:
    """Those of `keys` that were counted before."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for values in _parts(keys):
            cursor.execute(f"SELECT key FROM {TABLE} WHERE key IN (SELECT {_unpack()})", [values])  # noqa: S608
            found.update(row[0] for row in cursor.fetchall())
    return found


def remember(keys: Sequence[str], segment: str) -> None:
    """Note that `keys` are counted by `segment`. Raises: IntegrityError when one was counted before."""
    with connection.cursor() as cursor:
        for values in _parts(sorted(keys)):
            new = f"SELECT new.key, %s FROM (SELECT {_unpack()}) AS new"  # noqa: S608
            cursor.execute(f"INSERT INTO {TABLE} (key, segment) {new}", [segment, values])


def _unpack() -> str:
    if connection.vendor == "postgresql":
        return "unnest(%s::text[]) AS key"
    return "value AS key FROM json_each(%s)"


def _parts(keys: Sequence[str]) -> Iterator[Any]:
    for start in range(0, len(keys), AT_ONCE):
        part = list(keys[start : start + AT_ONCE])
        yield part if connection.vendor == "postgresql" else json.dumps(part)
