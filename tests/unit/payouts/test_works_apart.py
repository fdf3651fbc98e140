"""A recording in which no work is known: its works' side waits by itself, and is divided once a work is found to be in it."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, attribute, claim, deal, feature, listen, party

from accord.catalog import actions as catalog
from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.metering import actions as metering
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, matching, queries
from accord.payouts.order import ORDERS
from accord.payouts.readings import read_source
from accord.payouts.records import Account, Subject
from accord.terms.refusal import Refused
from accord.terms.right import Right
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
Q4 = datetime(2027, 1, 5, 9, tzinfo=UTC)
Q1, Q2 = datetime(2027, 4, 5, 9, tzinfo=UTC), datetime(2027, 7, 5, 9, tzinfo=UTC)
OLD, OLDER = datetime(2029, 10, 5, 9, tzinfo=UTC), datetime(2030, 4, 5, 9, tzinfo=UTC)


def earned() -> dict[str, str]:
    """R of L features N and earned 100.00 with no work known in it and nobody's claim to it; P has a deal and no claim yet."""
    ids = {"L": party("L"), "P": party("P"), "N": party("N", "person")}
    feature("blend", "remix")
    ids["R"] = catalog.register_recording("R", label=ids["L"], credits=[(ids["N"], "featured")], at=AT, actor=ACTOR)
    ids["W"] = catalog.register_work("W", at=AT, actor=ACTOR)
    deal(ids["L"], ("blend",), (Use.REMIX,), featured_artist_ppm=400_000)
    deal(ids["P"], ("blend",), (Use.REMIX,), rate_ppm=600_000)
    attribute("cre_1", "blend", **{ids["R"]: 1})
    listen("cre_1")
    metering.report_revenue("blend", "DE", "2026-Q3", 100 * EUR, "EUR", CLOSING, ACTOR)
    return ids


def closed(version: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The same, closed by a version of the order."""
    ids = earned()
    monkeypatch.setattr(actions, "CURRENT", ORDERS[version])
    actions.close("2026-Q3", CLOSING, ACTOR)
    monkeypatch.undo()
    return ids


def waits() -> dict[str, int]:
    """Unmatched account → what stands there."""
    return {one.account.removeprefix("unmatched:"): -one.amount_micros for one in queries.unmatched()}


def payable(party_id: str, period: str = "2026-Q4") -> int:
    """What a party's statement pays."""
    return sum(head.payable_micros for head in queries.statements(SYSTEM, period, party_id))


def test_the_works_side_waits_in_an_account_of_its_own(monkeypatch):
    """Of 100.00 at the best rate, 70 %: three quarters for the master and one for its works, each with its age."""
    ids = closed("11", monkeypatch)
    works = f"{ids['R']}/works"
    assert waits() == {ids["R"]: 52_500_000, works: 17_500_000}
    assert {one.asset: one.period for one in matching.unmatched()} == {ids["R"]: "2026-Q3", works: "2026-Q3"}


def test_a_score_without_its_work_waits_by_its_own_name():
    """Nothing but a recording is ever found to hold a work, so what waited as `SCORE/works` would reach nobody."""
    found = read_source(Subject(asset="sco_1", master=None, works=()), 700_000, ORDERS["11"])
    assert {one.claimed for one in found if one.account is Account.UNMATCHED} == {"sco_1"}


def test_until_version_10_it_was_one_account(monkeypatch):
    """What was closed so is made again so, and is matched as it was."""
    ids = closed("10", monkeypatch)
    assert waits() == {ids["R"]: 70 * EUR}
    assert queries.reproduce("2026-Q3").same


def test_a_match_of_the_recording_is_of_its_master_alone(monkeypatch):
    """The label that turns out to own R has 31.50 and its artist 21.00; the 17.50 of the works go to nobody by it."""
    ids = closed("11", monkeypatch)
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    matching.match(ids["R"], ids["L"], "the contract was found", CLOSING, ACTOR)
    assert waits() == {f"{ids['R']}/works": 17_500_000}
    with pytest.raises(Refused, match="goes to who claims them, and no work is known in it"):
        matching.match(f"{ids['R']}/works", ids["L"], "it is ours", CLOSING, ACTOR)
    actions.close("2026-Q4", Q4, ACTOR)
    assert (payable(ids["L"]), payable(ids["N"])) == (31_500_000, 21 * EUR)


def test_a_work_that_is_found_later_is_paid_by_its_claims(monkeypatch):
    """W turns out to be in R: P, who claims half of it at 60 %, has 7.50 by an adjustment that says why; the other half waits for W
    at 70 %, and nothing waits for unknown works any more. What the master had, matched by now, stays as it is.
    """
    ids = closed("11", monkeypatch)
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    matching.match(ids["R"], ids["L"], "the contract was found", CLOSING, ACTOR)
    claim(ids["W"], Right.MR, ids["P"], Fraction(1, 2))
    assert queries.late() == []
    catalog.match_work(ids["R"], ids["W"], at=CLOSING, actor=ACTOR)
    with pytest.raises(Refused, match=f"{ids['W']} is known in it by now"):
        matching.match(f"{ids['R']}/works", ids["P"], "it is ours", CLOSING, ACTOR)
    (late,) = queries.late()
    assert late.because == (f"{ids['R']} was found to hold {ids['W']} after 2026-Q3 was closed",)
    actions.close("2026-Q4", Q4, ACTOR)
    assert waits() == {ids["W"]: 8_750_000}
    assert (payable(ids["P"]), payable(ids["L"])) == (7_500_000, 31_500_000)
    (head,) = queries.statements(SYSTEM, "2026-Q4", ids["P"])
    (line,) = queries.statement(SYSTEM, head.id)["adjustments"]
    assert (line["of"], line["claimed"], line["because"]) == ("2026-Q3", ids["W"], list(late.because))
    said = {step.step: step.because for step in queries.explain(SYSTEM, head.id, line["line"])}
    assert said["claim"] == f"1/4 of it is for the work {ids['W']}; 50 % of that is claimed"
    assert queries.late() == [] and queries.trial_balance().zero
    assert queries.reproduce("2026-Q3").same and queries.reproduce("2026-Q4").same
    before = table_digest()
    rebuild()
    assert table_digest() == before


def test_what_was_given_out_before_its_work_was_found_is_not_paid_again(monkeypatch):
    """After three years the works' side was given out: the work that is found then earns from then on."""
    ids = earned()
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    actions.close("2026-Q3", CLOSING, ACTOR)
    assert waits() == {f"{ids['R']}/works": 35 * EUR}
    assert len(matching.give_out(OLD, ACTOR)) == 1 and waits() == {}
    claim(ids["W"], Right.MR, ids["P"], 1)
    catalog.match_work(ids["R"], ids["W"], at=OLD, actor=ACTOR)
    assert queries.late() == []
    actions.close("2026-Q4", OLD, ACTOR)
    assert (waits(), payable(ids["P"])) == ({}, 0) and queries.trial_balance().zero


def test_a_draft_is_not_locked_by_which_what_was_given_out_since_would_be_paid_again():
    """The draft gives W's claimants the 35.00 that waited; the rule gave them out before it was locked. It is drafted again."""
    ids = earned()
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    actions.close("2026-Q3", CLOSING, ACTOR)
    claim(ids["W"], Right.MR, ids["P"], 1)
    catalog.match_work(ids["R"], ids["W"], at=CLOSING, actor=ACTOR)
    actions.draft("2026-Q4", OLD, ACTOR)
    actions.approve("2026-Q4", OLD, ACTOR)
    assert len(matching.give_out(OLD, ACTOR)) == 1
    with pytest.raises(Refused, match=f"the works in {ids['R']} was given out after 2026-Q4 was drafted"):
        actions.close("2026-Q4", OLD, ACTOR)
    actions.draft("2026-Q4", OLD, ACTOR)
    actions.approve("2026-Q4", OLD, ACTOR)
    actions.close("2026-Q4", OLD, ACTOR)
    assert (waits(), payable(ids["P"])) == ({}, 0) and queries.trial_balance().zero


def test_a_work_that_was_found_wrongly_is_taken_back_and_the_right_one_paid():
    """P had 30.00 for W; it was V. The next close takes them back and what was kept waits for V, with nothing else having come in;
    and where no work is known after all it waits for one again.
    """
    ids = earned()
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    ids["V"] = catalog.register_work("V", at=AT, actor=ACTOR)
    actions.close("2026-Q3", CLOSING, ACTOR)
    claim(ids["W"], Right.MR, ids["P"], 1)
    catalog.match_work(ids["R"], ids["W"], at=CLOSING, actor=ACTOR)
    actions.close("2026-Q4", Q4, ACTOR)
    assert (waits(), payable(ids["P"])) == ({}, 30 * EUR) and queries.late() == []
    catalog.unmatch_work(ids["R"], ids["W"], "another song", at=Q4, actor=ACTOR)
    (late,) = queries.late()
    assert late.because == (f"{ids['R']} was found not to hold {ids['W']} after 2026-Q3 was closed",)
    catalog.match_work(ids["R"], ids["V"], at=Q4, actor=ACTOR)
    (late,) = queries.late()
    assert late.because == (f"{ids['R']} was found to hold {ids['V']} after 2026-Q3 was closed",)
    actions.close("2027-Q1", Q1, ACTOR)
    (head,) = queries.statements(SYSTEM, "2027-Q1", ids["P"])
    assert (waits(), head.carried_micros) == ({ids["V"]: 35 * EUR}, -30 * EUR)
    assert queries.late() == [] and queries.trial_balance().zero and queries.reproduce("2027-Q1").same
    catalog.unmatch_work(ids["R"], ids["V"], "nor that one", at=Q1, actor=ACTOR)
    actions.close("2027-Q2", Q2, ACTOR)
    assert waits() == {f"{ids['R']}/works": 35 * EUR} and queries.late() == []


def test_what_was_given_out_as_of_a_later_period_is_not_paid_again_for_an_earlier_one():
    """35.00 of the third quarter and 70.00 of the fourth wait; a late report takes 56.00 of the fourth away, and what is left counts
    as the fourth's, since what was taken out was the oldest. Once that was given out the third has nothing left to divide either.
    """
    ids = earned()
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    actions.close("2026-Q3", CLOSING, ACTOR)
    heard = {"kind": "listen", "feature": "blend", "user": "u1", "territory": "DE", "seconds": 30, "creation": "cre_1"}
    metering.ingest([heard | {"id": "later", "at": datetime(2026, 11, 1, tzinfo=UTC)}], "test", Q4, ACTOR)
    metering.report_revenue("blend", "DE", "2026-Q4", 200 * EUR, "EUR", Q4, ACTOR)
    actions.close("2026-Q4", Q4, ACTOR)
    assert waits() == {f"{ids['R']}/works": 105 * EUR}
    metering.report_revenue("blend", "DE", "2026-Q4", 40 * EUR, "EUR", Q1, ACTOR)
    actions.close("2027-Q1", Q1, ACTOR)
    assert waits() == {f"{ids['R']}/works": 49 * EUR}
    assert [(one.period, one.amount_micros) for one in matching.unmatched()] == [("2026-Q4", 49 * EUR)]
    assert len(matching.give_out(OLDER, ACTOR)) == 1 and waits() == {}
    claim(ids["W"], Right.MR, ids["P"], 1)
    catalog.match_work(ids["R"], ids["W"], at=OLDER, actor=ACTOR)
    actions.close("2027-Q2", OLDER, ACTOR)
    assert (waits(), payable(ids["P"], "2027-Q2")) == ({}, 0) and queries.trial_balance().zero
