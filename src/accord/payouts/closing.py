"""A close from its input to everything it leaves behind, without a database: the input is data, the result is data.

The one impure thing is the engine, which is handed in. So a close can be tried before it is kept (a preview), kept once,
and done again years later from the same input, to the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from accord.engine.running import Engine, rule
from accord.metering.periods import Span
from accord.payouts.allocation import RULES, Allocation, Reader, allocate
from accord.payouts.order import Order
from accord.payouts.records import Account, Attributed, CloseReport, Epoch, Line, Pay, Pool, Posting, StatementHead
from accord.payouts.settling import Books, Tally, settle
from accord.payouts.statements import Basis, documents

NO_CURRENCY = "XXX"  # ISO 4217: no currency involved


class CloseInput(msgspec.Struct, frozen=True, kw_only=True):
    """All that a close depends on. Balances are micros by (currency, party or deal), as the ledger stood before.

    `events` is an Arrow table or Parquet paths; `reader` says who is paid for what (see `readings`).
    """

    span: Span
    known: int
    order: Order
    events: Any
    pools: tuple[Pool, ...]
    epochs: tuple[Epoch, ...]
    attributions: Sequence[Attributed]
    reader: Reader
    deals: Mapping[str, Pay]
    guarantees_due: Mapping[str, int] = {}
    earned_before: Mapping[str, int] = {}
    advances_open: Mapping[str, int] = {}
    balances: Mapping[tuple[str, str], int] = {}
    notes: tuple[str, ...] = ()  # what finance must know about this close, in sentences


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a close leaves: reports per currency, postings, statements as bytes, and the tables behind them."""

    reports: tuple[CloseReport, ...]
    postings: tuple[Posting, ...]
    statements: tuple[tuple[StatementHead, bytes], ...]
    allocation: Allocation
    basis: Basis
    earned_by_deal: dict[str, int]


def rule_hashes() -> tuple[tuple[str, str], ...]:
    """SQL file → hash, for the fact and the statements."""
    return tuple((name, rule(name).digest) for name in RULES)


def close(given: CloseInput, engine: Engine, done: Callable[[str], None] = lambda step: None) -> Closing:
    """Close a period."""
    allocation = allocate(engine, given.events, given.pools, given.epochs, given.attributions, given.reader, done)
    basis = Basis(period=given.span.text, known=given.known, order=given.order.version, rules=rule_hashes())
    reports: list[CloseReport] = []
    postings: list[Posting] = []
    statements: list[tuple[StatementHead, bytes]] = []
    earned: dict[str, int] = {}
    for currency in _currencies(given):
        pools = [pool for pool in given.pools if pool.currency == currency]
        numbers = {pool.number for pool in pools}
        lines = [line for line in allocation.lines if line.pool in numbers]
        books = _books(given, currency)
        settle(books, pools, lines)
        made = documents(basis, books, pools, lines)
        plays = _plays(allocation, pools)
        note = "; ".join(filter(None, (_note(pools, plays), *given.notes)))
        reports.append(_report(given.span.text, books, pools, lines, plays, len(made), note))
        postings += books.postings
        statements += made
        earned |= books.earned_by_deal
    done("statements written")
    return Closing(
        reports=tuple(reports),
        postings=tuple(postings),
        statements=tuple(statements),
        allocation=allocation,
        basis=basis,
        earned_by_deal=earned,
    )


def _currencies(given: CloseInput) -> list[str]:
    named = {pool.currency for pool in given.pools} | {currency for currency, _ in given.balances}
    named |= {given.deals[deal].currency for deal in {*given.guarantees_due, *given.advances_open}}
    return sorted(named) or [NO_CURRENCY]


def _books(given: CloseInput, currency: str) -> Books:
    def own(amounts: Mapping[str, int]) -> dict[str, int]:
        return {deal: amount for deal, amount in amounts.items() if given.deals[deal].currency == currency}

    tallies = {
        party: Tally(party, opening_micros=amount)
        for (unit, party), amount in given.balances.items()
        if unit == currency and amount
    }
    return Books(
        currency=currency,
        order=given.order,
        deals=dict(given.deals),
        guarantees_due=own(given.guarantees_due),
        earned_before=own(given.earned_before),
        advances_open=own(given.advances_open),
        tallies=tallies,
    )


def _report(
    period: str, books: Books, pools: Sequence[Pool], lines: Sequence[Line], plays: int, statements: int, note: str
) -> CloseReport:
    def of(*accounts: Account) -> int:
        return sum(line.amount_micros for line in lines if line.recipient.account in accounts)

    tallies = books.tallies.values()
    revenue = sum(pool.revenue_micros for pool in pools)
    due, escrow, unmatched = of(Account.DUE, Account.DIRECT, Account.CREATOR), of(Account.ESCROW), of(Account.UNMATCHED)
    return CloseReport(
        period=period,
        currency=books.currency,
        revenue_micros=revenue,
        due_micros=due,
        escrow_micros=escrow,
        unmatched_micros=unmatched,
        residual_micros=revenue - due - escrow - unmatched,
        funded_micros=sum(tally.guarantee_micros for tally in tallies),
        recouped_micros=sum(tally.recouped_micros for tally in tallies),
        payable_micros=sum(tally.payable_micros for tally in tallies),
        carried_micros=sum(tally.carried_micros for tally in tallies),
        withheld_micros=sum(tally.withheld_micros for tally in tallies),
        plays=plays,
        statements=statements,
        note=note,
    )


def _plays(allocation: Allocation, pools: Sequence[Pool]) -> int:
    table = allocation.tables["creations"]
    numbers = {pool.number for pool in pools}
    pairs = zip(table["pool"].to_pylist(), table["weight"].to_pylist(), strict=True)
    return sum(plays for pool, plays in pairs if pool in numbers)


def _note(pools: Sequence[Pool], plays: int) -> str:
    if not pools:
        return "no revenue was reported for this period, so nothing is paid from it"
    return "" if plays else "nothing was heard in this period, so nothing is paid from it"
