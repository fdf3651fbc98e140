"""Shares of a right, as exact fractions of one, and the one rule that rounds a source's percent back to a whole.

Sources write percents with two decimals, so three equal writers stand as 33.33 + 33.33 + 33.33 = 99.99. The recorded rule
`RULE` says when that is a whole: a sum within the tolerance of one is scaled so that it is exactly one. The tolerance of
CWR is six hundredths of a percent (CWR 2.2, share edits of NWR/REV). Outside it, shares stay as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

RULE = "share.scale-to-one-within-tolerance/1"
TOLERANCE = Fraction(6, 10_000)
ONE = Fraction(1)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})", re.ASCII)


def from_percent(text: str) -> Fraction:
    """The share that a percent stands for, exactly: `37.5` is 3/8. Raises ValueError when it is not a decimal number.

    Plain digits only: Fraction also reads `1e999999999`, and would build that number.
    """
    if not _DECIMAL.fullmatch(plain := text.strip()):
        raise ValueError(f"`{plain[:40]}` is not a decimal number")
    return Fraction(plain) / 100


def percent(share: Fraction) -> str:
    """A share as a percent for people, at most four decimals: `12.5`, `33.3333`."""
    whole, rest = divmod(round(share * 1_000_000), 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


def is_whole(shares: Iterable[Fraction], tolerance: Fraction = TOLERANCE) -> bool:
    """Whether the shares sum to one within the tolerance."""
    return abs(sum(shares, Fraction(0)) - 1) <= tolerance


def normalise(shares: tuple[Fraction, ...], tolerance: Fraction = TOLERANCE) -> tuple[Fraction, ...]:
    """Shares scaled to sum to exactly one when their sum is within `tolerance` of it; otherwise as they were.

    Proportions are kept, zeros stay zeros, order is kept. The rule's name, for the fact that records its use, is `RULE`.

    >>> normalise((Fraction(3333, 10000),) * 3)
    (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3))
    """
    total = sum(shares, Fraction(0))
    if total == 1 or abs(total - 1) > tolerance:
        return shares
    return tuple(share / total for share in shares)
