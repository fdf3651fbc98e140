"""Mean, median and spread of whole numbers or durations, exactly until the last step (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

import msgspec


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Of ``n`` values: mean, median, standard deviation (of the whole population), quartiles, ninth decile and extremes, rounded down."""

    n: int
    mean: int
    median: int
    deviation: int
    lower_quartile: int
    upper_quartile: int
    ninth_decile: int
    lowest: int
    highest: int


def spread(values: Sequence[int]) -> Spread | None:
    """The spread of whole numbers; None of none. Quantiles interpolate between neighbours (Hyndman & Fan, type 7)."""
    if not values:
        return None
    ordered, n = sorted(values), len(values)
    total = sum(ordered)
    # n·Σx² − (Σx)² is n² times the variance: exact, where a floating mean of micros would not be
    deviation = isqrt(max(0, n * sum(value * value for value in ordered) - total * total)) // n
    return Spread(
        n=n,
        mean=total // n,
        median=quantile(ordered, Fraction(1, 2)),
        deviation=deviation,
        lower_quartile=quantile(ordered, Fraction(1, 4)),
        upper_quartile=quantile(ordered, Fraction(3, 4)),
        ninth_decile=quantile(ordered, Fraction(9, 10)),
        lowest=ordered[0],
        highest=ordered[-1],
    )


def quantile(ordered: Sequence[int], part: Fraction) -> int:
    """The quantile of sorted values, rounded down. Raises: ValueError of none."""
    if not ordered:
        raise ValueError("a quantile of nothing")
    place = part * (len(ordered) - 1)
    below = place.numerator // place.denominator
    above = min(below + 1, len(ordered) - 1)
    exact = ordered[below] + (place - below) * (ordered[above] - ordered[below])
    return exact.numerator // exact.denominator


def share(some: int, whole: int) -> float | None:
    """``some`` of ``whole`` as 0 to 1; None of nothing."""
    return some / whole if whole else None
