"""The doors in: close a period, pay advances, pay what is payable, release from escrow."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable

from django.db.models import Sum

from accord.catalog import queries as catalog
from accord.deals import queries as deals
from accord.deals.records import DealState
from accord.engine.running import open_engine
from accord.journal.actions import Writer, writing
from accord.metering import queries as metering
from accord.metering.periods import Span, parse
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
from accord.payouts.models import AdvanceRow, EntryRow, PeriodRow
from accord.payouts.order import CURRENT, minor_micros
from accord.payouts.records import CloseReport
from accord.payouts.settling import account_of
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused

Progress = Callable[[str], None]
#: how many times a close calls its progress
STEPS = 7


def close(period: str, at: Instant, actor: str, progress: Progress = lambda step: None) -> tuple[CloseReport, ...]:
    """Close a month or a quarter: divide its revenue, post it, write the statements. One transaction.

    Raises: Refused when the period is not over at `at`, or shares time with one that is closed.
    """
    span = parse(period)
    with writing(actor, at) as journal:
        _refuse_early(span, at)
        _refuse_twice(span)
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


def _note_escrow(journal: Writer, span: Span, given: CloseInput, closing: Closing) -> None:
    currencies = {pool.number: pool.currency for pool in given.pools}
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    about = {}
    for line in closing.allocation.lines:
        if line.recipient.account == "escrow" and line.amount_micros:
            key = (account_of(line), currencies[line.pool])
            sums[key] += line.amount_micros
            about[key] = line.recipient
    for (account, currency), amount in sorted(sums.items()):
        recipient = about[account, currency]
        journal.append(
            DisputeEscrowed(
                period=span.text,
                claims=recipient.claims,
                party=recipient.party,
                account=account,
                currency=currency,
                amount_micros=amount,
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
        rows = EntryRow.objects.filter(**wanted)
        sums = rows.values("account", "currency").annotate(total=Sum("amount_micros")).order_by("account", "currency")
        made = []
        for row in list(sums):
            unit = minor_micros(row["currency"])
            amount = -int(row["total"]) // unit * unit
            if amount <= 0:
                continue
            payment = journal.mint("pmt")
            to = row["account"].removeprefix("payable:")
            journal.append(PaymentMade(payment=payment, party=to, currency=row["currency"], amount_micros=amount))
            made.append(payment)
    return made


def release_escrow(account: str, party: str, because: str, at: Instant, actor: str) -> str:
    """Move all that stands in an escrow account into a party's balance, once none of its claims is in dispute.

    Returns the release's id. Raises: NotThere without such an account, Refused while a claim is disputed.
    """
    if not because.strip():
        raise BadInput("a release from escrow needs its reason", do="say how the dispute ended")
    with writing(actor, at) as journal:
        rows = EntryRow.objects.filter(account=account) if account.startswith("escrow:") else EntryRow.objects.none()
        sums = list(rows.values("currency").annotate(total=Sum("amount_micros")).order_by("currency"))
        open_sums = [(row["currency"], -int(row["total"])) for row in sums if row["total"]]
        if not open_sums:
            raise NotThere(f"nothing stands in escrow under `{account}`")
        claims = account.split(":")[1].split("+")
        disputed = [claim for claim in claims if catalog.claim(claim).disputed]
        if disputed:
            raise Refused(
                Refusal(
                    code="payouts.still-disputed",
                    because=f"{', '.join(disputed)} is still in dispute",
                    hint="resolve the dispute first",
                    subject=account,
                )
            )
        release = journal.mint("rel")
        for currency, amount in open_sums:
            journal.append(
                EscrowReleased(
                    release=f"{release}-{currency}",
                    account=account,
                    party=party,
                    currency=currency,
                    amount_micros=amount,
                    because=because,
                )
            )
    return release
