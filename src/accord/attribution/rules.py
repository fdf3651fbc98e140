"""Putting the kinds of shares together by the feature's published split, into whole units that sum to one (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

import msgspec

from accord.attribution.records import ShareKind, ShareRow
from accord.governance.records import Split
from accord.terms.money import allocate

VERSION = "1"
#: A total that exact fractions would need more units than this for is cut to this many by largest remainder.
MOST_UNITS = 1_000_000_000


class Part(msgspec.Struct, frozen=True):
    """A subject's weight within its kind, with the method and the because it will carry."""

    subject: str
    weight: Fraction
    method: str
    because: str


def combine(parts: Mapping[ShareKind, Sequence[Part]], split: Split) -> tuple[int, tuple[ShareRow, ...]]:
    """(total units, rows): each kind's parts share what the split gives the kind; rows sum to the total.

    A kind that a creation does not have gives its part to the others in proportion. A weight of zero makes no row.
    Raises ValueError when nothing has any weight: a mistake of the caller.
    """
    present = {kind: [p for p in of if p.weight > 0] for kind, of in parts.items()}
    published = {
        ShareKind.SOURCE: split.sources_ppm,
        ShareKind.MODEL: split.model_ppm,
        ShareKind.COCREATOR: split.cocreator_ppm,
    }
    given = {kind: published[kind] for kind, of in present.items() if of and published[kind]}
    if not given:
        raise ValueError("there is nobody to attribute this to")
    whole = sum(given.values())
    scale = {kind: Fraction(ppm, whole) / sum(p.weight for p in present[kind]) for kind, ppm in given.items()}
    exact = [(kind, part, scale[kind] * part.weight) for kind in given for part in present[kind]]
    total, units = _units([share for _, _, share in exact])
    rows = (
        ShareRow(subject=part.subject, kind=kind, units=count, method=part.method, because=part.because)
        for (kind, part, _), count in zip(exact, units, strict=True)
    )
    return total, tuple(sorted((row for row in rows if row.units), key=lambda row: (row.kind, -row.units, row.subject)))


def within_clusters(
    clusters: Mapping[str, float], members: Mapping[str, Mapping[str, int]]
) -> list[tuple[str, str, Fraction]]:
    """(asset, cluster, weight): a cluster's similarity shared among its members by their notes.

    Weight ∝ max(0, similarity), taken to a millionth: what a cluster gets does not depend on into how many assets it is
    divided.
    """
    found = []
    for cluster, similarity in sorted(clusters.items()):
        weight, notes = Fraction(round(max(0.0, similarity) * 1_000_000), 1_000_000), members[cluster]
        whole = sum(notes.values())
        found += [(a, cluster, weight * n / whole) for a, n in sorted(notes.items()) if whole and n and weight]
    return found


def pro_rata(members: Mapping[str, Mapping[str, int]]) -> list[tuple[str, str, Fraction]]:
    """(asset, cluster, weight) by sealed notes alone, each de-duplicated work counting the same."""
    return within_clusters(dict.fromkeys(members, 1.0), members)


def _units(shares: Sequence[Fraction]) -> tuple[int, list[int]]:
    """Whole units in which every share is exact; where that takes too many, the nearest by largest remainder."""
    total = lcm(*(share.denominator for share in shares))
    if total <= MOST_UNITS:
        return total, [int(share * total) for share in shares]
    keyed = {f"{i:06d}": share for i, share in enumerate(shares)}
    given = allocate(MOST_UNITS, keyed)
    return MOST_UNITS, [given[key] for key in keyed]
