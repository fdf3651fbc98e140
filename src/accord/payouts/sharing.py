"""A sum shared by largest remainder among anything that has an order, such as the recipients of many assets (pure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

from accord.terms.money import allocate

K = TypeVar("K")


def share_out(total_micros: int, weights: Mapping[K, int | Fraction], order: Callable[[K], Any]) -> dict[K, int]:
    """`allocate`, with ties to what comes first by `order`: ids compare as they are, and not with what follows them."""
    named = {f"{place:09d}": key for place, key in enumerate(sorted(weights, key=order))}
    parts = allocate(total_micros, {name: weights[key] for name, key in named.items()})
    return {key: parts[name] for name, key in named.items()}
