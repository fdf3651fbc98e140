"""Most favoured nations in the money: a better deal raises those that hold the clause, and their statements say so."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, attribute, claim, deal, listen, party, story_6

from accord.catalog import actions as catalog
from accord.deals import actions as deals
from accord.journal.actions import rebuild
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, queries
from accord.payouts.order import ORDERS
from accord.terms.right import Right
from accord.terms.use import Use

pytestmark = pytest.mark.django_db


def statement(party_id, period="2026-Q3"):
    (head,) = queries.statements(SYSTEM, period, party_id)
    return queries.statement(SYSTEM, head.id)


def favoured(**better):
    """Story 6 where L1's deal is most favoured at 70 %, and P1 then agrees 80 %."""
    ids = story_6()
    for name in ("L1", "P1"):
        deals.terminate(ids[f"deal {name}"], "replaced", AT, ACTOR)
    ids["favoured"] = deal(ids["L1"], ("blend",), (Use.REMIX,), most_favoured=True)
    ids["better"] = deal(ids["P1"], ("blend",), (Use.REMIX,), **({"rate_ppm": 800_000} | better))
    return ids


def test_a_better_deal_raises_those_that_hold_the_clause():
    """L1 earns 80 % of its 375.00 instead of 70 %: 300.00; L2, without the clause, stays at its 70 %."""
    ids = favoured()
    actions.close("2026-Q3", CLOSING, ACTOR)
    document = statement(ids["L1"])
    assert document["summary"]["earned_micros"] == str(300 * EUR)
    assert statement(ids["L2"])["summary"]["earned_micros"] == "87500000"
    (line,) = document["lines"]
    assert (line["rate_ppm"], line["raised_from_ppm"]) == (800_000, 700_000)
    note = f"{ids['favoured']} is most favoured: its rate of 70 % is raised to 80 %, which was agreed elsewhere"
    assert note in document["notes"] and ids["better"] not in str(document)  # with whom is not the holder's to know
    said = next(step.because for step in queries.explain(SYSTEM, document["statement"], 1) if step.step == "deal")
    assert "its own 70 %, raised by its most-favoured clause" in said
    assert queries.trial_balance().zero and queries.reproduce("2026-Q3").same
    rebuild()
    assert statement(ids["L1"]) == document


def test_a_raise_begins_with_the_better_deals_first_day():
    """P1's 80 % start with September: what was heard in August is paid at L1's own 70 %."""
    ids = favoured(starts=date(2026, 9, 1))
    listen("cre_1", at=datetime(2026, 9, 20, tzinfo=UTC))
    actions.close("2026-Q3", CLOSING, ACTOR)
    assert sorted(line["rate_ppm"] for line in statement(ids["L1"])["lines"]) == [700_000, 800_000]


def test_a_raise_outlives_the_better_deal_and_does_not_come_before_it():
    """P1's 80 % stand in August alone: July is paid at L1's own 70 %, August and September at 80 %."""
    ids = favoured(starts=date(2026, 8, 1), ends=date(2026, 9, 1))
    listen("cre_1", "cre_1", at=datetime(2026, 7, 20, tzinfo=UTC))
    listen("cre_1", "cre_1", "cre_1", at=datetime(2026, 9, 20, tzinfo=UTC))
    actions.close("2026-Q3", CLOSING, ACTOR)
    plays = {line["rate_ppm"]: line["plays"] for line in statement(ids["L1"])["lines"]}
    assert set(plays) == {700_000, 800_000} and plays[700_000] == 2


def test_a_raised_part_of_the_artists_and_a_raised_fee_are_said_too():
    """P1 agrees 20 % direct to artists and 0.50 a use: L1's line says why it has less, and its fee line why it has more."""
    ids = favoured(rate_ppm=700_000, featured_artist_ppm=200_000, fee_per_use_micros=500_000)
    artist = party("N", "person")
    recording = catalog.register_recording("S", works=[ids["WX"]], label=ids["L1"], credits=[(artist, "featured")], at=AT, actor=ACTOR)  # fmt: skip
    claim(recording, Right.MASTER, ids["L1"], 1)
    attribute("cre_4", "blend", **{recording: 1})
    listen("cre_4", at=datetime(2026, 8, 3, tzinfo=UTC))
    listen("cre_4", kind="create", at=datetime(2026, 8, 4, tzinfo=UTC))
    actions.close("2026-Q3", CLOSING, ACTOR)
    document = statement(ids["L1"])
    (line,) = [one for one in document["lines"] if one["subject"] == recording]
    assert line["artists_raised_from_ppm"] == 0
    assert [one for one in document["lines"] if "artists_raised_from_ppm" in one] == [line]  # X features nobody
    (fee,) = document["fees"]
    assert (fee["raised_from_micros"], fee["each_micros"]) == ("0", "500000")
    for note in (
        "its featured artists’ direct part of 0 % is raised to 20 %, which was agreed elsewhere",
        "its fee per use of 0.00 EUR is raised to 0.50 EUR, which was agreed elsewhere",
    ):
        assert f"{ids['favoured']} is most favoured: {note}" in document["notes"]
    said = [step.because for one in (line, fee) for step in queries.explain(SYSTEM, document["statement"], one["line"])]
    assert any("its own part for them 0 %, raised by its most-favoured clause" in words for words in said)
    assert any("(its own 0.00 EUR, raised by its most-favoured clause)" in words for words in said)
    assert queries.reproduce("2026-Q3").same


def test_the_versions_before_did_not_raise(monkeypatch):
    """A period closed by version 2 paid each deal its own rate and said nothing of attribution, and still does."""
    ids = favoured()
    monkeypatch.setattr(actions, "CURRENT", ORDERS["2"])
    actions.close("2026-Q3", CLOSING, ACTOR)
    monkeypatch.undo()
    assert statement(ids["L1"])["summary"]["earned_micros"] == "262500000"
    assert "attribution" not in statement(ids["L1"]) and queries.reproduce("2026-Q3").same
