"""A period goes open → grace → draft → locked, with who and when; nothing is owed or paid before it is locked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.unit.payouts.house import ACTOR, CLOSING, EUR, listen, story_6

from accord.catalog import claim_actions as claims
from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.metering import actions as metering
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, queries, states
from accord.payouts.records import PeriodState
from accord.terms.refusal import NotThere, Refused

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 8, 2, tzinfo=UTC)
NEXT = datetime(2027, 1, 5, tzinfo=UTC)
FINANCE = "acc_finance"


def state(period: str = "2026-Q3", at: datetime = CLOSING) -> PeriodState:
    return states.standing(period, at).state


def test_a_period_goes_from_open_to_locked_and_says_who_and_when():
    """Each state begins with its own fact, or with the clock that is handed in."""
    story_6()
    assert state(at=LATE) is PeriodState.OPEN
    assert state() is PeriodState.GRACE
    actions.draft("2026-Q3", CLOSING, ACTOR)
    drafted = states.standing("2026-Q3", CLOSING)
    assert (drafted.state, drafted.by, drafted.approved) == (PeriodState.DRAFT, ACTOR, False)
    approved = actions.approve("2026-Q3", NEXT, FINANCE)
    found = states.standing("2026-Q3", NEXT)
    assert (found.state, found.draft, found.approved_by, found.approved_at) == ("draft", approved, FINANCE, NEXT)
    actions.close("2026-Q3", NEXT, "acc_other")
    locked = states.standing("2026-Q3", NEXT)
    assert (locked.state, locked.since, locked.by) == (PeriodState.LOCKED, NEXT, "acc_other")
    assert (locked.drafted_by, locked.approved_by) == (ACTOR, FINANCE)
    assert [(one.period, one.state) for one in states.standings(NEXT)] == [("2026-Q3", "locked"), ("2026-Q4", "grace")]


def test_nothing_is_owed_or_paid_before_it_is_locked():
    """A draft, approved or not, posts nothing of the period and pays nobody; its statements are nobody's yet."""
    ids = story_6()
    actions.draft("2026-Q3", CLOSING, ACTOR)
    actions.approve("2026-Q3", CLOSING, FINANCE)
    assert {one.account.split(":")[0] for one in queries.trial_balance().balances} == {"advance", "bank"}
    assert actions.pay(CLOSING, FINANCE) == []
    assert queries.statements(SYSTEM) == [] and queries.reports() == []
    would = {head.party: head.payable_micros for head in states.draft("2026-Q3").heads}
    actions.close("2026-Q3", CLOSING, FINANCE)
    heads = queries.statements(SYSTEM)
    assert {head.party: head.payable_micros for head in heads} == would
    assert would[ids["L1"]] == 262_500_000 and actions.pay(CLOSING, FINANCE)


def test_a_draft_that_nobody_approved_is_not_locked():
    """And one that was approved is not any more once it is drafted again."""
    story_6()
    actions.draft("2026-Q3", CLOSING, ACTOR)
    with pytest.raises(Refused, match="waits for finance"):
        actions.close("2026-Q3", CLOSING, ACTOR)
    actions.approve("2026-Q3", CLOSING, FINANCE)
    actions.draft("2026-Q3", CLOSING, ACTOR)
    with pytest.raises(Refused, match="waits for finance"):
        actions.close("2026-Q3", CLOSING, ACTOR)


def test_only_what_is_there_is_approved():
    """Nothing drafted, nothing to approve; what is locked is neither drafted nor approved again."""
    story_6()
    with pytest.raises(Refused, match="no draft"):
        actions.approve("2026-Q3", CLOSING, FINANCE)
    with pytest.raises(NotThere):
        states.draft("2026-Q3")
    actions.close("2026-Q3", CLOSING, ACTOR)
    for door in (actions.draft, actions.approve):
        with pytest.raises(Refused, match="is closed and is never edited"):
            door("2026-Q3", CLOSING, FINANCE)


def test_what_is_locked_is_what_was_approved_and_the_rest_is_adjusted():
    """Usage and a settled dispute between the draft and the lock: said at once, in the next close, and made again alike."""
    ids = story_6()
    actions.draft("2026-Q3", CLOSING, ACTOR)
    draft = states.draft("2026-Q3")
    actions.approve("2026-Q3", CLOSING, FINANCE)
    listen(*["cre_2"] * 4, at=LATE)
    assert (
        states.standing("2026-Q3", CLOSING).came_in[0].startswith("4 listens came in after 2026-Q3 was drafted (seg_")
    )
    claims.resolve_dispute(ids["claim P2"], "P1 was right", at=CLOSING, actor=ACTOR)
    actions.close("2026-Q3", NEXT, FINANCE)
    assert tuple(queries.statements(SYSTEM)) == draft.heads
    (held,) = queries.escrow()
    assert held.amount_micros == -131_250_000
    assert queries.late()[0].because[0].startswith("4 listens came in after")
    actions.close("2026-Q4", NEXT, FINANCE)
    (head,) = queries.statements(SYSTEM, "2026-Q4", ids["L1"])
    assert head.payable_micros == 43_750_000
    before = table_digest()
    assert queries.reproduce("2026-Q3").same and queries.reproduce("2026-Q4").same
    rebuild()
    assert table_digest() == before


def test_an_advance_paid_between_the_draft_and_the_lock_is_in_the_next_statement():
    """What the draft did not know it does not count, and the next close does, once."""
    ids = story_6()
    actions.draft("2026-Q3", CLOSING, ACTOR)
    from tests.unit.payouts.house import deal

    from accord.terms.use import Use

    later = deal(ids["L1"], ("blend",), (Use.REMIX,), advance_micros=10 * EUR)
    actions.pay_advances(CLOSING, ACTOR)
    actions.approve("2026-Q3", CLOSING, FINANCE)
    actions.close("2026-Q3", NEXT, FINANCE)
    (first,) = queries.statements_of(SYSTEM, ids["L1"], "2026-Q3")
    assert first["advances_paid"] == {} and first["still_to_recoup"] == {}
    metering.report_revenue("blend", "DE", "2026-Q4", 0, "EUR", NEXT, ACTOR)
    actions.close("2026-Q4", NEXT, FINANCE)
    (second,) = queries.statements_of(SYSTEM, ids["L1"], "2026-Q4")
    assert second["advances_paid"] == {later: str(10 * EUR)}


def test_the_command_line_and_the_page_say_the_state(capsys):
    """The verbs one after the other, and finance's page with the button that is next."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from accord.cli.__main__ import run
    from accord.parties import actions as parties

    ids = story_6()
    parties.open_account("finance@money.example", "correct horse battery staple", ("finance",), (), at=CLOSING)
    parties.open_account(
        "l1@money.example", "correct horse battery staple", ("rightsholder",), (ids["L1"],), at=CLOSING
    )
    browser = Client()
    browser.force_login(get_user_model().objects.get(email="finance@money.example"))
    assert "Draft it" in browser.get("/statements/periods/2026-Q3").content.decode()
    assert run(["pay", "draft", "2026-Q3"]) == 0
    assert "accord pay approve 2026-Q3" in capsys.readouterr().out
    page = browser.get("/statements/periods/2026-Q3").content.decode()
    assert "Approve the draft" in page and "262.50" in page
    assert run(["pay", "close", "2026-Q3"]) == 3
    seen = {"draft": states.standing("2026-Q3", CLOSING).draft}
    assert browser.post("/statements/periods/2026-Q3", {"step": "approve"} | seen).status_code == 302
    assert "Lock it" in browser.get("/statements/periods/2026-Q3").content.decode()
    capsys.readouterr()
    assert run(["pay", "periods"]) == 0
    assert "2026-Q3  draft since" in capsys.readouterr().out
    assert browser.post("/statements/periods/2026-Q3", {"step": "close"} | seen).status_code == 302
    assert "is locked" in browser.get("/statements/periods/2026-Q3").content.decode()
    assert "locked" in browser.get("/statements").content.decode()
    label = Client()
    label.force_login(get_user_model().objects.get(email="l1@money.example"))
    assert label.get("/statements/periods/2026-Q3").status_code == 404
