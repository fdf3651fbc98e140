"""From lines to balances: the steps after the split, in the order that the order names (pure).

Each step moves whole micros between named accounts by a posting, and leaves a mark on the parties' tallies, from which
statements are written. No step makes or loses money.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import msgspec

from accord.metering.periods import Span
from accord.payouts.adjusting import Difference
from accord.payouts.guarantees import Funded, Guarantee
from accord.payouts.ledger import posting
from accord.payouts.order import PPM, Order, minor_micros
from accord.payouts.records import Account, Line, Pay, Pool, Posting, Recipient, Released


class Tally(msgspec.Struct):
    """One party's sums of a period in one currency; `opening` and `carried` are its balance.

    Adjustments, and through them guarantees, recoupment and balances, can be below zero; all else is from zero up.
    """

    party: str
    opening_micros: int = 0
    earned_micros: int = 0
    adjusted_micros: int = 0
    escrow_micros: int = 0
    released_micros: int = 0
    guarantee_micros: int = 0
    recouped_micros: int = 0
    withheld_micros: int = 0
    payable_micros: int = 0
    carried_micros: int = 0
    threshold_micros: int = 0
    waiting: bool = False
    guarantees: dict[str, int] = msgspec.field(default_factory=dict)
    recouped: dict[str, int] = msgspec.field(default_factory=dict)
    open_advances: dict[str, int] = msgspec.field(default_factory=dict)
    advances: dict[str, int] = msgspec.field(default_factory=dict)
    released: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def gained_micros(self) -> int:
        """What the period brought the party, less what went against advances."""
        came = self.earned_micros + self.adjusted_micros + self.released_micros + self.guarantee_micros
        return came - self.recouped_micros

    @property
    def balance_micros(self) -> int:
        """What stands to the party's name before anything is paid."""
        return self.opening_micros + self.gained_micros


class Books(msgspec.Struct, kw_only=True):
    """What the steps work on: one currency of one close. Openings come from the ledger as it stood."""

    currency: str
    order: Order
    deals: dict[str, Pay]
    guarantees: tuple[Guarantee, ...]
    advances_open: dict[str, int]  # deal → unrecouped, as it stood
    tallies: dict[str, Tally]
    advances_paid: dict[str, int] = msgspec.field(default_factory=dict)  # deal → paid since the last close
    recouped_before: dict[str, int] = msgspec.field(default_factory=dict)  # deal → what went against its advances
    released: tuple[Released, ...] = ()
    changes: tuple[Difference, ...] = ()
    earned_by_deal: Counter[str] = msgspec.field(default_factory=Counter)
    adjusted_by_deal: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)  # deal, the period adjusted
    own_by_deal: Counter[str] = msgspec.field(default_factory=Counter)  # the licensor's own part, which recoups
    funded: list[Funded] = msgspec.field(default_factory=list)
    deals_of: dict[str, set[str]] = msgspec.field(default_factory=dict)  # party → deals it was ever paid under, or gave
    postings: list[Posting] = msgspec.field(default_factory=list)

    def tally(self, party: str) -> Tally:
        """The party's tally, made when it is first asked for."""
        return self.tallies.setdefault(party, Tally(party))

    def post(self, text: str, entries: Mapping[str, int]) -> None:
        """Add a posting, unless it is empty."""
        made = posting(text, self.currency, entries)
        if made.entries:
            self.postings.append(made)


def settle(books: Books, pools: Sequence[Pool], lines: Sequence[Line]) -> None:
    """Post the pools and their lines, then run the order's steps."""
    _post_pools(books, pools, lines)
    for line in lines:
        _note(books, line)
    for change in books.changes:
        _adjust(books, change)
    for one in books.released:
        _join(books, one)
    for deal, amount in sorted(books.advances_paid.items()):
        books.tally(books.deals[deal].licensor).advances[deal] = amount
    for step in books.order.steps:
        STEPS[step](books)


def account_of(to: Recipient) -> str:
    """The account that a recipient's amount is credited to."""
    if to.account.of_party:
        return f"earned:{to.party}"
    if to.account is Account.ESCROW:
        return to.escrow
    if to.account is Account.UNMATCHED:
        return f"unmatched:{to.claimed}"
    return f"residual:{to.reason}"


def _post_pools(books: Books, pools: Sequence[Pool], lines: Sequence[Line]) -> None:
    by_pool: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        by_pool[line.pool][account_of(line.recipient)] -= line.amount_micros
    for pool in pools:
        name = f"pool:{pool.feature}:{pool.territory}"
        where = f"{pool.feature} in {pool.territory}"
        books.post(f"revenue of {where}", {"revenue": pool.revenue_micros, name: -pool.revenue_micros})
        credits = by_pool.get(pool.number)
        if credits is None:
            credits = defaultdict(int, {"residual:nothing was heard": -pool.revenue_micros})
        books.post(f"earnings of {where}", {**credits, name: pool.revenue_micros})


def _note(books: Books, line: Line) -> None:
    if line.recipient.deal:
        books.earned_by_deal[line.recipient.deal] += line.amount_micros
    if line.recipient.account.of_party:
        books.tally(line.recipient.party).earned_micros += line.amount_micros
    _give(books, line.recipient, line.amount_micros)


def _give(books: Books, to: Recipient, amount_micros: int) -> None:
    """What an amount of the period, or an adjustment, means for the recipient's deals and escrow."""
    if to.deal:
        books.deals_of.setdefault(to.party, set()).add(to.deal)
    if to.account is Account.ESCROW:
        books.tally(to.party).escrow_micros += amount_micros
    elif to.account is Account.DUE and to.deal and books.deals[to.deal].licensor == to.party:
        books.own_by_deal[to.deal] += amount_micros


def _adjust(books: Books, change: Difference) -> None:
    """Changes to a closed period: posted against its pool, noted for the party beside what this period brings."""
    feature, territory, _ = change.place
    name, where = f"pool:{feature}:{territory}", f"{feature} in {territory}, {change.period}"
    credits: defaultdict[str, int] = defaultdict(int)
    for one in change.adjustments:
        to = one.recipient
        credits[account_of(to)] -= one.amount_micros
        if to.account.of_party:
            books.tally(to.party).adjusted_micros += one.amount_micros
        if to.deal:
            books.adjusted_by_deal[to.deal, change.period] += one.amount_micros
        _give(books, to, one.amount_micros)
    books.post(f"revenue of {where}, adjusted", {"revenue": change.revenue_micros, name: -change.revenue_micros})
    books.post(f"earnings of {where}, adjusted", {**credits, name: change.revenue_micros})


def _join(books: Books, one: Released) -> None:
    """What left escrow joins what its party earned. It counted towards its deal's guarantee when it was escrowed."""
    tally = books.tally(one.party)
    tally.released_micros += one.amount_micros
    tally.released[one.claims] = tally.released.get(one.claims, 0) + one.amount_micros
    if one.deal and books.deals[one.deal].licensor == one.party:
        books.own_by_deal[one.deal] += one.amount_micros
    text = f"{one.claims}: what was in escrow joins what {one.party} earned"
    books.post(text, {one.account: one.amount_micros, f"earned:{one.party}": -one.amount_micros})


def _guarantee(books: Books) -> None:
    """Top up each deal to its guarantees; escrow counts as earned, because it is.

    A quarter or term that is over is topped up again, or less, where adjustments changed what the deal earned in it.
    """
    for due in books.guarantees:
        pay = books.deals[due.deal]
        now = books.earned_by_deal[due.deal] if due.now else 0
        later = sum(
            amount
            for (deal, period), amount in books.adjusted_by_deal.items()
            if deal == due.deal and due.counts(Span(period))
        )
        missing = max(0, due.least_micros - due.earned_before_micros - now - later) - due.funded_before_micros
        if not missing:
            continue
        tally = books.tally(pay.licensor)
        tally.guarantee_micros += missing
        tally.guarantees[due.name] = missing
        books.deals_of.setdefault(pay.licensor, set()).add(due.deal)
        books.own_by_deal[due.deal] += missing
        books.funded.append(Funded(deal=due.deal, of=due.of, currency=books.currency, amount_micros=missing))
        books.post(
            f"{due.name}: topped up to its minimum guarantee, funded by the platform",
            {"guarantees": missing, f"earned:{pay.licensor}": -missing},
        )


def _recoupment(books: Books) -> None:
    """The licensor's own earnings go against open advances: of the deal, or of all deals of its collateral group."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for deal in sorted({*books.advances_open, *books.own_by_deal}):
        pay = books.deals[deal]
        groups[pay.licensor, f"group {pay.collateral_group}" if pay.collateral_group else deal].append(deal)
    for (party, _), deals in sorted(groups.items()):
        left = sum(books.own_by_deal[deal] for deal in deals)
        for deal in deals:
            opened = books.advances_open.get(deal, 0)
            # less was earned before than was thought: what had gone against the advance is open again
            taken = min(left, opened) if left >= 0 else max(left, -books.recouped_before.get(deal, 0))
            left -= taken
            if opened or taken:
                books.tally(party).open_advances[deal] = opened - taken
                books.deals_of.setdefault(party, set()).add(deal)
            if taken:
                _take(books, party, deal, taken)


def _take(books: Books, party: str, deal: str, taken: int) -> None:
    tally = books.tally(party)
    tally.recouped_micros += taken
    tally.recouped[deal] = taken
    books.post(f"{deal}: recouped from what {party} earned", {f"earned:{party}": taken, f"advance:{deal}": -taken})


def _threshold(books: Books) -> None:
    """What was earned joins the balance; a balance below the lowest threshold of the party's deals waits there."""
    for party, tally in sorted(books.tallies.items()):
        gained = tally.gained_micros
        books.post(f"earned by {party}", {f"earned:{party}": gained, f"balance:{party}": -gained})
        deals = books.deals_of.get(party, set())
        thresholds = [books.deals[deal].threshold_micros for deal in deals]
        tally.threshold_micros = min(thresholds, default=books.order.threshold_micros)
        tally.waiting = tally.balance_micros < tally.threshold_micros


def _withholding(books: Books) -> None:
    """Tax at the highest rate of the party's deals, on the whole minor units that would go out and in such units.

    So what stays in the balance has not been taxed, and is taxed once when it goes out.
    """
    unit = minor_micros(books.currency)
    for party, tally in sorted(books.tallies.items()):
        rate = max((books.deals[deal].withholding_tax_ppm for deal in books.deals_of.get(party, set())), default=0)
        if not tally.waiting and rate:
            gross = max(0, tally.balance_micros) // unit * unit
            tally.withheld_micros = gross * rate // PPM // unit * unit
            taxed = tally.withheld_micros
            books.post(f"tax withheld from {party}", {f"balance:{party}": taxed, f"tax:{party}": -taxed})


def _payable(books: Books) -> None:
    """Whole minor units go out; the rest stays in the balance."""
    unit = minor_micros(books.currency)
    for party, tally in sorted(books.tallies.items()):
        left = tally.balance_micros - tally.withheld_micros
        if not tally.waiting and left > 0:
            tally.payable_micros = left // unit * unit
            paid = tally.payable_micros
            books.post(f"payable to {party}", {f"balance:{party}": paid, f"payable:{party}": -paid})
        tally.carried_micros = left - tally.payable_micros


STEPS: dict[str, Callable[[Books], None]] = {
    "guarantee": _guarantee,
    "recoupment": _recoupment,
    "threshold": _threshold,
    "withholding": _withholding,
    "payable": _payable,
}
