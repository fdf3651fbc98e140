"""A close from its input to everything it leaves behind, without a database: the input is data, the result is data.

The one impure thing is the engine, which is handed in. So a close can be tried before it is kept (a preview), kept once,
and done again years later from the same input, to the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from accord.engine.dialect import Rule
from accord.engine.running import Engine, rule
from accord.metering.periods import Span
from accord.payouts import division, summing, tables
from accord.payouts.adjusting import Computed, Difference, differences, paid_elsewhere
from accord.payouts.allocation import Allocation, Reader
from accord.payouts.books import Books, Tally
from accord.payouts.capping import capped
from accord.payouts.exchanging import Exchanged
from accord.payouts.exchanging import differences as exchange_differences
from accord.payouts.fees import Fee
from accord.payouts.fees import differences as fee_differences
from accord.payouts.first import division as first
from accord.payouts.following import Followed, heard
from accord.payouts.fourth import division as fourth
from accord.payouts.guarantees import Funded, Guarantee
from accord.payouts.heads import Statements
from accord.payouts.keeping import Reserve
from accord.payouts.ledger import balances
from accord.payouts.order import Order
from accord.payouts.records import (
    Account,
    Attributed,
    CloseReport,
    Epoch,
    Pay,
    Pool,
    Posting,
    Released,
)
from accord.payouts.second import division as second
from accord.payouts.settling import settle
from accord.payouts.statements import Basis, documents
from accord.payouts.summing import Given
from accord.payouts.tables import Folder
from accord.payouts.third import division as third
from accord.terms.money import text

MOST_NOTES = 12
NO_CURRENCY = "XXX"  # ISO 4217: no currency involved


class Restatement(msgspec.Struct, frozen=True, kw_only=True):
    """A closed period to be divided once more: what it gave, and what it is divided by now.

    `because` is by feature and territory: what came in since, in sentences that name the facts.
    """

    span: Span
    before: Computed
    events: Any
    pools: tuple[Pool, ...]
    epochs: tuple[Epoch, ...]
    attributions: Sequence[Attributed]
    reader: Reader
    order: Order
    deals: Mapping[str, Pay]
    exchanged_before: tuple[Exchanged, ...] = ()
    exchanged: tuple[Exchanged, ...] = ()
    fees_before: tuple[Fee, ...] = ()
    fees: tuple[Fee, ...] = ()
    because: Mapping[tuple[str, str], tuple[str, ...]]


class CloseInput(msgspec.Struct, frozen=True, kw_only=True):
    """All that a close depends on. Balances are micros by (currency, party), as the ledger stood before.

    `events` is an Arrow table or Parquet paths; `reader` says who is paid for what (see `readings`). `paid_under` names
    each party's deals: those it gave, and those it was ever paid under. `released` is by currency; `escrow_released` says
    to whom, and under which deal, the escrow of an account went.
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
    restatements: tuple[Restatement, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    advances_open: Mapping[str, int] = {}
    advances_paid: Mapping[str, int] = {}
    recouped_before: Mapping[str, int] = {}
    paid_under: Mapping[str, frozenset[str]] = {}
    escrow_released: Mapping[str, tuple[str, str]] = {}
    released: Mapping[str, tuple[Released, ...]] = {}
    exchanged: tuple[Exchanged, ...] = ()  # what of the pools was reported in another currency
    fees: tuple[Fee, ...] = ()
    counted_by: tuple[str, ...] = ()  # rules besides those of the split that the input was counted by
    reserves: tuple[Reserve, ...] = ()
    balances: Mapping[tuple[str, str], int] = {}
    followed: Mapping[
        str, tuple[Followed, ...]
    ] = {}  # creation that models wrote in → how what it earned their sets was divided
    notes: tuple[str, ...] = ()  # what finance must know about this close, in sentences


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a close leaves: reports per currency, postings, and files of statements and of the tables behind them."""

    reports: tuple[CloseReport, ...]
    postings: tuple[Posting, ...]
    statements: Statements
    allocation: Allocation
    basis: Basis
    restated: Mapping[str, tuple[tuple[Pool, ...], Allocation]] = {}  # closed period → how it is divided now
    changes: tuple[Difference, ...] = ()
    funded: tuple[Funded, ...] = ()
    exchanged: tuple[Exchanged, ...] = ()
    exchanged_restated: Mapping[str, tuple[Exchanged, ...]] = {}
    fees: tuple[Fee, ...] = ()  # of the period, and what changes those of closed ones
    fees_restated: Mapping[str, tuple[Fee, ...]] = {}


class Division(msgspec.Struct, frozen=True):
    """How pools are split, by which rules, and where a rule is found by its name."""

    divide: Callable[..., Allocation]
    rules: tuple[str, ...]
    rule: Callable[[str], Rule] = rule


#: by `Order.division`; what old statements were made by stays.
DIVISIONS = {
    1: Division(first.allocate, first.RULES, first.ruled),
    2: Division(second.divide, second.RULES, second.ruled),
    3: Division(third.divide, third.RULES, third.ruled),
    4: Division(fourth.divide, fourth.RULES, fourth.ruled),
    5: Division(division.divide, division.RULES),
}


def rule_hashes(order: Order, counted_by: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """SQL file → hash, for the fact and the statements."""
    made = DIVISIONS[order.division]
    every = [made.rule(name) for name in made.rules] + [rule(name) for name in counted_by]
    return tuple((one.name, one.digest) for one in every)


def close(
    given: CloseInput,
    engine: Engine,
    done: Callable[[str], None] = lambda step: None,
    folder: Folder | None = None,
) -> Closing:
    """Close a period. Its tables and statements lie in `folder`, or in one that goes with what is returned."""
    folder = folder or Folder()
    allocation = _divided(engine, given, folder, done)
    restated = {
        one.span.text: (one.pools, _divided(engine, one, folder.inside(one.span.text))) for one in given.restatements
    }
    changes, charged = _changes(given, restated), _charged(given)
    basis = Basis(
        period=given.span.text,
        known=given.known,
        order=given.order.version,
        rules=rule_hashes(given.order, given.counted_by),
        attribution=heard(given.followed, [(given.pools, allocation), *restated.values()]),
    )
    reports: list[CloseReport] = []
    postings: list[Posting] = []
    statements = Statements(folder)
    funded: list[Funded] = []
    sums, plays = summing.given(allocation.lines), _plays(allocation)
    for currency in _currencies(given, changes, charged):
        pools = [pool for pool in given.pools if pool.currency == currency]
        numbers = {pool.number for pool in pools}
        mine = [one for one in sums if one.pool in numbers]
        books = _books(given, currency, changes, charged, pools, mine)
        settle(books)
        written = statements.add(documents(basis, books, pools, allocation.lines))
        listens = sum(plays.get(number, 0) for number in numbers)
        note = "; ".join((*_notes(allocation, pools, plays), *_adjusted(books), *given.notes))
        reports.append(_report(given.span.text, books, pools, listens, written, note))
        postings += books.postings
        funded += books.funded
    done("statements written")
    return Closing(
        reports=tuple(reports),
        postings=tuple(postings),
        statements=statements,
        allocation=allocation,
        basis=basis,
        restated=restated,
        changes=changes,
        funded=tuple(funded),
        exchanged=given.exchanged,
        exchanged_restated={one.span.text: one.exchanged for one in given.restatements if one.order.does("exchange")},
        fees=charged,
        fees_restated={one.span.text: one.fees for one in given.restatements if one.order.does("fees")},
    )


def _divided(
    engine: Engine, one: CloseInput | Restatement, folder: Folder, done: Callable[[str], None] = lambda step: None
) -> Allocation:
    """A period's pools divided, within the deals' caps where the order has that step."""
    divide = DIVISIONS[one.order.division].divide
    inputs = (one.span, one.events, one.pools, one.epochs, one.attributions, one.reader)
    found = divide(engine, *inputs, done, folder)
    return capped(found, one.pools, one.deals) if one.order.does("cap") else found


def _changes(given: CloseInput, restated: Mapping[str, tuple[tuple[Pool, ...], Allocation]]) -> tuple[Difference, ...]:
    found: list[Difference] = []
    for one in given.restatements:
        pools, again = restated[one.span.text]
        found += differences(one.span.text, one.before, Computed(pools, again.lines), one.because)
    return paid_elsewhere(found, given.escrow_released)


def _charged(given: CloseInput) -> tuple[Fee, ...]:
    """The fees of the period, and what came in changes of those of closed ones; a released escrow's go to whom it went."""
    found = list(given.fees)
    for one in given.restatements:
        found += fee_differences(one.span.text, one.fees_before, one.fees)
    return tuple(_to_whom_released(one, given.escrow_released) for one in found)


def _to_whom_released(one: Fee, released: Mapping[str, tuple[str, str]]) -> Fee:
    to = one.recipient
    if not one.of or to.account is not Account.ESCROW or to.escrow not in released:
        return one
    party, deal = released[to.escrow]
    due = msgspec.structs.replace(to, account=Account.DUE, party=party, deal=deal, reason="")
    return msgspec.structs.replace(one, recipient=due)


def _currencies(given: CloseInput, changes: Sequence[Difference], charged: Sequence[Fee]) -> list[str]:
    named = {pool.currency for pool in given.pools} | {currency for currency, _ in given.balances}
    named |= {given.deals[deal].currency for deal in {*(one.deal for one in given.guarantees), *given.advances_open}}
    named |= {one.currency for one in given.reserves if one.released}
    named |= {one.currency for one in charged}
    named |= {*given.released, *(change.place[2] for change in changes)}
    if given.order.exchange_alone:
        named |= {change.currency for _, change in _exchanged_since(given)}
    return sorted(named) or [NO_CURRENCY]


def _exchanged_since(given: CloseInput) -> Iterator[tuple[str, Exchanged]]:
    """(closed period, how what was converted there changed), in the order of the periods."""
    for one in given.restatements:
        for change in exchange_differences(one.exchanged_before, one.exchanged):
            yield one.span.text, change


def _books(
    given: CloseInput,
    currency: str,
    changes: Sequence[Difference],
    charged: Sequence[Fee],
    pools: Sequence[Pool],
    sums: Sequence[Given],
) -> Books:
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
        guarantees=tuple(one for one in given.guarantees if given.deals[one.deal].currency == currency),
        advances_open=own(given.advances_open),
        advances_paid=own(given.advances_paid),
        recouped_before=own(given.recouped_before),
        released=given.released.get(currency, ()),
        changes=tuple(change for change in changes if change.place[2] == currency),
        deals_of={party: set(deals) for party, deals in given.paid_under.items()},
        tallies=tallies,
        period=given.span.text,
        pools=tuple(pools),
        given=tuple(sums),
        exchanged=tuple(one for one in given.exchanged if one.currency == currency),
        exchanged_since=tuple(one for one in _exchanged_since(given) if one[1].currency == currency),
        fees=tuple(one for one in charged if one.currency == currency),
        reserves=tuple(one for one in given.reserves if one.currency == currency),
    )


def _report(period: str, books: Books, pools: Sequence[Pool], plays: int, statements: int, note: str) -> CloseReport:
    amounts = [(one.account, one.amount_micros) for one in books.given]
    amounts += [(one.recipient.account, one.amount_micros) for change in books.changes for one in change.adjustments]

    def of(*accounts: Account) -> int:
        return sum(amount for account, amount in amounts if account in accounts)

    tallies = books.tallies.values()
    revenue = sum(pool.revenue_micros for pool in pools) + sum(change.revenue_micros for change in books.changes)
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
        adjusted_micros=sum(tally.adjusted_micros for tally in tallies),
        fees_micros=sum(one.amount_micros for one in books.fees),
        matched_micros=sum(tally.matched_micros for tally in tallies),
        redistributed_micros=sum(tally.redistributed_micros for tally in tallies),
        lump_sums_micros=sum(tally.lump_sums_micros for tally in tallies),
        reserved_micros=sum(tally.reserved_micros for tally in tallies),
        reserve_released_micros=sum(tally.reserve_released_micros for tally in tallies),
    )


def _adjusted(books: Books) -> list[str]:
    notes = []
    for period in sorted({change.period for change in books.changes}):
        mine = [change for change in books.changes if change.period == period]
        why = sorted({reason for change in mine for one in change.adjustments for reason in one.because})
        notes.append(f"{period} is adjusted: {', '.join(why)}")
    return notes


def _plays(allocation: Allocation) -> dict[int, int]:
    """Pool → listens in it, of the pools in which anything was heard."""
    path = allocation.tables["creations"]
    column = "plays" if "plays" in tables.names(path) else "weight"  # the first division knows no other weight
    return {pool: plays for (pool,), plays in tables.sums(path, ("pool",), column).items()}


def _notes(allocation: Allocation, pools: Sequence[Pool], plays: Mapping[int, int]) -> list[str]:
    """What finance should see before it trusts the sums: pools that nobody was heard in, listens that nothing pays."""
    notes = []
    if not pools:
        notes.append("no revenue was reported for this period, so nothing is paid from it")
    elif not any(plays.get(pool.number) for pool in pools):
        notes.append("nothing was heard in this period, so nothing is paid from it")
    else:
        notes += [
            f"nothing was heard in {pool.feature} in {pool.territory}: its {text(pool.revenue_micros)} {pool.currency}"
            " stays with the platform"
            for pool in pools
            if pool.number not in plays and pool.revenue_micros
        ]
    for one in allocation.unpaid:
        notes.append(
            f"{one.plays:,} listen{'s' * (one.plays != 1)} in {one.feature} in {one.territory} earned nothing: no revenue was reported there"
        )
    return (
        notes if len(notes) <= MOST_NOTES else [*notes[:MOST_NOTES], f"and {len(notes) - MOST_NOTES} more like these"]
    )
