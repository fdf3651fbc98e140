"""Properties of money in several currencies: with no, two and three decimals, pools and deals of each, and rates between them.

| law | property | test |
|---|---|---|
| 7 | conservation at every step and for every currency | test_law_7_conservation_at_every_step_and_for_every_currency |
| 7 | conservation where a closed period is divided again, at other rates | test_law_7_conservation_of_adjustments_in_every_currency |
| 7 | what is too small for a micro elsewhere is in the books | test_law_7_a_change_too_small_for_a_micro_is_posted_where_it_was_reported |
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from unittest import mock

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.test_payouts import FEATURES, PARTIES, PLACES, closes, table
from tests.unit.payouts.made import Q3, reader, story

from accord.engine.running import open_engine
from accord.metering.periods import parse
from accord.payouts.adjusting import Computed
from accord.payouts.closing import CloseInput, Restatement, close
from accord.payouts.division import divide
from accord.payouts.exchanging import Exchanged, Rate, RateTable, exchange
from accord.payouts.fees import USE, Fee
from accord.payouts.guarantees import Guarantee
from accord.payouts.keeping import Reserve
from accord.payouts.ledger import balances, off_balance
from accord.payouts.order import CURRENT, ORDERS
from accord.payouts.records import KINDS, Account, Pay, Pool, Recipient, Released
from accord.payouts.settling import STEPS
from accord.payouts.sheet import came_about

#: smallest units as ISO 4217 has them, in micros: yen have no decimals, euros and dollars two, Bahraini and Kuwaiti dinars three
UNITS = {"JPY": 1_000_000, "KRW": 1_000_000, "EUR": 10_000, "USD": 10_000, "BHD": 1_000, "KWD": 1_000}
AMOUNTS = st.integers(0, 10**12)
REVENUE = st.one_of(st.integers(0, 9), st.integers(0, 10**14))
DEALS = tuple(f"deal-{party}" for party in PARTIES)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def pays(draw) -> dict[str, Pay]:
    """One deal of each party, each in a currency of its own choice."""
    return {
        f"deal-{party}": Pay(
            deal=f"deal-{party}",
            licensor=party,
            currency=draw(st.sampled_from(sorted(UNITS))),
            rate_ppm=draw(st.sampled_from((0, 333_333, 700_000, 1_000_000))),
            parity=draw(st.booleans()),
            featured_artist_ppm=draw(st.sampled_from((0, 250_000))),
            cap_micros=draw(st.none() | AMOUNTS),
            reserve_ppm=draw(st.sampled_from((0, 333_333))),
            reserve_periods=draw(st.integers(0, 2)),
            threshold_micros=draw(AMOUNTS),
            withholding_tax_ppm=draw(st.sampled_from((0, 150_000, 333_333))),
            collateral_group=draw(st.sampled_from((None, "g"))),
        )
        for party in PARTIES
    }


@st.composite
def reported(draw) -> tuple[Pool, ...]:
    """What was reported: up to three currencies in one place."""
    every = [
        (feature, place, currency)
        for feature in FEATURES
        for place in PLACES
        for currency in draw(st.lists(st.sampled_from(sorted(UNITS)), max_size=3, unique=True))
    ]
    return tuple(
        Pool(number=n, feature=f, territory=p, currency=c, revenue_micros=draw(REVENUE))
        for n, (f, p, c) in enumerate(sorted(every))
    )


@st.composite
def tables(draw) -> tuple[dict, dict[str, tuple[RateTable, ...]]]:
    """Where pools are converted, and into what: the deals in play there count in one currency and name its table."""
    into = {(f, p): draw(st.none() | st.sampled_from(sorted(UNITS))) for f in FEATURES for p in PLACES}
    in_play = {
        place: (Pay(deal="d", licensor="p", currency=to, rate_ppm=1, rate_table=f"to-{to.lower()}"),)
        for place, to in into.items()
        if to is not None
    }
    made = {}
    for to in sorted({to for to in into.values() if to is not None}):
        rates = tuple(
            Rate(one, Fraction(draw(st.integers(1, 10**9)), draw(st.integers(1, 10**9))))
            for one in sorted(UNITS)
            if one != to
        )
        about = {"period": "2026-Q3", "version": 1, "currency": to, "source": "s", "on": date(2026, 9, 30)}
        name = f"to-{to.lower()}"
        made[name] = (RateTable(id=f"rat-{to}", table=name, rates=rates, **about),)
    return in_play, made


def paid_by(found, deals):
    """The subjects of a case under these deals."""

    def side(one):
        claims = tuple(
            msgspec.structs.replace(claim, pay=deals[claim.pay.deal] if claim.pay else None) for claim in one.claims
        )
        return msgspec.structs.replace(one, claims=claims)

    return {
        key: msgspec.structs.replace(
            subject, master=side(subject.master) if subject.master else None, works=tuple(map(side, subject.works))
        )
        for key, subject in found.items()
    }


@st.composite
def waiting(draw, deals: dict[str, Pay]) -> dict:
    """What stands from before, in any currency: balances, advances, reserves, fees, what waits of each kind."""
    units, parties = st.sampled_from(sorted(UNITS)), st.sampled_from(PARTIES)
    some = st.dictionaries(st.sampled_from(DEALS), AMOUNTS)
    released: dict[str, dict] = {}
    for number in range(draw(st.integers(0, 4))):
        kind, party = draw(st.sampled_from(sorted(KINDS))), draw(parties)
        deal = "" if kind == "redistributed" else f"deal-{draw(parties)}"
        one = Released(claims=f"w{number}", party=party, deal=deal, amount_micros=draw(AMOUNTS), kind=kind)
        released.setdefault(draw(units), {})[one.account] = one
    fees = []
    for deal, amount in draw(some).items():
        account = draw(st.sampled_from((Account.DUE, Account.DIRECT, Account.ESCROW)))
        to = Recipient(rank=0, party=draw(parties), claimed="ast_1", account=account, deal=deal, claims=("clm",))
        place = {"feature": "blend", "territory": "DE", "subject": "ast_1", "share": Fraction(1)}
        each = {"times": 1, "each_micros": amount, "amount_micros": amount}
        fees.append(Fee(kind=USE, deal=deal, currency=deals[deal].currency, recipient=to, **place, **each))
    open_now = draw(some)
    return {
        "guarantees": tuple(
            Guarantee(deal=deal, of="2026-Q3", least_micros=n) for deal, n in sorted(draw(some).items())
        ),
        "advances_open": open_now,
        "advances_paid": {deal: amount for deal, amount in open_now.items() if draw(st.booleans())},
        "balances": draw(st.dictionaries(st.tuples(units, parties), st.integers(-(10**10), 10**12), max_size=6)),
        "released": {currency: tuple(one.values()) for currency, one in released.items()},
        "reserves": tuple(
            Reserve(
                deal=deal,
                party=draw(parties),
                of="2026-Q2",
                currency=draw(units),
                amount_micros=n,
                released=draw(st.booleans()),
            )
            for deal, n in sorted(draw(some).items())
        ),
        "fees": tuple(fees),
    }


@st.composite
def cases(draw):
    """(a close's input, the pools as they were reported, what of them was converted)."""
    rows, _, epochs, attributions, found = draw(closes())
    deals, told = draw(pays()), draw(reported())
    in_play, rates = draw(tables())
    pools, exchanged = exchange(told, in_play, rates, "2026-Q3")
    given_input = CloseInput(
        span=Q3,
        known=1,
        order=CURRENT,
        events=table(rows),
        pools=pools,
        exchanged=exchanged,
        epochs=epochs,
        attributions=attributions,
        reader=reader(paid_by(found, deals)),
        deals=deals,
        **draw(waiting(deals)),
    )
    return given_input, told, exchanged


def looked_at(step: str):
    """A step, and what must hold of the books after it."""
    run = STEPS[step]

    def looked(books) -> None:
        before = len(books.postings)
        run(books)
        assert off_balance(balances(books.postings[before:])) == {}, step
        standing = balances(books.postings)
        if step in ON_THEIR_WAY:
            assert not [account for _, account in standing if account.startswith("pool:")], step
            for party, tally in books.tallies.items():
                assert -standing.get((books.currency, f"earned:{party}"), 0) == tally.gained_micros, step

    return looked


#: after these steps pools are empty, and what is on its way to a party is what its sums say
ON_THEIR_WAY = ("cap", "fees", "joined", "guarantee", "reserve", "recoupment")


def closed_from(given_input: CloseInput):
    """A close, each step of it looked at."""
    with open_engine("duckdb") as engine, mock.patch.dict(STEPS, {step: looked_at(step) for step in CURRENT.steps}):
        return close(given_input, engine)


def by_currency(pools) -> Counter[str]:
    """Currency → the revenue of pools in it."""
    found: Counter[str] = Counter()
    for pool in pools:
        found[pool.currency] += pool.revenue_micros
    return found


def between(exchanged) -> Counter[str]:
    """Currency → what came into it from others, less what left it for them."""
    found: Counter[str] = Counter()
    for one in exchanged:
        found[one.currency] += one.amount_micros
        found[one.from_currency] -= one.from_micros
    return found


def sums_of(closed, prefix: str) -> Counter[str]:
    """Currency → the balance of all accounts with a prefix, debits positive."""
    found: Counter[str] = Counter()
    for (currency, account), amount in balances(closed.postings).items():
        if account.startswith(prefix):
            found[currency] += amount
    return found


def same(some: Counter[str], others: Counter[str]) -> bool:
    """Whether they hold the same, nothing being the same as zero."""
    return not any((some[key] - others[key]) for key in {*some, *others})


@few
@given(cases())
def test_law_7_conservation_at_every_step_and_for_every_currency(case):
    """Law 7: in each currency, whatever its decimals: each step gives on what it takes; what was reported, less what was converted
    out of it and with what was converted into it, is due, in escrow, unmatched or the platform's; and what parties had and
    got is recouped, kept back, withheld, payable in whole units or carried forward.
    """
    given_input, told, exchanged = case
    closed = closed_from(given_input)
    assert same(sums_of(closed, "revenue"), by_currency(told))
    assert same(sums_of(closed, "exchange:"), between(exchanged))
    assert not any(account.startswith(("pool:", "earned:")) for _, account in balances(closed.postings))
    owed = Counter({one.currency: one.due_micros + one.escrow_micros + one.unmatched_micros + one.residual_micros
                    for one in closed.reports})  # fmt: skip
    assert same(owed, by_currency(told) + between(exchanged))
    for report in closed.reports:
        _parties_keep_what_they_get(given_input, report)
    for head, text in closed.statements:
        _pays_whole_units(given_input, msgspec.json.decode(text), head.payable_micros)


def _parties_keep_what_they_get(given_input: CloseInput, report) -> None:
    opened = sum(amount for (currency, _), amount in given_input.balances.items() if currency == report.currency)
    fees = sum(
        one.amount_micros
        for one in given_input.fees
        if one.currency == report.currency and one.recipient.account.of_party
    )
    came = report.due_micros + report.released_micros + report.funded_micros + report.matched_micros
    came += report.redistributed_micros + report.lump_sums_micros + report.reserve_released_micros
    went = report.recouped_micros + report.reserved_micros + report.withheld_micros
    assert opened + fees + came == went + report.payable_micros + report.carried_micros


def _pays_whole_units(given_input: CloseInput, document, payable: int) -> None:
    """What goes out is in units of the statement's own currency, and nothing of another stands on it."""
    currency, summary = document["currency"], {key: int(value) for key, value in document["summary"].items()}
    assert sum(amount for _, _, amount in came_about(document)) == payable == summary["payable_micros"]
    unit = UNITS[currency]
    assert payable % unit == summary["withheld_micros"] % unit == 0
    balance = payable + summary["withheld_micros"] + summary["carried_micros"]
    if balance < summary["threshold_micros"] or balance < 0:
        assert payable == 0
    else:
        assert 0 <= summary["carried_micros"] < unit or summary["withheld_micros"]
    pools = {pool.number: pool.currency for pool in given_input.pools}
    assert {pools[line["pool"]] for line in document["lines"]} <= {currency}
    for name in ("guarantees", "recouped", "still_to_recoup", "advances_paid"):
        assert {given_input.deals[about.partition(",")[0]].currency for about in document[name]} <= {currency}
    for deal, amount in document["recouped"].items():
        assert int(amount) <= given_input.advances_open[deal]


@few
@given(cases(), cases())
def test_law_7_conservation_of_adjustments_in_every_currency(was, becomes):
    """Law 7: a period that was converted at some rates and is divided again, of other revenue and at others: in each currency
    revenue and exchange change by what was reported and converted since, and nothing stays in between.
    """
    (before, told_before, out_before), (now, told_now, out_now) = was, becomes
    with open_engine("duckdb") as engine:
        given_before = (before.events, before.pools, before.epochs, before.attributions, before.reader)
        divided = divide(engine, Q3, *given_before)
    again = Restatement(
        span=Q3,
        before=Computed(before.pools, divided.lines),
        events=now.events,
        pools=now.pools,
        epochs=now.epochs,
        attributions=now.attributions,
        reader=now.reader,
        order=CURRENT,
        deals={},
        exchanged_before=out_before,
        exchanged=out_now,
        because={},
    )
    quiet = {"span": parse("2026-Q4"), "events": table([]), "pools": (), "exchanged": (), "attributions": []}
    nothing = {"guarantees": (), "advances_open": {}, "advances_paid": {}, "fees": (), "reserves": (), "released": {}}
    deals = before.deals | now.deals
    closed = closed_from(
        msgspec.structs.replace(now, **quiet, **nothing, deals=deals, balances={}, restatements=(again,))
    )
    changed, moved = by_currency(told_now), between(out_now)
    changed.subtract(by_currency(told_before))
    moved.subtract(between(out_before))
    assert same(sums_of(closed, "revenue"), changed)
    assert same(sums_of(closed, "exchange:"), moved)
    assert not any(account.startswith(("pool:", "earned:")) for _, account in balances(closed.postings))


def test_law_7_a_change_too_small_for_a_micro_is_posted_where_it_was_reported():
    """Law 7: one millionth of a yen more was reported, which is no micro of a euro, and nothing else happened in euros: its revenue
    is in the books, and until version 10 it was not.
    """
    pools = (Pool(number=0, feature="blend", territory="DE", currency="EUR", revenue_micros=0),)
    one = story(pools=pools)
    with open_engine("duckdb") as engine:
        divided = divide(engine, Q3, one.events, pools, one.epochs, one.attributions, one.reader)

    def converted(micros: int) -> tuple[Exchanged, ...]:
        rate = {"table": "ecb", "rates": "rat", "rate": Fraction(61, 10_000)}
        place = {"feature": "blend", "territory": "DE", "from_currency": "JPY", "currency": "EUR"}
        return (Exchanged(from_micros=micros, amount_micros=0, **place, **rate),)

    again = Restatement(
        span=Q3,
        before=Computed(pools, divided.lines),
        events=one.events,
        pools=pools,
        epochs=one.epochs,
        attributions=one.attributions,
        reader=one.reader,
        order=CURRENT,
        deals={},
        exchanged_before=converted(1),
        exchanged=converted(2),
        because={},
    )
    nothing = {"events": table([]), "pools": (), "attributions": [], "advances_open": {}, "restatements": (again,)}
    for order, posted in ((ORDERS["10"], {}), (CURRENT, {"JPY": 1})):
        closed = closed_from(story(span=parse("2026-Q4"), order=order, **nothing))
        assert sums_of(closed, "revenue") == posted
        assert sums_of(closed, "exchange:") == {currency: -amount for currency, amount in posted.items()}
