"""What a close needs, asked of the other rooms as of one journal position: revenue, shares, claims, deals, balances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Max

from accord.attribution import queries as attribution
from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind, ClaimStatus
from accord.deals import queries as deals
from accord.deals.records import Grant, Remuneration
from accord.governance import queries as governance
from accord.metering import queries as metering
from accord.metering.periods import Span
from accord.parties import queries as parties
from accord.payouts import guarantees
from accord.payouts.closing import CloseInput
from accord.payouts.coverage import Coverage
from accord.payouts.epochs import cuts, epochs
from accord.payouts.models import AdvanceRow, DealEarnedRow, EntryRow, PeriodRow
from accord.payouts.order import Order
from accord.payouts.reading_rooms import Known, RoomReader
from accord.payouts.records import Attributed, Epoch, Pay, Pool, Released
from accord.payouts.sums import sums


def gather(span: Span, known: int, order: Order) -> CloseInput:
    """The input of a close of `span`, as the journal stood at position `known`."""
    pools = _pools(span, known)
    attributed = _attributed(known)
    assets = _assets({row.subject for row in attributed if row.kind == "source"}, known)
    grants = deals.grants(known)
    memberships = parties.memberships(known)
    pays = {deal: _pay(deal, grants) for deal in sorted({grant.deal for grant in grants})}
    claims = [claim for claim in catalog.claims(list(assets), known) if claim.status is ClaimStatus.ACCEPTED]
    periods = [*(claim.period for claim in claims), *(grant.period for grant in grants)]
    periods += [membership.period for membership in memberships]
    instants = [at for grant in grants for at, _ in grant.states]
    stretches = _epochs(span, sorted({pool.territory for pool in pools}), periods, instants)
    data = Known(
        assets=assets,
        claims=claims,
        public_domain=catalog.public_domain(known, list(assets)),
        features=governance.features(known),
        coverage=Coverage(grants, memberships),
        pays=pays,
        order=order,
    )
    return CloseInput(
        span=span,
        known=known,
        order=order,
        events=metering.countable(span, known),
        pools=pools,
        epochs=stretches,
        attributions=attributed,
        reader=RoomReader(data, pools, stretches),
        deals=pays,
        guarantees_due=guarantees.due(span, pays, grants),
        earned_before=_earned_before(span, pays, known),
        advances_open=_sums_of("advance:", known),
        advances_paid=_advances_paid(known),
        paid_under=_paid_under(pays, known),
        released=_released(known),
        balances=_opening(known),
        notes=(*_not_computed(sorted(pays)), *guarantees.left_open(span, pays, grants)),
    )


def _pools(span: Span, known: int) -> tuple[Pool, ...]:
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


def _attributed(known: int) -> list[Attributed]:
    found = [
        Attributed(creation=one.creation, kind=str(row.kind), subject=row.subject, units=row.units)
        for one in attribution.rows(known)
        for row in one.rows
        if row.units
    ]
    return sorted(found, key=lambda row: (row.creation, row.kind, row.subject))


def _assets(subjects: Iterable[str], known: int) -> dict[str, Asset]:
    """The subjects with what they are made of: a stem's recording, a recording's or score's works."""
    found: dict[str, Asset] = {}
    wanted = set(subjects)
    while wanted:
        new = catalog.assets(sorted(wanted), known=known)
        found |= new
        parents = {parent for asset in new.values() if asset.kind is not AssetKind.WORK for parent in asset.parents}
        wanted = parents - set(found)
    return found


def _pay(deal: str, grants: Iterable[Grant]) -> Pay:
    grant = next(one for one in grants if one.deal == deal)
    terms: Remuneration = deals.terms(deal)
    return Pay(
        deal=deal,
        licensor=grant.licensor,
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
    )


def _epochs(span: Span, territories: Iterable[str], periods: list, instants: list) -> tuple[Epoch, ...]:  # type: ignore[type-arg]
    made: list[Epoch] = []
    for territory in territories:
        made += epochs(span, territory, cuts(span, territory, periods, instants), len(made))
    return tuple(made)


def _earned_before(span: Span, pays: Mapping[str, Pay], known: int) -> dict[str, int]:
    """What counts towards each guarantee already: of the same quarter, or of the whole term."""
    found: defaultdict[str, int] = defaultdict(int)
    for row in DealEarnedRow.objects.filter(position__lte=known, deal__in=list(pays)):
        pay = pays[row.deal]
        same = pay.guarantee_per != "quarter" or Span(row.period).quarter == span.quarter
        if same and row.currency == pay.currency:
            found[row.deal] += row.amount_micros
    return dict(found)


def _paid_under(pays: Mapping[str, Pay], known: int) -> dict[str, frozenset[str]]:
    """Each party's deals, so that a balance keeps its threshold and its tax in a period that brings it nothing."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for deal, pay in pays.items():
        found[pay.licensor].add(deal)
    rows = DealEarnedRow.objects.filter(position__lte=known, deal__in=list(pays))
    for party, deal in rows.values_list("party", "deal").distinct():
        found[party].add(deal)
    return {party: frozenset(deals) for party, deals in found.items()}


def _advances_paid(known: int) -> dict[str, int]:
    """Deal → advance paid since the last close."""
    last = PeriodRow.objects.filter(position__lte=known).aggregate(last=Max("position"))["last"] or 0
    rows = AdvanceRow.objects.filter(position__gt=last, position__lte=known).order_by("position")
    return {row.deal: row.amount_micros for row in rows}


def _released(known: int) -> dict[str, tuple[Released, ...]]:
    """Currency → what left escrow and waits for a close."""
    found: defaultdict[str, list[Released]] = defaultdict(list)
    rows = EntryRow.objects.filter(account__startswith="released:", position__lte=known)
    for (account, currency), amount in sums(rows, "account", "currency").items():
        _, claims, party, deal = account.split(":")
        found[currency].append(Released(claims=claims, party=party, deal=deal, amount_micros=-amount))
    return {currency: tuple(waiting) for currency, waiting in found.items()}


#: terms a deal may hold that a close does not compute yet; it says so instead of passing them over
NOT_YET = {
    "fee_per_use_micros": "a fee per use",
    "fee_per_training_run_micros": "a fee per training run",
    "cap_micros": "a cap",
    "lump_sum_participants_ppm": "participation in lump sums",
}


def _not_computed(with_terms: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        f"{deal} also names {words}, which this close does not compute"
        for deal in with_terms
        for name, words in NOT_YET.items()
        if getattr(deals.terms(deal), name)
    )


def _sums_of(prefix: str, known: int) -> dict[str, int]:
    """Name after the prefix → balance of the accounts that start with it, debits positive, as the ledger stood."""
    rows = EntryRow.objects.filter(account__startswith=prefix, position__lte=known)
    return {account.removeprefix(prefix): amount for (account,), amount in sums(rows, "account").items()}


def _opening(known: int) -> dict[tuple[str, str], int]:
    rows = EntryRow.objects.filter(account__startswith="balance:", position__lte=known)
    found = sums(rows, "account", "currency")
    return {(currency, account.removeprefix("balance:")): -amount for (account, currency), amount in found.items()}
