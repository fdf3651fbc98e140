"""The batch that comes all day, read at once: CloudEvents of uses of creations, all well formed, none a correction (pure).

Most of what makes an event unreadable is looked for while it is decoded. What is read here is what `reading.read_batch`
and `events.checks` make of the same bytes, column by column; whatever they would say more about is not read here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
import numpy as np
import pyarrow as pa

from accord.metering.events import KINDS, LONGEST_LISTEN_S, LONGEST_TEXT, SCHEMA, meaning, reasons
from accord.metering.reading import KIND_OF, TYPE_PREFIX, EventIn, instants
from accord.terms.instant import Instant

Some = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=LONGEST_LISTEN_S)]
Micros = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
#: A training run may name no creation, and a `void` uses none.
TYPES = frozenset(TYPE_PREFIX + kind for kind in KINDS if kind not in ("train-run", "void"))
#: Without these bytes a body holds no control character (JSON escapes them) and no address.
DOUBTFUL = (b"\\", b"\x7f", b"@")
#: The columns that then may still be wrong: all others are as the types above say.
UNTYPED = ("source", "territory", "at")


class Use(EventIn, kw_only=True, gc=False):
    """`EventIn` under `data`, narrowed: what was used, by whom, where."""

    feature: Some
    creation: Some
    territory: Some
    user: Some | None = None
    seconds: Seconds | None = None
    revenue_micros: Micros | None = None
    session: Some | None = None
    corrects: None = None


class Envelope(EventIn, kw_only=True, gc=False):
    """`EventIn` as an envelope, narrowed: every attribute there, and an instant that says its offset."""

    specversion: Literal["1.0"]
    type: Some
    source: Some
    id: Some
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    data: Use


_many = msgspec.json.Decoder(list[Envelope]).decode


def read(body: bytes, most: int, territories: frozenset[str], received: Instant) -> pa.Table | None:
    """The columns of `events.SCHEMA` and `line`, when every event is good as it stands; else None."""
    try:
        events = _many(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if len(events) > most or not {event.type for event in events} <= TYPES:
        return None
    table = _table(events)
    doubtful = any(byte in body for byte in DOUBTFUL)
    rules = [rule for rule in meaning(territories, received) if doubtful or rule.column in UNTYPED]
    return None if reasons(table, rules) else table


def _table(events: list[Envelope]) -> pa.Table:
    uses = [event.data for event in events]
    texts = {
        "source": [event.source for event in events],
        "id": [event.id for event in events],
        "kind": [KIND_OF[event.type] for event in events],
        "feature": [use.feature for use in uses],
        "creation": [use.creation for use in uses],
        "user": [use.user for use in uses],
        "territory": [use.territory for use in uses],
        "session": [use.session for use in uses],
    }
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    columns["seconds"] = pa.array([use.seconds for use in uses], pa.int64())
    columns["revenue_micros"] = pa.array([use.revenue_micros for use in uses], pa.int64())
    columns["at"] = instants([event.time for event in events])
    columns["corrects"] = pa.nulls(len(events), pa.string())
    columns["line"] = pa.array(np.arange(1, len(events) + 1))
    return pa.table({name: columns[name] for name in (*SCHEMA.names, "line")})
