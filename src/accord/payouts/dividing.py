"""What a period's money is divided by, asked of the other rooms: pools, shares, and who is read as paid for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import msgspec

from accord.attribution.records import Attribution
from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind, Claim, ClaimStatus
from accord.deals import queries as deals
from accord.deals.records import Grant, Remuneration
from accord.governance import queries as governance
from accord.metering import queries as metering
from accord.metering.periods import Span
from accord.parties import queries as parties
from accord.payouts.coverage import Coverage
from accord.payouts.epochs import cuts, epochs
from accord.payouts.linking import linked
from accord.payouts.order import Order
from accord.payouts.raising import Raise, by_deal
from accord.payouts.reading_rooms import Known, RoomReader
from accord.payouts.records import Attributed, Epoch, Pay, Pool


def pools_of(span: Span, known: int) -> tuple[Pool, ...]:
    """The revenue reported for a period, by feature, territory and currency."""
    reported: defaultdict[tuple[str, str, str], list[tuple[str, int]]] = defaultdict(list)
    for one in metering.revenue(span, known):
        reported[one.feature, one.territory, one.currency].append((one.report, one.amount_micros))
    return tuple(
        Pool(
            number=number,
            feature=feature,
            territory=territory,
            currency=currency,
            revenue_micros=sum(amount for _, amount in reports),
            reports=tuple(sorted(report for report, _ in reports)),
        )
        for number, ((feature, territory, currency), reports) in enumerate(sorted(reported.items()))
    )


def modelled(pools: Sequence[Pool], span: Span, known: int, order: Order) -> tuple[Pool, ...]:
    """The pools with how their features' listens weigh, where the order divides by that."""
    if order.division == 1:
        return tuple(pools)
    models = {name: governance.pool_model(name, span.start, known) for name in {pool.feature for pool in pools}}
    return tuple(msgspec.structs.replace(pool, model=models[pool.feature]) for pool in pools)


def attributed(every: Iterable[Attribution], once: bool) -> list[Attributed]:
    """The shares of every creation, as a close divides by them; `once`: what falls on one subject is one share."""
    found = [
        Attributed(creation=one.creation, kind=str(row.kind), subject=row.subject, units=row.units)
        for one in every
        for row in one.rows
        if row.units
    ]
    found.sort(key=lambda row: (row.creation, row.kind, row.subject))
    if not once:
        return found
    alike = groupby(found, key=lambda row: (row.creation, row.kind, row.subject))
    return [
        Attributed(creation=creation, kind=kind, subject=subject, units=sum(row.units for row in rows))
        for (creation, kind, subject), rows in alike
    ]


class Agreed(msgspec.Struct, frozen=True, kw_only=True):
    """The deals a period is divided by: every clause, and what each deal pays.

    `instead`: a deal that is not in force → the one that is supposed in its place.
    """

    grants: tuple[Grant, ...]
    pays: dict[str, Pay]
    raises: tuple[Raise, ...] = ()  # of deals that hold a most-favoured clause
    instead: Mapping[str, str] = {}


def agreed(known: int) -> Agreed:
    """The deals as they stood at a journal position."""
    grants = deals.grants(known)
    bettered = [
        Raise(deal=deal, by=by, term=term, better=better, grants=tuple(one for one in grants if one.deal == by))
        for deal, by, term, better in deals.bettered(known)
    ]
    return Agreed(grants=tuple(grants), pays=pays_of(grants), raises=tuple(bettered))


def divided_by(
    span: Span,
    closed_known: int,
    known: int,
    order: Order,
    pools: Sequence[Pool],
    shares: Iterable[Attributed],
    under: Agreed,
) -> tuple[tuple[Epoch, ...], RoomReader]:
    """The epochs of a period, and who is paid for what in them: claims as of `closed_known`, and deals as given.

    What was not in the catalogue at that position is read as of `known`, and so are the works in a recording in which none was
    known then.
    """
    grants = under.grants
    memberships = parties.memberships(closed_known)
    subjects = {row.subject for row in shares if row.kind == "source"}
    assets = assets_of(subjects, closed_known)
    claims, free = _claims(assets, closed_known), catalog.public_domain(closed_known, list(assets))
    found: dict[str, Asset] = {}
    if known > closed_known:
        later = assets_of(subjects, known)
        since = {key: one for key, one in later.items() if key not in assets}
        found = linked(span, assets, later, known) if order.works_apart else {}
        assets |= since | found
        claims, free = claims + _claims(since, known), free + catalog.public_domain(known, list(since))
    periods = [claim.period for claim in claims] + [grant.period for grant in grants]
    periods += [membership.period for membership in memberships]
    instants = [at for grant in grants for at, _ in grant.states]
    made: list[Epoch] = []
    for territory in sorted({pool.territory for pool in pools}):
        made += epochs(span, territory, cuts(span, territory, periods, instants), len(made))
    data = Known(
        assets=assets,
        claims=claims,
        public_domain=free,
        features=governance.features(known) | governance.features(closed_known),
        coverage=Coverage(grants, memberships),
        pays=under.pays,
        raises=by_deal(under.raises) if order.raises else {},
        linked=frozenset(found),
        order=order,
    )
    return tuple(made), RoomReader(data, pools, made)


def assets_of(subjects: Iterable[str], known: int) -> dict[str, Asset]:
    """The subjects with what they are made of: a stem's recording, a recording's or score's works."""
    found: dict[str, Asset] = {}
    wanted = set(subjects)
    while wanted:
        new = catalog.assets(sorted(wanted), known=known)
        found |= new
        parents = {parent for asset in new.values() if asset.kind is not AssetKind.WORK for parent in asset.parents}
        wanted = parents - set(found)
    return found


def _claims(assets: Iterable[str], known: int) -> list[Claim]:
    wanted = list(assets)
    if not wanted:
        return []
    return [claim for claim in catalog.claims(wanted, known) if claim.status is ClaimStatus.ACCEPTED]


def pays_of(grants: Iterable[Grant]) -> dict[str, Pay]:
    """What each deal pays."""
    licensors = {grant.deal: grant.licensor for grant in grants}
    return {deal: _pay(deal, licensor) for deal, licensor in sorted(licensors.items())}


def _pay(deal: str, licensor: str) -> Pay:
    return pay_of(deal, licensor, deals.terms(deal))


def pay_of(deal: str, licensor: str, terms: Remuneration) -> Pay:
    """What terms pay, for a close."""
    return Pay(
        deal=deal,
        licensor=licensor,
        currency=terms.currency,
        rate_ppm=terms.rate_ppm,
        parity=terms.parity,
        featured_artist_ppm=terms.featured_artist_ppm,
        minimum_guarantee_micros=terms.minimum_guarantee_micros,
        guarantee_per=terms.guarantee_per,
        advance_micros=terms.advance_micros,
        collateral_group=terms.collateral_group,
        threshold_micros=terms.threshold_micros,
        withholding_tax_ppm=terms.withholding_tax_ppm,
        escrow_disputed=terms.escrow_disputed,
        cap_micros=terms.cap_micros,
        rate_table=terms.rate_table,
        fee_per_use_micros=terms.fee_per_use_micros,
        fee_per_training_run_micros=terms.fee_per_training_run_micros,
        training_fee_by=terms.training_fee_by,
        reserve_ppm=terms.reserve_ppm,
        reserve_periods=terms.reserve_periods,
    )
