"""What came in after a close goes into the next one as adjustments: exactly the difference, once, with its because."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, attribute, claim, deal, listen, party, story_6

from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.catalog.facts import RecordingRegistered
from accord.journal.actions import rebuild, writing
from accord.journal.queries import head, table_digest
from accord.metering import actions as metering
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, escrow, queries
from accord.payouts.order import ORDERS
from accord.payouts.restating import restatements
from accord.terms.right import Right
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 8, 2, tzinfo=UTC)
Q4, Q1 = datetime(2027, 1, 5, tzinfo=UTC), datetime(2027, 4, 5, tzinfo=UTC)


def close(period: str = "2026-Q3", at: datetime = CLOSING):
    (report,) = actions.close(period, at, ACTOR)
    return report


def statement(party_id: str, period: str = "2026-Q4"):
    (head,) = queries.statements(SYSTEM, period, party_id)
    return queries.statement(SYSTEM, head.id)


def summary(party_id: str, period: str = "2026-Q4") -> dict[str, int]:
    return {name.removesuffix("_micros"): int(value) for name, value in statement(party_id, period)["summary"].items()}


def balance(account: str) -> int:
    return next((one.amount_micros for one in queries.trial_balance().balances if one.account == account), 0)


def test_late_listens_are_adjusted_to_the_micro():
    """C2 was heard four times more: 5 of 8 instead of 1 of 4. What L2 and the writers of Y had too much is taken back."""
    ids = story_6()
    close()
    listen(*["cre_2"] * 4, at=LATE)
    report = close("2026-Q4", Q4)
    assert summary(ids["L1"])["adjusted"] == summary(ids["L1"])["payable"] == 43_750_000
    assert summary(ids["P1"])["adjusted"] == 21_875_000
    assert (summary(ids["P2"])["adjusted"], summary(ids["P2"])["escrow"]) == (0, 21_875_000)
    less = [summary(ids[name])["adjusted"] for name in ("P3", "P4", "P5")]
    assert less == [14_583_334 - 29_166_667, 14_583_333 - 29_166_667, 14_583_333 - 29_166_666]
    assert summary(ids["P3"])["carried"] == 14_583_334
    assert (report.revenue_micros, report.residual_micros, report.adjusted_micros) == (0, 0, -21_875_000)
    assert queries.trial_balance().zero


def test_what_was_recouped_of_too_much_is_open_again():
    """L2 earned 43.75 and not 87.50: of its advance of 100.00, 56.25 is open, and nothing is owed either way."""
    ids = story_6()
    close()
    listen(*["cre_2"] * 4, at=LATE)
    close("2026-Q4", Q4)
    found = statement(ids["L2"])
    assert found["still_to_recoup"] == {ids["deal L2"]: str(56_250_000)}
    assert found["recouped"] == {ids["deal L2"]: str(-43_750_000)}
    assert (summary(ids["L2"])["adjusted"], summary(ids["L2"])["carried"]) == (-43_750_000, 0)
    assert balance(f"advance:{ids['deal L2']}") == 56_250_000


def test_nothing_is_adjusted_twice():
    """After the close that adjusted it nothing waits, and the one after that leaves it alone."""
    ids = story_6()
    close()
    listen("cre_2", at=LATE)
    assert [one.period for one in queries.late()] == ["2026-Q3"]
    close("2026-Q4", Q4)
    assert queries.late() == []
    close("2027-Q1", Q1)
    assert statement(ids["L2"], "2027-Q1")["adjustments"] == []
    listen("cre_1", at=LATE.replace(hour=1))
    close("2027-Q2", datetime(2027, 7, 5, tzinfo=UTC))
    # 4 of 6 listens are cre_1's, as 3 of 4 were in the first place and 3 of 5 in between: X has 4/6 × 2/3 + 2/6 = 7/9
    assert _in_all(ids["L1"]) == 272_222_222


def _in_all(party_id: str) -> int:
    heads = queries.statements(SYSTEM, party=party_id)
    found = [int(queries.statement(SYSTEM, head.id)["summary"].get("adjusted_micros", 0)) for head in heads]
    return sum(found) + sum(head.earned_micros for head in heads)


def test_revenue_that_is_reported_again_adjusts_its_pool():
    """1,100.00 instead of 1,000.00: everybody has a tenth more, the platform's residual too; the because names the report."""
    ids = story_6()
    close()
    metering.report_revenue("blend", "DE", "2026-Q3", 1100 * EUR, "EUR", Q4, ACTOR)
    report = close("2026-Q4", Q4)
    assert summary(ids["L1"])["adjusted"] == 26_250_000
    assert (report.revenue_micros, report.residual_micros) == (100 * EUR, 30 * EUR)
    (line,) = [one for one in statement(ids["L1"])["adjustments"] if one["account"] == "due"]
    assert (line["of"], line["given_micros"], line["restated_micros"]) == ("2026-Q3", "262500000", "288750000")
    assert line["because"][0].startswith("revenue was reported after 2026-Q3 was closed (rev_")
    assert queries.trial_balance().zero


def test_revenue_of_a_place_that_had_none_pays_its_listens():
    """Two listens in France earned nothing, until its revenue was reported."""
    ids = story_6()
    listen("cre_1", "cre_2", territory="FR", at=LATE)
    assert "2 listens in blend in FR earned nothing" in close().note
    metering.report_revenue("blend", "FR", "2026-Q3", 100 * EUR, "EUR", Q4, ACTOR)
    close("2026-Q4", Q4)
    assert summary(ids["L1"])["adjusted"] == 29_166_667


def test_a_pool_in_which_nothing_was_heard_is_the_platforms_no_longer():
    """Its 1,000.00 stood in the residual; with the first listens that came in they are divided."""
    ids = story_6()
    metering.report_revenue("blend", "FR", "2026-Q3", 1000 * EUR, "EUR", CLOSING, ACTOR)
    close()
    assert balance("residual:nothing was heard") == -1000 * EUR
    listen("cre_2", territory="FR", at=LATE)
    report = close("2026-Q4", Q4)
    assert balance("residual:nothing was heard") == 0
    assert summary(ids["L1"])["adjusted"] == 350 * EUR
    assert (report.revenue_micros, report.residual_micros) == (0, -700 * EUR)


def test_a_changed_attribution_yields_exactly_the_adjustment_it_should():
    """C1 is half X and half Y, not two thirds and one: of its 750.00, 125.00 moves from X to Y."""
    ids = story_6()
    close()
    attribute("cre_1", "blend", **{ids["X"]: 1, ids["Y"]: 1})
    close("2026-Q4", Q4)
    assert summary(ids["L1"])["adjusted"] == -43_750_000
    assert summary(ids["L2"])["adjusted"] == 43_750_000
    (line,) = statement(ids["L1"])["adjustments"]
    assert line["because"] == ["cre_1 was attributed after 2026-Q3 was closed"]
    assert (summary(ids["L1"])["payable"], summary(ids["L1"])["carried"]) == (0, -43_750_000)


def test_an_attribution_computed_again_to_the_same_changes_nothing():
    """It is looked at once, and no line comes of it."""
    ids = story_6()
    close()
    attribute("cre_1", "blend", **{ids["X"]: 2, ids["Y"]: 1})
    assert queries.late()
    close("2026-Q4", Q4)
    assert statement(ids["L2"])["adjustments"] == [] and queries.late() == []


def test_what_was_taken_back_is_paid_back():
    """The one listen of C2 never happened: C1 has the whole pool."""
    ids = story_6()
    close()
    stamp = "2026-08-01T12:00:00+00:00"
    void = {"id": "v", "kind": "void", "feature": "blend", "territory": "DE", "at": Q4, "corrects": f"{stamp}-3-cre_2"}
    assert metering.ingest([void], "test", Q4, ACTOR).accepted == 1
    close("2026-Q4", Q4)
    assert summary(ids["L1"])["adjusted"] == 233_333_333 - 262_500_000
    (line,) = statement(ids["L1"])["adjustments"]
    assert line["because"][0].startswith("1 event of 2026-Q3 was corrected or taken back (seg_")
    assert (line["plays_before"], line["plays"]) == (4, 3)


def test_a_correction_touches_only_the_period_it_is_about():
    """A listen of October is taken back after both quarters are closed: nothing waits for the third quarter."""
    story_6()
    october = datetime(2026, 10, 2, 12, tzinfo=UTC)
    close()
    metering.report_revenue("blend", "DE", "2026-Q4", 1000 * EUR, "EUR", Q4, ACTOR)
    listen("cre_1", "cre_2", at=october)
    close("2026-Q4", Q4)
    corrects = f"{october.isoformat()}-0-cre_1"
    void = {"id": "v", "kind": "void", "feature": "blend", "territory": "DE", "at": Q1, "corrects": corrects}
    assert metering.ingest([void], "test", Q1, ACTOR).accepted == 1
    assert [one.period for one in queries.late()] == ["2026-Q4"]
    (again,) = restatements(head(), ORDERS["3"])
    assert again.span.text == "2026-Q4"
    assert {one.span.text for one in restatements(head(), ORDERS["2"])} == {"2026-Q3", "2026-Q4"}


def test_claims_stay_as_they_were_known_when_the_period_was_closed():
    """L1's master was rejected after the close: a late listen of Q3 is divided as Q3 was, so L1 is adjusted upwards."""
    ids = story_6()
    close()
    (master,) = [one for one in catalog_claims(ids["X"]) if one.right is Right.MASTER]
    claims.reject_claim(master.id, "it was another's all along", at=Q4, actor=ACTOR)
    listen("cre_2", at=LATE)
    close("2026-Q4", Q4)
    assert summary(ids["L1"])["adjusted"] == 280 * EUR - 262_500_000


def catalog_claims(asset: str):
    from accord.catalog import queries as catalogue

    return catalogue.claims([asset])


def test_an_asset_that_came_into_the_catalogue_later_is_read_as_it_is_known_now():
    """C1 turns out to be made of Z, delivered after the close: Z's label is paid for Q3, under the deal that stood then."""
    ids = story_6()
    close()
    other = catalog.register_recording("Z", works=[ids["WX"]], label=ids["L1"], at=Q4, actor=ACTOR)
    claim(other, Right.MASTER, ids["L1"], 1)
    attribute("cre_1", "blend", **{other: 1})
    close("2026-Q4", Q4)
    gained = [line for line in statement(ids["L1"])["adjustments"] if line["subject"] == other]
    assert [line["amount_micros"] for line in gained] == [str(262_500_000)]


def test_a_guarantee_that_fell_due_counts_what_was_adjusted():
    """Topped up by 37.00 at the end of Q3; 21.00 more was earned in it: 21.00 of the top-up is taken back."""
    ids = story_6()
    label = party("L")
    recording = catalog.register_recording("R", works=[ids["WX"]], at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, label, 1)
    made = deal(label, ("blend",), (Use.REMIX,), minimum_guarantee_micros=100 * EUR, guarantee_per="quarter")
    attribute("cre_3", "blend", **{recording: 1})
    listen("cre_3", territory="FR", at=LATE)
    metering.report_revenue("blend", "FR", "2026-Q3", 180 * EUR, "EUR", CLOSING, ACTOR)
    close()
    assert statement(label, "2026-Q3")["guarantees"] == {made: str(37 * EUR)}
    metering.report_revenue("blend", "FR", "2026-Q3", 240 * EUR, "EUR", Q4, ACTOR)
    report = close("2026-Q4", Q4)
    found = statement(label)
    # the fourth quarter's own guarantee of 100.00 stands beside it
    assert found["guarantees"] == {made: str(100 * EUR), f"{made}, 2026-Q3": str(-21 * EUR)}
    assert (summary(label)["adjusted"], summary(label)["payable"], report.funded_micros) == (
        21 * EUR,
        100 * EUR,
        79 * EUR,
    )
    metering.report_revenue("blend", "FR", "2026-Q3", 180 * EUR, "EUR", Q1, ACTOR)
    close("2027-Q1", Q1)
    assert statement(label, "2027-Q1")["guarantees"][f"{made}, 2026-Q3"] == str(21 * EUR)
    assert queries.trial_balance().zero


def test_what_version_1_closed_stays_as_it_is_and_is_adjusted_by_the_next_close(monkeypatch):
    """Two quarters closed by version 1, which let late usage wait and says nothing of it; version 2 adjusts both, once."""
    ids = story_6()
    label = party("L")
    recording = catalog.register_recording("R", works=[ids["WX"]], at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, label, 1)
    made = deal(label, ("blend",), (Use.REMIX,), minimum_guarantee_micros=100 * EUR, guarantee_per="quarter")
    monkeypatch.setattr(actions, "CURRENT", ORDERS["1"])
    close()
    listen(*["cre_2"] * 4, at=LATE)
    close("2026-Q4", Q4)
    first = statement(ids["L1"], "2026-Q3")
    assert "adjustments" not in first and first["order"]["version"] == "1"
    monkeypatch.undo()
    attribute("cre_2", "blend", **{recording: 1})
    close("2027-Q1", Q1)
    # R has 5 of 8 listens, 218.75 of 1,000.00: the guarantee of Q3, 100.00 and paid by version 1, was not needed
    assert statement(label, "2027-Q1")["guarantees"] == {made: str(100 * EUR), f"{made}, 2026-Q3": str(-100 * EUR)}
    assert _in_all(ids["L1"]) == 87_500_000 and queries.late() == []
    for period in ("2026-Q3", "2026-Q4", "2027-Q1"):
        assert queries.reproduce(period).same
    assert queries.trial_balance().zero


def test_an_asset_that_earned_before_it_was_delivered_is_paid_once_it_is():
    """Z was named in an attribution and not in the catalogue: its money waited, and goes to its label with the delivery."""
    ids = story_6()
    attribute("cre_1", "blend", ast_000999=1)
    close()
    assert balance("unmatched:ast_000999") == -525 * EUR
    with writing(ACTOR, Q4) as journal:
        names = {"asset": "ast_000999", "title": "Z", "identifiers": (), "credits": ()}
        journal.append(RecordingRegistered(**names, audio=None, duration_s=None, label=ids["L1"]))
    assert [one.because for one in queries.late()] == [("ast_000999 came into the catalogue after 2026-Q3 was closed",)]
    claim("ast_000999", Right.MASTER, ids["L1"], 1)
    close("2026-Q4", Q4)
    (line,) = [one for one in statement(ids["L1"])["adjustments"] if one["subject"] == "ast_000999"]
    # half to its master, at parity; no work is known to be in it, so the other half goes on waiting
    assert (line["given_micros"], line["amount_micros"]) == ("0", str(262_500_000))
    assert balance("unmatched:ast_000999/works") == -262_500_000 and queries.late() == []


def test_what_was_escrowed_and_released_is_adjusted_for_whom_it_was_released_to():
    """P2's dispute ended for P1; what comes in late for that share is P1's too, and escrow stays empty."""
    ids = story_6()
    close()
    (held,) = queries.escrow()
    claims.resolve_dispute(ids["claim P2"], "P1 was right", at=CLOSING, actor=ACTOR)
    escrow.release(held.account, ids["P1"], "P1 was right", CLOSING, ACTOR)
    listen(*["cre_2"] * 4, at=LATE)
    close("2026-Q4", Q4)
    assert summary(ids["P1"])["adjusted"] == 2 * 21_875_000
    assert queries.escrow() == []
    line = next(one for one in statement(ids["P1"])["adjustments"] if ids["claim P2"] in one["claims"])
    assert any(
        step.step == "plays" for step in queries.explain(SYSTEM, statement(ids["P1"])["statement"], line["line"])
    )


def test_an_adjustment_is_walked_back_to_what_came_in():
    """First what came in, then how the amount comes about now, last what was given before and the difference."""
    ids = story_6()
    close()
    listen(*["cre_2"] * 4, at=LATE)
    close("2026-Q4", Q4)
    (line,) = statement(ids["L1"])["adjustments"]
    steps = queries.explain(SYSTEM, statement(ids["L1"])["statement"], line["line"])
    words = [step.because for step in steps]
    assert words[0].startswith("4 listens came in after 2026-Q3 was closed (seg_")
    assert steps[0].rests_on.startswith("seg_")
    assert "cre_2 was heard 5 times of 8 in blend, DE" in words
    assert words[-3:] == [
        "7/20 × 875.00 EUR = 306.25 EUR, without a rest",
        "262.50 EUR was given for it by the close of 2026-Q3 and since",
        "306.25 EUR − 262.50 EUR = 43.75 EUR",
    ]


def test_restated_periods_can_be_closed_and_rebuilt_to_the_same_bytes():
    """Law 6: both closes come out again as they were, and every table from the journal."""
    ids = story_6()
    close()
    listen(*["cre_2"] * 4, at=LATE)
    metering.report_revenue("blend", "DE", "2026-Q3", 1100 * EUR, "EUR", Q4, ACTOR)
    close("2026-Q4", Q4)
    before, text = table_digest(), queries.statement_text(SYSTEM, statement(ids["L1"])["statement"])
    assert queries.reproduce("2026-Q3").same and queries.reproduce("2026-Q4").same
    rebuild()
    assert table_digest() == before
    assert queries.statement_text(SYSTEM, statement(ids["L1"])["statement"]) == text


def test_figures_count_what_was_adjusted_from_the_close_that_did_it():
    """As of before the second close a period's lines are those it was closed with; after it, those it is divided by."""
    story_6()
    close()
    listen(*["cre_2"] * 4, at=LATE)
    close("2026-Q4", Q4)
    plays = []
    for at in (CLOSING, Q4):
        plays.append(max(line["plays"] for line in queries.divided("2026-Q3", at).rows()))
    assert plays == [4, 8]


def test_a_month_adjusted_within_its_quarter_counts_towards_the_quarters_guarantee():
    """July is adjusted by August's close; with September the guarantee of 100.00 is short by 16.00 and not by 37.00."""
    ids = story_6()
    label = party("L")
    metering.report_revenue("blend", "DE", "2026-Q3", 0, "EUR", CLOSING, ACTOR)
    recording = catalog.register_recording("R", works=[ids["WX"]], at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, label, 1)
    deal(
        label,
        ("blend",),
        (Use.REMIX,),
        minimum_guarantee_micros=100 * EUR,
        guarantee_per="quarter",
        starts=date(2026, 6, 1),
    )
    attribute("cre_3", "blend", **{recording: 1})
    for month in (7, 8, 9):
        listen("cre_3", at=datetime(2026, month, 20, tzinfo=UTC), territory="FR")
        metering.report_revenue("blend", "FR", f"2026-{month:02d}", 60 * EUR, "EUR", CLOSING, ACTOR)
        close(f"2026-{month:02d}")
        if month == 7:
            metering.report_revenue("blend", "FR", "2026-07", 120 * EUR, "EUR", CLOSING, ACTOR)
    assert statement(label, "2026-08")["summary"]["adjusted_micros"] == str(21 * EUR)
    assert list(statement(label, "2026-09")["guarantees"].values()) == [str(16 * EUR)]


def test_adjustments_are_on_the_pages_and_in_the_files(capsys):
    """The statement's page names the period that is adjusted, a line's page what came in; the command line both."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from tests.unit.payouts.test_money_doors import caller

    from accord.cli.__main__ import run
    from accord.parties import actions as parties

    ids = story_6()
    close()
    listen(*["cre_2"] * 4, at=LATE)
    assert run(["pay", "late"]) == 0
    assert "2026-Q3: 4 listens came in after 2026-Q3 was closed" in capsys.readouterr().out
    close("2026-Q4", Q4)
    assert run(["pay", "statement", ids["L1"], "2026-Q4"]) == 0
    assert "2026-Q3 adjusted" in capsys.readouterr().out
    assert run(["pay", "statement", ids["L1"], "2026-Q4", "--csv"]) == 0
    assert "2026-Q3" in capsys.readouterr().out.splitlines()[1]
    named = statement(ids["L1"])["statement"]
    steps = caller("rightsholder", acts_for=(ids["L1"],)).get(f"/v1/statements/{named}/lines/1").json()
    assert steps[-1]["because"] == "306.25 EUR − 262.50 EUR = 43.75 EUR"
    parties.open_account("l1@money.example", "correct horse battery staple", ("rightsholder",), (ids["L1"],), at=AT)
    browser = Client()
    browser.force_login(get_user_model().objects.get(email="l1@money.example"))
    page = browser.get(f"/statements/{named}").content.decode()
    assert "Adjusted, for earlier periods" in page and "adjusts " in page
    assert "43.75 EUR" in browser.get(f"/statements/{named}/1").content.decode()
    table = browser.get(f"/statements/{named}?format=csv").content.decode()
    assert "2026-Q3" in table.splitlines()[1] and table.splitlines()[1].endswith("43.75")
