"""Recordings and what models wrote in one creation: what fills which part of it (pure).

Rule 1. Every moment is shared by gain among what is heard in it. All recordings together are one layer; each piece that a
model wrote is a layer of its own, divided as it would be alone: notes that its maker brought are the maker's, of the rest the
model's set has what the split gives sources. So a piece earns its set the same from a minute of a mix as from a minute alone,
and who laid it in by way of more mixes changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec.structs import replace

from accord.attribution import lineage
from accord.attribution.records import LINEAGE, ShareKind
from accord.attribution.rules import Layer, Part
from accord.studio.descent import recordings
from accord.studio.records import SourceSpan


def shares(heard: Sequence[SourceSpan]) -> dict[str, Fraction]:
    """Recording, or take of a model → its part of what is heard; they sum to one. {} when nothing is."""
    return lineage.shares([lineage.span(s.piece or s.asset, s.from_s, s.to_s, s.gain) for s in heard])


def layers(
    heard: Sequence[SourceSpan], pieces: Mapping[str, Layer], makers: Mapping[str, Sequence[Part]]
) -> list[Layer]:
    """The layers of what is `heard`, by weight; `pieces` are those that its takes of models are alone.

    `makers` are who made what is heard, by piece ("" for all recordings): they are the co-creators of its layer.
    """
    shared = shares(heard)
    of_recordings = [asset for asset in recordings(heard) if asset in shared]
    sources = {ShareKind.COCREATOR: makers.get("", ()), ShareKind.SOURCE: _heard(heard, shared, of_recordings)}
    found = [Layer(sum((shared[asset] for asset in of_recordings), Fraction(0)), sources)]
    for name, alone in pieces.items():
        parts = {**alone.parts, ShareKind.COCREATOR: makers[name]} if name in shared else {}
        found.append(replace(alone, weight=shared.get(name, Fraction(0)), parts=parts))
    return found


def _heard(heard: Sequence[SourceSpan], shared: Mapping[str, Fraction], assets: Sequence[str]) -> list[Part]:
    length = lineage.seconds([lineage.span(s.asset, s.from_s, s.to_s, s.gain) for s in heard])
    return [
        Part(
            asset,
            shared[asset],
            LINEAGE,
            f"heard for {float(length[asset]):.3f} s of this creation, each moment shared by gain",
        )
        for asset in sorted(assets)
    ]
