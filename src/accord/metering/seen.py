"""The index of counted keys, set by set: one statement per few thousand keys on SQLite and PostgreSQL alike.

It is written by the projector of `SegmentAppended`, so in the same transaction as the fact: an index that could outlive
or trail its events would lose or double them (both happened to others). It lies on disk: memory does not grow with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from django.db import IntegrityError, connection

from accord.metering.keys import Ints
from accord.metering.models import SeenEvent

AT_ONCE = 20_000
TABLE = SeenEvent._meta.db_table


def known(keys: Sequence[str]) -> tuple[Ints, Ints]:
    """Those of `keys` that were counted before: their places in `keys`, and what was counted under them (`bodies_of`)."""
    found: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        for start in range(0, len(keys), AT_ONCE):
            cursor.execute(_find(start), [_packed(keys[start : start + AT_ONCE])])
            found += cursor.fetchall()
    places, bodies = np.array(found, np.int64).reshape(-1, 2).T
    return places, bodies


def among(keys: Sequence[str]) -> set[str]:
    """Those of `keys` that were counted before."""
    return {keys[place] for place in known(keys)[0].tolist()}


def remember(keys: Sequence[str], bodies: Sequence[int]) -> None:
    """Note that `keys` are counted. Raises: IntegrityError when one was counted before, or stands twice in `keys`."""
    with connection.cursor() as cursor:
        for start in range(0, len(keys), AT_ONCE):
            cursor.execute(*_insert(keys[start : start + AT_ONCE], bodies[start : start + AT_ONCE]))


def _find(start: int) -> str:
    place, key = f"key + {start}", "value"
    source = "json_each(%s)"
    if connection.vendor == "postgresql":
        place, key = f"place - 1 + {start}", "key"
        source = "unnest(%s::text[]) WITH ORDINALITY AS u(key, place)"
    new = f"SELECT {place} AS place, {key} AS key FROM {source}"  # noqa: S608  # names are our own
    return f"SELECT new.place, seen.body FROM ({new}) AS new JOIN {TABLE} AS seen ON seen.key = new.key"  # noqa: S608


def _packed(keys: Sequence[str]) -> Any:
    return list(keys) if connection.vendor == "postgresql" else msgspec.json.encode(keys).decode()


def _insert(keys: Sequence[str], bodies: Sequence[int]) -> tuple[str, list[Any]]:
    if connection.vendor == "postgresql":
        given, values = "SELECT * FROM unnest(%s::text[], %s::bigint[])", [list(keys), list(bodies)]
    else:  # as members of one object, which SQLite walks through quicker than rows or lists
        taken = dict(zip(keys, bodies, strict=True))
        if len(taken) < len(keys):
            raise IntegrityError("a key stands twice among those to remember")
        given, values = "SELECT key, value FROM json_each(%s)", [msgspec.json.encode(taken).decode()]
    return f"INSERT INTO {TABLE} (key, body) {given}", values
