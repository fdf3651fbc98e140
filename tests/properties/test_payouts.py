"""Properties of payouts, each against the plain twin in tests/oracle/payouts.py.

| law | property | test |
|---|---|---|
| 7 money is whole | the parts of each step sum to what was split | test_law_7_every_split_sums_to_what_was_split |
| 7 money is whole | debits equal credits in every posting and over all accounts | test_law_7_debits_equal_credits |
| 7 money is whole | the steps that a statement shows add up to what is payable | test_law_7_debits_equal_credits |
| 7 money is whole | adjustments balance, and given + adjusted is what is known now | test_law_7_adjustments_balance_and_end_at_what_is_known_now |
| 6 facts are the truth | the same input gives the same bytes | test_law_6_the_same_facts_give_the_same_bytes |
| 8 because | an amount is its exact part of what its subject earned, less than a micro off | test_law_8_every_amount_is_its_exact_part |
| 7 | the rules agree with the plain twin to the micro | test_the_rules_agree_with_the_plain_twin |
| 7 | no more than one micro per split depends on a party's id | test_renaming_parties_moves_at_most_one_micro_per_split |
| | the order of events, and how they are cut into batches, does not matter | test_the_order_and_the_batches_of_events_do_not_matter |
| | in a user-centric pool one user's money never reaches what that user did not hear | test_one_users_money_never_reaches_what_they_did_not_hear |
| | an empty period pays nothing and says so | test_an_empty_period_pays_nothing_and_says_so |
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from unittest import mock

import msgspec
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.oracle import payouts as twin
from tests.unit.payouts.made import Q3, reader

from accord.engine.running import open_engine
from accord.governance.records import PRO_RATA, USER_CENTRIC, PoolModel
from accord.metering.events import SCHEMA
from accord.metering.periods import parse
from accord.payouts import purses
from accord.payouts.adjusting import Computed
from accord.payouts.closing import CloseInput, Restatement, close
from accord.payouts.division import divide
from accord.payouts.first.division import allocate
from accord.payouts.fourth import division as fourth
from accord.payouts.guarantees import Guarantee
from accord.payouts.ledger import balances, off_balance
from accord.payouts.order import CURRENT
from accord.payouts.readings import read_source, weights
from accord.payouts.records import Attributed, Epoch, Held, Pay, Pool, Released, Side, Subject
from accord.payouts.second import division as second
from accord.payouts.sheet import came_about
from accord.payouts.tables import read
from accord.payouts.third import division as third
from accord.terms.right import Right

PARTIES = ("par_1", "par_10", "par_2", "par_3", "par_4")
PLACES = ("DE", "JP")
FEATURES = ("blend", "compose")
CREATIONS = ("cre_1", "cre_10", "cre_2", "cre_3")
ASSETS = ("ast_1", "ast_2", "ast_3")
MODELS = (
    PRO_RATA,
    USER_CENTRIC,
    PoolModel(name="artist-centric", cap=2, monthly=True, boost=2, boost_plays=3, boost_listeners=2),
)
few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def sides(draw, asset: str, right: Right) -> Side:
    """Claims of a few parties: whole, too little, too much, disputed, or without a deal."""
    claims = []
    for party in draw(st.lists(st.sampled_from(PARTIES), max_size=3, unique=True)):
        share = Fraction(draw(st.integers(1, 7)), draw(st.sampled_from((3, 7, 8, 10))))
        rate = draw(st.sampled_from((0, 333_333, 500_000, 700_000, 1_000_000)))
        deal = Pay(
            deal=f"deal-{party}",
            licensor=party,
            currency="EUR",
            rate_ppm=rate,
            parity=draw(st.booleans()),
            featured_artist_ppm=draw(st.sampled_from((0, 250_000))),
        )
        claims.append(
            Held(
                claim=f"clm-{asset}-{party}",
                right=right,
                claimant=party,
                share=min(share, Fraction(1)),
                disputed=draw(st.booleans()),
                clause="1",
                pay=deal if draw(st.integers(0, 4)) else None,
            )
        )
    return Side(asset=asset, rights=(right,), claims=tuple(claims), public_domain=draw(st.booleans()))


@st.composite
def subjects(draw) -> dict[str, Subject]:
    found = {}
    for asset in ASSETS:
        works = tuple(draw(sides(f"wrk_{asset}_{n}", Right.MR)) for n in range(draw(st.integers(0, 2))))
        master = draw(sides(asset, Right.MASTER)) if draw(st.booleans()) else None
        featured = tuple(draw(st.lists(st.sampled_from(PARTIES), max_size=2, unique=True)))
        found[asset] = Subject(asset=asset, master=master, works=works, featured=featured)
    return found


@st.composite
def events(draw) -> list[dict]:
    rows = []
    for number in range(draw(st.integers(0, 25))):
        rows.append(
            {
                "source": "s",
                "id": f"e{number}",
                "kind": draw(st.sampled_from(("listen", "listen", "listen", "share"))),
                "feature": draw(st.sampled_from(FEATURES)),
                "creation": draw(st.sampled_from(CREATIONS)),
                "user": draw(st.sampled_from(("u1", "u2", "u3", None))),
                "territory": draw(st.sampled_from(PLACES)),
                "at": datetime(2026, 7, 1) + timedelta(hours=draw(st.integers(-30, 24 * 92 + 30))),
            }
        )
    return rows


@st.composite
def closes(draw):
    """(events, pools, epochs, attributions, subjects by id)."""
    numbers = st.integers(0, 10**14)
    pools = tuple(
        Pool(
            number=n,
            feature=feature,
            territory=place,
            currency="EUR",
            revenue_micros=draw(numbers),
            model=draw(st.sampled_from(MODELS)),
        )
        for n, (feature, place) in enumerate((f, p) for f in FEATURES for p in PLACES)
        if draw(st.integers(0, 3))
    )
    cut = Q3.start + timedelta(days=draw(st.integers(1, 90)))
    epochs = tuple(
        Epoch(territory=place, number=2 * n + half, start=start, end=end)
        for n, place in enumerate(PLACES)
        for half, (start, end) in enumerate(((Q3.start, cut), (cut, Q3.end)))
    )
    rows = {}
    for creation in CREATIONS:
        for subject in draw(st.lists(st.sampled_from((*ASSETS, "par_4", "mod_1", "ast_unknown")), max_size=4)):
            kind = {"par_4": "cocreator", "mod_1": "model"}.get(subject, "source")
            units = draw(st.integers(0, 10**9))
            rows[creation, subject] = Attributed(creation=creation, kind=kind, subject=subject, units=units)
    return draw(events()), pools, epochs, list(rows.values()), draw(subjects())


def table(rows: list[dict]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def run(rows, pools, epochs, attributions, found, divided=divide):
    with open_engine("duckdb") as engine:
        return divided(engine, Q3, table(rows), pools, epochs, attributions, reader(found))


def contents(allocation) -> dict[str, bytes]:
    """The files of a division."""
    return {name: path.read_bytes() for name, path in allocation.tables.items()}


@few
@given(closes())
def test_law_7_every_split_sums_to_what_was_split(case):
    """Law 7: pools → what creations were made from → recipients; at each step the parts are exactly the whole."""
    rows, pools, epochs, attributions, found = case
    result = run(rows, pools, epochs, attributions, found)
    heard = set(read(result.tables["creations"])["pool"].to_pylist())
    earned: dict = {}
    for line in result.lines:
        earned.setdefault((line.pool, line.reading), (line.earned_micros, []))[1].append(line.amount_micros)
    for whole, parts in earned.values():
        assert sum(parts) == whole and min(parts) >= 0
    for pool in pools:
        parts = [whole for (number, _), (whole, _) in earned.items() if number == pool.number]
        assert sum(parts) == (pool.revenue_micros if pool.number in heard else 0)


@few
@given(closes())
@pytest.mark.parametrize(
    ("divided", "plain"),
    [
        (allocate, twin.close),
        (second.divide, twin.close_whole),
        (third.divide, twin.close_whole),
        (fourth.divide, twin.close_whole),
        (divide, twin.close_whole),
    ],
)
def test_the_rules_agree_with_the_plain_twin(divided, plain, case):
    """The SQL rules and loops over single events give each recipient the same micros, in pools of every model."""
    rows, pools, epochs, attributions, found = case
    result = run(rows, pools, epochs, attributions, found, divided)
    amounts, _ = plain(rows, pools, epochs, attributions, reader(found))
    ours = {}
    for line in result.lines:
        ours[line.pool, line.kind, line.subject, line.recipient.key, line.reading] = line.amount_micros
    assert sorted((*key[:4], amount) for key, amount in ours.items()) == sorted(
        (pool, kind, subject, key, amount) for (pool, kind, subject, _, key), amount in amounts.items()
    )


@few
@given(closes())
def test_law_8_every_amount_is_its_exact_part(case):
    """Law 8: amount = what the subject earned × the recipient's share, to less than one micro."""
    result = run(*case)
    for line in result.lines:
        assert abs(line.amount_micros - line.earned_micros * line.recipient.share) < 1
        assert Fraction(line.weight, line.whole_weight) == line.recipient.share


@few
@given(closes())
def test_no_rounding_adds_up_to_more_than_a_micro_per_split(case):
    """Against money that could be divided for ever: at most one micro per split that led to an amount."""
    rows, pools, epochs, attributions, found = case
    amounts, exact = twin.close_whole(rows, pools, epochs, attributions, reader(found))
    for (number, *rest), amount in amounts.items():
        whole = next(pool for pool in pools if pool.number == number)
        slack = Fraction(whole.revenue_micros, 10**9 if whole.weighs.cap else 10**13)  # what weights are rounded by
        assert abs(amount - exact[number, *rest]) < 2 + slack


def _renamed(found: dict[str, Subject], names: dict[str, str]) -> dict[str, Subject]:
    def side(one: Side) -> Side:
        claims = tuple(msgspec.structs.replace(claim, claimant=names[claim.claimant]) for claim in one.claims)
        return msgspec.structs.replace(one, claims=claims)

    return {
        asset: msgspec.structs.replace(
            subject,
            master=side(subject.master) if subject.master else None,
            works=tuple(side(work) for work in subject.works),
            featured=tuple(names[party] for party in subject.featured),
        )
        for asset, subject in found.items()
    }


@few
@given(closes(), st.permutations(PARTIES))
def test_renaming_parties_moves_at_most_one_micro_per_split(case, order):
    """A party's money depends on its id only where a micro left over could go to several."""
    rows, pools, epochs, attributions, found = case
    names = dict(zip(PARTIES, order, strict=True))
    before = run(rows, pools, epochs, attributions, found)
    after = run(rows, pools, epochs, attributions, _renamed(found, names))

    def by_line(result, renamed):
        sums: dict = {}
        for line in result.lines:
            party = renamed.get(line.recipient.party, line.recipient.party)
            key = (line.pool, line.subject, line.kind, party, line.recipient.claimed, line.recipient.account)
            total, count = sums.get(key, (0, 0))
            sums[key] = (total + line.amount_micros, count + 1)
        return sums

    old, new = by_line(before, names), by_line(after, {})
    for key in {*old, *new}:
        if key[2] == "source" and key[5] in ("due", "direct", "escrow"):
            assert abs(old[key][0] - new[key][0]) <= old[key][1], key


@few
@given(closes(), st.sampled_from(CREATIONS), st.sampled_from(CREATIONS))
def test_one_users_money_never_reaches_what_they_did_not_hear(case, first, other):
    """When u1 hears something else as often, what nobody but others heard keeps its money, to the micro of its split."""
    rows, pools, epochs, _, found = case
    pools = tuple(msgspec.structs.replace(pool, model=USER_CENTRIC) for pool in pools)
    own = [Attributed(creation=creation, kind="source", subject=creation, units=1) for creation in CREATIONS]
    moved = [row | {"creation": other} if (row["user"], row["creation"]) == ("u1", first) else row for row in rows]
    before, after = (run(every, pools, epochs, own, found) for every in (rows, moved))

    def earned(result):
        sums: Counter = Counter()
        for line in result.lines:
            sums[line.pool, line.subject] += line.amount_micros
        return sums

    was, is_now = earned(before), earned(after)
    for key in {*was, *is_now}:
        if key[1] not in (first, other):
            assert abs(was[key] - is_now[key]) <= 1 + len(epochs)


@few
@given(closes(), st.randoms(use_true_random=False), st.integers(1, 5), st.sampled_from((1, 2, 10**9)))
def test_the_order_and_the_batches_of_events_do_not_matter(case, random, batches, together):
    """Shuffled, cut into several files, and with few listeners looked at at once, the events give the same lines, by the
    fourth division too.
    """
    rows, pools, epochs, attributions, found = case
    before = run(rows, pools, epochs, attributions, found)
    shuffled = list(rows)
    random.shuffle(shuffled)
    size = max(1, len(shuffled) // batches)
    parts = [table(shuffled[at : at + size]) for at in range(0, len(shuffled), size)] or [table([])]
    for room, divided in ((purses, divide), (fourth, fourth.divide)):
        with open_engine("duckdb") as engine, mock.patch.object(room, "TOGETHER", together):
            after = divided(engine, Q3, pa.concat_tables(parts), pools, epochs, attributions, reader(found))
        assert contents(before) == contents(after)


def closing(case, **changes):
    rows, pools, epochs, attributions, found = case
    deals = {
        claim.pay.deal: claim.pay
        for subject in found.values()
        for side in (*subject.works, *((subject.master,) if subject.master else ()))
        for claim in side.claims
        if claim.pay is not None
    }
    given_input = {
        "span": Q3,
        "known": 1,
        "order": CURRENT,
        "events": table(rows),
        "pools": pools,
        "epochs": epochs,
        "attributions": attributions,
        "reader": reader(found),
        "deals": deals,
    }
    with open_engine("duckdb") as engine:
        return close(CloseInput(**(given_input | changes)), engine)


@few
@given(closes(), st.data())
def test_law_7_debits_equal_credits(case, data):
    """Law 7: with guarantees, advances, balances and releases from before, every posting and all accounts sum to zero.

    And the steps that each statement shows add up to what is payable.
    """
    deals = sorted({f"deal-{party}" for party in PARTIES} & set(_deals(case)))
    amounts = st.dictionaries(st.sampled_from(deals), st.integers(0, 10**12)) if deals else st.just({})
    opening = data.draw(st.dictionaries(st.sampled_from(PARTIES), st.integers(1, 10**10)))
    released = data.draw(st.dictionaries(st.sampled_from(PARTIES), st.integers(1, 10**10)))
    waiting = tuple(
        Released(claims="clm", party=party, deal=f"deal-{party}" if f"deal-{party}" in deals else "", amount_micros=n)
        for party, n in sorted(released.items())
    )
    closed = closing(
        case,
        guarantees=tuple(
            Guarantee(deal=deal, of="2026-Q3", least_micros=least) for deal, least in sorted(data.draw(amounts).items())
        ),
        advances_open=data.draw(amounts),
        released={"EUR": waiting} if waiting else {},
        balances={("EUR", party): amount for party, amount in opening.items()},
    )
    for head, text in closed.statements:
        assert sum(amount for _, _, amount in came_about(msgspec.json.decode(text))) == head.payable_micros
    for posting in closed.postings:
        assert sum(entry.amount_micros for entry in posting.entries) == 0
    standing = balances(closed.postings)
    assert {account: amount for (_, account), amount in standing.items() if account.startswith("released:")} == {
        one.account: one.amount_micros for one in waiting
    }
    assert off_balance(standing) == {}
    assert not any(account.startswith(("pool:", "earned:")) for _, account in standing)
    (report,) = closed.reports
    owed = report.due_micros + report.escrow_micros + report.unmatched_micros + report.residual_micros
    assert owed == report.revenue_micros
    assert (
        sum(opening.values()) + report.due_micros + report.released_micros + report.funded_micros
        == report.recouped_micros + report.withheld_micros + report.payable_micros + report.carried_micros
    )


@few
@given(closes(), closes(), st.data())
def test_law_7_adjustments_balance_and_end_at_what_is_known_now(before, now, data):
    """Law 7: a closed period divided again by anything else: debits equal credits, and given + adjusted is what it is now."""
    divided = run(*before)
    rows, pools, epochs, attributions, found = now
    again = Restatement(
        span=Q3,
        before=Computed(before[1], divided.lines),
        events=table(rows),
        pools=pools,
        epochs=epochs,
        attributions=attributions,
        reader=reader(found),
        order=CURRENT,
        deals={},
        because={},
    )
    quiet = ([], (), (), [], {**before[4], **{f"{key}'": one for key, one in found.items()}})
    opening = {("EUR", party): data.draw(st.integers(0, 10**9)) for party in PARTIES}
    closed = closing(quiet, span=parse("2026-Q4"), restatements=(again,), balances=opening)
    for posting in closed.postings:
        assert sum(entry.amount_micros for entry in posting.entries) == 0
    standing = balances(closed.postings)
    assert not any(account.startswith(("pool:", "earned:")) for _, account in standing)
    (report,) = closed.reports
    assert report.revenue_micros == sum(pool.revenue_micros for pool in pools) - sum(
        p.revenue_micros for p in before[1]
    )
    owed = report.due_micros + report.escrow_micros + report.unmatched_micros + report.residual_micros
    assert owed == report.revenue_micros
    given: Counter = Counter()
    for lines, sign in ((divided.lines, -1), (run(*now).lines, 1)):
        for line in lines:
            given[line.recipient.account, line.recipient.party] += sign * line.amount_micros
    adjusted: Counter = Counter()
    for change in closed.changes:
        for one in change.adjustments:
            if one.recipient.reason != "nothing was heard":
                adjusted[one.recipient.account, one.recipient.party] += one.amount_micros
    assert {key: amount for key, amount in given.items() if amount} == {key: n for key, n in adjusted.items() if n}


def _deals(case) -> set[str]:
    found = case[4]
    return {
        claim.pay.deal
        for subject in found.values()
        for side in (*subject.works, *((subject.master,) if subject.master else ()))
        for claim in side.claims
        if claim.pay is not None
    }


@few
@given(closes())
def test_law_6_the_same_facts_give_the_same_bytes(case):
    """Law 6: statements, postings and tables of a close done twice are equal byte for byte."""
    first, second = closing(case), closing(case)
    assert list(first.statements) == list(second.statements)
    assert first.postings == second.postings
    assert contents(first.allocation) == contents(second.allocation)


@few
@given(closes())
def test_an_empty_period_pays_nothing_and_says_so(case):
    """Without listens everything stays with the platform; without revenue there is nothing at all."""
    _, pools, epochs, attributions, found = case
    quiet = closing(([], pools, epochs, attributions, found))
    (report,) = quiet.reports
    assert report.due_micros == report.escrow_micros == report.unmatched_micros == report.payable_micros == 0
    assert report.residual_micros == report.revenue_micros
    assert not quiet.statements and "nothing is paid" in report.note


@given(subjects(), st.integers(0, 1_000_000))
def test_every_reading_of_an_asset_sums_to_one(found, held_ppm):
    """Whatever claims and deals stand, all of what an asset earned has somewhere to go."""
    for subject in found.values():
        recipients = read_source(subject, held_ppm, CURRENT)
        assert sum((one.share for one in recipients), Fraction(0)) == 1
        assert len({one.key for one in recipients}) == len(recipients)
        assert sum(weights(recipients)) > 0
