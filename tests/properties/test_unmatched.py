"""Properties of unmatched money and of lump sums.

| law | property | test |
|---|---|---|
| 7 | what waits is what was put in less what was taken out, oldest out first, as the plain twin has it | test_what_waits_is_what_the_plain_twin_has |
| 7 | what is given out is exactly what is taken, by feature and period | test_law_7_what_is_given_out_is_what_is_taken |
| 7 | a lump sum's parts sum to it, and participants have no more than their part | test_law_7_a_lump_sum_is_shared_whole |
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle import payouts as twin

from accord.payouts.lump_sums import shared, weigh
from accord.payouts.unmatched import CURRENT, Entry, redistribute, waiting

many = settings(max_examples=80, deadline=None)
FIRST = datetime(2024, 2, 29, tzinfo=UTC)


@st.composite
def histories(draw) -> list[Entry]:
    """Closes that put money into accounts, and takings of no more than there is, in order."""
    found, standing = [], Counter()
    for number in range(draw(st.integers(0, 12))):
        asset = draw(st.sampled_from(("ast_1", "ast_2")))
        take = draw(st.booleans()) and standing[asset]
        amount = -draw(st.integers(1, standing[asset])) if take else draw(st.integers(1, 10**9))
        standing[asset] += amount
        found.append(
            Entry(
                asset=asset,
                currency="EUR",
                feature=draw(st.sampled_from(("blend", "compose"))),
                period=f"20{24 + number // 4}-Q{number % 4 + 1}",
                at=FIRST + timedelta(days=91 * number),
                amount_micros=amount,
            )
        )
    return found


@many
@given(histories())
def test_what_waits_is_what_the_plain_twin_has(entries):
    """By asset: the same closes with the same amounts left; and it is three years old no sooner than three years on."""
    found = waiting(entries, CURRENT)
    for asset in ("ast_1", "ast_2"):
        mine = [(entry.at, entry.amount_micros) for entry in entries if entry.asset == asset]
        assert [(one.since, one.amount_micros) for one in found if one.asset == asset] == twin.left_waiting(mine)
    assert all(one.until - one.since >= timedelta(days=3 * 365) for one in found)


@many
@given(histories(), st.dictionaries(st.sampled_from(("par_1", "par_10", "par_2")), st.integers(-5, 10**9)))
def test_law_7_what_is_given_out_is_what_is_taken(entries, market):
    """Law 7: for each feature and period the parts sum to what waited there; where nobody was matched it stays."""
    old = waiting(entries, CURRENT)
    taken, parts = redistribute(old, {("blend", one.period): market for one in old})
    sums: Counter = Counter()
    for one in taken:
        sums[one.feature, one.period] += one.amount_micros
    for part in parts:
        sums[part.feature, part.period] -= part.amount_micros
        assert part.amount_micros > 0 and market[part.party] > 0
    assert not any(sums.values())
    stays = [one for one in old if one.feature != "blend" or not any(amount > 0 for amount in market.values())]
    assert sorted(map(repr, taken + stays)) == sorted(map(repr, old))


@many
@given(
    st.integers(1, 10**12),
    st.integers(0, 1_000_000),
    st.sampled_from(("equal", "attribution", "usage")),
    st.dictionaries(st.sampled_from(("a", "b", "c")), st.integers(-5, 10**6)),
    st.dictionaries(
        st.sampled_from(("a", "b", "c")), st.lists(st.sampled_from(("p1", "p2", "p10")), unique=True).map(tuple)
    ),
)
def test_law_7_a_lump_sum_is_shared_whole(whole, ppm, by, earned, people):
    """Law 7: the parts sum to it; participants together have at most their parts per million, each its exact part within a micro."""
    plays = {asset: abs(amount) for asset, amount in earned.items()}
    weights = weigh(by, earned, plays, people, "licensor")
    parts = shared(whole, ppm, weights, "licensor")
    assert sum(parts.values()) == whole
    theirs = whole * ppm // 1_000_000
    total = sum(weights.values())
    for party in ("p1", "p2", "p10"):
        exact = Fraction(theirs) * weights.get(party, 0) / total if total else 0
        assert abs(parts.get(party, 0) - exact) < 1
