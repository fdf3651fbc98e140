"""What a mix of mixes is made of in the end: the recordings at the roots, second by second. Pure.

Where a take is laid into another, each moment of it is shared among those heard in it then, as its own lineage says; its
gain is divided so, and its seconds are stretched as it was. So the shares of a remix of a remix are exact, at every node
they sum to one, and a part that was cut away gives nobody anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.studio.heard import moments
from accord.studio.records import SourceSpan

#: Seconds of a source that were laid: from, to.
Cut = tuple[float, float]


def expanded(
    laid: Sequence[SourceSpan], cuts: Sequence[Cut], inside: Mapping[str, Sequence[SourceSpan]]
) -> tuple[SourceSpan, ...]:
    """`laid` with every take replaced by the recordings heard in it; `cuts` says which of its seconds each span plays.

    `inside` has the lineage of each take (its roots already); what is not in it is a root.
    """
    found: list[SourceSpan] = []
    for span, cut in zip(laid, cuts, strict=True):
        found += _within(span, cut, inside[span.asset]) if span.asset in inside else [span]
    return tuple(found)


def roots(lineage: Sequence[SourceSpan], cut: Cut) -> tuple[str, ...]:
    """The recordings heard in these seconds of a take."""
    return tuple(dict.fromkeys(s.asset for s in lineage if s.gain and max(s.from_s, cut[0]) < min(s.to_s, cut[1])))


def _within(span: SourceSpan, cut: Cut, lineage: Sequence[SourceSpan]) -> list[SourceSpan]:
    start, end = cut
    speed = (span.to_s - span.from_s) / (end - start)
    found = []
    for begins, ends, who in moments(lineage, end):
        first, last = max(begins, start), min(ends, end)
        placed = (span.from_s + (first - start) * speed, span.from_s + (last - start) * speed)
        found += [SourceSpan(asset, *placed, span.gain * part) for asset, part in who if first < last]
    return found
