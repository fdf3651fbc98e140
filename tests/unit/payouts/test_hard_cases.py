"""Closes that went wrong once, or could: deals that ended, balances that wait, shares that no 64 bits can say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, attribute, claim, deal, feature, listen, party, story_6

from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.catalog import queries as catalogue
from accord.deals import actions as deals
from accord.metering import actions as metering
from accord.metering.periods import parse
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, escrow, queries
from accord.terms.refusal import NotThere, Refused
from accord.terms.right import Right
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
NEXT = datetime(2027, 1, 5, tzinfo=UTC)


def close(period: str = "2026-Q3", at: datetime = CLOSING):
    return actions.close(period, at, ACTOR)


def head(party_id: str, period: str = "2026-Q3", currency: str = "EUR"):
    (only,) = [one for one in queries.statements(SYSTEM, period, party_id) if one.currency == currency]
    return only


def revenue(amount: int, period: str = "2026-Q3", territory: str = "DE", currency: str = "EUR") -> None:
    metering.report_revenue("blend", territory, period, amount, currency, CLOSING, ACTOR)


def one_recording(**pay) -> dict[str, str]:
    """A recording of one label with one work of one publisher; `pay` are the terms of the label's deal."""
    ids = {"L": party("L"), "P": party("P")}
    feature("blend", "remix")
    ids["W"] = catalog.register_work("W", at=AT, actor=ACTOR)
    ids["R"] = catalog.register_recording("R", works=[ids["W"]], label=ids["L"], at=AT, actor=ACTOR)
    ids["master"] = claim(ids["R"], Right.MASTER, ids["L"], 1)
    claim(ids["W"], Right.MR, ids["P"], 1)
    ids["deal"] = deal(ids["L"], ("blend",), (Use.REMIX,), **pay)
    deal(ids["P"], ("blend",), (Use.REMIX,))
    attribute("cre_1", "blend", **{ids["R"]: 1})
    return ids


def test_a_deal_that_ended_before_the_quarter_guarantees_nothing_in_it():
    """Terminated in June, it still pays its rate for what was released, and no top-up."""
    ids = one_recording(minimum_guarantee_micros=100 * EUR, guarantee_per="quarter")
    deals.terminate(ids["deal"], "they parted", datetime(2026, 6, 20, tzinfo=UTC), ACTOR)
    listen("cre_1")
    revenue(100 * EUR)
    close()
    assert (head(ids["L"]).earned_micros, head(ids["L"]).guarantee_micros) == (35 * EUR, 0)


def test_a_deal_whose_last_day_has_passed_guarantees_nothing():
    """Its period ended on 15 June; the guarantee of 100.00 a quarter went with it."""
    ids = one_recording(minimum_guarantee_micros=100 * EUR, guarantee_per="quarter", ends=date(2026, 6, 15))
    listen("cre_1")
    revenue(100 * EUR)
    close()
    assert head(ids["L"]).guarantee_micros == 0


def test_a_deal_that_ends_within_the_quarter_is_topped_up_for_it():
    """In force until 15 August: the quarter's guarantee is due."""
    ids = one_recording(minimum_guarantee_micros=100 * EUR, guarantee_per="quarter", ends=date(2026, 8, 15))
    listen("cre_1")
    revenue(100 * EUR)
    close()
    assert head(ids["L"]).guarantee_micros == 65 * EUR


def test_a_guarantee_per_term_falls_due_with_the_last_day_and_not_after_a_termination():
    """Until 15 August: topped up. Terminated in July: the close names it and pays nothing."""
    ids = one_recording(minimum_guarantee_micros=100 * EUR, ends=date(2026, 8, 15))
    other = deal(ids["L"], ("blend",), (Use.REMIX,), minimum_guarantee_micros=100 * EUR, ends=date(2026, 8, 15))
    deals.terminate(other, "they parted", datetime(2026, 7, 20, tzinfo=UTC), ACTOR)
    listen("cre_1")
    revenue(100 * EUR)
    (report,) = close()
    assert (head(ids["L"]).guarantee_micros, report.funded_micros) == (65 * EUR, 65 * EUR)
    assert report.note.startswith(f"{other} was terminated before its guarantee per term fell due")


def test_a_balance_below_its_threshold_waits_in_an_empty_quarter_too():
    """P3's 29.166667 stays: nothing new was earned, and its threshold is 50.00 as before."""
    ids = story_6()
    close()
    close("2026-Q4", NEXT)
    assert (head(ids["P3"], "2026-Q4").payable_micros, head(ids["P3"], "2026-Q4").carried_micros) == (0, 29_166_667)


def test_a_member_keeps_the_threshold_of_the_deal_it_was_paid_under():
    """The collective's deal pays from 50.00: its member's 30.00 waits in a quarter that brings it nothing."""
    from accord.parties import actions as parties

    ids = one_recording()
    collective, member = party("C", "collective"), party("M", "label")
    parties.join_collective(member, collective, at=AT, actor=ACTOR)
    recording = catalog.register_recording("S", works=[ids["W"]], label=member, at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, member, 1)
    deal(collective, ("blend",), (Use.REMIX,), rate_ppm=600_000, threshold_micros=50 * EUR)
    attribute("cre_2", "blend", **{recording: 1})
    listen("cre_2")
    revenue(100 * EUR)
    close()
    assert head(member).carried_micros == 30 * EUR
    close("2026-Q4", NEXT)
    assert (head(member, "2026-Q4").payable_micros, head(member, "2026-Q4").carried_micros) == (0, 30 * EUR)


def test_a_threshold_counts_in_its_own_currency():
    """The label's other deal pays from 1 JPY: that is no reason to pay out 35.00 EUR, where its deal says 50.00."""
    ids = one_recording(threshold_micros=50 * EUR)
    feature("tune", "remix")
    deal(ids["L"], ("tune",), (Use.REMIX,), currency="JPY", threshold_micros=1 * EUR)
    listen("cre_1")
    revenue(100 * EUR)
    close()
    assert (head(ids["L"]).payable_micros, head(ids["L"]).carried_micros) == (0, 35 * EUR)


@pytest.mark.parametrize(("currency", "payable"), [("XOF", 35_000_000), ("EUR", 35_520_000), ("OMR", 35_525_000)])
def test_what_goes_out_is_whole_units_of_its_currency(currency, payable):
    """35.525350 are due: 35 CFA francs, 35.52 euros, 35.525 rials; the rest stays in the balance."""
    ids = one_recording(currency=currency)
    listen("cre_1")
    revenue(101 * EUR + 501_000, currency=currency)
    close()
    found = head(ids["L"], currency=currency)
    assert (found.payable_micros, found.carried_micros) == (payable, 35_525_350 - payable)
    assert queries.reproduce("2026-Q3").same


def test_claims_of_odd_percents_of_many_works_are_split_to_the_micro():
    """Four works whose shares have denominators without a common factor: each amount is its exact part, nothing leaks."""
    label, *owners = (party(f"O{n}") for n in range(9))
    feature("blend", "remix")
    works = []
    for number, (part, whole) in enumerate(((1, 9999), (5, 10001), (7, 9973), (3, 9967))):
        work = catalog.register_work(f"W{number}", at=AT, actor=ACTOR)
        claim(work, Right.MR, owners[2 * number], Fraction(part, whole))
        claim(work, Right.MR, owners[2 * number + 1], 1 - Fraction(part, whole))
        works.append(work)
    recording = catalog.register_recording("R", works=works, label=label, at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, label, 1)
    for owner in (label, *owners):
        deal(owner, ("blend",), (Use.REMIX,), rate_ppm=333_333)
    attribute("cre_1", "blend", **{recording: 1})
    listen("cre_1")
    revenue(100 * EUR + 1)
    close()
    lines = list(queries.as_closed("2026-Q3").rows())
    assert sum(line["amount_micros"] for line in lines) == 100 * EUR + 1
    for line in lines:
        assert abs(line["amount_micros"] - line["earned_micros"] * Fraction(line["share"])) < 1
    (small,) = queries.statement(SYSTEM, head(owners[0]).id)["lines"]
    exact = (100 * EUR + 1) * Fraction(small["share"])
    assert int(small["amount_micros"]) - int(exact) == int(small["left_over_micros"])
    assert queries.trial_balance().zero and queries.reproduce("2026-Q3").same


def test_a_guarantee_counts_its_own_currency():
    """60.00 EUR and 900.00 USD a month: the guarantee of 100.00 EUR a quarter is short by 37.00 EUR."""
    ids = one_recording(minimum_guarantee_micros=100 * EUR, guarantee_per="quarter")
    for month in (7, 8, 9):
        listen("cre_1", at=datetime(2026, month, 20, tzinfo=UTC))
        revenue(60 * EUR, f"2026-{month:02d}")
        revenue(900 * EUR, f"2026-{month:02d}", currency="USD")
        close(f"2026-{month:02d}")
    assert head(ids["L"], "2026-09").guarantee_micros == 37 * EUR
    assert head(ids["L"], "2026-09", "USD").guarantee_micros == 0


def test_periods_are_closed_in_their_order():
    """September waits for July, and after July for August: its guarantee counts what they earned."""
    ids = one_recording(minimum_guarantee_micros=100 * EUR, guarantee_per="quarter")
    for month in (7, 9):
        listen("cre_1", at=datetime(2026, month, 20, tzinfo=UTC))
        revenue(200 * EUR, f"2026-{month:02d}")
    with pytest.raises(Refused, match="revenue is reported for 2026-07, which comes before 2026-09 and is not closed"):
        close("2026-09")
    close("2026-07")
    for wrong in ("2026-09", "2026-06", "2026-Q4"):
        with pytest.raises(Refused, match=r"2026-07 was closed last.*2026-08 comes next"):
            close(wrong, NEXT)
    close("2026-08")
    close("2026-09")
    assert head(ids["L"], "2026-09").guarantee_micros == 0


def test_escrow_of_a_claim_that_fell_away_can_be_released():
    """P2's disputed claim is rejected: the dispute is over without a word more, and P1 gets the money."""
    ids = story_6()
    close()
    (held,) = queries.escrow()
    claims.reject_claim(ids["claim P2"], "it was P1's", at=CLOSING, actor=ACTOR)
    with pytest.raises(NotThere):
        escrow.release(held.account, "pty_none", "it was P1's", CLOSING, ACTOR)
    escrow.release(held.account, ids["P1"], "it was P1's", CLOSING, ACTOR)
    close("2026-Q4", NEXT)
    assert head(ids["P1"], "2026-Q4").payable_micros == 131_250_000


def test_escrow_goes_against_the_advance_of_its_deal():
    """The label's 35.00 was in dispute; released, it is recouped, as it would have been without the dispute."""
    ids = one_recording(advance_micros=1000 * EUR)
    claims.dispute_claim(ids["master"], ids["P"], "says it is theirs", at=AT, actor=ACTOR)
    listen("cre_1")
    revenue(100 * EUR)
    close()
    (held,) = queries.escrow()
    claims.resolve_dispute(ids["master"], "it is not", at=CLOSING, actor=ACTOR)
    escrow.release(held.account, ids["L"], "it is not", CLOSING, ACTOR)
    close("2026-Q4", NEXT)
    found = queries.statement(SYSTEM, head(ids["L"], "2026-Q4").id)
    assert (found["summary"]["payable_micros"], found["still_to_recoup"]) == ("0", {ids["deal"]: str(965 * EUR)})
    assert [(one.amount_micros, one.open_micros) for one in queries.advances()] == [(1000 * EUR, 965 * EUR)]


def test_a_deal_at_a_rate_of_nothing_pays_nothing_and_everything_is_the_platforms():
    """The label's half stays whole with the platform; the publisher's is paid at its own rate."""
    ids = one_recording(rate_ppm=0)
    listen("cre_1")
    revenue(100 * EUR)
    (report,) = close()
    assert (report.due_micros, report.residual_micros) == (35 * EUR, 65 * EUR)
    assert queries.statements(SYSTEM, party=ids["L"]) == []


def test_sevenths_and_thirds_lose_no_micro():
    """Seven hold a work, three of them the master, all at 33.3333 %: the parts are the whole."""
    owners = [party(f"O{n}") for n in range(7)]
    feature("blend", "remix")
    work = catalog.register_work("W", at=AT, actor=ACTOR)
    recording = catalog.register_recording("R", works=[work], at=AT, actor=ACTOR)
    for owner in owners:
        claim(work, Right.MR, owner, Fraction(1, 7))
        deal(owner, ("blend",), (Use.REMIX,), rate_ppm=333_333)
    for owner in owners[:3]:
        claim(recording, Right.MASTER, owner, Fraction(1, 3))
    attribute("cre_1", "blend", **{recording: 1})
    listen("cre_1")
    revenue(100 * EUR + 1)
    (report,) = close()
    assert report.due_micros + report.residual_micros == report.revenue_micros == 100 * EUR + 1
    exact = {owner: (100 * EUR + 1) * Fraction(333_333, 10**6) * (Fraction(1, 14)) for owner in owners}
    exact |= {owner: share + (100 * EUR + 1) * Fraction(333_333, 10**6) / 6 for owner, share in exact.items() if owner in owners[:3]}  # fmt: skip
    assert all(abs(head(owner).earned_micros - share) < 2 for owner, share in exact.items())


def test_the_largest_revenue_there_is_adds_up():
    """A thousand billions in twelve places: sums beyond 64 bits are still exact."""
    one_recording()
    for place in ("DE", "FR", "GB", "US", "JP", "AT", "CH", "IT", "ES", "SE", "NO", "DK"):
        listen("cre_1", territory=place)
        revenue(metering.LARGEST_REVENUE, territory=place)
    close()
    balance = queries.trial_balance()
    assert balance.zero and balance.debits["EUR"] > 2**63


def test_a_creation_that_nobody_attributed_is_kept_apart_until_somebody_does():
    """Its money stands under its own name, at the best rate of the feature."""
    one_recording()
    listen("cre_1", "cre_none")
    revenue(100 * EUR)
    close()
    assert [(one.account, -one.amount_micros) for one in queries.unmatched()] == [("unmatched:cre_none", 35 * EUR)]


def test_where_nobody_claims_the_money_waits():
    """The publisher withdrew its claim: its half of what was heard in Japan is unmatched, at the best rate."""
    ids = one_recording()
    (mechanical,) = [one for one in catalogue.claims([ids["W"]]) if one.right is Right.MR]
    claims.withdraw_claim(mechanical.id, "sold on", at=AT + timedelta(days=1), actor=ACTOR)
    listen("cre_1", territory="JP")
    revenue(100 * EUR, territory="JP")
    close()
    assert [(one.account, -one.amount_micros) for one in queries.unmatched()] == [(f"unmatched:{ids['W']}", 35 * EUR)]


def test_what_follows_a_period():
    """The next of its kind, over the year too."""
    assert [parse(text).after.text for text in ("2026-08", "2026-12", "2026-Q3", "2026-Q4")] == [
        "2026-09",
        "2027-01",
        "2026-Q4",
        "2027-Q1",
    ]
