"""Caps and reserves in a close, to the micro, and what the versions of the order before them still give."""

from __future__ import annotations

import json
from hashlib import sha256

import msgspec
import pytest
from tests.unit.payouts.made import EUR, STORY_DEALS, pay, story

from accord.engine.running import open_engine
from accord.payouts.closing import close
from accord.payouts.guarantees import Guarantee
from accord.payouts.keeping import Reserve, long_enough
from accord.payouts.ledger import balances
from accord.payouts.order import ORDERS
from accord.payouts.records import Pool, Released
from accord.payouts.settling import STEPS


def closing(**changes):
    with open_engine("duckdb") as engine:
        return close(story(**changes), engine)


def paid(closed, party):
    return next((head, json.loads(text)) for head, text in closed.statements if head.party == party)


def test_a_cap_leaves_the_rest_to_the_platform():
    """L1 earned 262.50 under a cap of 200.00: 62.50 is the platform's, under that name, and the statement says so."""
    closed = closing(deals=STORY_DEALS | {"deal-L1": pay("L1", cap_micros=200 * EUR)})
    head, document = paid(closed, "L1")
    assert (head.earned_micros, head.payable_micros) == (200 * EUR, 200 * EUR)
    assert balances(closed.postings)["EUR", "residual:above the cap of deal-L1"] == -62_500_000
    assert document["lines"][0]["capped_micros"] == "62500000"
    assert "deal-L1 earned its cap: what was above it is the platform's" in document["notes"]
    assert closed.reports[0].residual_micros == 362_500_000


def test_a_cap_that_is_not_reached_changes_nothing():
    """L1 earned 262.50 under a cap of 262.50: the same statement as without one."""
    plain = [text for _, text in closing().statements]
    assert [
        text for _, text in closing(deals=STORY_DEALS | {"deal-L1": pay("L1", cap_micros=262_500_000)}).statements
    ] == plain


def test_a_cap_counts_in_the_currency_of_its_deal():
    """A cap in dollars says nothing about what was earned in euros."""
    closed = closing(deals=STORY_DEALS | {"deal-L1": pay("L1", cap_micros=1, currency="USD")})
    assert paid(closed, "L1")[0].earned_micros == 262_500_000


def test_a_reserve_is_kept_back_and_comes_out_later():
    """L1 earned 262.50 and 10 % is kept; 20.00 of an earlier period was kept long enough."""
    before = Reserve(deal="deal-L1", party="L1", of="2026-Q1", currency="EUR", amount_micros=20 * EUR, released=True)
    stays = Reserve(deal="deal-L1", party="L1", of="2026-Q2", currency="EUR", amount_micros=7 * EUR)
    deals = STORY_DEALS | {"deal-L1": pay("L1", reserve_ppm=100_000, reserve_periods=2)}
    closed = closing(deals=deals, reserves=(before, stays))
    head, document = paid(closed, "L1")
    assert (head.earned_micros, head.payable_micros) == (262_500_000, 256_250_000)
    assert document["reserved"] == {"deal-L1": "26250000"}
    assert document["reserve_released"] == {"deal-L1, 2026-Q1": "20000000"}
    standing = balances(closed.postings)
    assert standing["EUR", "reserve:deal-L1:L1:2026-Q3"] == -26_250_000
    assert standing["EUR", before.account] == 20 * EUR
    assert ("EUR", stays.account) not in standing


def test_what_is_kept_back_does_not_recoup_yet():
    """L2 earned 87.50 against an advance of 100.00: half is kept back, half is recouped."""
    deals = STORY_DEALS | {"deal-L2": pay("L2", advance_micros=100 * EUR, reserve_ppm=500_000, reserve_periods=1)}
    head, document = paid(closing(deals=deals), "L2")
    assert (head.recouped_micros, head.payable_micros) == (43_750_000, 0)
    assert document["reserved"] == {"deal-L2": "43750000"}


@pytest.mark.parametrize(("since", "periods", "out"), [(1, 1, True), (1, 2, False), (2, 2, True), (3, 2, True)])
def test_a_reserve_of_n_periods_comes_out_with_the_nth_close_after(since, periods, out):
    """Counted in closes, this one included."""
    assert long_enough(since, periods) is out


#: sha256 of the statements (without the hashes of the rules) and postings below, as the code before version 3 made them
BEFORE = {
    "1": "3d7618244982d269bc99d171886ae6600f3f2d878d9ea8c5173968c8f594e029",
    "2": "eedf92936e33fd011f83615137d299568dbe9e3ca9dcacc1bdb38fccb0978a9f",
}


@pytest.mark.parametrize("version", sorted(BEFORE))
def test_the_versions_before_still_give_the_same_bytes(version):
    """A close names its version and is made again by it, byte for byte, whatever later versions do."""
    closed = closing(
        order=ORDERS[version],
        guarantees=(Guarantee(deal="deal-P1", of="2026-Q3", least_micros=200 * EUR),),
        released={"EUR": (Released(claims="clm_1", party="L2", deal="deal-L2", amount_micros=4 * EUR),)},
        balances={("EUR", "P3"): 30 * EUR},
        pools=(*story().pools, Pool(number=1, feature="blnd", territory="DE", currency="EUR", revenue_micros=EUR)),
    )
    made = [json.loads(text) | {"rules": {}} for _, text in closed.statements]
    text = json.dumps(made, sort_keys=True).encode() + msgspec.json.encode(closed.postings, order="sorted")
    assert sha256(text).hexdigest() == BEFORE[version]


@pytest.mark.parametrize("version", sorted(ORDERS))
def test_every_step_of_every_version_is_one_that_the_runner_knows(version):
    """A version is data: a list of steps that there are."""
    assert set(ORDERS[version].run) <= set(STEPS)
    assert len(set(ORDERS[version].run)) == len(ORDERS[version].run)
