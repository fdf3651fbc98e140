"""How long a dispute about who owns what took to settle."""

from __future__ import annotations

from collections.abc import Iterable

from accord.insights.durations import Row, figure
from accord.insights.records import Figure, Group

DEFINITION = "Hours from the opening of a dispute or conflict over a claim to its resolution; the median."
DENOMINATOR = "Disputes and conflicts that were resolved; those still open stand in the note."


def compute(rows: Iterable[Row]) -> Figure:
    """The median time to resolve."""
    return figure(
        rows,
        key="dispute_resolution",
        group=Group.ATTRIBUTION,
        title="Time to settle a dispute",
        unit="hours",
        definition=DEFINITION,
        denominator=DENOMINATOR,
    )
