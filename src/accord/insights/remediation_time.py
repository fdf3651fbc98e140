"""How long it took to put a violation right."""

from __future__ import annotations

from collections.abc import Iterable

from accord.insights.durations import Row, figure
from accord.insights.records import Figure, Group

DEFINITION = (
    "Hours from the opening of a case that was upheld to the decision that ended it (after an appeal, the second one);"
    " the median. What it concerns is held from the opening on, so nobody hears it meanwhile."
)
DENOMINATOR = "Upheld cases with a final decision; those still under review stand in the note."


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
