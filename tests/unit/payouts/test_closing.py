"""A close from data to statements: story 6 to the micro, and what happens at the edges of a period."""

from __future__ import annotations

import json
import re

import pyarrow as pa
import pytest
import rfc8785
from tests.unit.payouts.made import EUR, STORY_DEALS, THIRD, WORK, held, listens, pay, reader, side, source, story

from accord.engine.running import open_engine, rule
from accord.payouts.closing import close
from accord.payouts.guarantees import Guarantee
from accord.payouts.ledger import balances, off_balance
from accord.payouts.records import Pool, Released, Subject
from accord.payouts.statements import ON_STATEMENT
from accord.payouts.summing import Given
from accord.terms.right import Right


def closing(**changes):
    with open_engine("duckdb") as engine:
        return close(story(**changes), engine)


def guarantee(deal, least, **changes):
    return Guarantee(deal=deal, of="2026-Q3", least_micros=least, **changes)


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
    assert empty.postings == () and not empty.statements
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
    closed = closing(guarantees=(guarantee("deal-P1", 200 * EUR),))
    assert heads(closed)["P1"].guarantee_micros == 68_750_000
    assert heads(closed)["P1"].payable_micros == 200 * EUR
    assert balances(closed.postings)["EUR", "guarantees"] == 68_750_000
    assert closed.reports[0].residual_micros == 300 * EUR


def test_a_guarantee_that_was_reached_adds_nothing():
    """What earlier closes of the quarter paid counts towards it."""
    closed = closing(guarantees=(guarantee("deal-P1", 200 * EUR, earned_before_micros=68_750_000),))
    assert heads(closed)["P1"].guarantee_micros == 0


def test_a_topped_up_guarantee_recoups_too():
    """L2 earned 87.50, is topped up to 120.00: 100.00 goes against the advance, 20.00 is payable."""
    closed = closing(guarantees=(guarantee("deal-L2", 120 * EUR),))
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
    """15 % of P1's 131.25 is 19.6875: whole cents of it are withheld, and whole cents go out."""
    deals = STORY_DEALS | {"deal-P1": pay("P1", withholding_tax_ppm=150_000)}
    closed = closing(deals=deals)
    head = heads(closed)["P1"]
    assert (head.withheld_micros, head.payable_micros, head.carried_micros) == (19_680_000, 111_570_000, 0)
    assert balances(closed.postings)["EUR", "tax:P1"] == -19_680_000


def test_what_stays_in_the_balance_was_not_taxed():
    """P3's 29.166667 at a tax of 10 %: 2.91 of 29.16 is withheld, 26.25 goes out, the whole 0.006667 stays."""
    deals = STORY_DEALS | {"deal-P3": pay("P3", withholding_tax_ppm=100_000)}
    head = heads(closing(deals=deals))["P3"]
    assert (head.withheld_micros, head.payable_micros, head.carried_micros) == (2_910_000, 26_250_000, 6_667)


def test_a_balance_keeps_its_threshold_and_its_tax_without_new_money():
    """P3 earns nothing and has 49.99 from before: below its 50.00; with 60.00 it is paid, less its deal's tax."""
    deals = {"deal-P3": pay("P3", threshold_micros=50 * EUR, withholding_tax_ppm=100_000)}
    quiet = {"events": listens(), "deals": deals, "advances_open": {}, "paid_under": {"P3": frozenset({"deal-P3"})}}
    head = heads(closing(**quiet, balances={("EUR", "P3"): 49_990_000}))["P3"]
    assert (head.payable_micros, head.carried_micros) == (0, 49_990_000)
    head = heads(closing(**quiet, balances={("EUR", "P3"): 60 * EUR}))["P3"]
    assert (head.payable_micros, head.withheld_micros) == (54 * EUR, 6 * EUR)


def test_what_left_escrow_is_recouped_like_anything_earned():
    """L2 earned 87.50 and gets 40.00 out of escrow: 100.00 goes against its advance, 27.50 is payable."""
    waiting = Released(claims="clm_1", party="L2", deal="deal-L2", amount_micros=40 * EUR)
    closed = closing(released={"EUR": (waiting,)})
    head = heads(closed)["L2"]
    assert (head.earned_micros, head.recouped_micros, head.payable_micros) == (87_500_000, 100 * EUR, 27_500_000)
    document = next(json.loads(text) for head, text in closed.statements if head.party == "L2")
    assert document["released_from_escrow"] == {"clm_1": "40000000"}
    assert balances(closed.postings)["EUR", waiting.account] == 40 * EUR
    assert (closed.reports[0].released_micros, closed.reports[0].residual_micros) == (40 * EUR, 300 * EUR)


def test_an_advance_is_on_the_statement_and_in_the_report():
    """Paid since the last close: 100.00, funded by the platform, and said so."""
    closed = closing(advances_paid={"deal-L2": 100 * EUR})
    document = next(json.loads(text) for head, text in closed.statements if head.party == "L2")
    assert document["advances_paid"] == {"deal-L2": "100000000"}
    assert "the advance is funded by the platform and goes against what its deal earns" in document["notes"]
    assert closed.reports[0].advanced_micros == 100 * EUR


def test_a_pool_that_nobody_was_heard_in_is_named():
    """Revenue of a feature whose name was mistyped stays with the platform, and the report says so."""
    typo = Pool(number=1, feature="blnd", territory="DE", currency="EUR", revenue_micros=100 * EUR)
    (report,) = closing(pools=(*story().pools, typo)).reports
    assert report.note == "nothing was heard in blnd in DE: its 100.00 EUR stays with the platform"
    assert report.residual_micros == 400 * EUR


def test_listens_that_nothing_pays_are_counted():
    """Two listens in Japan, where no revenue was reported, earn nothing, and the report says so."""
    heard = pa.concat_tables([listens("C1", "C2"), listens("C1", "C2", territory="JP")])
    (report,) = closing(events=heard).reports
    assert report.note == "2 listens in blend in JP earned nothing: no revenue was reported there"


def test_the_residual_is_what_the_ledger_says(monkeypatch):
    """It is read from the postings, not computed as what is missing: a posting that strays does not go unnoticed."""
    there = Given.ledger.fget
    monkeypatch.setattr(Given, "ledger", property(lambda one: there(one).replace("residual:", "elsewhere:")))
    (report,) = closing().reports
    assert report.due_micros + report.escrow_micros + report.unmatched_micros + report.residual_micros == 700 * EUR


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


def test_the_lines_on_statements_are_of_the_accounts_that_statements_know():
    """The rule that sorts them names the accounts again."""
    named = re.search(r"account IN \((.*)\)", rule("payouts/shown").text)[1]
    assert {name.strip("' ") for name in named.split(",")} == {account.value for account in ON_STATEMENT}
