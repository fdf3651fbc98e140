"""Sums of a statement walked back: each says the amount that stands there, and what it follows from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from tests.unit.deals.test_deal_api import caller
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, attribute, claim, deal, feature, listen, party, story_6

from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.cli.__main__ import run
from accord.metering import actions as metering
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.payouts import actions, escrow, lump_sums, matching, queries
from accord.payouts.explaining_sums import SUMS
from accord.terms.money import text
from accord.terms.refusal import NotThere
from accord.terms.right import Right
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
NEXT = datetime(2027, 1, 5, tzinfo=UTC)


def said(party_id: str, name: str, period: str = "2026-Q3") -> list[str]:
    (head,) = queries.statements(SYSTEM, period, party_id)
    return [step.because for step in queries.explain_sum(SYSTEM, head.id, name)]


def everything() -> dict[str, str]:
    """Two closes with something of every kind: advance, guarantee, reserve, tax, escrow, a match, a settlement, a correction."""
    ids = story_6()
    label, work = party("L"), ids["WX"]
    recording = catalog.register_recording("R", works=[work], label=label, at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, label, 1)
    terms = {"minimum_guarantee_micros": 100 * EUR, "guarantee_per": "quarter", "withholding_tax_ppm": 150_000}
    terms |= {"reserve_ppm": 100_000, "reserve_periods": 1, "fee_per_use_micros": 1 * EUR, "advance_micros": 10 * EUR}
    ids |= {"L": label, "R": recording, "deal L": deal(label, ("blend",), (Use.REMIX,), **terms)}
    attribute("cre_3", "blend", **{recording: 1})
    listen("cre_3", "cre_9", territory="FR")
    listen("cre_3", territory="FR", kind="create", at=datetime(2026, 8, 3, tzinfo=UTC))
    metering.report_revenue("blend", "FR", "2026-Q3", 60 * EUR, "EUR", CLOSING, ACTOR)
    actions.close("2026-Q3", CLOSING, ACTOR)
    claims.resolve_dispute(ids["claim P2"], "P1 agreed", at=CLOSING, actor=ACTOR)
    (held,) = [one.account for one in queries.escrow() if one.account.endswith(ids["P2"])]
    escrow.release(held, ids["P2"], "P1 agreed", CLOSING, ACTOR)
    matching.match("cre_9", ids["L1"], "it was all theirs", CLOSING, ACTOR)
    lump_sums.settle(ids["deal L"], "50.00", "an old quarrel", CLOSING, ACTOR)
    listen("cre_3", at=datetime(2026, 8, 9, tzinfo=UTC), territory="FR")
    actions.close("2026-Q4", NEXT, ACTOR)
    return ids


def test_every_sum_of_every_statement_is_said_by_its_steps():
    """Law 8: two closes with something of every kind; whatever stands in a summary is said, to the micro."""
    everything()
    seen = set()
    for head in queries.statements(SYSTEM):
        summary = queries.statement(SYSTEM, head.id)["summary"]
        for name in (name for name in SUMS if int(summary.get(f"{name}_micros", 0))):
            steps = queries.explain_sum(SYSTEM, head.id, name)
            amount = int(summary[f"{name}_micros"])
            assert f"{text(amount)} EUR" in steps[-1].because, (head.id, name)
            seen.add(name)
    assert seen == {*SUMS} - {
        "advances",
        "redistributed",
    }  # the one is no sum of a summary, the other takes three years


def test_a_guarantee_is_walked_back_to_its_minimum_and_to_what_was_earned():
    """100.00 less what L earned is the platform's to add; a listen that came late takes some of it back."""
    ids = everything()
    first = said(ids["L"], "guarantee")
    assert first[0] == f"{ids['deal L']} guarantees 100.00 EUR in 2026-Q3"
    (head,) = queries.statements(SYSTEM, "2026-Q3", ids["L"])
    earned = 100 * EUR - head.guarantee_micros
    assert first[1].startswith(f"{text(earned)} EUR were earned under it in 2026-Q3, escrow included")
    assert first[2] == f"100.00 EUR − {text(earned)} EUR = {text(head.guarantee_micros)} EUR, funded by the platform"
    (after,) = queries.statements(SYSTEM, "2026-Q4", ids["L"])
    again = said(ids["L"], "guarantee", "2026-Q4")
    assert again[2] == "100.00 EUR − 0.00 EUR = 100.00 EUR, funded by the platform"
    more = after.guarantee_micros - 100 * EUR
    added = f"{text(head.guarantee_micros)} EUR were added for it before: {text(more)} EUR now, funded by the platform"
    assert more < 0 and again[5].endswith(added) and again[6] == f"together {text(after.guarantee_micros)} EUR"


def test_recoupment_tax_and_what_goes_out_say_what_they_follow_from():
    """L's advance of 10.00 is recouped of what it has itself; of what is left 15 % is tax, by its deal."""
    ids = everything()
    assert said(ids["L"], "advances") == [f"10.00 EUR were paid ahead under {ids['deal L']}, by the platform"]
    advance, own, recouped = said(ids["L"], "recouped")
    assert advance == f"10.00 EUR were paid ahead under {ids['deal L']}; 10.00 EUR of it were open"
    summary = queries.statement(SYSTEM, queries.statements(SYSTEM, "2026-Q3", ids["L"])[0].id)["summary"]
    names = ("earned", "fees", "guarantee")
    before = sum(int(summary[f"{name}_micros"]) for name in names) - int(summary["reserved_micros"])
    assert own == f"{text(before)} EUR of what the party itself has under it may go against it"
    assert recouped == "10.00 EUR go against it; 0.00 EUR stay open"
    balance, rate, withheld = said(ids["L"], "withheld")
    assert "in whole units of 0.01 EUR" in balance and rate == "15 % is the highest rate of the party’s deals"
    assert withheld.endswith(f"× 15 % = {text(int(summary['withheld_micros']))} EUR, rounded down to such a unit")


def test_what_joined_a_statement_names_the_fact_that_let_it_go():
    """P2's escrow, L1's match and L's settlement, each with its reason and its fact."""
    ids = everything()
    for name, who, words, fact in (
        ("released", "P2", f"it stood in escrow for {ids['claim P2']} and was released: P1 agreed", "rel_"),
        (
            "matched",
            "L1",
            "it waited for somebody to claim cre_9, and was matched to the party: it was all theirs",
            "mat_",
        ),
        ("lump-sums", "L", "a settlement of 50.00 under", "lum_"),
    ):
        (head,) = queries.statements(SYSTEM, "2026-Q4", ids[who])
        (step,) = queries.explain_sum(SYSTEM, head.id, name)
        assert words in step.because and step.rests_on.startswith(fact)


def test_an_advance_of_a_group_is_recouped_from_all_its_deals():
    """Two deals of a label in one group: what may go against the one's advance is what both earned."""
    label, publisher = party("L"), party("P")
    feature("blend", "remix")
    feature("tune", "remix")
    work = catalog.register_work("W", at=AT, actor=ACTOR)
    recording = catalog.register_recording("R", works=[work], label=label, at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, label, 1)
    claim(work, Right.MR, publisher, 1)
    deal(publisher, ("blend", "tune"), (Use.REMIX,))
    one = deal(label, ("blend",), (Use.REMIX,), advance_micros=100 * EUR, collateral_group="both")
    deal(label, ("tune",), (Use.REMIX,), collateral_group="both")
    attribute("cre_1", "blend", **{recording: 1})
    listen("cre_1")
    listen("cre_1", feature="tune", at=datetime(2026, 8, 2, tzinfo=UTC))
    for name in ("blend", "tune"):
        metering.report_revenue(name, "DE", "2026-Q3", 100 * EUR, "EUR", CLOSING, ACTOR)
    actions.close("2026-Q3", CLOSING, ACTOR)
    _, own, recouped = said(label, "recouped")
    assert own == "70.00 EUR of what the party itself has under the deals of its group “both” may go against it"
    assert recouped == "70.00 EUR go against it; 30.00 EUR stay open"
    assert one in said(label, "recouped")[0]


def test_a_sum_is_for_whom_its_statement_is_for(capsys):
    """Law 10: another party's is not there; by the command, over HTTP and on a page its own is, in names."""
    ids = everything()
    (head,) = queries.statements(SYSTEM, "2026-Q3", ids["L"])
    stranger = Viewer("acc_9", frozenset({ids["P1"]}), frozenset({Role.RIGHTSHOLDER}))
    with pytest.raises(NotThere):
        queries.explain_sum(stranger, head.id, "guarantee")
    with pytest.raises(NotThere, match="has no sum `luck`"):
        queries.explain_sum(SYSTEM, head.id, "luck")
    assert run(["pay", "explain", head.id, "guarantee"]) == 0
    assert "its own deal guarantees 100.00 EUR" in capsys.readouterr().out.replace("\n", " ")
    mine = caller("rightsholder", parties_=(ids["L"],))
    found = mine.get(f"/v1/statements/{head.id}/sums/guarantee")
    assert [step["step"] for step in found.json()] == ["guarantee", "earned", "difference"]
    theirs = caller("rightsholder", parties_=(ids["P1"],))
    assert theirs.get(f"/v1/statements/{head.id}/sums/guarantee").status_code == 404
    assert Fraction(json.loads(found.content)[0]["because"].split(" ")[2]) == 100
