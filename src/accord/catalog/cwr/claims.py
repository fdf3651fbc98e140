"""What a registration claims: per right, which controlled party collects which share where.

Claims come from the collection records (`SPT`, `SWT`) of the parties that the sender controls. `OPU` and `OWR` parties are
named, not claimed for: their own publisher registers them. Territories are TIS codes, included or excluded in order; a
narrower inclusion that follows replaces the share there.

Rounded wholes: when the ownership shares of one right (`SPU`, `OPU`, `SWR`, `OWR` together) sum to one within
`share.TOLERANCE`, everything of that right is scaled by what makes them exactly one (rule `share.RULE`).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from accord.catalog.cwr.records import Collection, Publisher, Work, Writer
from accord.terms import share
from accord.terms.refusal import BadInput
from accord.terms.territory import EMPTY, TerritorySet

RIGHTS = ("pr", "mr", "sr")
Piece = tuple[TerritorySet, Fraction]


class WorkClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A controlled party's claim: `right` is `pr`, `mr` or `sr`, `ip` its number in the file, `publisher` or a writer."""

    right: str
    ip: str
    ipi: str
    publisher: bool
    share: Fraction
    territories: TerritorySet


def claims(work: Work) -> tuple[WorkClaim, ...]:
    """The claims of one work's registration, by right, party and place; shares of zero are none.

    Raises BadInput when territories are contradictory or a right's shares pass 100 % somewhere.
    """
    found = []
    for right in RIGHTS:
        factor = _factor(work, right)
        for party in controlled(work):
            for place, part in collected(party, right):
                found.append(
                    WorkClaim(
                        right=right,
                        ip=party.ip,
                        ipi=party.ipi,
                        publisher=isinstance(party, Publisher),
                        share=part * factor,
                        territories=place,
                    )
                )
    return tuple(found)


def controlled(work: Work) -> tuple[Publisher | Writer, ...]:
    """The parties that the sender speaks for."""
    return tuple(p for p in work.publishers if p.controlled) + tuple(w for w in work.writers if w.controlled)


def collected(party: Publisher | Writer, right: str) -> list[Piece]:
    """Where a party collects how much of a right: disjoint territory sets, each with its share over zero.

    Raises BadInput for an unknown TIS code, and for a territory included twice where neither is within the other.
    """
    pieces: list[Piece] = []
    for line in party.collections:
        place = _place(line)
        before = EMPTY
        for where, _ in pieces:
            before = before | where
        if line.included and place & before and not place <= before:
            twice = (place & before).named()
            do = "exclude it first, or include the narrower territory after the wider"
            raise BadInput(f"party `{party.ip}` includes {twice} twice", why=f"TIS {line.tis} overlaps", do=do)
        pieces = [(where - place, part) for where, part in pieces if where - place]
        if line.included:
            pieces.append((place, getattr(line.shares, right)))
    merged: dict[Fraction, TerritorySet] = {}
    for where, part in pieces:
        if where and part:
            merged[part] = merged.get(part, EMPTY) | where
    return [(where, part) for part, where in merged.items()]


def over_claimed(work: Work) -> str | None:
    """The sentence that says which shares pass 100 %, or None: ownership of a right, or collection in a territory."""
    for right in RIGHTS:
        total = ownership(work, right)
        if total > 1 + share.TOLERANCE:
            return f"the {right.upper()} ownership shares sum to {share.percent(total)} %"
        pieces: list[Piece] = [(~EMPTY, Fraction(0))]
        for party in controlled(work):
            for place, part in collected(party, right):
                inside = [(where & place, total + part) for where, total in pieces]
                pieces = [p for p in (*inside, *((where - place, total) for where, total in pieces)) if p[0]]
        highest = max(total for _, total in pieces)
        if highest > 1 + share.TOLERANCE:
            named = _union(where for where, total in pieces if total == highest).named()
            return f"the {right.upper()} collection shares sum to {share.percent(highest)} % ({named})"
    return None


def ownership(work: Work, right: str) -> Fraction:
    """Sum of all parties' ownership shares of a right, the sender's and others'."""
    parties: tuple[Publisher | Writer, ...] = (*work.publishers, *work.writers)
    return sum((getattr(p.ownership, right) for p in parties), Fraction(0))


def _factor(work: Work, right: str) -> Fraction:
    total = ownership(work, right)
    return share.normalise((total,))[0] / total if total else Fraction(1)


def _place(line: Collection) -> TerritorySet:
    return TerritorySet.of(line.tis)


def _union(places: Iterable[TerritorySet]) -> TerritorySet:
    whole = EMPTY
    for place in places:
        whole = whole | place
    return whole
