"""Which share of listening sessions touched something made with an AI feature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accord.insights.play_share import Cell, Row, by_feature
from accord.insights.records import Figure, Group, Part
from accord.insights.spread import share

DEFINITION = (
    "Listening sessions with at least one play of a creation made with an AI feature, in the territories and months for"
    " which the platform reported all its sessions. A session that touched two features counts once, and once in each part."
)
DENOMINATOR = "All listening sessions on the platform in the same territories and months, as it reported them."


def compute(touched: Iterable[Row], rows: Iterable[Row], totals: Mapping[Cell, int]) -> Figure:
    """The share of sessions: ``touched`` counts each session once (any feature), ``rows`` once per feature."""
    once, outside = by_feature(touched, totals)
    found, _ = by_feature(rows, totals)
    whole = sum(totals.values())
    return Figure(
        key="session_share",
        group=Group.REACH,
        title="Sessions touched by a creation, of all sessions",
        value=share(sum(once.values()), whole),
        unit="share",
        n=whole,
        definition=DEFINITION,
        denominator=DENOMINATOR,
        parts=tuple(
            Part(label=feature, value=share(count, whole), n=count) for feature, count in sorted(found.items())
        ),
        note=f"{outside:,} sessions are left out: no total was reported for their territory and month"
        if outside
        else "",
    )
