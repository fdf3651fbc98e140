"""Where a period is cut."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from accord.metering.periods import parse
from accord.payouts.epochs import cuts, epochs, first_instant, last_instant
from accord.terms.period import DayPeriod

Q3 = parse("2026-Q3")


def test_a_day_starts_at_the_territorys_own_midnight():
    """15 August begins in Tokyo nine hours before it does in UTC, and two hours before in Berlin."""
    assert first_instant(date(2026, 8, 15), "JP") == datetime(2026, 8, 14, 15, tzinfo=UTC)
    assert first_instant(date(2026, 8, 15), "DE") == datetime(2026, 8, 14, 22, tzinfo=UTC)


def test_where_a_territory_has_several_midnights_the_stricter_counts():
    """In the United States a deal starts with the last of its midnights and ends with the first."""
    day = date(2026, 8, 15)
    period = DayPeriod(day, date(2026, 8, 16))
    start, end = first_instant(day, "US"), last_instant(date(2026, 8, 16), "US")
    assert period.covers(start, "US") and not period.covers(start - timedelta(minutes=15), "US")
    assert period.covers(end - timedelta(minutes=15), "US") and not period.covers(end, "US")
    assert start.date() == day and end < start + timedelta(days=1)


def test_a_period_without_changes_is_one_epoch():
    """Claims and deals that last from before to after make no cut."""
    inside = cuts(Q3, "DE", [DayPeriod(date(2020, 1, 1), date(2030, 1, 1))], [datetime(2026, 6, 1, tzinfo=UTC)])
    assert inside == [] and len(epochs(Q3, "DE", inside)) == 1


def test_every_change_inside_the_period_is_a_cut():
    """A deal that ends, and one that is suspended."""
    suspended = datetime(2026, 9, 3, 10, 30, tzinfo=UTC)
    found = cuts(Q3, "DE", [DayPeriod(date(2026, 6, 1), date(2026, 8, 15))], [suspended])
    assert found == [datetime(2026, 8, 14, 22, tzinfo=UTC), suspended]


def test_epochs_cover_the_period_without_gap_or_overlap():
    """Each ends where the next begins."""
    made = epochs(Q3, "DE", [datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)], 5)
    assert [one.number for one in made] == [5, 6, 7]
    assert [one.start for one in made[1:]] == [one.end for one in made[:-1]]
    assert (made[0].start, made[-1].end) == (Q3.start, Q3.end)
