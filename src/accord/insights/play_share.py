"""Which share of all plays is of something made with an AI feature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from accord.insights.records import Figure, Group, Part
from accord.insights.spread import share

DEFINITION = (
    "Plays of creations made with an AI feature, each counted once, in the territories and months for which the platform"
    " reported all its plays."
)
DENOMINATOR = "All plays on the platform in the same territories and months, as it reported them."
Cell = tuple[str, str]  # territory, month


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Plays (or sessions) of one feature in one territory and month."""

    feature: str
    territory: str
    month: str
    count: int


def compute(rows: Iterable[Row], totals: Mapping[Cell, int]) -> Figure:
    """The share of plays, with the share per feature as parts; ``totals`` are all plays by territory and month."""
    found, outside = by_feature(rows, totals)
    whole = sum(totals.values())
    return Figure(
        key="play_share",
        group=Group.REACH,
        title="Plays of creations, of all plays",
        value=share(sum(found.values()), whole),
        unit="share",
        n=whole,
        definition=DEFINITION,
        denominator=DENOMINATOR,
        parts=tuple(
            Part(label=feature, value=share(count, whole), n=count) for feature, count in sorted(found.items())
        ),
        note=f"{outside:,} plays are left out: no total was reported for their territory and month" if outside else "",
    )


def by_feature(rows: Iterable[Row], totals: Mapping[Cell, int]) -> tuple[dict[str, int], int]:
    """Counts per feature where there is a total, and how many fall outside."""
    found: dict[str, int] = {}
    outside = 0
    for row in rows:
        if (row.territory, row.month) in totals:
            found[row.feature] = found.get(row.feature, 0) + row.count
        else:
            outside += row.count
    return found, outside
