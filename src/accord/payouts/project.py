"""Payouts' facts → rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from accord.journal.registry import Entry, projects
from accord.payouts import files
from accord.payouts.facts import (
    AdvancePaid,
    BankAccountConfirmed,
    BankAccountGiven,
    BankAccountStopped,
    DisputeEscrowed,
    DraftApproved,
    EscrowReleased,
    LumpSumRecorded,
    MatchedLater,
    PaymentMade,
    PeriodClosed,
    PeriodDrafted,
    RatesDeclared,
    Redistributed,
    StatementsCommitted,
)
from accord.payouts.heads import head_of
from accord.payouts.ledger import posting
from accord.payouts.models import (
    AccountGivenRow,
    AdvanceRow,
    DealEarnedRow,
    DraftRow,
    EntryRow,
    EscrowRow,
    PaymentRow,
    PeriodRow,
    PostingRow,
    RatesRow,
    RedistributedRow,
    ReportRow,
    StatementRow,
)
from accord.payouts.records import Posting, Released

AT_ONCE = 500


@projects(PeriodDrafted)
def on_period_drafted(entry: Entry, f: PeriodDrafted) -> None:
    """The newest draft of the period, not approved by anybody."""
    values = {"draft": f.draft, "position": entry.position, "at": entry.at, "actor": entry.actor}
    DraftRow.objects.filter(period=f.period).delete()
    DraftRow.objects.create(period=f.period, body=msgspec.json.encode(f, order="sorted").decode(), **values)


@projects(DraftApproved)
def on_draft_approved(entry: Entry, f: DraftApproved) -> None:
    """The draft may be locked."""
    DraftRow.objects.filter(period=f.period, draft=f.draft).update(approved_by=entry.actor, approved_at=entry.at)


@projects(PeriodClosed)
def on_period_closed(entry: Entry, f: PeriodClosed) -> None:
    """The period is closed; its postings and statements are read from the files that the fact names."""
    DraftRow.objects.filter(period=f.period).update(locked_by=entry.actor)
    named = {one.name: one.file for one in f.files}
    PeriodRow.objects.create(
        period=f.period,
        position=entry.position,
        known=f.known,
        at=entry.at,
        order=f.order,
        files="\n".join(f"{one.name} {one.file}" for one in f.files),
        rules="\n".join(f"{one.name} {one.digest}" for one in f.rules),
        events=f.events,
    )
    for report in f.reports:
        body = msgspec.json.encode(report, order="sorted").decode()
        ReportRow.objects.create(key=f"{f.period}|{report.currency}", period=f.period, body=body)
    _earned(entry.position, f.period, named)
    _post(entry.position, files.postings(named))
    _statements(named)


@projects(StatementsCommitted)
def on_statements_committed(entry: Entry, f: StatementsCommitted) -> None:
    """Each of the period's statements can be proven by itself."""
    PeriodRow.objects.filter(period=f.period).update(committed=entry.position, commitments=f.commitments)


def _earned(position: int, close: str, named: Mapping[str, str]) -> None:
    """By deal and party: of the period itself, and of each that its close adjusted."""
    currencies = {pool.number: pool.currency for pool in files.pools(named)}
    amounts: Counter[tuple[str, str, str, str]] = Counter()
    for (deal, party, pool), amount in files.sums(named, "lines", ("deal", "party", "pool"), "amount_micros").items():
        amounts[close, deal, party, currencies[pool]] += amount
    for one in files.adjustments(named):
        amounts[one["period"], one["deal"], one["party"], one["currency"]] += one["amount"]
    for fee in files.fees(named):
        amounts[fee.of or close, fee.deal, fee.recipient.party, fee.currency] += fee.amount_micros
    DealEarnedRow.objects.bulk_create(
        (
            DealEarnedRow(
                key=f"{close}|{period}|{deal}|{party}|{currency}",
                period=period,
                deal=deal,
                party=party,
                currency=currency,
                position=position,
                amount_micros=amount,
            )
            for (period, deal, party, currency), amount in sorted(amounts.items())
            if deal
        ),
        batch_size=AT_ONCE,
    )


def _statements(named: Mapping[str, str]) -> None:
    rows, start = [], 0
    for text in files.statements(named):
        head = msgspec.structs.asdict(head_of(text))
        head["statement"] = head.pop("id")
        rows.append(StatementRow(file=named["statements"], start=start, length=len(text), **head))
        start += len(text) + 1
    StatementRow.objects.bulk_create(rows, batch_size=AT_ONCE)


def _post(position: int, postings: Iterable[Posting]) -> None:
    heads, entries = [], []
    for number, one in enumerate(postings, 1):
        key = f"{position}-{number}"
        heads.append(PostingRow(posting=key, position=position, text=one.text, currency=one.currency))
        for place, part in enumerate(one.entries, 1):
            entries.append(
                EntryRow(
                    entry=f"{key}-{place}",
                    posting=key,
                    position=position,
                    account=part.account,
                    currency=one.currency,
                    amount_micros=part.amount_micros,
                )
            )
    PostingRow.objects.bulk_create(heads, batch_size=AT_ONCE)
    EntryRow.objects.bulk_create(entries, batch_size=AT_ONCE)


@projects(DisputeEscrowed)
def on_dispute_escrowed(entry: Entry, f: DisputeEscrowed) -> None:
    """The escrow account has a reason; the close itself posted the amount."""
    _escrow(entry, f, f"{f.period}|{f.currency}|{f.account}|{f.deal}", f.claims, f.amount_micros)


@projects(EscrowReleased)
def on_escrow_released(entry: Entry, f: EscrowReleased) -> None:
    """Out of escrow; it waits for the next close, which recoups, taxes and pays it like anything earned."""
    claims = f.account.split(":")[1]
    _escrow(entry, f, f.release, tuple(claims.split("+")), -f.amount_micros)
    waiting = Released(claims=claims, party=f.party, deal=f.deal, amount_micros=f.amount_micros)
    entries = {f.account: f.amount_micros, waiting.account: -f.amount_micros}
    _post(entry.position, [posting(f"released from escrow: {f.because}", f.currency, entries)])


def _escrow(
    entry: Entry, f: DisputeEscrowed | EscrowReleased, key: str, claims: tuple[str, ...], amount_micros: int
) -> None:
    EscrowRow.objects.create(
        key=key,
        account=f.account,
        claims="+".join(claims),
        party=f.party,
        deal=f.deal,
        currency=f.currency,
        amount_micros=amount_micros,
        position=entry.position,
        at=entry.at,
    )


@projects(MatchedLater)
def on_matched_later(entry: Entry, f: MatchedLater) -> None:
    """Out of what waited for the asset; it waits for the next close."""
    waits = Released(claims=f.asset, party=f.party, deal=f.deal, amount_micros=f.amount_micros, kind="matched")
    entries = {f"unmatched:{f.asset}": f.amount_micros, waits.account: -f.amount_micros}
    _post(entry.position, [posting(f"{f.asset}: matched later to {f.party} ({f.match})", f.currency, entries)])


@projects(Redistributed)
def on_redistributed(entry: Entry, f: Redistributed) -> None:
    """Out of what waited for the assets; it waits for the next close of those it was shared among."""
    entries: Counter[str] = Counter()
    for one in f.taken:
        entries[f"unmatched:{one.asset}"] += one.amount_micros
    for part in f.shared:
        waits = Released(claims=f.redistribution, party=part.party, deal="", amount_micros=0, kind="redistributed")
        entries[waits.account] -= part.amount_micros
    _post(
        entry.position,
        [posting(f"{f.redistribution}: unmatched money given out by rule {f.rule}", f.currency, entries)],
    )
    RedistributedRow.objects.bulk_create(
        (
            RedistributedRow(
                key=f"{f.redistribution}|{number}",
                redistribution=f.redistribution,
                asset=one.asset,
                feature=one.feature,
                period=one.period,
                currency=f.currency,
                amount_micros=one.amount_micros,
                position=entry.position,
                at=entry.at,
            )
            for number, one in enumerate(f.taken)
        ),
        batch_size=AT_ONCE,
    )


@projects(LumpSumRecorded)
def on_lump_sum_recorded(entry: Entry, f: LumpSumRecorded) -> None:
    """A settlement is funded by the platform; of breakage the advance is written off, and the parts move between parties."""
    funded = {"lump-sums": f.amount_micros} if f.kind == "settlement" else {}
    written_off = {} if funded else {"breakage": f.amount_micros, f"advance:{f.deal}": -f.amount_micros}
    parts = {}
    for one in f.parts:
        waits = Released(claims=f.lump_sum, party=one.party, deal=f.deal, amount_micros=one.amount_micros, kind="lump")
        parts[waits.account] = -one.amount_micros
    _post(
        entry.position,
        [posting(f"{f.deal}: {f.kind}, {f.because} ({f.lump_sum})", f.currency, funded | written_off | parts)],
    )


@projects(RatesDeclared)
def on_rates_declared(entry: Entry, f: RatesDeclared) -> None:
    """A version of a rate table; the versions before it stay, for what was closed by them."""
    values = {name: getattr(f, name) for name in ("rates", "table", "period", "version", "currency", "source", "on")}
    body = "\n".join(f"{one.currency} {one.rate}" for one in f.declared)
    RatesRow.objects.create(**values, body=body, position=entry.position, at=entry.at, actor=entry.actor)


@projects(AdvancePaid)
def on_advance_paid(entry: Entry, f: AdvancePaid) -> None:
    """The advance is out, and open until it is recouped."""
    AdvanceRow.objects.create(
        advance=f.advance,
        deal=f.deal,
        party=f.party,
        currency=f.currency,
        amount_micros=f.amount_micros,
        position=entry.position,
        at=entry.at,
    )
    entries = {f"advance:{f.deal}": f.amount_micros, "bank": -f.amount_micros}
    _post(entry.position, [posting(f"{f.deal}: advance paid to {f.party}", f.currency, entries)])


@projects(BankAccountGiven)
def on_bank_account_given(entry: Entry, f: BankAccountGiven) -> None:
    """Which of a party's accounts is paid follows from all it gave (`changing.accounts`)."""
    AccountGivenRow.objects.create(
        position=entry.position, party=f.party, details=f.details, rule=f.rule, at=entry.at, actor=entry.actor
    )


@projects(BankAccountConfirmed)
def on_bank_account_confirmed(entry: Entry, f: BankAccountConfirmed) -> None:
    """It counts from its day on."""
    mine = AccountGivenRow.objects.filter(party=f.party, details=f.details)
    mine.update(confirmed_at=entry.at, confirmed_by=entry.actor)


@projects(BankAccountStopped)
def on_bank_account_stopped(entry: Entry, f: BankAccountStopped) -> None:
    """It never counts."""
    mine = AccountGivenRow.objects.filter(party=f.party, details=f.details)
    mine.update(stopped_at=entry.at, stopped_because=f.because)


@projects(PaymentMade)
def on_payment_made(entry: Entry, f: PaymentMade) -> None:
    """The money is out."""
    PaymentRow.objects.create(
        payment=f.payment,
        party=f.party,
        currency=f.currency,
        amount_micros=f.amount_micros,
        position=entry.position,
        at=entry.at,
        run=f.run,
        details=f.details,
        paid_from=f.paid_from,
    )
    entries = {f"payable:{f.party}": f.amount_micros, "bank": -f.amount_micros}
    _post(entry.position, [posting(f"paid to {f.party}", f.currency, entries)])
