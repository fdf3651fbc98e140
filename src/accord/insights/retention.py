"""How many of those who said yes are still in after 30 days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from accord.insights.records import Figure, Group, Part
from accord.insights.spread import share

DAYS = 30
DEFINITION = (
    f"Of people who said yes to a feature at least {DAYS} days ago: those whose yes still stood {DAYS} days later."
    " Taking back every use of the feature is leaving it; excluding one recording or place is not."
)
DENOMINATOR = (
    f"Pairs of person and feature whose first yes is at least {DAYS} days old: younger ones cannot answer yet."
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One person's first yes to one feature, and when no yes stood any more (None: one still does)."""

    person: str
    feature: str
    yes_at: datetime
    left_at: datetime | None


def compute(rows: Iterable[Row], at: datetime) -> Figure:
    """Retention as of ``at``, with the share per feature as parts."""
    term = timedelta(days=DAYS)
    old: dict[str, int] = {}
    kept: dict[str, int] = {}
    for row in rows:
        if row.yes_at + term > at:
            continue
        old[row.feature] = old.get(row.feature, 0) + 1
        if row.left_at is None or row.left_at >= row.yes_at + term:
            kept[row.feature] = kept.get(row.feature, 0) + 1
    return Figure(
        key="retention",
        group=Group.PARTICIPATION,
        title=f"Still in after {DAYS} days",
        value=share(sum(kept.values()), sum(old.values())),
        unit="share",
        n=sum(old.values()),
        definition=DEFINITION,
        denominator=DENOMINATOR,
        parts=tuple(Part(label=name, value=share(kept.get(name, 0), n), n=n) for name, n in sorted(old.items())),
    )
