"""From lines to balances: the steps of a close, in the order that the order names (pure).

Each step moves whole micros between named accounts by a posting, and leaves a mark on the parties' tallies, from which
statements are written. No step makes or loses money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from accord.metering.periods import Span
from accord.payouts.adjusting import Difference
from accord.payouts.books import Books
from accord.payouts.exchanging import Exchanged
from accord.payouts.guarantees import Funded
from accord.payouts.keeping import Reserve
from accord.payouts.order import PPM
from accord.payouts.records import KINDS, Account, Pool, Recipient, Released
from accord.payouts.summing import Given


def settle(books: Books) -> None:
    """Run the order's steps, one after the other, over the pools and their lines."""
    for deal, amount in sorted(books.advances_paid.items()):
        books.tally(books.deals[deal].licensor).advances[deal] = amount
    for step in books.order.run:
        STEPS[step](books)


def _pools(books: Books) -> None:
    """Versions 1 and 2: each pool's revenue and earnings, the residual with them, then what adjusts closed periods."""
    credits = _credits(books.given)
    for pool in books.pools:
        _revenue(books, pool)
        nothing = {"residual:nothing was heard": pool.revenue_micros}
        _out_of(books, f"earnings of {_where(pool)}", pool, credits.get(pool.number, nothing))
    _note_all(books)


def _gross(books: Books) -> None:
    """The revenue reported, into its pool, each in the currency that it was reported in."""
    converted: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in books.exchanged:
        converted[one.feature, one.territory] += one.amount_micros
        name = f"pool:{one.feature}:{one.territory}"
        entries = {"revenue": one.from_micros, name: -one.from_micros}
        books.post(f"revenue of {one.feature} in {one.territory}", entries, one.from_currency)
    for pool in books.pools:
        own = pool.revenue_micros - converted[pool.feature, pool.territory]
        books.post(f"revenue of {_where(pool)}", {"revenue": own, _account(pool): -own})


def _exchange(books: Books) -> None:
    """What was reported in another currency leaves its pool there and comes into the pool here, by the period's rates."""
    for one in books.exchanged:
        name, text = f"pool:{one.feature}:{one.territory}", _by(one)
        books.post(text, {name: one.from_micros, one.account: -one.from_micros}, one.from_currency)
        books.post(text, {one.account: one.amount_micros, name: -one.amount_micros})
    for period, one in books.exchanged_since:  # its adjustment is posted against the revenue in this currency
        text = f"{_by(one)}, {period} adjusted"
        books.post(text, {"revenue": one.from_micros, one.account: -one.from_micros}, one.from_currency)
        books.post(text, {one.account: one.amount_micros, "revenue": -one.amount_micros})


def _by(one: Exchanged) -> str:
    rate = f"{one.rate.numerator}/{one.rate.denominator}"
    return f"{one.feature} in {one.territory}: {one.from_currency} to {one.currency} at {rate} ({one.rates})"


def _split(books: Books) -> None:
    """What goes to parties, escrow and unmatched, before any cap; the platform's part stays in the pool."""
    credits = _credits(one for one in books.given if one.account is not Account.PLATFORM)
    for pool in books.pools:
        _out_of(books, f"earnings of {_where(pool)}", pool, credits.get(pool.number, {}))
    _note_all(books)


def _platform_share(books: Books) -> None:
    """What is left of each pool is the platform's; nothing stays in it."""
    credits = _credits(one for one in books.given if one.account is Account.PLATFORM)
    heard = {one.pool for one in books.given}
    for pool in books.pools:
        nothing = {} if pool.number in heard else {"residual:nothing was heard": pool.revenue_micros}
        _out_of(books, f"the platform's share of {_where(pool)}", pool, credits.get(pool.number, nothing))


def _cap(books: Books) -> None:
    """What deals earned above their caps goes from whom it was split to, to the platform."""
    moved: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in books.given:
        moved[one.pool][one.ledger] += one.capped_micros
    for pool in books.pools:
        if pool.number in moved:
            books.post(f"above the caps of deals, of {_where(pool)}", moved[pool.number])


def _credits(given: Iterable[Given]) -> dict[int, dict[str, int]]:
    """Pool → account → what its lines gave it, before caps."""
    found: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in given:
        found[one.pool][one.ledger] += one.amount_micros + one.capped_micros
    return {pool: dict(amounts) for pool, amounts in found.items()}


def _where(pool: Pool) -> str:
    return f"{pool.feature} in {pool.territory}"


def _account(pool: Pool) -> str:
    return f"pool:{pool.feature}:{pool.territory}"


def _revenue(books: Books, pool: Pool) -> None:
    amount = pool.revenue_micros
    books.post(f"revenue of {_where(pool)}", {"revenue": amount, _account(pool): -amount})


def _out_of(books: Books, text: str, pool: Pool, credits: dict[str, int]) -> None:
    given = {account: -amount for account, amount in credits.items()}
    books.post(text, given | {_account(pool): sum(credits.values())})


def _note_all(books: Books) -> None:
    for one in books.given:
        _note(books, one)
    for change in books.changes:
        _adjust(books, change)


def _fees(books: Books) -> None:
    """Fees per use and per training run, funded by the platform; they count as earned under their deal."""
    moved: defaultdict[tuple[str, str, str], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in books.fees:
        to, amount = one.recipient, one.amount_micros
        entries = moved[one.deal, one.kind, one.of]
        entries[one.account] += amount
        entries[to.ledger] -= amount
        if to.account.of_party:
            books.tally(to.party).fees_micros += amount
        if one.of:
            books.adjusted_by_deal[one.deal, one.of] += amount
        else:
            books.earned_by_deal[one.deal] += amount
        _give(books, to, amount)
    for (deal, kind, of), entries in sorted(moved.items()):
        what = f"{kind.replace('-', ' ')}, funded by the platform{f', {of} adjusted' if of else ''}"
        books.post(f"{deal}: {what}", entries)


def _joined(books: Books) -> None:
    """What waited for this close joins what its parties earned."""
    for one in books.released:
        _join(books, one)


def _note(books: Books, one: Given) -> None:
    if one.deal:
        books.earned_by_deal[one.deal] += one.amount_micros
    if one.account.of_party:
        books.tally(one.party).earned_micros += one.amount_micros
    if one.account is Account.DUE and one.deal:
        books.earned_under[one.deal, one.party] += one.amount_micros
    _give(books, one, one.amount_micros)


def _give(books: Books, to: Recipient | Given, amount_micros: int) -> None:
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
        credits[to.ledger] -= one.amount_micros
        if to.account.of_party:
            books.tally(to.party).adjusted_micros += one.amount_micros
        if to.deal:
            books.adjusted_by_deal[to.deal, change.period] += one.amount_micros
        _give(books, to, one.amount_micros)
    books.post(f"revenue of {where}, adjusted", {"revenue": change.revenue_micros, name: -change.revenue_micros})
    books.post(f"earnings of {where}, adjusted", {**credits, name: change.revenue_micros})


def _join(books: Books, one: Released) -> None:
    """What waited joins what its party earned. Escrow counted towards its deal's guarantee when it was escrowed; a lump
    sum is no earning, and recoups nothing."""
    tally = books.tally(one.party)
    if one.kind == "released":
        tally.released_micros += one.amount_micros
        tally.released[one.claims] = tally.released.get(one.claims, 0) + one.amount_micros
    else:
        mine = tally.joined.setdefault(one.kind, {})
        mine[one.claims] = mine.get(one.claims, 0) + one.amount_micros
    if (
        one.deal and one.kind != "lump" and books.order.artists_apart
    ):  # an artist may have been paid under the deal by nothing else
        books.deals_of.setdefault(one.party, set()).add(one.deal)
    if one.kind != "lump" and one.deal and books.deals[one.deal].licensor == one.party:
        books.own_by_deal[one.deal] += one.amount_micros
    what = "what was in escrow" if one.kind == "released" else f"what is {KINDS[one.kind]}"
    text = f"{one.claims}: {what} joins what {one.party} earned"
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


def _reserve(books: Books) -> None:
    """Of what was due under a deal, the share that its terms keep back; and what was kept back long enough comes out."""
    for one in books.reserves:
        if one.released:
            _let_go(books, one)
    for (deal, party), amount in sorted(books.earned_under.items()):
        pay = books.deals[deal]
        kept = amount * pay.reserve_ppm // PPM if pay.reserve_periods else 0
        if kept <= 0:
            continue
        one = Reserve(deal=deal, party=party, of=books.period, currency=books.currency, amount_micros=kept)
        tally = books.tally(party)
        tally.reserved_micros += kept
        tally.reserved[deal] = kept
        books.own_by_deal[deal] -= kept if pay.licensor == party else 0
        books.post(f"{deal}: kept back of what {party} earned", {f"earned:{party}": kept, one.account: -kept})


def _let_go(books: Books, one: Reserve) -> None:
    tally = books.tally(one.party)
    tally.reserve_released_micros += one.amount_micros
    tally.reserve_released[one.name] = one.amount_micros
    if one.deal in books.deals and books.deals[one.deal].licensor == one.party:
        books.own_by_deal[one.deal] += one.amount_micros
    text = f"{one.name}: kept back long enough, joins what {one.party} earned"
    books.post(text, {one.account: one.amount_micros, f"earned:{one.party}": -one.amount_micros})


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
    """What was earned joins the balance; a balance below the lowest threshold of the party's deals waits there.

    Thresholds are amounts, so only those of deals in the balance's own currency count (until version 8, all).
    """
    for party, tally in sorted(books.tallies.items()):
        gained = tally.gained_micros
        books.post(f"earned by {party}", {f"earned:{party}": gained, f"balance:{party}": -gained})
        deals = books.deals_of.get(party, set())
        mine = [books.deals[deal] for deal in deals]
        if books.order.own_currency:
            mine = [pay for pay in mine if pay.currency == books.currency]
        thresholds = [pay.threshold_micros for pay in mine]
        tally.threshold_micros = min(thresholds, default=books.order.threshold_micros)
        tally.waiting = tally.balance_micros < tally.threshold_micros


def _withholding(books: Books) -> None:
    """Tax at the highest rate of the party's deals, on the whole minor units that would go out and in such units.

    So what stays in the balance has not been taxed, and is taxed once when it goes out.
    """
    unit = books.order.minor_micros(books.currency)
    for party, tally in sorted(books.tallies.items()):
        rate = max((books.deals[deal].withholding_tax_ppm for deal in books.deals_of.get(party, set())), default=0)
        if not tally.waiting and rate:
            gross = max(0, tally.balance_micros) // unit * unit
            tally.withheld_micros = gross * rate // PPM // unit * unit
            taxed = tally.withheld_micros
            books.post(f"tax withheld from {party}", {f"balance:{party}": taxed, f"tax:{party}": -taxed})


def _payable(books: Books) -> None:
    """Whole minor units go out; the rest stays in the balance."""
    unit = books.order.minor_micros(books.currency)
    for party, tally in sorted(books.tallies.items()):
        left = tally.balance_micros - tally.withheld_micros
        if not tally.waiting and left > 0:
            tally.payable_micros = left // unit * unit
            paid = tally.payable_micros
            books.post(f"payable to {party}", {f"balance:{party}": paid, f"payable:{party}": -paid})
        tally.carried_micros = left - tally.payable_micros


STEPS: dict[str, Callable[[Books], None]] = {
    "pools": _pools,
    "gross": _gross,
    "exchange": _exchange,
    "split": _split,
    "platform share": _platform_share,
    "cap": _cap,
    "fees": _fees,
    "joined": _joined,
    "guarantee": _guarantee,
    "reserve": _reserve,
    "recoupment": _recoupment,
    "threshold": _threshold,
    "withholding": _withholding,
    "payable": _payable,
}
