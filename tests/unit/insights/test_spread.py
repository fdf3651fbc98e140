"""Spread of whole numbers, against the plain definitions."""

from __future__ import annotations

from fractions import Fraction
from math import floor, sqrt

from hypothesis import given
from hypothesis import strategies as st

from accord.insights.spread import quantile, spread

values = st.lists(st.integers(0, 10**9), min_size=1, max_size=40)


@given(values)
def test_spread_is_what_the_definitions_say(found: list[int]) -> None:
    """Mean, deviation and extremes agree with their textbook forms, rounded down."""
    said = spread(found)
    assert said is not None
    mean = Fraction(sum(found), len(found))
    variance = sum((value - mean) ** 2 for value in found) / len(found)
    assert said.mean == floor(mean)
    assert abs(said.deviation - sqrt(variance)) <= 1 + sqrt(variance) * 1e-9
    assert (said.lowest, said.highest) == (min(found), max(found))


@given(values)
def test_half_lie_on_either_side_of_the_median(found: list[int]) -> None:
    """At least half of the values are at most the median (rounded up) and half at least it (rounded down)."""
    middle = quantile(sorted(found), Fraction(1, 2))
    assert sum(value <= middle + 1 for value in found) * 2 >= len(found)
    assert sum(value >= middle for value in found) * 2 >= len(found)


def test_money_beyond_floats_stays_exact() -> None:
    """The mean of 2⁵³ + 1 and itself is 2⁵³ + 1, and they do not spread."""
    said = spread([2**53 + 1] * 3)
    assert said is not None and (said.mean, said.deviation) == (2**53 + 1, 0)
