"""A licence from first talk to last day, through the tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from tests.unit.deals.example import AT, PLACES, board, licensor, recordings, signed, terms

from accord.deals import actions, queries
from accord.deals.records import DealState, Selection
from accord.governance import actions as governance
from accord.governance import queries as features
from accord.governance.records import FeatureState
from accord.journal.actions import rebuild
from accord.journal.queries import head, table_digest
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

JAPAN = TerritorySet.parse("JP")
pytestmark = pytest.mark.django_db


@pytest.fixture
def label() -> str:
    """A label, and the feature it talks about."""
    board()
    return licensor("Ninth Wave")


def test_a_deal_comes_into_force_step_by_step(label: str) -> None:
    """Opened, drafted, approved twice, signed twice, activated: then it grants, with its clause number."""
    deal = signed(label)
    assert queries.grants() == []
    actions.activate(deal, AT, "acc_1")
    [grant] = queries.grants()
    assert (grant.deal, grant.clause, grant.licensor) == (deal, "7", label)
    assert grant.active_at(AT) and not grant.active_at(AT - timedelta(seconds=1))
    steps = [step.what for step in queries.deal(SYSTEM, deal).timeline]
    assert steps == [
        "opened",
        "terms",
        "approve legal",
        "approve product",
        "sign licensor",
        "sign platform",
        "activate",
    ]


@pytest.mark.parametrize("step", ["sign", "activate", "suspend", "resume"])
def test_no_step_is_skipped(label: str, step: str) -> None:
    """From negotiation nothing but terms, approval or an end may follow."""
    deal = actions.open_deal(label, "", AT, "acc_1")
    actions.negotiate(deal, terms(label), AT, "acc_1")
    with pytest.raises(Refused, match="does not follow"):
        getattr(actions, step)(
            deal, *(["platform"] if step == "sign" else ["x"] if step != "activate" else []), AT, "a"
        )


def test_changed_terms_void_the_approvals(label: str) -> None:
    """A draft laid down after both approvals and one signature needs all of them anew."""
    deal = actions.open_deal(label, "", AT, "acc_1")
    actions.negotiate(deal, terms(label), AT, "acc_1")
    actions.approve(deal, "legal", AT, "acc_1")
    actions.approve(deal, "product", AT, "acc_1")
    actions.sign(deal, label, AT, "acc_2")
    actions.negotiate(deal, terms(label, pay={"rate_ppm": 1}), AT, "acc_1")
    found = queries.deal(SYSTEM, deal)
    assert (found.state, found.approvals, found.signatures, found.drafts) == (DealState.NEGOTIATION, (), (), 2)
    with pytest.raises(Refused, match="does not follow"):
        actions.sign(deal, "platform", AT, "acc_1")
    assert [draft.terms.remuneration.rate_ppm for draft in queries.drafts(SYSTEM, deal)] == [700_000, 1]


def test_signed_terms_do_not_change(label: str) -> None:
    """After both signatures another draft is refused, with the way to do it."""
    with pytest.raises(Refused, match="open a deal that replaces this one"):
        actions.negotiate(signed(label), terms(label), AT, "acc_1")


def test_a_suspension_holds_from_its_instant(label: str) -> None:
    """A suspended deal grants nothing from then on, what it granted before stays true, and it can be resumed."""
    deal = signed(label)
    actions.activate(deal, AT, "acc_1")
    position = head()
    actions.suspend(deal, "audit", AT + timedelta(days=1), "acc_1")
    actions.resume(deal, "audit closed", AT + timedelta(days=3), "acc_1")
    [grant] = queries.grants()
    assert [grant.active_at(AT + timedelta(days=day)) for day in (0, 1, 2, 3)] == [True, False, False, True]
    [then] = queries.grants(known=position)
    assert then.active_at(AT + timedelta(days=2))
    assert queries.grants(known=position - 1) == []


def test_nothing_is_signed_in_hindsight(label: str) -> None:
    """A step dated before the deal's last one is bad input, and nothing is written."""
    deal = signed(label)
    before = head()
    with pytest.raises(BadInput, match="had its last step on 2026-06-01 12:00 UTC"):
        actions.activate(deal, AT - timedelta(seconds=1), "acc_1")
    assert head() == before


def test_the_grant_that_reaches_an_asset_is_found(label: str) -> None:
    """Asked for a licensor, use, feature, asset, place and instant, the clause in force is named; else there is none."""
    one, two, three = recordings("one", "two", "three")
    wanted = Selection(kind="list", ids=(one, two))
    deal = signed(label, clause={"selection": wanted, "exclusions": (three,), "territories": PLACES - JAPAN})
    actions.activate(deal, AT, "acc_1")
    noon = AT + timedelta(days=10)
    found = queries.active_deal_for(label, Use.TRAIN, "compose", one, "FR", noon)
    assert found is not None and (found.deal, found.clause) == (deal, "7")
    nothing = [
        (label, Use.REMIX, "compose", one, "FR", noon),
        (label, Use.TRAIN, "echo", one, "FR", noon),
        (label, Use.TRAIN, "compose", three, "FR", noon),
        (label, Use.TRAIN, "compose", one, "JP", noon),
        (label, Use.TRAIN, "compose", one, "FR", AT - timedelta(days=1)),
        (label, Use.TRAIN, "compose", one, "FR", datetime(2027, 6, 2, tzinfo=UTC)),
        ("par_x", Use.TRAIN, "compose", one, "FR", noon),
    ]
    assert [question for question in nothing if queries.active_deal_for(*question) is not None] == []


def test_a_deal_takes_over_from_another(label: str) -> None:
    """Activating a deal that replaces another ends the other at the same instant."""
    first = signed(label)
    actions.activate(first, AT, "acc_1")
    second = actions.open_deal(label, "Renewal", AT, "acc_1", replaces=first)
    actions.negotiate(second, terms(label), AT, "acc_1")
    for office in ("legal", "product"):
        actions.approve(second, office, AT, "acc_1")
    for side in ("licensor", "platform"):
        actions.sign(second, side, AT, "acc_1")
    actions.activate(second, AT + timedelta(days=1), "acc_1")
    assert queries.deal(SYSTEM, first).state is DealState.TERMINATED
    assert [grant.deal for grant in queries.grants() if grant.active_at(AT + timedelta(days=1))] == [second]


def test_a_deal_expires_only_when_it_has_ended_everywhere(label: str) -> None:
    """While its last day still runs somewhere on Earth it cannot be recorded as expired."""
    deal = signed(label)
    actions.activate(deal, AT, "acc_1")
    with pytest.raises(Refused, match="runs until 2027-06-01"):
        actions.expire(deal, datetime(2027, 6, 1, 1, tzinfo=UTC), "acc_1")
    actions.expire(deal, datetime(2027, 6, 1, 13, tzinfo=UTC), "acc_1")
    assert queries.deal(SYSTEM, deal).state is DealState.EXPIRED


def test_an_endless_deal_does_not_expire(label: str) -> None:
    """A deal without an end says so."""
    deal = signed(label, ends=None)
    actions.activate(deal, AT, "acc_1")
    with pytest.raises(Refused, match="has no end"):
        actions.expire(deal, datetime(2090, 1, 1, tzinfo=UTC), "acc_1")


def test_activation_reports_whom_it_betters(label: str) -> None:
    """A better deal in force is reported to the desk by name, to the holder of the clause without it."""
    first = signed(label, pay={"rate_ppm": 600_000, "most_favoured": True})
    assert actions.activate(first, AT, "acc_1") == ()
    second = signed(licensor("Tenth Wave"))
    [ratchet] = actions.activate(second, AT, "acc_1")
    assert (ratchet.deal, ratchet.term) == (first, "rate_ppm")
    [shown] = queries.ratchets(Viewer("acc_2", frozenset({label}), frozenset({Role.RIGHTSHOLDER})))
    assert second not in shown.because and "700000" in shown.because
    assert second in queries.ratchets(SYSTEM)[0].because


def test_the_desk_sees_all_and_a_licensor_its_own(label: str) -> None:
    """A licensor sees its own deal, another gets what somebody gets who asks for nothing."""
    deal = signed(label)
    own = Viewer("acc_2", frozenset({label}), frozenset({Role.RIGHTSHOLDER}))
    other = Viewer("acc_3", frozenset({"par_x"}), frozenset({Role.RIGHTSHOLDER}))
    desk = Viewer("acc_4", frozenset(), frozenset({Role.LEGAL}))
    assert queries.deal(own, deal) == queries.deal(desk, deal)
    assert queries.deals(other) == []
    for ask in (queries.deal, queries.drafts):
        with pytest.raises(NotThere, match=f"there is no deal `{deal}`"):
            ask(other, deal)


def test_what_is_public_holds_no_money(label: str) -> None:
    """The public terms name clause, use, feature, place and period; rates and exclusions are not in them."""
    [secret] = recordings("secret")
    deal = signed(label, clause={"exclusions": (secret,)})
    with pytest.raises(NotThere):
        queries.terms_public(deal)
    actions.activate(deal, AT, "acc_1")
    public = queries.terms_public(deal)
    assert public.clauses[0]["number"] == "7" and public.clauses[0]["territories"] == "WORLD"
    assert secret not in str(public) and "rate" not in str(public) and "700000" not in str(public)


def test_a_floor_that_a_split_does_not_meet_is_named(label: str) -> None:
    """A deal that needs 70 % for sources stands in the way of a feature that gives 60 %."""
    deal = signed(label, pay={"floor_sources_ppm": 700_000})
    actions.activate(deal, AT, "acc_1")
    [gap] = queries.unmet_floors("compose")
    assert gap.because == f"deal `{deal}` needs 70 % for sources, split 1 gives 60 %"
    governance.publish_split("compose", 700_000, 100_000, 200_000, AT, "acc_1")
    assert queries.unmet_floors("compose") == []


def test_terms_of_another_licensor_are_refused(label: str) -> None:
    """Terms must be those of the party the deal is with."""
    deal = actions.open_deal(label, "", AT, "acc_1")
    with pytest.raises(BadInput, match="the deal is with"):
        actions.negotiate(deal, terms("par_x"), AT, "acc_1")


def test_a_deal_needs_a_known_party() -> None:
    """Talks with a party nobody registered do not begin, and nothing is written."""
    with pytest.raises(NotThere):
        actions.open_deal("par_nobody", "", AT, "acc_1")
    assert head() == 0


def test_a_later_feature_is_not_reached(label: str) -> None:
    """A feature proposed after the deal is not in its grants, though it needs the same use."""
    actions.activate(signed(label), AT, "acc_1")
    governance.propose_feature("echo", "Echo", ["train"], TerritorySet.parse("DE"), AT, "acc_1")
    assert [grant.features for grant in queries.grants()] == [frozenset({"compose"})]


def test_rebuilt_deals_are_the_same(label: str) -> None:
    """Dropping the tables and replaying the journal gives the same rows and the same grants (law 6)."""
    actions.activate(signed(label, pay={"most_favoured": True, "rate_ppm": 1}), AT, "acc_1")
    deal = signed(licensor("Tenth Wave"), starts=date(2026, 7, 1))
    actions.activate(deal, AT, "acc_1")
    actions.terminate(deal, "breach", AT, "acc_1")
    before, grants = table_digest(), queries.grants()
    rebuild()
    assert table_digest() == before
    assert queries.grants() == grants


def test_a_deal_that_does_not_accept_a_live_features_split_does_not_come_into_force(label: str, monkeypatch) -> None:
    """A launch asks the deals in force; a deal that comes after is asked the same."""
    deal = signed(label, pay={"floor_sources_ppm": 700_000})
    every = features.features()
    live = {"compose": msgspec.structs.replace(every["compose"], state=FeatureState.LIVE)}
    monkeypatch.setattr(features, "features", lambda: every | live)
    with pytest.raises(Refused, match="needs 70 % for sources, split 1 gives 60 %"):
        actions.activate(deal, AT, "acc_1")
