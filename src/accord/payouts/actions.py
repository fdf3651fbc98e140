"""The doors in: close a period, pay advances, pay what is payable, release from escrow."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable

from accord.catalog import queries as catalog
from accord.catalog.records import ClaimStatus
from accord.deals import queries as deals
from accord.deals.records import DealState
from accord.engine.running import open_engine
from accord.journal.actions import Writer, writing
from accord.metering import queries as metering
from accord.metering.periods import Span, parse
from accord.parties import queries as parties
from accord.payouts import files
from accord.payouts.closing import CloseInput, Closing
from accord.payouts.closing import close as close_from
from accord.payouts.facts import (
    AdvancePaid,
    DisputeEscrowed,
    EscrowReleased,
    PaymentMade,
    PeriodClosed,
    RuleRun,
)
from accord.payouts.gathering import gather
from accord.payouts.models import AdvanceRow, EntryRow, EscrowRow, PeriodRow
from accord.payouts.order import CURRENT, minor_micros
from accord.payouts.records import Account, CloseReport
from accord.payouts.sums import sums
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused

Progress = Callable[[str], None]
#: how many times a close calls its progress
STEPS = 7
LONGEST_REASON = 300


def close(period: str, at: Instant, actor: str, progress: Progress = lambda step: None) -> tuple[CloseReport, ...]:
    """Close a month or a quarter: divide its revenue, post it, write the statements. One transaction.

    Raises: Refused when the period is not over at `at`, shares time with one that is closed, is not the next one, or has
    revenue that is reported for its quarter.
    """
    span = parse(period)
    with writing(actor, at) as journal:
        _refuse_early(span, at)
        _refuse_twice(span)
        _refuse_out_of_turn(span)
        _refuse_a_part(span)
        _pay_advances(journal, span.end)
        known = journal.head
        given = gather(span, known, CURRENT)
        progress("events, claims and deals gathered")
        with open_engine() as engine:
            closing = close_from(given, engine, progress)
        kept = files.keep(closing, given.pools)
        progress("files kept")
        segments = metering.segments(span, known)
        journal.append(
            PeriodClosed(
                period=span.text,
                known=known,
                order=given.order.version,
                engine=os.environ.get("ACCORD_ENGINE", "") or "duckdb",
                segments=len(segments),
                events=sum(segment.rows for segment in segments),
                files=kept,
                rules=tuple(RuleRun(name, digest) for name, digest in closing.basis.rules),
                reports=closing.reports,
            )
        )
        _note_escrow(journal, span, given, closing)
    return closing.reports


def preview(period: str) -> Closing:
    """What closing a period now would leave, without keeping any of it."""
    from accord.journal.queries import head

    with open_engine() as engine:
        return close_from(gather(parse(period), head(), CURRENT), engine)


def _refuse_early(span: Span, at: Instant) -> None:
    if at < span.end:
        raise Refused(
            Refusal(
                code="payouts.period-not-over",
                because=f"{span.text} is not over before {span.end:%d %B %Y}",
                hint="close it then, when late events are in",
                subject=span.text,
            )
        )


def _refuse_twice(span: Span) -> None:
    for text in PeriodRow.objects.order_by("period").values_list("period", flat=True):
        if Span(text).overlaps(span):
            raise Refused(
                Refusal(
                    code="payouts.period-closed",
                    because=f"{span.text} shares time with {text}, which is closed and is never edited",
                    hint="what came in late goes into a later statement",
                    subject=span.text,
                )
            )


def _refuse_out_of_turn(span: Span) -> None:
    """Balances, guarantees of a quarter and advances go on from one period to the next, so none may be left out."""
    closed = [Span(text) for text in PeriodRow.objects.values_list("period", flat=True)]
    last = max(closed, key=lambda one: one.end, default=None)
    if last is not None and span.start != last.end:
        because = f"{last.text} was closed last, and periods are closed in their order: {last.after.text} comes next"
    elif last is None and (open_before := _first_revenue(span)):
        because = f"revenue is reported for {open_before}, which comes before {span.text} and is not closed"
    else:
        return
    hint = "close what comes first; a period without revenue pays nothing and says so"
    raise Refused(Refusal(code="payouts.out-of-turn", because=because, hint=hint, subject=span.text))


def _first_revenue(span: Span) -> str | None:
    reported = {one.period for one in metering.revenue() if one.amount_micros}
    before = sorted(text for text in reported if Span(text).end <= span.start)
    return before[0] if before else None


def _refuse_a_part(span: Span) -> None:
    """Revenue reported for a whole quarter cannot be divided among its months."""
    if span.text == span.quarter:
        return
    reported = [one for one in metering.revenue(Span(span.quarter)) if one.amount_micros]
    whole = sorted(one.feature for one in reported if one.period == span.quarter)
    if whole:
        raise Refused(
            Refusal(
                code="payouts.reported-by-quarter",
                because=f"revenue of {whole[0]} is reported for {span.quarter} and not by month",
                hint=f"close {span.quarter}, or report 0.00 for it and each month's revenue instead",
                subject=span.text,
            )
        )


def _note_escrow(journal: Writer, span: Span, given: CloseInput, closing: Closing) -> None:
    currencies = {pool.number: pool.currency for pool in given.pools}
    amounts: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    about = {}
    every = [(line.recipient, currencies[line.pool], line.amount_micros) for line in closing.allocation.lines]
    for change in closing.changes:
        every += [(one.recipient, change.place[2], one.amount_micros) for one in change.adjustments]
    for recipient, currency, amount in every:
        if recipient.account is Account.ESCROW and amount:
            key = (recipient.escrow, currency, recipient.deal)
            amounts[key] += amount
            about[key] = recipient
    for (account, currency, deal), amount in sorted(amounts.items()):
        recipient = about[account, currency, deal]
        journal.append(
            DisputeEscrowed(
                period=span.text,
                claims=recipient.claims,
                party=recipient.party,
                account=account,
                currency=currency,
                amount_micros=amount,
                deal=deal,
            )
        )


def pay_advances(at: Instant, actor: str) -> list[str]:
    """Pay the advance of every deal that stands active and has not been paid its advance. Returns the advances' ids."""
    with writing(actor, at) as journal:
        return _pay_advances(journal, at)


def _pay_advances(journal: Writer, until: Instant) -> list[str]:
    paid = set(AdvanceRow.objects.values_list("deal", flat=True))
    made = []
    licensors = {
        grant.deal: grant.licensor
        for grant in deals.grants()
        if any(state == DealState.ACTIVE and since < until for since, state in grant.states)
    }
    for deal, licensor in sorted(licensors.items()):
        terms = deals.terms(deal)
        if deal not in paid and terms.advance_micros:
            advance = journal.mint("adv")
            journal.append(
                AdvancePaid(
                    advance=advance,
                    deal=deal,
                    party=licensor,
                    currency=terms.currency,
                    amount_micros=terms.advance_micros,
                )
            )
            made.append(advance)
    return made


def pay(at: Instant, actor: str, party: str | None = None) -> list[str]:
    """Pay what is payable, to one party or to all, in whole minor units. Returns the payments' ids."""
    with writing(actor, at) as journal:
        wanted = {"account": f"payable:{party}"} if party else {"account__startswith": "payable:"}
        made = []
        for (account, currency), owed in sums(EntryRow.objects.filter(**wanted), "account", "currency").items():
            unit = minor_micros(currency)
            amount = -owed // unit * unit
            if amount <= 0:
                continue
            payment = journal.mint("pmt")
            to = account.removeprefix("payable:")
            journal.append(PaymentMade(payment=payment, party=to, currency=currency, amount_micros=amount))
            made.append(payment)
    return made


def release_escrow(account: str, party: str, because: str, at: Instant, actor: str) -> str:
    """Give all that stands in an escrow account to a party, once none of its claims is in dispute any more.

    It joins what the party earned at the next close, and is recouped, taxed and paid like it.
    Returns the release's id. Raises: NotThere without such an account or party, Refused while a claim is disputed.
    """
    if not 0 < len(because.strip()) <= LONGEST_REASON:
        raise BadInput(f"a release from escrow needs its reason, of at most {LONGEST_REASON} characters",
                       do="say how the dispute ended")  # fmt: skip
    parties.party(party)
    with writing(actor, at) as journal:
        held = _in_escrow(account)
        _refuse_disputed(account)
        release = journal.mint("rel")
        for number, ((claimant, deal, currency), amount) in enumerate(held, 1):
            journal.append(
                EscrowReleased(
                    release=f"{release}-{number}",
                    account=account,
                    party=party,
                    currency=currency,
                    amount_micros=amount,
                    because=because,
                    deal=deal if party == claimant else "",
                )
            )
    return release


def _in_escrow(account: str) -> list[tuple[tuple[str, str, str], int]]:
    """((claimant, deal, currency), amount) of what stands in an escrow account."""
    escrowed: defaultdict[tuple[str, str], int] = defaultdict(int)
    claimant = account.rpartition(":")[2]
    for row in EscrowRow.objects.filter(account=account):
        escrowed[row.deal, row.currency] += row.amount_micros
    found = [((claimant, deal, currency), left) for (deal, currency), left in sorted(escrowed.items()) if left]
    if not found:
        raise NotThere(f"nothing stands in escrow under `{account}`")
    return found


def _refuse_disputed(account: str) -> None:
    """A dispute ends when it is resolved, or when the claim that it is about falls away."""
    claims = [catalog.claim(claim) for claim in account.split(":")[1].split("+")]
    disputed = [claim.id for claim in claims if claim.disputed and claim.status is ClaimStatus.ACCEPTED]
    if disputed:
        raise Refused(
            Refusal(
                code="payouts.still-disputed",
                because=f"{', '.join(disputed)} is still in dispute",
                hint="resolve the dispute first",
                subject=account,
            )
        )
