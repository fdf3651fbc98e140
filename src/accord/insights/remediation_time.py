"""How long it took to put a violation right."""

from __future__ import annotations

from collections.abc import Iterable

from accord.insights.durations import Row, figure
from accord.insights.records import Figure, Group

DEFINITION = (
    "Hours from the opening of a case to the decision that upheld it; the median. What the case concerns is held from its"
    " opening on, so nobody hears it meanwhile; a decision that was overturned on appeal is not counted."
)
DENOMINATOR = "Cases that stand upheld; those still under review stand in the note."


def compute(rows: Iterable[Row]) -> Figure:
    """The median time to remediation, with each kind of case as a part."""
    return figure(
        rows,
        key="remediation_time",
        group=Group.SAFETY,
        title="Time to put a violation right",
        unit="hours",
        definition=DEFINITION,
        denominator=DENOMINATOR,
    )
