"""Under which clause a claim is paid in a feature, a territory and at an instant (pure).

A claimant is paid under its own deal, or under the deal of a collective, distributor or administrator that it is a
member of. A deal that has ended, or is suspended, goes on paying for what was released while it stood, where its terms
say so (`releases_keep_paying`); then the one that stood last is the one that counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from accord.catalog.records import Asset
from accord.deals.records import DealState, Grant
from accord.deals.rules import selects
from accord.parties.records import Membership, MembershipKind
from accord.terms.instant import Instant
from accord.terms.right import Right
from accord.terms.use import Use

THROUGH = (MembershipKind.COLLECTIVE, MembershipKind.DISTRIBUTION, MembershipKind.ADMINISTRATION)


class Coverage:
    """The clauses that may pay, by licensor."""

    def __init__(self, grants: Iterable[Grant], memberships: Iterable[Membership]) -> None:
        self.grants, self.memberships = tuple(grants), tuple(memberships)
        self._by_licensor: defaultdict[str, list[Grant]] = defaultdict(list)
        for grant in sorted(self.grants, key=lambda one: (one.deal, one.clause)):
            self._by_licensor[grant.licensor].append(grant)
        self._through: defaultdict[str, list[Membership]] = defaultdict(list)
        for membership in self.memberships:
            if membership.kind in THROUGH:
                self._through[membership.member].append(membership)

    def clause_for(
        self, claimant: str, right: Right, asset: Asset, feature: str, uses: frozenset[Use], territory: str, at: Instant
    ) -> Grant | None:
        """The clause a claim is paid under; in force before ended, own before another's, then the lowest deal."""
        ended: list[tuple[Instant, Grant]] = []
        for grant in self._reaching(claimant, right, asset, feature, uses, territory, at):
            if grant.active_at(at) and grant.period.covers(at, territory):
                return grant
            stood = _last_stood(grant, at)
            if stood is not None and grant.revocation.releases_keep_paying:
                ended.append((stood, grant))
        return max(ended, key=lambda one: one[0])[1] if ended else None

    def best_rate(self, feature: str, rates: Mapping[str, int]) -> int | None:
        """The highest rate of any deal that names the feature; None when there is none."""
        deals = {grant.deal for grants in self._by_licensor.values() for grant in grants if feature in grant.features}
        return max((rates[deal] for deal in deals if deal in rates), default=None)

    def _reaching(
        self, claimant: str, right: Right, asset: Asset, feature: str, uses: frozenset[Use], territory: str, at: Instant
    ) -> Iterator[Grant]:
        through = [
            membership.collective
            for membership in self._through.get(claimant, ())
            if membership.period.covers(at, territory)
        ]
        for licensor in (claimant, *sorted(through)):
            for grant in self._by_licensor.get(licensor, ()):
                if (
                    feature in grant.features
                    and grant.uses & uses
                    and right in grant.rights
                    and territory in grant.territories
                    and selects(grant, asset.id, asset.label)
                ):
                    yield grant


def _last_stood(grant: Grant, at: Instant) -> Instant | None:
    """The last instant before `at` at which the deal became active; None when it never was."""
    return max((since for since, state in grant.states if state == DealState.ACTIVE and since <= at), default=None)
