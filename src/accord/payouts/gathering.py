"""What a close needs, asked of the other rooms as of one journal position: usage, revenue, shares, deals, balances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec
from django.db.models import Max

from accord.attribution import queries as attribution
from accord.attribution.records import Attribution
from accord.journal.queries import facts_of
from accord.metering import queries as metering
from accord.metering.periods import Span
from accord.payouts import files, guarantees
from accord.payouts.charging import RULES as CHARGING
from accord.payouts.charging import charges, fees
from accord.payouts.closing import CloseInput, Restatement
from accord.payouts.converting import converted
from accord.payouts.dividing import Agreed, agreed, attributed, divided_by, modelled, pools_of
from accord.payouts.following import Followed, followed, unnamed
from accord.payouts.keeping import Reserve, long_enough
from accord.payouts.models import AdvanceRow, DealEarnedRow, EntryRow, EscrowRow, PeriodRow
from accord.payouts.order import Order
from accord.payouts.records import KINDS, Pay, Released
from accord.payouts.restating import restatements
from accord.payouts.sums import sums
from accord.studio import queries as studio
from accord.studio.descent import models_of
from accord.training import queries as training
from accord.training.facts import ModelCalibrated
from accord.training.records import Calibration


def gather(span: Span, known: int, order: Order, under: Agreed | None = None) -> CloseInput:
    """The input of a close of `span`, as the journal stood at position `known`; `under` other deals than those in force."""
    every = attribution.rows(known)
    shares, stood = attributed(every, order.once), agreed(known)
    under = under or stood
    pools, exchanged = converted(span, known, known, order, pools_of(span, known), under)
    pools = modelled(pools, span, known, order)
    stretches, reader = divided_by(span, known, known, order, pools, shares, under)
    grants, pays = under.grants, _in_one_group(stood.pays | under.pays, under.instead)
    again = restatements(known, order) if order.adjusts else ()
    advances = _sums_of("advance:", known)
    return CloseInput(
        span=span,
        known=known,
        order=order,
        events=metering.countable(span, known),
        pools=pools,
        epochs=stretches,
        attributions=shares,
        reader=reader,
        deals=pays,
        restatements=again,
        guarantees=_guarantees(span, under, again, known),
        advances_open=advances,
        advances_paid=_advances_paid(known),
        recouped_before=_recouped_before(advances, known),
        paid_under=paid_under(pays, known, under.instead),
        escrow_released=_escrow_released(known),
        released=_released(known, KINDS if order.does("fees") else ("released",)),
        exchanged=exchanged,
        fees=fees(span, known, known, order, shares, under),
        counted_by=CHARGING if order.does("fees") and charges(under.pays) else (),
        reserves=_reserves(pays, known) if order.does("reserve") else (),
        balances=_opening(known),
        followed=_followed(every, known, order) if order.says_attribution else {},
        notes=guarantees.left_open(span, under.pays, grants),
    )


def _followed(every: Sequence[Attribution], known: int, order: Order) -> dict[str, tuple[Followed, ...]]:
    """Creation → how far its shares followed attribution, for those that models wrote in."""
    measured: defaultdict[str, list[tuple[int, Calibration]]] = defaultdict(list)
    for entry in facts_of("training.model-calibrated", until=known):
        assert isinstance(entry.fact, ModelCalibrated)
        measured[entry.fact.model].append((entry.position, entry.fact.calibration))
    unsaid = unnamed(every)
    written = {made.id: models_of(made) for made in studio.creations(unsaid)} if unsaid else {}
    seals = {one.id: one.seal for one in training.models()} if order.each_model else {}
    return followed(every, written, measured, seals)


def _in_one_group(pays: Mapping[str, Pay], instead: Mapping[str, str]) -> dict[str, Pay]:
    """What deals pay; the open advance of one that another is supposed in the place of goes against what that one earns."""
    group = {deal: f"{other} in their place" for old, other in instead.items() for deal in (old, other)}
    return {
        deal: msgspec.structs.replace(pay, collateral_group=group[deal]) if deal in group else pay
        for deal, pay in pays.items()
    }


def _guarantees(
    span: Span, under: Agreed, again: Iterable[Restatement], known: int
) -> tuple[guarantees.Guarantee, ...]:
    """Those that fall due with this close, and those of before that what came in since may change.

    What a deal earned before, and was topped up by, counts for the one that is supposed in its place.
    """
    pays, grants = under.pays, under.grants
    now = {
        (deal, span.quarter if pays[deal].guarantee_per == "quarter" else guarantees.TERM): least
        for deal, least in guarantees.due(span, pays, grants).items()
    }
    before = guarantees.open_again(span, [one.span for one in again], pays, grants)
    found = []
    funded = _funded(known) if before or now else []
    for (deal, of), least in sorted((before | now).items()):
        one = guarantees.Guarantee(deal=deal, of=of, least_micros=least, now=(deal, of) in now)
        mine = [deal, *(old for old, other in under.instead.items() if other == deal)]
        earned = DealEarnedRow.objects.filter(position__lte=known, deal__in=mine, currency=pays[deal].currency)
        given = [added for added in funded if added.deal in mine and of in (guarantees.TERM, added.of)]
        found.append(
            guarantees.Guarantee(
                deal=deal,
                of=of,
                least_micros=least,
                earned_before_micros=sum(row.amount_micros for row in earned if one.counts(Span(row.period))),
                funded_before_micros=sum(added.amount_micros for added in given),
                now=one.now,
            )
        )
    return tuple(found)


def _funded(known: int) -> list[guarantees.Funded]:
    """What earlier closes added for guarantees. A deal has guarantees of one kind: by the quarter, or one of its term."""
    rows = PeriodRow.objects.filter(position__lte=known).order_by("position")
    return [one for row in rows for one in files.funded(files.named(row.files))]


def paid_under(
    pays: Mapping[str, Pay], known: int, instead: Mapping[str, str] = MappingProxyType({})
) -> dict[str, frozenset[str]]:
    """Each party's deals, so that a balance keeps its threshold and its tax in a period that brings it nothing."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for deal, pay in pays.items():
        found[pay.licensor].add(instead.get(deal, deal))
    rows = DealEarnedRow.objects.filter(position__lte=known, deal__in=list(pays))
    for party, deal in rows.values_list("party", "deal").distinct():
        found[party].add(instead.get(deal, deal))
    return {party: frozenset(deals) for party, deals in found.items()}


def _advances_paid(known: int) -> dict[str, int]:
    """Deal → advance paid since what the last close knew."""
    last = PeriodRow.objects.filter(position__lte=known).aggregate(last=Max("known"))["last"] or 0
    rows = AdvanceRow.objects.filter(position__gt=last, position__lte=known).order_by("position")
    return {row.deal: row.amount_micros for row in rows}


def _recouped_before(open_now: Mapping[str, int], known: int) -> dict[str, int]:
    """Deal → what of its advance has been recouped: what an adjustment can open again."""
    rows = AdvanceRow.objects.filter(position__lte=known)
    return {row.deal: row.amount_micros - open_now.get(row.deal, 0) for row in rows}


def _escrow_released(known: int) -> dict[str, tuple[str, str]]:
    """Escrow account → to whom, and under which deal, it was released last."""
    rows = EscrowRow.objects.filter(position__lte=known, amount_micros__lt=0, key__startswith="rel_").order_by(
        "position"
    )
    return {row.account: (row.party, row.deal) for row in rows}


def _released(known: int, kinds: Iterable[str]) -> dict[str, tuple[Released, ...]]:
    """Currency → what waits for a close: out of escrow, and the other kinds that the order knows."""
    found: defaultdict[str, list[Released]] = defaultdict(list)
    for kind in kinds:
        rows = EntryRow.objects.filter(account__startswith=f"{kind}:", position__lte=known)
        for (account, currency), amount in sums(rows, "account", "currency").items():
            _, claims, party, deal = account.split(":")
            waits = Released(claims=claims, party=party, deal=deal, amount_micros=-amount, kind=kind)
            found[currency].append(waits)
    return {currency: tuple(waiting) for currency, waiting in found.items()}


def _reserves(pays: Mapping[str, Pay], known: int) -> tuple[Reserve, ...]:
    """What stands in reserve; a deal's terms say how many closes it is kept for, this one counted."""
    closed = [Span(text) for text in PeriodRow.objects.filter(position__lte=known).values_list("period", flat=True)]
    rows = EntryRow.objects.filter(account__startswith="reserve:", position__lte=known)
    found = []
    for (account, currency), amount in sums(rows, "account", "currency").items():
        _, deal, party, of = account.split(":")
        since = 1 + sum(one.start >= Span(of).end for one in closed)
        found.append(
            Reserve(
                deal=deal,
                party=party,
                of=of,
                currency=currency,
                amount_micros=-amount,
                released=long_enough(since, pays[deal].reserve_periods if deal in pays else 0),
            )
        )
    return tuple(found)


def _sums_of(prefix: str, known: int) -> dict[str, int]:
    """Name after the prefix → balance of the accounts that start with it, debits positive, as the ledger stood."""
    rows = EntryRow.objects.filter(account__startswith=prefix, position__lte=known)
    return {account.removeprefix(prefix): amount for (account,), amount in sums(rows, "account").items()}


def _opening(known: int) -> dict[tuple[str, str], int]:
    rows = EntryRow.objects.filter(account__startswith="balance:", position__lte=known)
    found = sums(rows, "account", "currency")
    return {(currency, account.removeprefix("balance:")): -amount for (account, currency), amount in found.items()}
