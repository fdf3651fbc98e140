"""Which claims count (pure).

The rule, in the order it is applied:
1. An assertion alone blocks nobody and collects nothing. It asks for evidence.
2. An evidenced claim is accepted wherever, on every day of its period, it and the claims that count or wait there sum
   to at most one. Who came first is accepted first.
3. Wherever they sum to more, the claim waits in those territories, apart from the rest of it: a conflict, with a deadline.
4. A rightsholder's own delivery is evidence for what it controls: itself and those that joined it, when it is verified.
   For anybody else it is an assertion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

import msgspec

from accord.catalog.records import Claim, ClaimStatus
from accord.terms.period import DayPeriod
from accord.terms.refusal import BadInput
from accord.terms.share import percent
from accord.terms.territory import EMPTY, TerritorySet

WHOLE = Fraction(1)
SMALLEST = 10**12
RULE = "own-delivery/1"
STANDING = frozenset({ClaimStatus.EVIDENCED, ClaimStatus.ACCEPTED})
LAST_DAY = date.max


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of an evidenced claim: where it is clean, where it is contested, by whom, and the sum there."""

    clean: TerritorySet
    contested: TerritorySet
    against: tuple[str, ...] = ()
    total: Fraction = Fraction(0)


def weigh(claim: Claim, others: Iterable[Claim]) -> Weighed:
    """Weigh an evidenced claim against the claims to the same right that count or wait.

    `others` may hold anything; claims to other rights, without evidence, rejected, or the claim itself are left out.
    """
    rivals = [other for other in others if _rival(claim, other)]
    contested, total = EMPTY, Fraction(0)
    for day in _breaks(claim, rivals):
        present = [rival for rival in rivals if _on(rival.period, day)]
        for share, where in sums([claim, *present]):
            over = where & claim.territories
            if share > WHOLE and over:
                contested |= over
                total = max(total, share)
    against = tuple(sorted(rival.id for rival in rivals if rival.territories & contested))
    return Weighed(clean=claim.territories - contested, contested=contested, against=against, total=total)


def sums(claims: Sequence[Claim]) -> list[tuple[Fraction, TerritorySet]]:
    """(sum of shares, where) for claims that hold on one day: a partition of all territories, without the empty part."""
    parts: dict[Fraction, TerritorySet] = {}
    for claim in claims:
        left, after = claim.territories, dict(parts)
        for share, where in parts.items():
            shared = where & claim.territories
            if shared:
                after[share] = after[share] - shared
                after[share + claim.share] = after.get(share + claim.share, EMPTY) | shared
                left -= shared
        after[claim.share] = after.get(claim.share, EMPTY) | left
        parts = {share: where for share, where in after.items() if where}
    return sorted(parts.items())


def accepted_sums(claims: Iterable[Claim]) -> list[tuple[Fraction, TerritorySet]]:
    """`sums` of the accepted claims among `claims`, periods aside."""
    return sums([claim for claim in claims if claim.status is ClaimStatus.ACCEPTED])


def check(claim: Claim) -> None:
    """Raises: BadInput for a claim that nobody could hold."""
    if not 0 < claim.share <= WHOLE:
        raise BadInput(f"a claim to {percent(claim.share)} %", why="a share lies above 0 and up to 100 %")
    if claim.share.denominator > SMALLEST:
        raise BadInput("a share finer than a trillionth", do="round it")
    if not claim.territories:
        raise BadInput("a claim that holds nowhere", do="name its territories, or WORLD")


def _rival(claim: Claim, other: Claim) -> bool:
    return (
        other.id != claim.id
        and (other.asset, other.right) == (claim.asset, claim.right)
        and other.status in STANDING
        and bool(other.territories & claim.territories)
        and other.period.start < (claim.period.end or LAST_DAY)
        and claim.period.start < (other.period.end or LAST_DAY)
    )


def _breaks(claim: Claim, rivals: Iterable[Claim]) -> list[date]:
    """The days in the claim's period on which somebody's claim begins: sums change nowhere else upwards."""
    days = {claim.period.start, *(rival.period.start for rival in rivals)}
    return sorted(day for day in days if _on(claim.period, day))


def _on(period: DayPeriod, day: date) -> bool:
    return period.start <= day and (period.end is None or day < period.end)
