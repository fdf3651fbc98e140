"""Months and quarters."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accord.metering.periods import Span, parse
from accord.terms.refusal import BadInput


def test_a_quarter_is_three_months():
    """From the first instant of July to the first of October."""
    q3 = parse("2026-Q3")
    assert q3.months == ("2026-07", "2026-08", "2026-09")
    assert (q3.start, q3.end) == (datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC))


def test_december_ends_with_the_year():
    """And so does the last quarter."""
    assert parse("2026-12").end == parse("2026-Q4").end == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_month_overlaps_its_quarter_and_no_other():
    """Half-open: September and the fourth quarter share no instant."""
    assert Span("2026-09").overlaps(Span("2026-Q3")) and not Span("2026-09").overlaps(Span("2026-Q4"))
    assert Span("2026-09").quarter == "2026-Q3"


@pytest.mark.parametrize("text", ["2026", "2026-00", "2026-13", "2026-Q5", "Q3", "2026-7", "2026-07-01", ""])
def test_anything_else_is_bad_input(text):
    """It is named, with how to write it."""
    with pytest.raises(BadInput, match="is not a period"):
        parse(text)
