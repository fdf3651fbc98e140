"""Usage events to try."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

AT = datetime(2026, 10, 1, 9, tzinfo=UTC)
ACTOR = "acc_1"


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
