"""Putting the kinds of shares together by the feature's published split, into whole units that sum to one (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

import msgspec

from accord.attribution.records import ShareKind, ShareRow
from accord.governance.records import Split
from accord.terms.money import allocate

VERSION = "4"
PPM = 1_000_000
EFFECT_PARTS = 1_000_000_000
#: A total that exact fractions would need more units than this for is cut to this many by largest remainder.
MOST_UNITS = 1_000_000_000


class Part(msgspec.Struct, frozen=True):
    """A subject's weight within its kind, with the method and the because it will carry."""

    subject: str
    weight: Fraction
    method: str
    because: str


class Layer(msgspec.Struct, frozen=True):
    """What fills a part of a creation: `weight` of it, who shares it by kind, and how much of it a person wrote.

    `own` is that person's part of the layer (0 to 1): it goes to `author` before the split divides the rest.
    """

    weight: Fraction
    parts: Mapping[ShareKind, Sequence[Part]]
    own: Fraction = Fraction(0)
    author: Part | None = None


def combine(parts: Mapping[ShareKind, Sequence[Part]], split: Split) -> tuple[int, tuple[ShareRow, ...]]:
    """(total units, rows) of a creation that is one layer; see `layered`."""
    return layered([Layer(Fraction(1), parts)], split)


def layered(layers: Sequence[Layer], split: Split) -> tuple[int, tuple[ShareRow, ...]]:
    """(total units, rows): layers share a creation by weight; in each, kinds share what the split gives them.

    A kind that a layer does not have gives its part to the others in proportion. Of what the split gives sources and
    model, the part of the layer that a person wrote goes to that person. A weight of zero makes no row. Rows sum to the
    total. Raises ValueError when nothing has any weight: a mistake of the caller.
    """
    shared = [(layer.weight, found) for layer in layers if layer.weight > 0 and (found := _within(layer, split))]
    whole = sum(weight for weight, _ in shared)
    if not whole:
        raise ValueError("there is nobody to attribute this to")
    exact: dict[tuple[ShareKind, str, str, str], Fraction] = defaultdict(Fraction)
    for weight, found in shared:
        for kind, part in found:
            exact[kind, part.subject, part.method, part.because] += weight / whole * part.weight
    total, units = _units(list(exact.values()))
    rows = (
        ShareRow(subject=subject, kind=kind, units=count, method=method, because=because)
        for (kind, subject, method, because), count in zip(exact, units, strict=True)
    )
    return total, tuple(sorted((row for row in rows if row.units), key=lambda row: (row.kind, -row.units, row.subject)))


def _within(layer: Layer, split: Split) -> list[tuple[ShareKind, Part]]:
    """The parts of one layer, with weights that sum to one; [] when nobody has any."""
    present = {kind: [p for p in of if p.weight > 0] for kind, of in layer.parts.items()}
    published = {
        ShareKind.SOURCE: split.sources_ppm,
        ShareKind.MODEL: split.model_ppm,
        ShareKind.COCREATOR: split.cocreator_ppm,
        ShareKind.OUTSIDE: split.sources_ppm + split.model_ppm,
    }
    given = {kind: published[kind] for kind, of in present.items() if of and published[kind]}
    if layer.author is not None and layer.own == 1 and split.sources_ppm:
        given.setdefault(ShareKind.SOURCE, split.sources_ppm)  # no source had a part in it: theirs is the author's
    whole, found, written = sum(given.values()), [], Fraction(0)
    for kind, ppm in given.items():
        share = Fraction(ppm, whole)
        if kind is not ShareKind.COCREATOR and layer.author is not None:
            written, share = written + layer.own * share, (1 - layer.own) * share
        if not share:
            continue
        scale = share / sum(part.weight for part in present[kind])
        found += [(kind, msgspec.structs.replace(part, weight=scale * part.weight)) for part in present[kind]]
    if written and layer.author is not None:
        found.append((ShareKind.COCREATOR, msgspec.structs.replace(layer.author, weight=written)))
    return found


def mixed(effects: Mapping[str, float], tokens: Mapping[str, int], followed_ppm: int) -> dict[str, Fraction]:
    """Cluster → its part of what the set earns: `followed_ppm` millionths by predicted effect, the rest by sealed tokens.

    By effect is ∝ max(0, effect), taken to a billionth of the largest. Where no effect is above zero, all goes by tokens.
    Parts sum to one. Raises ValueError when there are no tokens: a mistake of the caller.
    """
    largest = max(effects.values(), default=0.0)
    units = {c: round(max(0.0, effects.get(c, 0.0)) / largest * EFFECT_PARTS) for c in tokens} if largest > 0 else {}
    by_effect, by_tokens = _normal(units), _normal(tokens)
    followed = Fraction(followed_ppm, PPM) if by_effect else Fraction(0)
    return {c: followed * by_effect.get(c, Fraction(0)) + (1 - followed) * by_tokens[c] for c in sorted(tokens)}


def within_clusters(
    clusters: Mapping[str, Fraction], members: Mapping[str, Mapping[str, int]]
) -> list[tuple[str, str, Fraction]]:
    """(asset, cluster, weight): a cluster's weight shared among its members by their notes.

    What a cluster gets does not depend on into how many assets it is divided.
    """
    found = []
    for cluster, weight in sorted(clusters.items()):
        notes = members[cluster]
        whole = sum(notes.values())
        found += [(a, cluster, weight * n / whole) for a, n in sorted(notes.items()) if whole and n and weight]
    return found


def _normal(weights: Mapping[str, int]) -> dict[str, Fraction]:
    whole = sum(weights.values())
    return {key: Fraction(weight, whole) for key, weight in weights.items()} if whole else {}


def _units(shares: Sequence[Fraction]) -> tuple[int, list[int]]:
    """Whole units in which every share is exact; where that takes too many, the nearest by largest remainder."""
    total = lcm(*(share.denominator for share in shares))
    if total <= MOST_UNITS:
        return total, [int(share * total) for share in shares]
    keyed = {f"{i:06d}": share for i, share in enumerate(shares)}
    given = allocate(MOST_UNITS, keyed)
    return MOST_UNITS, [given[key] for key in keyed]
