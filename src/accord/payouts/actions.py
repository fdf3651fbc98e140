"""The doors in: draft, approve and close a period, pay advances, pay what is payable."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from secrets import token_bytes

import msgspec
from django.conf import settings

from accord.deals import queries as deals
from accord.deals.records import DealState
from accord.engine.running import open_engine
from accord.journal.actions import Writer, publish, writing
from accord.metering import queries as metering
from accord.metering.periods import Span, parse
from accord.payouts import files
from accord.payouts.closing import close as close_from
from accord.payouts.committing import KEPT_BYTES, SALT_BYTES, committed, root
from accord.payouts.facts import (
    AdvancePaid,
    DisputeEscrowed,
    DraftApproved,
    PaymentMade,
    PeriodClosed,
    PeriodDrafted,
    RuleRun,
    StatementsCommitted,
)
from accord.payouts.gathering import gather
from accord.payouts.models import AdvanceRow, DraftRow, EntryRow
from accord.payouts.order import CURRENT, minor_micros
from accord.payouts.records import CloseReport
from accord.payouts.sums import sums
from accord.payouts.tables import Folder
from accord.payouts.turns import (
    refuse_a_part,
    refuse_another,
    refuse_early,
    refuse_given_out_since,
    refuse_out_of_turn,
    refuse_twice,
    refuse_unapproved,
)
from accord.terms.instant import Instant
from accord.terms.refusal import Refusal, Refused
from accord.vault import actions as vault

Progress = Callable[[str], None]
#: how many times a close calls its progress
STEPS = 7


def draft(period: str, at: Instant, actor: str, progress: Progress = lambda step: None) -> tuple[CloseReport, ...]:
    """Divide a month's or a quarter's money for finance to look at; a draft made before is replaced. Nothing is posted.

    Advances that are due go out before: they are no money of the period. Raises: Refused when the period is not over at
    `at`, shares time with one that is closed, is not the next one, or has revenue that is reported for its quarter.
    """
    span = parse(period)
    with writing(actor, at) as journal:
        reports = _draft(journal, span, at, progress).reports
    _no_work(span)
    return reports


def approve(period: str, at: Instant, actor: str, looked_at: str = "") -> str:
    """Finance agrees to the newest draft of a period, which may then be locked. Returns the draft's hash.

    `looked_at` is the hash of the draft that was looked at, where that is known. Raises: Refused when the period is closed,
    nothing is drafted, or another draft took the place of the one that was looked at.
    """
    span = parse(period)
    with writing(actor, at) as journal:
        refuse_twice(span)
        row = DraftRow.objects.filter(period=span.text).first()
        if row is None:
            raise Refused(
                Refusal(
                    code="payouts.no-draft",
                    because=f"there is no draft of {span.text} to approve",
                    hint=f"make one with `accord pay draft {span.text}`",
                    subject=span.text,
                )
            )
        refuse_another(span, row.draft, looked_at)
        journal.append(DraftApproved(period=span.text, draft=row.draft))
    return str(row.draft)


def close(
    period: str, at: Instant, actor: str, progress: Progress = lambda step: None, looked_at: str = ""
) -> tuple[CloseReport, ...]:
    """Lock a month or a quarter as its approved draft says: post it, write the statements. One transaction.

    Where nothing is drafted yet, the draft is made, approved and locked in one, by who closes it. One that was killed left
    nothing but what it had counted and divided, and the next goes on from there where it is the same still. `looked_at` as
    for `approve`. Raises: Refused as by `draft`, while the draft waits for its approval, and where it is another.
    """
    span = parse(period)
    with writing(actor, at) as journal:
        refuse_early(span, at)
        refuse_twice(span)
        row = DraftRow.objects.filter(period=span.text).first()
        refuse_another(span, row.draft if row else "", looked_at)
        if row is None:
            drafted = _draft(journal, span, at, progress)
            journal.append(DraftApproved(period=span.text, draft=drafted.draft))
        else:
            refuse_unapproved(span, row.approved_by)
            drafted = msgspec.json.decode(row.body, type=PeriodDrafted)
            refuse_given_out_since(span, drafted.known)
        journal.append(PeriodClosed(**msgspec.structs.asdict(drafted)))
        named = {one.name: one.file for one in drafted.files}
        _commit(journal, span, files.statements(named))
        _note_escrow(journal, span, named)
    publish()  # so that each party can prove its statement
    _no_work(span)
    return drafted.reports


def _work(span: Span) -> Path:
    """Where a draft keeps what it has counted and divided until it is written down: who begins again goes on from there."""
    return Path(settings.ACCORD_HOME) / "work" / span.text


def _no_work(span: Span) -> None:
    shutil.rmtree(_work(span), ignore_errors=True)


def _draft(journal: Writer, span: Span, at: Instant, progress: Progress) -> PeriodDrafted:
    refuse_early(span, at)
    refuse_twice(span)
    refuse_out_of_turn(span)
    refuse_a_part(span)
    _pay_advances(journal, span.end)
    known = journal.head
    given = gather(span, known, CURRENT)
    progress("events, claims and deals gathered")
    with open_engine() as engine:
        closing = close_from(given, engine, progress, Folder(_work(span)))
    kept = files.keep(closing, given.pools)
    progress("files kept")
    segments = metering.segments(span, known)
    drafted = PeriodDrafted(
        draft=files.digest(kept),
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
    journal.append(drafted)
    return drafted


def _commit(journal: Writer, span: Span, statements: Iterable[bytes]) -> None:
    kept = committed((token_bytes(SALT_BYTES), one) for one in statements)
    journal.append(
        StatementsCommitted(
            period=span.text, statements=len(kept) // KEPT_BYTES, root=root(kept).hex(), commitments=vault.put(kept)
        )
    )


def _note_escrow(journal: Writer, span: Span, named: Mapping[str, str]) -> None:
    """What of a close's lines and adjustments went into escrow, one fact per account, currency and deal."""
    amounts: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    about = {}
    for to, currency, amount in files.escrowed(named):
        key = (to.escrow, currency, to.deal)
        amounts[key] += amount
        about[key] = to
    for (account, currency, deal), amount in sorted(amounts.items()):
        to = about[account, currency, deal]
        journal.append(
            DisputeEscrowed(
                period=span.text,
                claims=to.claims,
                party=to.party,
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
    publish()
    return made
