"""Exact shares of what is put together from sources: every moment is shared by gain among those heard in it (pure).

Seconds are taken to the millisecond and gains to a ten-thousandth, and from there on everything is a fraction. Moments
in which no source is heard belong to nobody and count for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

import msgspec

from accord.attribution.records import Segment
from accord.terms.refusal import BadInput

SECOND_PARTS = 1_000
GAIN_PARTS = 10_000


class Span(msgspec.Struct, frozen=True):
    """`asset` is heard from `from_s` to `to_s` (seconds) at linear `gain`, as fractions."""

    asset: str
    from_s: Fraction
    to_s: Fraction
    gain: Fraction


def span(asset: str, from_s: float, to_s: float, gain: float) -> Span:
    """A span from measured numbers, taken to the millisecond. A gain's sign is its phase and makes nobody quieter."""
    return Span(asset, _parts(from_s, SECOND_PARTS), _parts(to_s, SECOND_PARTS), _parts(abs(gain), GAIN_PARTS))


def timeline(spans: Iterable[Span]) -> tuple[Segment, ...]:
    """Who is heard when: segments between every entry and exit, silent ones left out.

    Raises: BadInput for a span that ends before it begins.
    """
    heard = [one for one in spans if one.gain > 0 and one.from_s != one.to_s]
    for one in heard:
        if one.to_s < one.from_s:
            raise BadInput(f"a span of {one.asset} ends at {float(one.to_s):g} s, before it begins")
    edges = sorted({edge for one in heard for edge in (one.from_s, one.to_s)})
    return tuple(segment for begin, end in pairwise(edges) if (segment := _segment(heard, begin, end)).heard)


def shares(spans: Iterable[Span]) -> dict[str, Fraction]:
    """Asset → its exact share of what is heard; the shares sum to one. {} when nothing is heard."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for segment in timeline(spans):
        for asset, part in segment.heard:
            found[asset] += part * (segment.to_s - segment.from_s)
    whole = sum(found.values())
    return {asset: length / whole for asset, length in sorted(found.items())}


def seconds(spans: Iterable[Span]) -> dict[str, Fraction]:
    """Asset → how many seconds it is heard at all, overlaps of its own spans counted once."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for segment in timeline(spans):
        for asset, _ in segment.heard:
            found[asset] += segment.to_s - segment.from_s
    return dict(found)


def _segment(heard: list[Span], begin: Fraction, end: Fraction) -> Segment:
    gains: dict[str, Fraction] = defaultdict(Fraction)
    for one in heard:
        if one.from_s <= begin and end <= one.to_s:
            gains[one.asset] += one.gain
    whole = sum(gains.values())
    return Segment(begin, end, tuple((asset, gain / whole) for asset, gain in sorted(gains.items())))


def _parts(value: float, parts: int) -> Fraction:
    return Fraction(round(value * parts), parts)
