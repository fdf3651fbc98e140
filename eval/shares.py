"""Shares of a count with their intervals: what tables of evaluations are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import beta


@dataclass(frozen=True)
class Row:
    """One line of a table: `hits` of `n`, and the goal for their part (`most` of it when less is better)."""

    figure: str
    hits: int
    n: int
    goal: float | None = None
    most: bool = False

    @property
    def value(self) -> float:
        """The part."""
        return self.hits / self.n if self.n else math.nan

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.most else self.value >= self.goal

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's at 95 %."""
        return wilson(self.hits, self.n)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; all there can be of none."""
    if not n:
        return 0.0, 1.0
    z, part = 1.96, hits / n
    middle, width = part + z * z / (2 * n), z * math.sqrt(part * (1 - part) / n + z * z / (4 * n * n))
    return max(0.0, (middle - width) / (1 + z * z / n)), min(1.0, (middle + width) / (1 + z * z / n))


def bounds(found: int, n: int) -> tuple[float, float]:
    """Clopper and Pearson's 95 % interval of a share."""
    low = float(beta.ppf(0.025, found, n - found + 1)) if found else 0.0
    return low, float(beta.ppf(0.975, found + 1, n - found)) if found < n else 1.0


def upper(found: int, n: int) -> float:
    """Clopper and Pearson's one-sided 95 % upper bound of a share."""
    return float(beta.ppf(0.95, found + 1, n - found)) if found < n else 1.0
