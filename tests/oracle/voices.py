"""The plain twin of `integrity.likeness.find`: one window after another, in Python's own numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

Found = tuple[float, float, float, bool]


def find(
    prints: Mapping[str, Sequence[float]],
    directions: Sequence[Sequence[float]],
    voiced: Sequence[bool],
    energy_db: Sequence[Sequence[float]],
) -> dict[str, Found]:
    """Name → (start_s, end_s, likeness, clean) of the voices that are found."""
    found = {}
    for name, mark in prints.items():
        windows = [_window(mark, directions, voiced, energy_db, at) for at in range(len(voiced) - 4)]
        over = [alike - (0.87 if clean else 0.81) for alike, clean in windows]
        if not over or max(over) < 0:
            continue
        digits = [round(one, 5) for one in over]
        first = last = digits.index(max(digits))
        while first > 0 and over[first - 1] >= 0:
            first -= 1
        while last + 1 < len(over) and over[last + 1] >= 0:
            last += 1
        best = windows[digits.index(max(digits))]
        found[name] = (1.6 * first, 1.6 * (last + 5), *best)
    return found


def _window(
    mark: Sequence[float],
    directions: Sequence[Sequence[float]],
    voiced: Sequence[bool],
    energy_db: Sequence[Sequence[float]],
    at: int,
) -> tuple[float, bool]:
    frames = sorted(e for piece in energy_db[at : at + 5] for e in piece)
    clean = _quantile(frames, 0.9) - _quantile(frames, 0.1) >= 20
    said = [directions[n] for n in range(at, at + 5) if voiced[n]]
    if len(said) < 4:
        return -1.0, clean
    total = [sum(one[i] for one in said) for i in range(len(mark))]
    length = sqrt(sum(x * x for x in total))
    return (sum(a * b for a, b in zip(total, mark, strict=True)) / length if length else 0.0), clean


def _quantile(ordered: Sequence[float], part: float) -> float:
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
