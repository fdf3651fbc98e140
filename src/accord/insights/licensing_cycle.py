"""How long from an approved deal to something people can use."""

from __future__ import annotations

from collections.abc import Iterable

from accord.insights.durations import Row, figure
from accord.insights.records import Figure, Group

DEFINITION = (
    "Days from the second of legal's and product's approvals of a deal to the first instant at which the deal is in force"
    " and a feature it names is live; the median."
)
DENOMINATOR = (
    "Pairs of deal and feature that became available; those that wait for a signature or a launch stand in the note."
)


def compute(rows: Iterable[Row]) -> Figure:
    """The median cycle time, with each feature as a part."""
    return figure(
        rows,
        key="licensing_cycle",
        group=Group.LICENSING,
        title="From approved deal to available feature",
        unit="days",
        definition=DEFINITION,
        denominator=DENOMINATOR,
    )
