"""A close from data to statements: story 6 to the micro, and what happens at the edges of a period."""

from __future__ import annotations

import json

import pytest
import rfc8785
from tests.unit.payouts.made import EUR, STORY_DEALS, THIRD, WORK, held, listens, pay, reader, side, source, story

from accord.engine.running import open_engine
from accord.payouts.closing import close
from accord.payouts.ledger import balances, off_balance
from accord.payouts.records import Pool, Subject
from accord.terms.right import Right


def closing(**changes):
    with open_engine("duckdb") as engine:
        return close(story(**changes), engine)


@pytest.fixture(scope="module")
def closed():
    return closing()


def heads(closed):
    return {head.party: head for head, _ in closed.statements}


def test_story_6_pays_exactly_what_it_says(closed):
    """L1 262.50, P1 131.25, P2 131.25 in escrow, L2 87.50 recouped, P3 to P5 29.166667 twice and 29.166666."""
    paid = heads(closed)
    assert paid["L1"].payable_micros == 262_500_000
    assert paid["P1"].payable_micros == 131_250_000
    assert (paid["P2"].earned_micros, paid["P2"].escrow_micros, paid["P2"].payable_micros) == (0, 131_250_000, 0)
    assert (paid["L2"].earned_micros, paid["L2"].recouped_micros, paid["L2"].payable_micros) == (
        87_500_000,
        87_500_000,
        0,
    )
    carried = [paid[party].carried_micros for party in ("P3", "P4", "P5")]
    assert carried == [29_166_667, 29_166_667, 29_166_666]


def test_story_6_leaves_the_platform_300_and_12_50_to_recoup(closed):
    """The residual is 300.00, and 12.50 of L2's advance is still open."""
    (report,) = closed.reports
    assert report.residual_micros == 300 * EUR
    document = next(json.loads(text) for head, text in closed.statements if head.party == "L2")
    assert document["still_to_recoup"] == {"deal-L2": "12500000"}


def test_debits_equal_credits(closed):
    """In every posting and over all accounts."""
    for posting in closed.postings:
        assert sum(entry.amount_micros for entry in posting.entries) == 0
    assert off_balance(balances(closed.postings)) == {}


def test_a_pool_is_empty_after_the_close(closed):
    """Nothing stays in a pool, and nothing in what was earned: it is in balances, escrow, advances or the residual."""
    standing = {account for _, account in balances(closed.postings)}
    assert not any(account.startswith(("pool:", "earned:")) for account in standing)


def test_statements_are_canonical_json(closed):
    """Their bytes are what RFC 8785 makes of them, so anyone can hash them again."""
    for _, text in closed.statements:
        assert rfc8785.dumps(json.loads(text)) == text


def test_a_statement_names_no_person(closed):
    """A statement is made of ids: no key of it could hold a name or an address."""
    for _, text in closed.statements:
        assert not {"name", "email", "address"} & set(json.loads(text))


def test_closing_again_gives_the_same_bytes(closed):
    """Statements and postings do not depend on when or how often they are made."""
    again = closing()
    assert [text for _, text in again.statements] == [text for _, text in closed.statements]
    assert again.postings == closed.postings


def test_an_empty_period_pays_nothing_and_says_so():
    """No revenue: no posting, no statement, and a sentence."""
    empty = closing(pools=(), epochs=(), events=listens(), deals={}, advances_open={})
    assert empty.postings == () and empty.statements == ()
    assert empty.reports[0].note == "no revenue was reported for this period, so nothing is paid from it"


def test_revenue_that_nobody_earned_stays_with_the_platform():
    """A pool in which nothing was heard goes to the residual whole, and the report says so."""
    quiet = closing(events=listens())
    (report,) = quiet.reports
    assert (report.due_micros, report.residual_micros) == (0, 1000 * EUR)
    assert report.note == "nothing was heard in this period, so nothing is paid from it"
    assert off_balance(balances(quiet.postings)) == {}


def test_a_guarantee_is_topped_up_and_funded_by_the_platform():
    """P1 earned 131.25 of a guaranteed 200.00: 68.75 is added, from an account of its own."""
    closed = closing(guarantees_due={"deal-P1": 200 * EUR})
    assert heads(closed)["P1"].guarantee_micros == 68_750_000
    assert heads(closed)["P1"].payable_micros == 200 * EUR
    assert balances(closed.postings)["EUR", "guarantees"] == 68_750_000
    assert closed.reports[0].residual_micros == 300 * EUR


def test_a_guarantee_that_was_reached_adds_nothing():
    """What earlier closes of the quarter paid counts towards it."""
    closed = closing(guarantees_due={"deal-P1": 200 * EUR}, earned_before={"deal-P1": 68_750_000})
    assert heads(closed)["P1"].guarantee_micros == 0


def test_a_topped_up_guarantee_recoups_too():
    """L2 earned 87.50, is topped up to 120.00: 100.00 goes against the advance, 20.00 is payable."""
    closed = closing(guarantees_due={"deal-L2": 120 * EUR})
    head = heads(closed)["L2"]
    assert (head.guarantee_micros, head.recouped_micros, head.payable_micros) == (32_500_000, 100 * EUR, 20 * EUR)


def test_deals_of_one_collateral_group_recoup_together():
    """An advance on another deal of the group is recouped from what this deal earned."""
    deals = STORY_DEALS | {
        "deal-L1": pay("L1", collateral_group="g"),
        "deal-L1b": pay("L1", deal="deal-L1b", collateral_group="g", advance_micros=50 * EUR),
    }
    closed = closing(deals=deals, advances_open={"deal-L1b": 50 * EUR})
    assert heads(closed)["L1"].recouped_micros == 50 * EUR


def test_deals_apart_do_not_recoup_each_other():
    """Without a group, an advance on another deal waits for that deal's own earnings."""
    deals = STORY_DEALS | {"deal-L1b": pay("L1", deal="deal-L1b", advance_micros=50 * EUR)}
    closed = closing(deals=deals, advances_open={"deal-L1b": 50 * EUR})
    assert heads(closed)["L1"].recouped_micros == 0


def test_a_carried_balance_joins_the_next_period():
    """P3 had 30.00 from before: together with 29.166667 it passes the threshold; 59.16 goes out, the rest stays."""
    closed = closing(balances={("EUR", "P3"): 30 * EUR})
    head = heads(closed)["P3"]
    assert (head.opening_micros, head.payable_micros, head.carried_micros) == (30 * EUR, 59_160_000, 6_667)


def test_tax_is_kept_back_from_what_goes_out():
    """15 % of P1's 131.25 is withheld; whole cents of the rest go out and the rest of those stays."""
    deals = STORY_DEALS | {"deal-P1": pay("P1", withholding_tax_ppm=150_000)}
    closed = closing(deals=deals)
    head = heads(closed)["P1"]
    assert (head.withheld_micros, head.payable_micros, head.carried_micros) == (19_687_500, 111_560_000, 2_500)
    assert balances(closed.postings)["EUR", "tax:P1"] == -19_687_500


def test_yen_go_out_in_whole_yen():
    """The smallest unit that can be paid is the currency's own (ISO 4217)."""
    pool = Pool(number=0, feature="blend", territory="DE", currency="JPY", revenue_micros=1_001 * EUR)
    closed = closing(
        pools=(pool,), advances_open={}, deals={d: pay(p.licensor, currency="JPY") for d, p in STORY_DEALS.items()}
    )
    assert all(head.payable_micros % EUR == 0 for head in heads(closed).values())


def test_two_currencies_are_two_books():
    """Each has its own statements and its own zero."""
    pools = (
        Pool(number=0, feature="blend", territory="DE", currency="EUR", revenue_micros=1000 * EUR),
        Pool(number=1, feature="blend", territory="DE", currency="USD", revenue_micros=10 * EUR),
    )
    closed = closing(pools=pools)
    assert [report.currency for report in closed.reports] == ["EUR", "USD"]
    assert off_balance(balances(closed.postings)) == {}
    assert {head.currency for head, _ in closed.statements if head.party == "L1"} == {"EUR", "USD"}


def test_a_micro_left_over_goes_to_the_lowest_id():
    """Three thirds of 0.000001 × 100 at 100 %: `par_1` is lower than `par_10`, and gets the micro."""
    thirds = [held(party, Right.MR, THIRD, rate_ppm=1_000_000) for party in ("par_2", "par_10", "par_1")]
    work = Subject(asset="W", master=None, works=(side("W", WORK, *thirds),))
    closed = closing(
        pools=(Pool(number=0, feature="blend", territory="DE", currency="EUR", revenue_micros=100),),
        attributions=[source("C1", "W", 1), source("C2", "W", 1)],
        reader=reader({"W": work}),
        deals={f"deal-{party}": pay(party) for party in ("par_1", "par_10", "par_2")},
        advances_open={},
    )
    assert {party: head.earned_micros for party, head in heads(closed).items()} == {
        "par_1": 34,
        "par_10": 33,
        "par_2": 33,
    }
