"""Usage events to try."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from accord.engine.running import open_engine
from accord.metering import actions
from accord.metering.periods import Span
from accord.metering.queries import countable
from accord.metering.records import IngestReport

AT = datetime(2026, 10, 1, 9, tzinfo=UTC)
ACTOR = "acc_1"
OTHERWISE = (
    "event `e1` was counted before and said something else: what was counted stands; "
    "to change it send an event with an id of its own that `corrects` it"
)


def event(id: str = "e1", **changes: Any) -> dict[str, Any]:
    """A good listen; `name=None` leaves a field out."""
    made = {
        "source": "https://platform.example",
        "id": id,
        "kind": "listen",
        "feature": "blend",
        "creation": "cre_1",
        "user": "u1",
        "territory": "DE",
        "seconds": 30,
        "at": "2026-08-01T12:00:00Z",
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def lines(*events: Any) -> list[bytes]:
    """Events as lines of JSON; bytes as they are."""
    return [one if isinstance(one, bytes) else json.dumps(one).encode() for one in events]


def ingest(*events: Any) -> IngestReport:
    """Send events as one batch."""
    return actions.ingest(lines(*events), "test", AT, ACTOR)


def standing_events(span: Span) -> pa.Table:
    """The events that count of a period, as an engine reads them."""
    with open_engine("duckdb") as engine:
        engine.table("events", countable(span))
        return engine.fetch("events")
