"""Most favoured nations: a deal that holds the clause is paid what a better deal agreed, where that deal reaches (pure).

A raise holds in the features, uses and territories of the better deal, from the instant at which it was in force and from
its first day by the territory's own midnight. It stays when the better deal ends: the clause is a ratchet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from accord.deals.records import DealState, Grant
from accord.payouts.records import Pay
from accord.terms.instant import Instant
from accord.terms.period import DayPeriod
from accord.terms.use import Use

RATES = ("rate_ppm", "featured_artist_ppm")


class Raise(msgspec.Struct, frozen=True, kw_only=True):
    """A term of a deal that another deal bettered, to `better`; `grants` are the clauses of the better deal."""

    deal: str
    by: str
    term: str
    better: int
    grants: tuple[Grant, ...]

    def holds(self, feature: str, uses: frozenset[Use], territory: str, at: Instant) -> bool:
        """Whether the better terms reach a feature and territory at an instant."""
        return any(
            feature in one.features
            and bool(one.uses & uses)
            and territory in one.territories
            and any(state == DealState.ACTIVE and since <= at for since, state in one.states)
            and DayPeriod(one.period.start).covers(at, territory)
            for one in self.grants
        )


def raised(pay: Pay, raises: Iterable[Raise], feature: str, uses: frozenset[Use], territory: str, at: Instant) -> Pay:
    """What a deal pays in a feature and territory at an instant, with the better rates that its clause gives it."""
    values = {
        name: max(
            getattr(pay, name),
            *(one.better for one in raises if one.term == name and one.holds(feature, uses, territory, at)),
            0,
        )
        for name in RATES
    }
    return msgspec.structs.replace(pay, **values)


def by_deal(raises: Iterable[Raise]) -> Mapping[str, tuple[Raise, ...]]:
    """Deal → its raises."""
    found: dict[str, tuple[Raise, ...]] = {}
    for one in raises:
        found[one.deal] = (*found.get(one.deal, ()), one)
    return found
