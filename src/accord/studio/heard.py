"""Who is heard when: a lineage's spans as moments between which nothing changes, for the credited waveform. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from accord.studio.records import SourceSpan

Moment = tuple[float, float, tuple[tuple[str, float], ...]]
Who = TypeVar("Who", str, tuple[str, tuple[str, ...], str])


def moments(lineage: Sequence[SourceSpan], duration_s: float) -> list[Moment]:
    """(from, to, ((asset, share of the moment by gain), …)) over the whole length; silence has nobody in it."""
    return moments_of(lineage, duration_s, lambda span: span.asset)


def moments_of(
    lineage: Sequence[SourceSpan], duration_s: float, who: Callable[[SourceSpan], Who]
) -> list[tuple[float, float, tuple[tuple[Who, float], ...]]]:
    """The same, shared among whatever `who` makes of a span."""
    edges = sorted({0.0, duration_s, *(s.from_s for s in lineage), *(s.to_s for s in lineage)})
    found = []
    for start, end in pairwise(edges):
        gains: dict[Who, float] = {}
        for span in lineage:
            if span.from_s <= start and end <= span.to_s:
                gains[who(span)] = gains.get(who(span), 0.0) + span.gain
        whole = sum(gains.values())
        found.append((start, end, tuple((one, gain / whole) for one, gain in sorted(gains.items())) if whole else ()))
    return found
