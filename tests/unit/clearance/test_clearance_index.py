"""The kept catalogue: what each kind of word and date rewrites, one at a time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from tests.properties.catalogues import AT, by, choice, clean, grant

from accord.catalog.records import ALWAYS, ClaimStatus
from accord.clearance.index import Index
from accord.clearance.records import ClearanceState, Hold, Question
from accord.deals.records import Selection
from accord.participation.records import Source
from accord.parties.records import Mandate, MandateKind, Membership, MembershipKind
from accord.terms.period import DayPeriod
from accord.terms.territory import EMPTY, TerritorySet
from accord.terms.use import Use

QUESTION = Question(Use.TRAIN, "f", AT)
JAPAN = TerritorySet.of("JP")


def with_(state: ClearanceState, **more: Any) -> ClearanceState:
    """The state with other records."""
    return msgspec.structs.replace(state, **more)


def cleared(index: Index, asset: str) -> TerritorySet:
    """Where an asset is cleared."""
    return TerritorySet(index.cleared(asset))


def joined(member: str, group: str, kind: MembershipKind, period: DayPeriod = ALWAYS) -> dict[str, Any]:
    """One membership, as a state has it."""
    one = Membership(id="m", kind=kind, member=member, collective=group, period=period, known_from=2)
    return {"memberships": by([one], "member")}


def said(state: ClearanceState, person: str, answer: str, **more: Any) -> dict[str, Any]:
    """The state's choices with one more."""
    more_of_theirs = (*state.choices.get(person, ()), choice("more", person, Use.TRAIN, answer, **more))
    return {"choices": {**state.choices, person: more_of_theirs}}


def test_a_no_rewrites_one_word_and_reaches_all_it_is_about() -> None:
    """One atom changes for a performer's no; her recordings, their stems and remixes are no longer cleared, works are."""
    state = clean(Use.TRAIN)
    index = Index(state, QUESTION)
    before = index.layout.met[: index.layout.atoms].copy()
    index.touch(with_(state, **said(state, "N", "no")), AT, ["N"])
    changed = (index.layout.met[: len(before)] != before).any(axis=1).sum()
    assert changed == 1
    assert [cleared(index, asset) for asset in ("R1", "R2", "S", "M")] == [EMPTY] * 4
    assert cleared(index, "W")


def test_a_members_no_reaches_the_group() -> None:
    """N is a group and G its member: G says no, and N's recordings are not cleared."""
    state = with_(clean(Use.TRAIN), **joined("G", "N", MembershipKind.GROUP))
    index = Index(state, QUESTION)
    assert cleared(index, "R1")
    index.touch(with_(state, **said(state, "G", "no")), AT, ["G"])
    assert not cleared(index, "R1")
    index.touch(state, AT, ["G"])
    assert cleared(index, "R1")


def test_who_joins_is_heard_from_then_on() -> None:
    """G joins N and says no later: both are told of, and N's recordings are not cleared; G leaves, and they are."""
    state = clean(Use.TRAIN)
    index = Index(state, QUESTION)
    together = with_(state, **joined("G", "N", MembershipKind.GROUP))
    index.touch(together, AT, ["G", "N"])
    assert cleared(index, "R1")
    against = with_(together, **said(together, "G", "no"))
    index.touch(against, AT, ["G"])
    assert not cleared(index, "R1")
    index.touch(with_(against, memberships={}), AT, ["G", "N"])
    assert cleared(index, "R1")


def test_a_collectives_deal_reaches_its_member_by_the_members_own_word() -> None:
    """L grants through C: C's deal comes and goes, L opts in and out, and L's masters follow each time."""
    state = clean(Use.TRAIN)
    without = {licensor: grants for licensor, grants in state.grants.items() if licensor != "L"}
    state = with_(state, grants=without, **joined("L", "C", MembershipKind.COLLECTIVE))
    index = Index(state, QUESTION)
    assert not cleared(index, "R1")
    through = with_(state, grants={**without, "C": (grant("C"),)})
    index.touch(through, AT, ["C"])
    assert not cleared(index, "R1")
    opted = with_(through, **said(through, "L", "yes"))
    index.touch(opted, AT, ["L"])
    assert cleared(index, "R1")
    index.touch(with_(opted, grants=without), AT, ["C"])
    assert not cleared(index, "R1")


def test_what_is_named_apart_follows_its_own_choice_and_no_other_changes() -> None:
    """N refuses R1 alone, then takes the refusal back; R2 stays cleared throughout, M made of both follows R1."""
    state = clean(Use.TRAIN)
    index = Index(state, QUESTION)
    index.touch(with_(state, **said(state, "N", "no", asset="R1")), AT, ["N"])
    assert [bool(cleared(index, asset)) for asset in ("R1", "R2", "M")] == [False, True, False]
    index.touch(state, AT, ["N"])
    assert [bool(cleared(index, asset)) for asset in ("R1", "R2", "M")] == [True, True, True]


def test_a_remix_refused_by_name_by_somebody_in_what_it_is_made_of() -> None:
    """A wrote W, R1 embodies it, M is made of R1: A's no to M by name stops M alone, until it is taken back."""
    state = clean(Use.TRAIN)
    index = Index(state, QUESTION)
    index.touch(with_(state, **said(state, "A", "no", asset="M")), AT, ["A"])
    assert [bool(cleared(index, asset)) for asset in ("R1", "M")] == [True, False]
    index.touch(state, AT, ["A"])
    assert cleared(index, "M")


@pytest.mark.parametrize("apart", [False, True])
def test_a_deals_last_day_ends_it_by_itself(apart: bool) -> None:
    """L's deal ends on 3 June: kept on the 1st, cleared until the day ends first in each territory, and not after."""
    state = clean(Use.TRAIN)
    ending = grant("L", period=DayPeriod(date(2026, 1, 1), date(2026, 6, 3)))
    if apart:
        ending = msgspec.structs.replace(ending, selection=Selection(kind="list", ids=("R1",)))
    state = with_(state, grants={**state.grants, "L": (ending,)})
    index = Index(state, QUESTION)
    assert cleared(index, "R1") >= JAPAN
    for hours in range(0, 72, 3):
        at = AT + timedelta(hours=hours)
        index.advance(at)
        assert index.cleared("R1") == Index(state, Question(Use.TRAIN, "f", at)).cleared("R1"), at
    assert not cleared(index, "R1")


@pytest.mark.parametrize("asset", [None, "R1"])
def test_a_mandates_last_day_ends_the_yes_given_under_it(asset: str | None) -> None:
    """D said yes for N under a mandate until 3 June: kept on the 1st, it ends by itself, of everything or of R1 alone."""
    mandate = Mandate(
        id="man1",
        kind=MandateKind.MANAGER,
        representative="D",
        person="N",
        uses=frozenset({Use.TRAIN}),
        period=DayPeriod(date(2026, 1, 1), date(2026, 6, 3)),
        evidence="signed",
        known_from=2,
    )
    under = {"spoken_by": "D", "source": Source.REPRESENTATIVE, "mandate": "man1", "asset": asset}
    state = clean(Use.TRAIN)
    choices = {**state.choices, "N": (choice("y", "N", Use.TRAIN, **under),)}
    state = with_(state, choices=choices, mandates={"N": (mandate,)})
    index = Index(state, QUESTION)
    assert cleared(index, "R1") >= JAPAN
    for hours in range(0, 72, 3):
        at = AT + timedelta(hours=hours)
        index.advance(at)
        assert index.cleared("R1") == Index(state, Question(Use.TRAIN, "f", at)).cleared("R1"), at
    assert not cleared(index, "R1")


def test_a_claim_that_ends_and_a_deal_suspended_to_come() -> None:
    """P1's claim to W ends on 2 June, L's deal is suspended two days on: both are seen when they come."""
    state = clean(Use.TRAIN)
    ends = DayPeriod(date(2026, 1, 1), date(2026, 6, 2))
    of_w = tuple(msgspec.structs.replace(one, period=ends) for one in state.claims["W"])
    index = Index(with_(state, claims={**state.claims, "W": of_w}), QUESTION)
    assert cleared(index, "W")
    index.advance(AT + timedelta(days=1))
    assert not cleared(index, "W")
    states = ((AT - timedelta(days=9), "active"), (AT + timedelta(days=2), "suspended"))
    index = Index(with_(state, grants={**state.grants, "L": (grant("L", states=states),)}), QUESTION)
    assert cleared(index, "R1")
    index.advance(AT + timedelta(days=2))
    assert not cleared(index, "R1")


def test_claims_holds_and_what_disappears() -> None:
    """A rejected claim, a hold and an asset that is gone change what they are about and everything made of it."""
    state = clean(Use.TRAIN)
    index = Index(state, QUESTION)
    rejected = tuple(msgspec.structs.replace(one, status=ClaimStatus.REJECTED) for one in state.claims["R1"])
    index.touch(with_(state, claims={**state.claims, "R1": rejected}), AT, assets=["R1"])
    assert [bool(cleared(index, asset)) for asset in ("R1", "R2", "M")] == [False, True, False]
    hold = Hold(id="h", subject="X", reason="a copy", case=None, at=AT, known_from=3)
    index.touch(with_(state, holds={"X": (hold,)}), AT, assets=["R1", "X"])
    assert [bool(cleared(index, asset)) for asset in ("R1", "R2", "S", "M")] == [True, False, False, False]
    gone = {id: asset for id, asset in state.assets.items() if id != "R1"}
    index.touch(with_(state, assets=gone), AT, assets=["R1", "X"])
    assert "R1" not in index.numbers and not cleared(index, "M")
    assert cleared(index, "R2")


def test_what_is_named_apart_still_hears_everybody_else() -> None:
    """N names R1 alone; L then says no to everything of its own: R1 follows too, though it has an atom of its own."""
    state = clean(Use.TRAIN)
    state = with_(state, **said(state, "N", "no", asset="R1", territories=TerritorySet.of("FR")))
    index = Index(state, QUESTION)
    assert cleared(index, "R1")
    index.touch(with_(state, **said(state, "L", "no")), AT, ["L"])
    assert [bool(cleared(index, asset)) for asset in ("R1", "R2")] == [False, False]
