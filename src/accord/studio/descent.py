"""What a mix of mixes is made of in the end: the recordings and models' pieces at the roots, second by second. Pure.

Where a take is laid into another, each moment of it is shared among those heard in it then, as its own lineage says; its
gain is divided so, and its seconds are stretched as it was. So the shares of a remix of a remix are exact, at every node
they sum to one, and a part that was cut away gives nobody anything. Every moment says what it came in with, at every depth:
takes of one's own, and creations of others, whose makers have a part in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import structs

from accord.studio.heard import moments_of
from accord.studio.records import Creation, SourceSpan, Take

#: Seconds of a source that were laid: from, to.
Cut = tuple[float, float]


def expanded(
    laid: Sequence[SourceSpan], cuts: Sequence[Cut], inside: Mapping[str, Sequence[SourceSpan]]
) -> tuple[SourceSpan, ...]:
    """`laid` with every take replaced by the roots heard in it; `cuts` says which of its seconds each span plays.

    `inside` has the lineage of each take (its roots already); what is not in it is a root.
    """
    found: list[SourceSpan] = []
    for span, cut in zip(laid, cuts, strict=True):
        found += _within(span, cut, inside[span.asset]) if span.asset in inside else [span]
    return tuple(found)


def roots(take: Take) -> tuple[SourceSpan, ...]:
    """What is heard in a take when it is laid into a mix: its lineage, and of what a model wrote that piece from end to end."""
    if take.lineage or take.model is None:
        return take.lineage
    return (SourceSpan(take.model, 0.0, take.duration_s, piece=take.id),)


def recordings(lineage: Sequence[SourceSpan]) -> tuple[str, ...]:
    """The recordings and stems of a lineage, each once, in their order."""
    return tuple(dict.fromkeys(span.asset for span in lineage if span.piece is None))


def pieces_in(lineage: Sequence[SourceSpan]) -> tuple[str, ...]:
    """The takes of models that are heard in a lineage, each once, in their order."""
    return tuple(dict.fromkeys(span.piece for span in lineage if span.piece is not None))


def models_in(lineage: Sequence[SourceSpan]) -> tuple[str, ...]:
    """The models that wrote something heard in a lineage, each once, in their order."""
    return tuple(dict.fromkeys(span.asset for span in lineage if span.piece is not None))


def models_of(made: Take | Creation) -> tuple[str, ...]:
    """The models that wrote all of a take or creation, or something in it."""
    return (made.model,) if made.model is not None else models_in(made.lineage)


def came_with(lineage: Sequence[SourceSpan], name: str) -> tuple[SourceSpan, ...]:
    """The lineage of what is laid into a mix, a take or somebody else's creation: each moment of it came through that."""
    return tuple(structs.replace(span, through=(*span.through, name)) for span in lineage)


def heard_in(lineage: Sequence[SourceSpan], cut: Cut) -> list[SourceSpan]:
    """The spans of which something is heard in these seconds of a take."""
    return [s for s in lineage if s.gain and max(s.from_s, cut[0]) < min(s.to_s, cut[1])]


def inside(lineage: Sequence[SourceSpan]) -> tuple[str, ...]:
    """What is heard in a lineage by way of other mixes, however deep: takes, and creations of others."""
    heard = (span for span in lineage if span.gain and span.from_s < span.to_s)
    return tuple(dict.fromkeys(name for span in heard for name in reversed(span.through)))


def creations_in(lineage: Sequence[SourceSpan]) -> tuple[str, ...]:
    """The creations of others that are heard in a lineage, however deep."""
    return tuple(name for name in inside(lineage) if is_creation(name))


def told(through: Sequence[str]) -> tuple[str, ...]:
    """What a span came in with, as whoever laid it in hears it: the takes inside somebody else's creation are its maker's alone
    (and so is the piece that it is, where a model wrote it)."""
    theirs = max((n for n, name in enumerate(through) if is_creation(name)), default=-1)
    return tuple(name for n, name in enumerate(through) if n > theirs or is_creation(name))


def is_creation(name: str) -> bool:
    """Whether an id is a creation's. What is one's own is named as the take that it is."""
    return name.startswith("cre_")


def _within(span: SourceSpan, cut: Cut, lineage: Sequence[SourceSpan]) -> list[SourceSpan]:
    start, end = cut
    speed = (span.to_s - span.from_s) / (end - start)
    found = []
    for begins, ends, who in moments_of(lineage, end, lambda one: (one.asset, one.through, one.piece or "")):
        first, last = max(begins, start), min(ends, end)
        placed = (span.from_s + (first - start) * speed, span.from_s + (last - start) * speed)
        found += [
            SourceSpan(asset, *placed, span.gain * part, through, piece or None)
            for (asset, through, piece), part in who
            if first < last
        ]
    return found
