"""When does time alone change an answer? (pure)

Between two of these instants a question asked again at another instant has the same answer, so what was worked out once
can be kept. A day turns somewhere on Earth from 14 hours before its midnight in UTC to 12 hours after, and clocks turn on
quarter hours of UTC (a test holds that for every zone in the table).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from accord.terms.instant import Instant
from accord.terms.period import DayPeriod
from accord.terms.territory import TerritorySet

FIRST, LAST = timedelta(hours=-14), timedelta(hours=12)
STEP = timedelta(minutes=15)


def next_turn(at: Instant, days: Iterable[date | None] = (), instants: Iterable[Instant | None] = ()) -> Instant | None:
    """The first instant after `at` at which one of these days may begin somewhere, or one of these instants is reached."""
    later = [one for one in instants if one is not None and one > at]
    later += [turn for day in days if day is not None and (turn := _turn(at, day)) is not None]
    return min(later, default=None)


def _turn(at: Instant, day: date) -> Instant | None:
    midnight = datetime.combine(day, time(), UTC)
    if at < midnight + FIRST:
        return midnight + FIRST
    if at >= midnight + LAST:
        return None
    since = at - (midnight + FIRST)
    return midnight + FIRST + (since // STEP + 1) * STEP


def last_day(period: DayPeriod, territories: TerritorySet) -> list[Instant]:
    """The instant at which a period first ends in any of these territories, to the quarter hour; none where it goes on."""
    if period.end is None or not territories:
        return []
    turn = datetime.combine(period.end, time(), UTC) + FIRST
    while period.territories_at(turn, territories) == territories:
        turn += STEP
    return [turn]
