"""Where a period is cut: the instants at which a claim begins or ends, or a deal changes, in one territory (pure).

Claims that hold at an event's instant decide who is paid for it. Between two cuts nothing changes, so all events of an
epoch are read alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from accord.metering.periods import Span
from accord.payouts.records import Epoch
from accord.terms.instant import Instant
from accord.terms.period import DayPeriod
from accord.terms.territory import TerritorySet

GRID = timedelta(minutes=15)  # every territory's midnights fall on quarters of an hour in UTC
WIDEST = timedelta(hours=14)


def first_instant(day: date, territory: str) -> Instant:
    """When a period that starts with `day` starts to hold in a territory: its strictest midnight."""
    period = DayPeriod(day)
    place = TerritorySet.of(territory)
    low = datetime.combine(day, time(), UTC) - WIDEST - GRID
    return _first(low, lambda at: bool(period.territories_at(at, place)))


def last_instant(day: date, territory: str) -> Instant:
    """When a period whose first day after it is `day` stops holding in a territory."""
    period = DayPeriod(day - timedelta(days=3), day)
    place = TerritorySet.of(territory)
    low = datetime.combine(day, time(), UTC) - WIDEST - GRID
    return _first(low, lambda at: not period.territories_at(at, place))


def _first(low: datetime, true_at: Callable[[datetime], bool]) -> Instant:
    """The first instant on the grid from which a condition holds that, once true, stays true for the next day."""
    left, right = 0, int(timedelta(hours=28, minutes=30) / GRID)
    while left < right:
        middle = (left + right) // 2
        if true_at(low + middle * GRID):
            right = middle
        else:
            left = middle + 1
    return low + left * GRID


def cuts(span: Span, territory: str, periods: Iterable[DayPeriod], instants: Iterable[Instant]) -> list[Instant]:
    """The instants strictly inside a period at which something may change in a territory, in order."""
    found = {at for at in instants if span.start < at < span.end}
    near = timedelta(days=2)
    for period in set(periods):
        for day, edge in ((period.start, first_instant), (period.end, last_instant)):
            if day is None or not span.start - near <= datetime.combine(day, time(), UTC) <= span.end + near:
                continue
            at = edge(day, territory)
            if span.start < at < span.end:
                found.add(at)
    return sorted(found)


def epochs(span: Span, territory: str, at: Iterable[Instant], first_number: int = 0) -> list[Epoch]:
    """The stretches of a period between cuts, numbered on from `first_number`; without cuts, one."""
    edges = [span.start, *sorted(set(at)), span.end]
    return [
        Epoch(territory=territory, number=first_number + n, start=start, end=end)
        for n, (start, end) in enumerate(pairwise(edges))
    ]
