"""A share in percent, for people. Pure."""

from __future__ import annotations

from fractions import Fraction


def percent(units: int, total: int) -> str:
    """`units` of `total` in percent with two decimals, cut and not rounded up: shares shown never exceed what is paid."""
    hundredths = Fraction(units * 10_000, total or 1)
    whole = hundredths.numerator // hundredths.denominator
    return f"{whole // 100}.{whole % 100:02d}"
