"""Who is heard when: a lineage's spans as moments between which nothing changes, for the credited waveform. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from accord.studio.records import SourceSpan

Moment = tuple[float, float, tuple[tuple[str, float], ...]]


def moments(lineage: Sequence[SourceSpan], duration_s: float) -> list[Moment]:
    """(from, to, ((asset, share of the moment by gain), …)) over the whole length; silence has nobody in it."""
    edges = sorted({0.0, duration_s, *(s.from_s for s in lineage), *(s.to_s for s in lineage)})
    found: list[Moment] = []
    for start, end in pairwise(edges):
        gains: dict[str, float] = {}
        for span in lineage:
            if span.from_s <= start and end <= span.to_s:
                gains[span.asset] = gains.get(span.asset, 0.0) + span.gain
        whole = sum(gains.values())
        found.append(
            (start, end, tuple((asset, gain / whole) for asset, gain in sorted(gains.items())) if whole else ())
        )
    return found
