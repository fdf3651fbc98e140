"""Properties of the order of deductions: its steps, in any order that makes sense, over any lines.

| law | property | test |
|---|---|---|
| 7 | each step gives on what it takes, in any order | test_law_7_each_step_gives_on_what_it_takes_in_any_order |
| 7 | a cap keeps the sum of every pool, and no deal has more than its cap | test_law_7_a_cap_moves_money_and_loses_none |
| 7 | the runner takes the steps that the version names, and no other | test_settling_runs_the_steps_that_the_order_names |
| | caps agree with the plain twin to the micro | test_caps_agree_with_the_plain_twin |
| 7 | what is kept back of a deal agrees with the plain twin, and what is not goes on | test_law_7_reserves_agree_with_the_plain_twin |
| 7 | over many closes everything that was kept back comes out, once, when its terms say | test_law_7_what_was_kept_back_comes_out_once |
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle import payouts as twin

from accord.payouts.allocation import Allocation
from accord.payouts.books import Books, Tally
from accord.payouts.capping import capped
from accord.payouts.guarantees import Guarantee
from accord.payouts.keeping import Reserve, long_enough
from accord.payouts.ledger import balances, off_balance
from accord.payouts.lines import SCHEMA, Lines, table_of
from accord.payouts.order import WHOLE, Order
from accord.payouts.readings import tie
from accord.payouts.records import Account, Line, Pay, Pool, Recipient, Released
from accord.payouts.settling import STEPS, settle
from accord.payouts.summing import Given
from accord.payouts.summing import given as given_by
from accord.payouts.tables import Folder

PARTIES = ("par_1", "par_10", "par_2")
AMOUNTS = st.integers(0, 10**10)
#: what must be done before a step makes sense; everything else may stand anywhere
AFTER = {
    "split": {"gross"},
    "platform share": {"split"},
    "cap": {"split", "platform share"},
    "guarantee": {"split", "joined"},
    "reserve": {"split"},
    "recoupment": {"split", "joined", "guarantee", "reserve"},
    "threshold": {"split", "cap", "joined", "guarantee", "reserve", "recoupment"},
    "withholding": {"threshold"},
    "payable": {"withholding"},
}
many = settings(max_examples=80, deadline=None)


@st.composite
def orders(draw) -> Order:
    """The steps of a version in any order that `AFTER` allows."""
    left, steps = list(WHOLE), []
    while left:
        step = draw(st.sampled_from([one for one in left if not AFTER.get(one, set()) & set(left)]))
        left.remove(step)
        steps.append(step)
    return Order(version="any", steps=tuple(steps))


@st.composite
def deals(draw) -> dict[str, Pay]:
    return {
        f"dea_{party}": Pay(
            deal=f"dea_{party}",
            licensor=party,
            currency="EUR",
            rate_ppm=700_000,
            cap_micros=draw(st.none() | AMOUNTS),
            reserve_ppm=draw(st.sampled_from((0, 1, 333_333, 1_000_000))),
            reserve_periods=draw(st.integers(0, 3)),
            threshold_micros=draw(AMOUNTS),
            withholding_tax_ppm=draw(st.sampled_from((0, 150_000, 1_000_000))),
            collateral_group=draw(st.sampled_from((None, "g"))),
        )
        for party in PARTIES
    }


@st.composite
def earnings(draw) -> tuple[tuple[Pool, ...], tuple[Line, ...]]:
    """Pools of one currency, and lines that add up to each."""
    lines, pools = [], []
    for number in range(draw(st.integers(0, 3))):
        mine = []
        for at in range(draw(st.integers(0, 5))):
            party = draw(st.sampled_from(PARTIES))
            account = draw(
                st.sampled_from((Account.DUE, Account.DUE, Account.DIRECT, Account.ESCROW, Account.UNMATCHED))
            )
            deal = "" if account is Account.UNMATCHED else f"dea_{draw(st.sampled_from(PARTIES))}"
            to = Recipient(
                rank=0,
                party=party,
                claimed=f"ast_{at}",
                account=account,
                deal=deal,
                claims=(f"clm_{at}",),
                share=Fraction(1, 9),
            )
            mine.append(_line(number, at, to, draw(AMOUNTS)))
        if mine:
            left = Recipient(rank=2, party="", claimed="x", account=Account.PLATFORM, reason="what the rates leave")
            mine.append(_line(number, 9, left, draw(AMOUNTS)))
        revenue = sum(line.amount_micros for line in mine) if mine else draw(AMOUNTS)
        place = {"feature": "blend", "territory": f"T{number}", "currency": "EUR"}
        pools.append(Pool(number=number, revenue_micros=revenue, **place))
        lines += mine
    return tuple(pools), tuple(lines)


def divided(lines: tuple[Line, ...]) -> Allocation:
    """Lines as a division leaves them."""
    folder = Folder()
    path = folder.write("lines", SCHEMA, [table_of(lines)])
    return Allocation(folder=folder, tables={"lines": path}, lines=Lines(path, folder))


def _line(pool: int, reading: int, to: Recipient, amount: int) -> Line:
    names = {
        "kind": "source",
        "subject": to.claimed,
        "plays": 1,
        "earned_micros": amount,
        "weight": 1,
        "whole_weight": 1,
    }
    return Line(pool=pool, reading=reading, recipient=to, amount_micros=amount, over=0, **names)


@st.composite
def books(draw) -> Books:
    """The books of a close in any state: balances, advances, reserves, what left escrow, guarantees."""
    pays, (pools, lines) = draw(deals()), draw(earnings())
    some = st.dictionaries(st.sampled_from(sorted(pays)), AMOUNTS)
    parties = st.sampled_from(PARTIES)
    kept = [
        Reserve(
            deal=deal,
            party=draw(parties),
            of="2026-Q2",
            currency="EUR",
            amount_micros=amount,
            released=draw(st.booleans()),
        )
        for deal, amount in draw(some).items()
    ]
    waiting = [
        Released(claims=f"clm_{deal}", party=draw(parties), deal=deal, amount_micros=amount)
        for deal, amount in draw(some).items()
    ]
    return Books(
        currency="EUR",
        order=draw(orders()),
        deals=pays,
        guarantees=tuple(Guarantee(deal=deal, of="2026-Q3", least_micros=least) for deal, least in draw(some).items()),
        advances_open=draw(some),
        tallies={party: Tally(party, opening_micros=draw(AMOUNTS)) for party in PARTIES},
        period="2026-Q3",
        pools=pools,
        given=given_by(capped(divided(lines), pools, pays).lines),
        released=tuple(waiting),
        reserves=tuple(kept),
    )


@many
@given(books())
def test_law_7_each_step_gives_on_what_it_takes_in_any_order(case):
    """Law 7: after each step debits equal credits, and at the end nothing is left on its way."""
    opened = sum(tally.opening_micros for tally in case.tallies.values())
    for step in case.order.run:
        before = len(case.postings)
        STEPS[step](case)
        assert off_balance(balances(case.postings[before:])) == {}, step
    standing = {account: amount for (_, account), amount in balances(case.postings).items()}
    assert not any(account.startswith(("pool:", "earned:")) for account in standing)
    for party, tally in case.tallies.items():
        assert tally.carried_micros == tally.opening_micros - standing.get(f"balance:{party}", 0)
    went = sum(t.payable_micros + t.withheld_micros + t.carried_micros for t in case.tallies.values())
    assert went == opened + sum(tally.gained_micros for tally in case.tallies.values())


@many
@given(books())
def test_settling_runs_the_steps_that_the_order_names(case):
    """The runner adds nothing of its own: running the named steps by hand gives the same postings."""
    by_hand = Books(**{name: getattr(case, name) for name in Books.__struct_fields__} | {"tallies": {}, "postings": []})
    again = Books(**{name: getattr(case, name) for name in Books.__struct_fields__} | {"tallies": {}, "postings": []})
    for one in (by_hand, again):
        for name in ("earned_by_deal", "adjusted_by_deal", "own_by_deal", "earned_under"):
            setattr(one, name, Counter())
        one.funded, one.deals_of = [], {}
    for step in by_hand.order.steps:
        STEPS[step](by_hand)
    settle(again)
    assert again.postings == by_hand.postings


@many
@given(earnings(), deals())
def test_law_7_a_cap_moves_money_and_loses_none(case, pays):
    """Law 7: a pool holds after the caps what it held before; a deal has no more than its cap, or all it earned."""
    pools, lines = case
    found = list(capped(divided(lines), pools, pays).lines)
    for pool in pools:
        assert _sum(found, pool=pool.number) == _sum(lines, pool=pool.number)
    for deal, pay in pays.items():
        earned = sum(one.amount_micros for one in lines if one.recipient.deal == deal)
        kept = sum(one.amount_micros for one in found if one.recipient.deal == deal)
        assert kept == (earned if pay.cap_micros is None else min(earned, pay.cap_micros))
    assert all(one.amount_micros >= 0 for one in found)


def _sum(lines, pool: int) -> int:
    return sum(one.amount_micros for one in lines if one.pool == pool)


@many
@given(earnings(), deals())
def test_caps_agree_with_the_plain_twin(case, pays):
    """The same amounts as plain loops over fractions."""
    pools, lines = case
    found = list(capped(divided(lines), pools, pays).lines)
    plain = [
        (at, (tie(one.recipient), one.pool, one.reading, one.recipient.key), one.recipient.deal, one.amount_micros)
        for at, one in enumerate(lines)
    ]
    caps = {deal: pay.cap_micros for deal, pay in pays.items() if pay.cap_micros is not None}
    left = twin.within_caps(plain, caps)
    assert [one.amount_micros for one in found[: len(lines)]] == [left[at] for at in range(len(lines))]


@many
@given(earnings(), deals())
def test_law_7_reserves_agree_with_the_plain_twin(case, pays):
    """Law 7: of each deal and party the share that its terms keep back, to the micro; the rest goes on as earned."""
    pools, lines = case
    order = Order(version="any", steps=("gross", "split", "reserve"))
    one = _empty(order, pays, pools=pools, given=given_by(divided(lines).lines))
    settle(one)
    due = [(x.recipient.deal, x.recipient.party, x.amount_micros) for x in lines if x.recipient.account is Account.DUE]
    expected = twin.kept_back(due, {d: pay.reserve_ppm if pay.reserve_periods else 0 for d, pay in pays.items()})
    assert {(d, p): n for p, tally in one.tallies.items() for d, n in tally.reserved.items()} == expected
    standing = {account: -amount for (_, account), amount in balances(one.postings).items()}
    for party, tally in one.tallies.items():
        kept = sum(amount for (_, other), amount in expected.items() if other == party)
        assert standing.get(f"earned:{party}", 0) + kept == tally.earned_micros


@many
@given(st.lists(AMOUNTS, min_size=1, max_size=8), st.sampled_from((0, 1, 333_333, 1_000_000)), st.integers(0, 4))
def test_law_7_what_was_kept_back_comes_out_once(earned, ppm, periods):
    """Law 7: a close after another: what stands in reserve and what came out are at each of them what the twin says."""
    pay = Pay(deal="dea", licensor="par_1", currency="EUR", rate_ppm=1, reserve_ppm=ppm, reserve_periods=periods)
    order, kept, out = Order(version="any", steps=("gross", "split", "reserve")), [], []
    for number, amount in enumerate(earned):
        pool = Pool(number=0, feature="blend", territory="DE", currency="EUR", revenue_micros=amount)
        due = Given(pool=0, account=Account.DUE, party="par_1", deal="dea", about="", amount_micros=amount)
        reserves = [msgspec.structs.replace(one, released=long_enough(number - int(one.of), periods)) for one in kept]
        one = _empty(order, {"dea": pay}, pools=(pool,), given=(due,))
        one.period, one.reserves = str(number), tuple(reserves)
        settle(one)
        tally = one.tallies["par_1"]
        kept = [other for other in reserves if not other.released]
        if tally.reserved_micros:
            kept.append(Reserve(deal="dea", party="par_1", of=str(number), currency="EUR",
                                amount_micros=tally.reserved_micros))  # fmt: skip
        out.append(tally.reserve_released_micros)
        assert sum(reserve.amount_micros for reserve in kept) == twin.in_reserve(earned[: number + 1], ppm, periods)
    assert out == twin.let_go(earned, ppm, periods)


def _empty(order: Order, pays: dict[str, Pay], **given_too) -> Books:
    return Books(currency="EUR", order=order, deals=pays, guarantees=(), advances_open={}, tallies={},
                 period="2026-Q3", **given_too)  # fmt: skip
