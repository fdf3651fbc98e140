"""How many of those asked said yes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from accord.insights.records import Figure, Group, Part
from accord.insights.spread import share

DEFINITION = (
    "People who, after they were asked about a feature, said yes to at least one use in it, in person or through a"
    " representative whose mandate names the use. A yes that was taken back later still counts here; retention says who stayed."
)
DENOMINATOR = "People who were asked about at least one feature; in the parts, people asked about that feature."


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One person asked about one feature, and the first yes from then on (None: none came)."""

    person: str
    feature: str
    asked_at: datetime
    yes_at: datetime | None


def compute(rows: Iterable[Row]) -> Figure:
    """The opt-in rate over people, with the rate per feature as parts."""
    asked: dict[str, set[str]] = {}
    joined: dict[str, set[str]] = {}
    for row in rows:
        asked.setdefault(row.feature, set()).add(row.person)
        if row.yes_at is not None and row.yes_at >= row.asked_at:
            joined.setdefault(row.feature, set()).add(row.person)
    everybody = set().union(*asked.values())
    yes = set().union(*joined.values())
    parts = tuple(
        Part(label=feature, value=share(len(joined.get(feature, ())), len(people)), n=len(people))
        for feature, people in sorted(asked.items())
    )
    return Figure(
        key="opt_in_rate",
        group=Group.PARTICIPATION,
        title="Creators who said yes, of those asked",
        value=share(len(yes), len(everybody)),
        unit="share",
        n=len(everybody),
        definition=DEFINITION,
        denominator=DENOMINATOR,
        parts=parts,
    )
