"""Who made a remix, moment by moment: its own maker, and the makers of the creations of others that are heard in it (pure).

Rule 1. Every moment is shared by gain among what is heard in it, as sources are. What is heard went through hands: those of
whoever made the remix, and those of the maker of each creation that it came in with. Everybody through whose hands it went
has an equal part of it, once, however often it went through them. So laying a creation in by way of more mixes of one's own
gives nobody more, the parts sum to one, and what was cut away gives nobody anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from accord.attribution import lineage
from accord.studio.descent import is_creation
from accord.studio.records import SourceSpan

METHOD = "published split, by seconds × gain in equal parts among the makers of what is heard"


def shares(spans: Sequence[SourceSpan], maker: str, makers: Mapping[str, str]) -> dict[str, Fraction]:
    """Party → its part of what co-creators have in a remix by `maker`; they sum to one.

    `makers` says who made each creation that spans came `through`. Where nothing is heard it is all the maker's.
    """
    found: dict[str, Fraction] = defaultdict(Fraction)
    for of in pieces(spans, maker, makers).values():
        for party, part in of.items():
            found[party] += part
    return dict(sorted(found.items())) or {maker: Fraction(1)}


def pieces(spans: Sequence[SourceSpan], maker: str, makers: Mapping[str, str]) -> dict[str, dict[str, Fraction]]:
    """The same apart: a model's piece (its take; "" for all recordings) → party → its part. All of them sum to one; {} when
    nothing is heard."""
    ways = [
        lineage.span(" ".join((s.piece or "", *filter(is_creation, s.through))), s.from_s, s.to_s, s.gain)
        for s in spans
    ]
    found: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for way, part in lineage.shares(ways).items():
        piece, *creations = way.split(" ")
        hands = {maker, *(makers[creation] for creation in creations)}
        for party in hands:
            found[piece][party] += part / len(hands)
    return {piece: dict(sorted(of.items())) for piece, of in sorted(found.items())}


def seconds(spans: Sequence[SourceSpan], makers: Mapping[str, str]) -> dict[str, dict[str, Fraction]]:
    """Party → creation of its own → how many seconds something of it is heard."""
    through: dict[str, list[lineage.Span]] = defaultdict(list)
    for one in spans:
        for creation in filter(is_creation, one.through):
            through[creation].append(lineage.span(creation, one.from_s, one.to_s, one.gain))
    found: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for creation, heard in sorted(through.items()):
        for length in lineage.seconds(heard).values():
            found[makers[creation]][creation] = length
    return dict(found)
