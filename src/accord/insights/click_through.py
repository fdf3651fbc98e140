"""How often a creation's page leads on to somebody who is in it."""

from __future__ import annotations

from collections.abc import Mapping

from accord.insights.records import Figure, Group
from accord.insights.spread import share

DEFINITION = (
    "Times that the page of a released creation led on to a person credited in it and what is theirs. Counted by day and"
    " creation, of nobody in particular: one listener who follows two names counts twice, and programs that follow links count too."
)
DENOMINATOR = "Times that pages of released creations were shown with their pictures loaded."


def compute(trails: Mapping[str, tuple[int, int]]) -> Figure:
    """`trails`: creation → (times seen, times led on)."""
    views, clicks = (sum(pair[side] for pair in trails.values()) for side in (0, 1))
    return Figure(
        key="click_through",
        group=Group.REACH,
        title="Pages of creations that led on to somebody in them",
        value=share(clicks, views),
        unit="share",
        n=views,
        definition=DEFINITION,
        denominator=DENOMINATOR,
        note=f"{clicks:,} times in all" if clicks else "",
    )
