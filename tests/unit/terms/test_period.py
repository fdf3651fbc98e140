"""Periods: local midnights, the stricter of several zones, half-open days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.terms import period
from accord.terms.period import DayPeriod
from accord.terms.refusal import BadInput
from accord.terms.territory import TERRITORIES, WORLD, ZONES, TerritorySet

JUNE = DayPeriod(date(2026, 6, 1), date(2026, 7, 1))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_day_starts_at_the_territorys_own_midnight() -> None:
    """1 June begins in Japan at 15:00 UTC on 31 May, and in Brazil's last zone at 05:00 UTC on 1 June."""
    assert JUNE.covers(at("2026-05-31T15:00:00Z"), "JP")
    assert not JUNE.covers(at("2026-05-31T14:59:59Z"), "JP")
    assert JUNE.covers(at("2026-06-01T05:00:00Z"), "BR")
    assert not JUNE.covers(at("2026-06-01T04:59:59Z"), "BR")


def test_the_end_is_the_first_zone_to_reach_it() -> None:
    """June ends in Brazil when Fernando de Noronha (UTC-2) reaches 1 July: at 02:00 UTC."""
    assert JUNE.covers(at("2026-07-01T01:59:59Z"), "BR")
    assert not JUNE.covers(at("2026-07-01T02:00:00Z"), "BR")


def test_without_an_end_it_goes_on() -> None:
    """An open period covers any later instant."""
    assert DayPeriod(date(2026, 6, 1)).covers(at("2099-01-01T00:00:00Z"), "US")


def test_a_territory_without_a_zone_gets_the_strictest() -> None:
    """Bouvet Island has no zone in tzdata: its June starts at UTC-12 and ends at UTC+14."""
    assert not JUNE.covers(at("2026-06-01T11:59:59Z"), "BV")
    assert JUNE.covers(at("2026-06-01T12:00:00Z"), "BV")
    assert not JUNE.covers(at("2026-06-30T10:00:00Z"), "BV")


def test_daylight_saving_is_the_territorys_own() -> None:
    """A day that starts in summer time starts an hour earlier in UTC than one in winter time."""
    assert DayPeriod(date(2026, 7, 1)).covers(at("2026-06-30T22:00:00Z"), "FR")
    assert not DayPeriod(date(2026, 12, 1)).covers(at("2026-11-30T22:00:00Z"), "FR")


@pytest.mark.parametrize(
    "text", ["2026-06-01", "2026-06-31/..", "2026-06-01/2026-06-01", "2026-06-02/2026-06-01", "june"]
)
def test_a_period_that_is_none_is_bad_input(text: str) -> None:
    """Missing ends, impossible days and empty periods are refused."""
    with pytest.raises(BadInput):
        period.parse(text)


def test_a_naive_instant_is_bad_input() -> None:
    """An instant without an offset has no day anywhere."""
    with pytest.raises(BadInput):
        JUNE.covers(datetime(2026, 6, 2), "FR")


@pytest.mark.parametrize("year", [1899, 3000])
def test_an_instant_outside_the_calendar_is_bad_input(year: int) -> None:
    """Years before 1900 and from 3000 on have no days to decide on."""
    with pytest.raises(BadInput, match="outside the calendar"):
        JUNE.covers(datetime(year, 1, 1, tzinfo=UTC), "FR")


def test_the_text_reads_back() -> None:
    """parse(text(p)) is p, with and without an end."""
    assert period.parse(JUNE.text()) == JUNE
    assert period.parse("2026-06-01/..") == DayPeriod(date(2026, 6, 1))


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),
    st.dates(date(2020, 1, 1), date(2029, 12, 1)),
    st.integers(1, 800),
)
def test_the_set_agrees_with_the_walls_one_by_one(when: datetime, start: date, days: int) -> None:
    """A territory is covered when every clock there shows a day from the start on and none shows the end or later."""
    june = DayPeriod(start, start + timedelta(days=days))
    found = june.territories_at(when, WORLD)
    for code in TERRITORIES:
        if ZONES[code]:
            walls = [when.astimezone(ZoneInfo(name)).date() for name in ZONES[code]]
            assert (code in found) == (min(walls) >= june.start and max(walls) < june.end)
    assert june.territories_at(when, TerritorySet.of("FR")) == found & TerritorySet.of("FR")
