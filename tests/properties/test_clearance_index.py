"""Laws 1, 2, 3, 4 and 9 of the kept catalogue: brought up to date it is what it would be made anew."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta

import msgspec
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.oracle import clearance as oracle
from tests.properties.catalogues import ASSETS, AT, PERIODS, SOME, USES, Parts, change, choice, grant

from accord.catalog.records import ALWAYS
from accord.clearance import rules
from accord.clearance.api import as_plain
from accord.clearance.brief import Briefs
from accord.clearance.horizon import next_turn
from accord.clearance.index import Index
from accord.clearance.records import ClearanceState, Question
from accord.deals.records import Selection
from accord.participation.records import Source
from accord.parties.records import Membership, MembershipKind
from accord.terms.period import calendar
from accord.terms.territory import INDEX, TERRITORIES, TerritorySet

SAID = ("choices", "grants", "mandates", "memberships")
HELD = ("assets", "claims", "public_domain", "holds")


def differing(before: ClearanceState, after: ClearanceState, maps: tuple[str, ...]) -> set[str]:
    """The keys whose records differ in any of these maps of two states."""
    found: set[str] = set()
    for name in maps:
        one, other = getattr(before, name), getattr(after, name)
        found |= {key for key in {*one, *other} if one.get(key) != other.get(key)}
    return found


def spoke(before: ClearanceState, after: ClearanceState) -> set[str]:
    """Who said, granted, joined or left anything between two states: of a membership, both sides."""
    found = differing(before, after, SAID)
    joined = [m for state in (before, after) for party in found for m in state.memberships.get(party, ())]
    return found | {membership.collective for membership in joined}


def speak(draw: st.DrawFn, parts: Parts) -> None:
    """Somebody says, grants, joins or leaves something, of all of theirs or of one asset, or takes it back."""
    assets = st.sampled_from([None] * len(ASSETS) + list(ASSETS))
    number = len(parts.choices) + len(parts.grants) + 1000 * draw(st.integers(0, 999))
    match draw(
        st.sampled_from(["say", "say", "say", "clause", "unsay", "grant", "grant", "end", "join", "join", "leave"])
    ):
        case "say":
            person = draw(st.sampled_from(["N", "V", "A", "B", "G", "L", "P1", "D", "C"]))
            said = draw(st.sampled_from(["yes", "no"]))
            days = draw(st.sampled_from([-1, -1, 0, 2]))
            more = {"asset": draw(assets), "territories": draw(SOME), "at": AT + timedelta(days=days)}
            parts.choices.append(choice(f"said-{number}", person, parts.use, said, **more))
        case "clause":
            mandate = f"{draw(st.sampled_from(parts.grants)).deal}/7" if parts.grants else "deal-L/7"
            more = {"spoken_by": draw(st.sampled_from(["L", "D"])), "mandate": mandate, "source": Source.LABEL_CLAUSE}
            person = draw(st.sampled_from(["N", "V", "A"]))
            parts.choices = [c for c in parts.choices if c.person != person]
            parts.choices.append(choice(f"said-{number}", person, parts.use, territories=draw(SOME), **more))
        case "unsay" if parts.choices:
            parts.choices.pop(draw(st.integers(0, len(parts.choices) - 1)))
        case "grant":
            named = draw(assets)
            selections = [Selection(), Selection(kind="label", ids=("D", "L")), Selection(kind="list", ids=("R1", "X"))]
            selections.append(Selection(kind="sub-catalogue", ids=("s1",)))
            more = {
                "exclusions": (named,) if named else (),
                "selection": draw(st.sampled_from(selections)),
                "member_opt_in": draw(st.booleans()),
                "period": draw(PERIODS),
                "states": ((AT + timedelta(days=draw(st.integers(-2, 2))), "active"),),
            }
            parts.grants.append(grant(draw(st.sampled_from(["L", "P1", "P2", "C", "D"])), f"deal-{number}", **more))
        case "end" if parts.grants:
            parts.grants.pop(draw(st.integers(0, len(parts.grants) - 1)))
        case "join":
            member, group = draw(
                st.sampled_from([("V", "N"), ("G", "N"), ("G", "L"), ("L", "C"), ("P1", "C"), ("D", "L")])
            )
            usual = MembershipKind.COLLECTIVE if group in "CL" else MembershipKind.GROUP
            kind = draw(st.one_of(st.just(usual), st.sampled_from(MembershipKind)))
            period = draw(st.one_of(st.just(ALWAYS), PERIODS))
            joined = Membership(
                id=f"m-{number}", kind=kind, member=member, collective=group, period=period, known_from=2
            )
            parts.memberships.append(joined)
        case "leave" if parts.memberships:
            parts.memberships.pop(draw(st.integers(0, len(parts.memberships) - 1)))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[ClearanceState], list[datetime], Question]:
    """A catalogue that changes a few times, each state asked about at a later instant."""
    parts = Parts(draw(st.sampled_from(USES)))
    for _ in range(draw(st.integers(0, 5))):
        speak(draw, parts)
    states, instants, at = [parts.state()], [AT], AT
    for _ in range(draw(st.integers(1, 4))):
        before = copy.deepcopy(parts)
        for _ in range(draw(st.integers(0, 2))):
            draw(st.sampled_from([speak, speak, change]))(draw, parts)
        parts.feature = before.feature  # another feature is another index
        at += draw(st.sampled_from([0, 1, 5, 16, 24, 24 * 30, 24 * 300])) * timedelta(hours=1)
        states.append(parts.state())
        instants.append(at)
    return states, instants, Question(parts.use, "f", AT)


@settings(max_examples=300, deadline=None)
@given(histories())
def test_laws_1_2_3_4_what_is_kept_is_what_would_be_made_anew(
    case: tuple[list[ClearanceState], list[datetime], Question],
) -> None:
    """Laws 1, 2, 3, 4: told only who spoke and what changed, the kept catalogue agrees with the plain twin at each step."""
    states, instants, question = case
    index = Index(states[0], question)
    for before, after, at in zip(states[:-1], states[1:], instants[1:], strict=True):
        parties, assets = spoke(before, after), differing(before, after, HELD)
        index.advance(at)
        index.touch(after, at, parties, assets)
        event(f"{len(parties)} spoke, {len(assets)} changed")
        asked = Question(question.use, question.feature, at)
        for asset in ASSETS:
            right = oracle.cleared(after, asked, asset)
            assert {code for code, place in INDEX.items() if index.covers(asset, place)} == right, (asset, at)
            assert index.cleared(asset) == sum(1 << TERRITORIES.index(code) for code in right), (asset, at)
        anew = Index(after, asked).answer(ASSETS)
        assert index.answer(ASSETS).reasons == anew.reasons


@settings(max_examples=100, deadline=None)
@given(histories(), st.sampled_from([None, "FR+JP", "NONE", "WORLD-US"]))
def test_a_brief_answer_is_the_full_one_without_its_sentences(
    case: tuple[list[ClearanceState], list[datetime], Question], where: str | None
) -> None:
    """Kept across every word and midnight, and shared by what rests on the same words, each value is the full answer's."""
    states, instants, question = case
    index = Index(states[0], question)
    briefs = Briefs(index)
    asked_in = None if where is None else TerritorySet.parse(where)
    for before, after, at in zip(states[:-1], states[1:], instants[1:], strict=True):
        index.touch(after, at, spoke(before, after), differing(before, after, HELD))
        asked = Question(question.use, question.feature, at)
        found = json.loads(msgspec.json.encode(briefs.of(ASSETS, asked, None if asked_in is None else asked_in.bits)))
        full = [as_plain(answer, asked_in, False) for answer in rules.decide_many(after, asked, ASSETS).values()]
        assert found == json.loads(msgspec.json.encode(full))
        assert [list(answer) for answer in found] == [list(answer) for answer in full], "in the same order"


@settings(max_examples=300, deadline=None)
@given(histories(), st.integers(0, 24 * 400))
def test_law_9_between_two_turns_time_changes_nothing(
    case: tuple[list[ClearanceState], list[datetime], Question], hours: int
) -> None:
    """Law 9: until the instant the kept catalogue holds to, asking later gives the same answer; then it is made up."""
    states, _, question = case
    index = Index(states[-1], question)
    at = AT + timedelta(hours=hours / 3)
    asked = Question(question.use, question.feature, at)
    if index.holds_until is None or at < index.holds_until:
        event("still holds")
    else:
        event("advanced")
        index.advance(at)
    for asset in ASSETS:
        assert index.cleared(asset) == sum(
            1 << TERRITORIES.index(code) for code in oracle.cleared(states[-1], asked, asset)
        )


@settings(max_examples=300, deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)), st.integers(-2, 2), st.integers(0, 60 * 30))
def test_no_day_begins_between_two_turns(naive: datetime, offset: int, minutes: int) -> None:
    """A day that begins somewhere between two instants is announced: there is a turn after the first and by the second."""
    at = naive.replace(tzinfo=AT.tzinfo)
    day = at.date() + timedelta(days=offset)
    later = at + timedelta(minutes=minutes)

    def begun(when: datetime) -> list[tuple[int, int]]:
        return [(first if one >= day else 0, last if one >= day else 0) for one, first, last in calendar(when)]

    def sums(when: datetime) -> tuple[int, int]:
        found = begun(when)
        return sum(first for first, _ in found), sum(last for _, last in found)

    if sums(at) != sums(later):
        turn = next_turn(at, [day])
        assert turn is not None and at < turn <= later
