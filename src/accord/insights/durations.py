"""Figures of how long something took: median first, since a few long ones say little about the rest (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from accord.insights.records import Figure, Group, Part
from accord.insights.spread import spread

SECONDS = {"hours": 3600, "days": 86_400}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Something that began and may have ended; ``label`` sorts it into a part."""

    id: str
    began_at: datetime
    ended_at: datetime | None
    label: str = ""


def figure(
    rows: Iterable[Row], *, key: str, group: Group, title: str, unit: str, definition: str, denominator: str
) -> Figure:
    """The median over those that ended; 90th percentile, mean, slowest and each label's median as parts; open ones in the note."""
    every = list(rows)
    took = {row.id: _seconds(row) for row in every if row.ended_at is not None}
    found = spread(list(took.values()))
    per = SECONDS[unit]
    parts = []
    if found is not None:
        parts = [
            Part(label="median", value=found.median / per, n=found.n),
            Part(label="90th percentile", value=found.ninth_decile / per, n=found.n),
            Part(label="mean", value=found.mean / per, n=found.n),
            Part(label="slowest", value=found.highest / per, n=found.n),
        ]
        for label in sorted({row.label for row in every if row.label}):
            mine = spread([took[row.id] for row in every if row.label == label and row.id in took])
            parts += [Part(label=label, value=mine.median / per, n=mine.n)] if mine else []
    waiting = len(every) - len(took)
    return Figure(
        key=key,
        group=group,
        title=title,
        value=found.median / per if found else None,
        unit=unit,
        n=len(took),
        definition=definition,
        denominator=denominator,
        parts=tuple(parts),
        note=f"{waiting} still open" if waiting else "",
    )


def _seconds(row: Row) -> int:
    if row.ended_at is None:
        raise ValueError("it has not ended")
    return int((row.ended_at - row.began_at).total_seconds())
