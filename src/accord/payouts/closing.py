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
from accord.payouts.ledger import balances
from accord.payouts.order import Order
from accord.payouts.records import (
    Account,
    Attributed,
    CloseReport,
    Epoch,
    Line,
    Pay,
    Pool,
    Posting,
    Released,
    StatementHead,
)
from accord.payouts.settling import Books, Tally, settle
from accord.payouts.statements import Basis, documents
from accord.terms.money import text

MOST_NOTES = 12
NO_CURRENCY = "XXX"  # ISO 4217: no currency involved


class CloseInput(msgspec.Struct, frozen=True, kw_only=True):
    """All that a close depends on. Balances are micros by (currency, party), as the ledger stood before.

    `events` is an Arrow table or Parquet paths; `reader` says who is paid for what (see `readings`). `paid_under` names
    each party's deals: those it gave, and those it was ever paid under. `released` is by currency.
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
    advances_paid: Mapping[str, int] = {}
    paid_under: Mapping[str, frozenset[str]] = {}
    released: Mapping[str, tuple[Released, ...]] = {}
    balances: Mapping[tuple[str, str], int] = {}
    notes: tuple[str, ...] = ()  # what finance must know about this close, in sentences


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a close leaves: reports per currency, postings, statements as bytes, and the tables behind them."""

    reports: tuple[CloseReport, ...]
    postings: tuple[Posting, ...]
    statements: tuple[tuple[StatementHead, bytes], ...]
    allocation: Allocation
    basis: Basis


def rule_hashes() -> tuple[tuple[str, str], ...]:
    """SQL file → hash, for the fact and the statements."""
    return tuple((name, rule(name).digest) for name in RULES)


def close(given: CloseInput, engine: Engine, done: Callable[[str], None] = lambda step: None) -> Closing:
    """Close a period."""
    allocation = allocate(
        engine, given.span, given.events, given.pools, given.epochs, given.attributions, given.reader, done
    )
    basis = Basis(period=given.span.text, known=given.known, order=given.order.version, rules=rule_hashes())
    reports: list[CloseReport] = []
    postings: list[Posting] = []
    statements: list[tuple[StatementHead, bytes]] = []
    for currency in _currencies(given):
        pools = [pool for pool in given.pools if pool.currency == currency]
        numbers = {pool.number for pool in pools}
        lines = [line for line in allocation.lines if line.pool in numbers]
        books = _books(given, currency)
        settle(books, pools, lines)
        made = documents(basis, books, pools, lines)
        plays = _plays(allocation, pools)
        note = "; ".join((*_notes(allocation, pools, plays), *given.notes))
        reports.append(_report(given.span.text, books, pools, lines, plays, len(made), note))
        postings += books.postings
        statements += made
    done("statements written")
    return Closing(
        reports=tuple(reports),
        postings=tuple(postings),
        statements=tuple(statements),
        allocation=allocation,
        basis=basis,
    )


def _currencies(given: CloseInput) -> list[str]:
    named = {pool.currency for pool in given.pools} | {currency for currency, _ in given.balances}
    named |= {given.deals[deal].currency for deal in {*given.guarantees_due, *given.advances_open}}
    named |= set(given.released)
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
        advances_paid=own(given.advances_paid),
        released=given.released.get(currency, ()),
        deals_of={party: set(deals) for party, deals in given.paid_under.items()},
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
    kept = {account: -amount for (_, account), amount in balances(books.postings).items()}
    return CloseReport(
        period=period,
        currency=books.currency,
        revenue_micros=revenue,
        due_micros=due,
        escrow_micros=escrow,
        unmatched_micros=unmatched,
        residual_micros=sum(amount for account, amount in kept.items() if account.startswith("residual:")),
        funded_micros=sum(tally.guarantee_micros for tally in tallies),
        recouped_micros=sum(tally.recouped_micros for tally in tallies),
        payable_micros=sum(tally.payable_micros for tally in tallies),
        carried_micros=sum(tally.carried_micros for tally in tallies),
        withheld_micros=sum(tally.withheld_micros for tally in tallies),
        plays=plays,
        statements=statements,
        note=note,
        advanced_micros=sum(books.advances_paid.values()),
        released_micros=sum(tally.released_micros for tally in tallies),
    )


def _plays(allocation: Allocation, pools: Sequence[Pool]) -> int:
    table = allocation.tables["creations"]
    numbers = {pool.number for pool in pools}
    pairs = zip(table["pool"].to_pylist(), table["weight"].to_pylist(), strict=True)
    return sum(plays for pool, plays in pairs if pool in numbers)


def _notes(allocation: Allocation, pools: Sequence[Pool], plays: int) -> list[str]:
    """What finance should see before it trusts the sums: pools that nobody was heard in, listens that nothing pays."""
    notes = []
    if not pools:
        notes.append("no revenue was reported for this period, so nothing is paid from it")
    elif not plays:
        notes.append("nothing was heard in this period, so nothing is paid from it")
    else:
        heard = set(allocation.tables["creations"]["pool"].to_pylist())
        notes += [
            f"nothing was heard in {pool.feature} in {pool.territory}: its {text(pool.revenue_micros)} {pool.currency}"
            " stays with the platform"
            for pool in pools
            if pool.number not in heard and pool.revenue_micros
        ]
    for one in allocation.unpaid:
        notes.append(
            f"{one.plays:,} listens in {one.feature} in {one.territory} earned nothing: no revenue was reported there"
        )
    return (
        notes if len(notes) <= MOST_NOTES else [*notes[:MOST_NOTES], f"and {len(notes) - MOST_NOTES} more like these"]
    )
