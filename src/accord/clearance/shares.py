"""Do the claims to a right sum to one, and where? (pure)

The claims to one right of one asset cut the world into regions in which the same claims stand. In a region only
accepted claims count; evidenced ones that are not accepted yet can only spoil it, when all together exceed the whole.
An assertion alone blocks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from accord.catalog.records import Claim, ClaimStatus
from accord.terms.instant import Instant
from accord.terms.territory import WORLD

WHOLE = Fraction(1)


class Region(msgspec.Struct, frozen=True):
    """Territories (`bits`) in which the same accepted and evidenced claims stand."""

    bits: int
    accepted: tuple[Claim, ...]
    evidenced: tuple[Claim, ...]

    @property
    def total(self) -> Fraction:
        """What the accepted claims sum to."""
        return sum((claim.share for claim in self.accepted), Fraction(0))

    @property
    def claimed(self) -> Fraction:
        """What accepted and evidenced claims sum to."""
        return self.total + sum((claim.share for claim in self.evidenced), Fraction(0))

    @property
    def complete(self) -> bool:
        """Whether accepted claims are exactly the whole and nothing contests them."""
        return self.total == WHOLE and self.claimed == WHOLE

    @property
    def contested(self) -> bool:
        """Whether claims on evidence exceed the whole."""
        return self.claimed > WHOLE


def regions(claims: Iterable[Claim], at: Instant) -> tuple[Region, ...]:
    """The world in regions, by the claims that stand at an instant in each territory's own days."""
    found = [Region(WORLD.bits, (), ())]
    for claim in sorted(claims, key=lambda claim: claim.id):
        if claim.share <= 0 or claim.status not in (ClaimStatus.ACCEPTED, ClaimStatus.EVIDENCED):
            continue
        where = claim.period.territories_at(at, claim.territories).bits
        found = [part for region in found for part in _cut(region, claim, where)]
    return tuple(found)


def _cut(region: Region, claim: Claim, where: int) -> Iterable[Region]:
    if outside := region.bits & ~where:
        yield Region(outside, region.accepted, region.evidenced)
    if inside := region.bits & where:
        if claim.status is ClaimStatus.ACCEPTED:
            yield Region(inside, (*region.accepted, claim), region.evidenced)
        else:
            yield Region(inside, region.accepted, (*region.evidenced, claim))
