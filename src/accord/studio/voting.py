"""Two takes, votes one by one: an interval that stays valid however often one looks, and when to stop. Pure.

Let `p` be the part of such an audience that prefers the first take. Against every `p` a bet is placed that spreads evenly
over all of them (beta-binomial, uniform prior); what it has won after n votes is a martingale under `p`, so by Ville's
inequality it passes 1/alpha with probability at most alpha, at any time whatever. The interval is all `p` under which it has
not. Looking after each vote and stopping when one likes therefore costs nothing (Robbins 1970; Howard et al. 2021).
"""

from __future__ import annotations

from math import lgamma, log

import msgspec

ALPHA = 0.05
STEPS = 60


class Standing(msgspec.Struct, frozen=True):
    """`first` of `votes` went to the first take; `low` and `high` hold the part that prefers it, with 95 % at any time.

    `leads` is 1 or 2 once the interval leaves a half out, else None.
    """

    votes: int
    first: int
    low: float
    high: float
    leads: int | None


def standing(first: int, votes: int, alpha: float = ALPHA) -> Standing:
    """Where a test stands after `votes`, of which `first` went to the first take."""
    low, high = _edge(first, votes, alpha, down=True), _edge(first, votes, alpha, down=False)
    return Standing(votes, first, low, high, 1 if low > 0.5 else 2 if high < 0.5 else None)


def won(first: int, votes: int, p: float) -> float:
    """The natural logarithm of what the bet against `p` has won; 0 before any vote."""
    other = votes - first
    if (first and p <= 0) or (other and p >= 1):
        return float("inf")
    evidence = lgamma(first + 1) + lgamma(other + 1) - lgamma(votes + 2)
    return evidence - (first * log(p) if first else 0.0) - (other * log(1 - p) if other else 0.0)


def _edge(first: int, votes: int, alpha: float, down: bool) -> float:
    """One end of the interval, by halving between what was seen and the end of the line."""
    if not votes:
        return 0.0 if down else 1.0
    inside, outside = first / votes, 0.0 if down else 1.0
    if won(first, votes, outside) < log(1 / alpha):
        return outside
    for _ in range(STEPS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if won(first, votes, middle) < log(1 / alpha) else (inside, middle)
    return outside
