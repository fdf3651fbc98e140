"""Shares: percents to fractions, and the one rule for rounded wholes."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from accord.terms import share


def test_three_times_33_33_is_a_whole() -> None:
    """Rounded thirds become exact thirds."""
    assert share.normalise((share.from_percent("33.33"),) * 3) == (F(1, 3),) * 3


def test_an_exact_whole_is_left_alone() -> None:
    """33.33 + 33.33 + 33.34 already sums to one and is not touched."""
    shares = tuple(share.from_percent(p) for p in ("33.33", "33.33", "33.34"))
    assert share.normalise(shares) == shares


@pytest.mark.parametrize("percents", [("50", "37.5"), ("60", "50"), ("99.93",), ("100.07",)])
def test_what_is_outside_the_tolerance_stays_as_written(percents: tuple[str, ...]) -> None:
    """A missing eighth, 110 % and a difference over 0.06 % are never rounded away."""
    shares = tuple(share.from_percent(p) for p in percents)
    assert share.normalise(shares) == shares
    assert not share.is_whole(shares)


def test_percent_is_written_for_people() -> None:
    """12.5, not 12.5000 and not 1/8."""
    assert share.percent(F(1, 8)) == "12.5"
    assert share.percent(F(1, 3)) == "33.3333"
    assert share.percent(F(1)) == "100"


@pytest.mark.parametrize("text", ["", "x", "1e999999999", "nan", "1/3", "9" * 5000, "٣", "1_0", "."])
def test_a_percent_is_plain_digits(text: str) -> None:
    """Nothing that Fraction would read besides, and no number that takes a machine's memory to build."""
    with pytest.raises(ValueError, match="is not a decimal number"):
        share.from_percent(text)
