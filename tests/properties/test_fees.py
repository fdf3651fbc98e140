"""Properties of fees per use and per training run, and of lump sums, beside the plain twin in tests/oracle/payouts.py.

| law | property | test |
|---|---|---|
| 7 | a deal's fees are its fee times its uses, to the micro, however they are divided | test_law_7_fees_sum_to_the_fee_times_the_uses |
| 7 | fees agree with the plain twin, which counts one use at a time | test_fees_agree_with_the_plain_twin |
| 7 | fees of training runs agree with the plain twin and sum to the fee | test_law_7_fees_of_runs_agree_with_the_plain_twin |
| 7 | a lump sum is shared to the micro, as the plain twin shares it | test_law_7_a_lump_sum_is_shared_whole |
| | given before and what changed since are what is due now | test_what_changed_in_fees_ends_at_what_is_due_now |
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle import payouts as twin

from accord.payouts.fees import Trained, Used, differences, run_fees, use_fees
from accord.payouts.lump_sums import shared, weigh
from accord.payouts.records import Account, Attributed, Pay, Recipient

PLACES = (("blend", "DE"), ("blend", "JP"))
DEALS = ("dea_1", "dea_2")
CREATIONS = ("cre_1", "cre_2")
ASSETS = ("ast_1", "ast_2", "ast_3")
many = settings(max_examples=60, deadline=None)


@st.composite
def recipients(draw) -> tuple[Recipient, ...]:
    """Up to three parts of an asset, under deals or nobody's."""
    found = {}
    for _ in range(draw(st.integers(0, 3))):
        one = Recipient(
            rank=0,
            party=draw(st.sampled_from(("par_1", "par_10", "par_2"))),
            claimed="ast",
            account=draw(st.sampled_from((Account.DUE, Account.DIRECT, Account.ESCROW, Account.UNMATCHED))),
            deal=draw(st.sampled_from((*DEALS, ""))),
            share=Fraction(draw(st.integers(1, 5)), 16),
        )
        found[one.key] = one
    return tuple(found.values())


@st.composite
def cases(draw):
    """(uses, attribution, reader, deals)."""
    read = {(place, asset): draw(recipients()) for place in range(len(PLACES)) for asset in ASSETS}
    rows = [
        Attributed(creation=creation, kind="source", subject=asset, units=draw(st.integers(1, 5)))
        for creation in CREATIONS
        for asset in draw(st.lists(st.sampled_from(ASSETS), unique=True))
    ]
    used = [
        Used(place=place, creation=creation, epoch=0, uses=draw(st.integers(1, 4)))
        for place in range(len(PLACES))
        for creation in draw(st.lists(st.sampled_from(CREATIONS), unique=True))
    ]
    fees = st.integers(0, 10**7)
    pays = {d: Pay(deal=d, licensor=d, currency="EUR", rate_ppm=0, fee_per_use_micros=draw(fees)) for d in DEALS}
    return used, rows, lambda place, epoch, kind, subject: read[place, subject], pays


def _amounts(found) -> dict:
    places = {place: number for number, place in enumerate(PLACES)}
    return {(places[f.feature, f.territory], f.deal, f.subject, f.recipient.key): f.amount_micros for f in found}


@many
@given(cases())
def test_law_7_fees_sum_to_the_fee_times_the_uses(case):
    """Law 7: by place and deal, the parts are exactly the fee times the uses of creations with an asset of the deal."""
    used, rows, reader, pays = case
    sums: Counter = Counter()
    for one in use_fees(PLACES, used, rows, reader, pays):
        sums[one.feature, one.territory, one.deal] += one.amount_micros
        assert one.amount_micros >= 0 and one.each_micros == pays[one.deal].fee_per_use_micros
    for number, place in enumerate(PLACES):
        for deal in DEALS:
            touching = {
                r.creation
                for r in rows
                if any(
                    x.deal == deal and x.account in ("due", "direct", "escrow")
                    for x in reader(number, 0, "source", r.subject)
                )
            }
            uses = sum(one.uses for one in used if one.place == number and one.creation in touching)
            assert sums[(*place, deal)] == uses * pays[deal].fee_per_use_micros


@many
@given(cases())
def test_fees_agree_with_the_plain_twin(case):
    """The same amounts, one use at a time."""
    used, rows, reader, pays = case
    plain = [(one.place, one.creation, one.epoch, one.uses) for one in used]
    assert _amounts(use_fees(PLACES, used, rows, reader, pays)) == twin.fees_for_uses(plain, rows, reader, pays)


@many
@given(cases(), cases())
def test_what_changed_in_fees_ends_at_what_is_due_now(before, now):
    """What a closed period gave and its differences add up to what it would give now, by recipient."""
    was, becomes = (use_fees(PLACES, *case) for case in (before, now))
    changed = differences("2026-Q3", was, becomes)
    assert all(one.of == "2026-Q3" and one.amount_micros for one in changed)
    total: Counter = Counter(_amounts(was))
    total.update(_amounts(changed))
    assert {key: amount for key, amount in total.items() if amount} == {k: a for k, a in _amounts(becomes).items() if a}


@st.composite
def trained(draw) -> Trained:
    """A run over some assets, whose territories are read alike in up to two groups."""
    assets = draw(st.lists(st.sampled_from(ASSETS), unique=True, min_size=1))
    weights = st.sampled_from((Fraction(0), Fraction(0), Fraction(1, 3), Fraction(7, 2), Fraction(1)))
    stands = tuple((place, 0, draw(st.integers(1, 3))) for place in range(draw(st.integers(1, len(PLACES)))))
    return Trained(model="mod_1", feature="blend", weights={one: draw(weights) for one in assets}, read_at=stands)


@many
@given(cases(), trained(), st.lists(st.tuples(st.integers(0, 10**7), st.sampled_from(("equal", "attribution"))),
                                    min_size=2, max_size=2))  # fmt: skip
def test_law_7_fees_of_runs_agree_with_the_plain_twin(case, run, terms):
    """Law 7: each deal that has a part in the set is paid its fee once, to the micro, over the works as it says."""
    _, _, reader, _ = case
    pays = {
        deal: Pay(
            deal=deal, licensor=deal, currency="EUR", rate_ppm=0, fee_per_training_run_micros=fee, training_fee_by=by
        )
        for deal, (fee, by) in zip(DEALS, terms, strict=True)
    }
    found = {(f.about, f.deal, f.subject, f.recipient.key): f.amount_micros for f in run_fees([run], reader, pays)}
    assert found == twin.fees_for_runs([(run.model, run.weights, run.read_at)], reader, pays)
    for deal in {key[1] for key in found}:
        paid = sum(amount for key, amount in found.items() if key[1] == deal)
        assert paid == pays[deal].fee_per_training_run_micros


@many
@given(
    st.integers(1, 10**12),
    st.sampled_from((0, 1, 333_333, 1_000_000)),
    st.sampled_from(("equal", "attribution", "usage")),
    st.dictionaries(
        st.sampled_from(ASSETS),
        st.tuples(
            st.integers(-5, 10**6),
            st.integers(0, 9),
            st.lists(st.sampled_from(("par_1", "par_10", "par_2")), unique=True).map(tuple),
        ),
    ),
)
def test_law_7_a_lump_sum_is_shared_whole(whole, ppm, by, assets):
    """Law 7: participants and licensor have all of it between them, and each what the twin gives it."""
    earned, plays = ({name: one[at] for name, one in assets.items()} for at in (0, 1))
    people = {name: one[2] for name, one in assets.items()}
    parts = shared(whole, ppm, weigh(by, earned, plays, people, "par_1"), "par_1")
    assert sum(parts.values()) == whole
    assert parts == twin.lump_sum(whole, ppm, by, assets, "par_1")
