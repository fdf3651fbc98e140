"""Properties of the exchange of pools.

| law | property | test |
|---|---|---|
| 7 | what is converted is the whole part of the sum times the rate; every other micro stays in its currency | test_law_7_exchange_keeps_every_micro |
| 7 | converted pools agree with the plain twin | test_exchange_agrees_with_the_plain_twin |
| | before and what changed are what it is now | test_changes_of_what_was_converted_end_at_what_it_is_now |
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle import payouts as twin

from accord.payouts.exchanging import Rate, RateTable, differences, exchange
from accord.payouts.records import Pay, Pool

PLACES = tuple(("blend", f"T{n}") for n in range(4))
many = settings(max_examples=80, deadline=None)


@st.composite
def cases(draw):
    """(pools in three currencies, deals in play: those of some places count in EUR by a table, the rate table)."""
    every = [
        (place, currency)
        for place in PLACES
        for currency in draw(st.lists(st.sampled_from(("EUR", "JPY", "USD")), unique=True))
    ]
    pools = tuple(
        Pool(number=n, feature=f, territory=t, currency=currency, revenue_micros=draw(st.integers(0, 10**14)))
        for n, ((f, t), currency) in enumerate(sorted(every))
    )
    deal = Pay(deal="dea_1", licensor="par_1", currency="EUR", rate_ppm=1, rate_table="ecb")
    in_play = {place: (deal,) for place in PLACES if draw(st.booleans())}
    rates = tuple(Rate(c, Fraction(draw(st.integers(1, 10**9)), draw(st.integers(1, 10**9)))) for c in ("JPY", "USD"))
    table = RateTable(
        id="rat_1",
        table="ecb",
        period="2026-Q3",
        version=1,
        currency="EUR",
        source="s",
        on=date(2026, 9, 30),
        rates=rates,
    )
    return pools, in_play, table


@many
@given(cases())
def test_law_7_exchange_keeps_every_micro(case):
    """Law 7: revenue of each currency is what stays in it and what leaves it; what comes in is floor(sum × rate)."""
    pools, in_play, table = case
    made, moved = exchange(pools, in_play, {"ecb": (table,)}, "2026-Q3")
    before, after, left, came = Counter(), Counter(), Counter(), Counter()
    for pool in pools:
        before[pool.currency] += pool.revenue_micros
    for pool in made:
        after[pool.currency] += pool.revenue_micros
    for one in moved:
        left[one.from_currency] += one.from_micros
        came[one.from_currency] += one.amount_micros
    for currency in ("JPY", "USD"):
        assert before[currency] == after[currency] + left[currency]
        assert came[currency] == int(left[currency] * table.rate(currency))
    assert after["EUR"] == before["EUR"] + sum(came.values())
    assert [pool.number for pool in made] == list(range(len(made)))
    assert len({(p.feature, p.territory, p.currency) for p in made}) == len(made)


@many
@given(cases())
def test_exchange_agrees_with_the_plain_twin(case):
    """The same parts as one division of the whole by fractions."""
    pools, in_play, table = case
    _, moved = exchange(pools, in_play, {"ecb": (table,)}, "2026-Q3")
    for currency in ("JPY", "USD"):
        mine = [p for p in pools if p.currency == currency and (p.feature, p.territory) in in_play]
        plain = twin.exchange([(p.number, p.revenue_micros) for p in mine], table.rate(currency))
        found = {(one.feature, one.territory): one.amount_micros for one in moved if one.from_currency == currency}
        assert found == {(p.feature, p.territory): plain.get(p.number, 0) for p in mine}


@many
@given(cases(), cases())
def test_changes_of_what_was_converted_end_at_what_it_is_now(before, now):
    """Given before and changed since add up to what is converted now, in both currencies."""
    was, becomes = (
        exchange(pools, in_play, {"ecb": (table,)}, "2026-Q3")[1] for pools, in_play, table in (before, now)
    )
    total: Counter = Counter()
    for one in (*was, *differences(was, becomes)):
        total[one.feature, one.territory, one.from_currency, "from"] += one.from_micros
        total[one.feature, one.territory, one.from_currency, "to"] += one.amount_micros
    for one in becomes:
        total[one.feature, one.territory, one.from_currency, "from"] -= one.from_micros
        total[one.feature, one.territory, one.from_currency, "to"] -= one.amount_micros
    assert not any(total.values())
