"""Which sealed items have lost their ground since, why and since when: every item is decided again, now (shell)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from accord.clearance import queries as clearance
from accord.clearance.horizon import last_day
from accord.deals import queries as deals
from accord.deals.records import Grant
from accord.journal import queries as journal
from accord.participation import queries as participation
from accord.participation.records import Source, Withdrawal
from accord.parties import queries as parties
from accord.terms.instant import Instant
from accord.terms.use import Use
from accord.training import gathering, rules
from accord.training.records import RevokedItem, Seal, SealedItem, Sunset


def revoked(seal: Seal, at: Instant) -> tuple[RevokedItem, ...]:
    """Items of the set that are not cleared any more where it was sealed for; those already recorded keep their date."""
    known = {item.asset: item for item in seal.revoked}
    return tuple(
        known.get(asset) or _revoked(seal, asset, code, because, at) for asset, code, because in _lost(seal, at)
    )


def sunset(seal: Seal, found: Iterable[RevokedItem]) -> Sunset | None:
    """What the deals concerned demand of a model of this set."""
    items = {item.asset: item for item in seal.items}
    found = tuple(found)
    concerned = {deal for one in found for deal in items[one.asset].deals}
    return rules.demanded(found, items, {deal: deals.revocation(deal) for deal in concerned})


def _lost(seal: Seal, at: Instant) -> Iterator[tuple[str, str, str]]:
    """(asset, code, because) of each item whose ground is gone."""
    answers = clearance.decide_many([item.asset for item in seal.items], Use.TRAIN, seal.feature, at)
    for item in seal.items:
        short = rules.gone(item, answers[item.asset], seal.territories)
        if short is not None:
            yield item.asset, short.code, short.because


def _revoked(seal: Seal, asset: str, code: str, because: str, at: Instant) -> RevokedItem:
    item = next(i for i in seal.items if i.asset == asset)
    return RevokedItem(asset=asset, code=code, because=because, since=_since(seal, item, at))


def _since(seal: Seal, item: SealedItem, at: Instant) -> Instant:
    """When the ground went: the first withdrawal, or end of a deal, a mandate or a proof of who somebody is, after the seal
    that concerns the item, else now."""
    instants = [w.at for w in participation.withdrawals(seal.known, seal.feature) if _concerns(w, item)]
    instants += [since for grant in deals.grants() if grant.deal in item.deals for since in _ended(grant, seal, at)]
    ended = (since for choice in item.choices for since in _no_longer_carried(choice, seal))
    instants += [since for since in ended if seal.at < since]
    return min((i for i in instants if i <= at), default=at)


def _no_longer_carried(choice: str, seal: Seal) -> Iterator[Instant]:
    """When a yes ended with what it rested on: the proof that whoever said it is the person, or a mandate."""
    yes = participation.choice(choice)
    if yes.unproven and yes.closed_at is not None:
        yield yes.closed_at
    if yes.source == Source.REPRESENTATIVE and yes.mandate is not None:
        mandate = parties.mandate(yes.mandate)
        yield from last_day(mandate.period, yes.territories & seal.territories)
        if mandate.known_until is not None:
            yield journal.entry(mandate.known_until).at


def _concerns(withdrawal: Withdrawal, item: SealedItem) -> bool:
    if withdrawal.use != Use.TRAIN or withdrawal.person not in item.people:
        return False
    return withdrawal.asset is None or withdrawal.asset in gathering.with_ancestors([item.asset])


def _ended(grant: Grant, seal: Seal, until: Instant) -> list[Instant]:
    """When a deal stopped after the seal: a step of its own, or its last day, ending first in any sealed territory."""
    found = [since for since, state in grant.states if state != "active"]
    found += last_day(grant.period, grant.territories & seal.territories)
    return [since for since in found if seal.at < since <= until]
