"""Laws 1, 2 and 8 of the licensing team's worklist: what it counts is what the plain twin counts, and its steps do clear."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import msgspec
import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.oracle import clearance as oracle
from tests.oracle import unlock as twin
from tests.properties.catalogues import ASSETS, AT, PLACES, SOME, catalogues, choice, grant
from tests.properties.test_clearance_index import differing, histories, spoke

from accord.clearance.index import Index
from accord.clearance.records import ClearanceState, Question
from accord.clearance.unlock import Lacking, Tally, heard, ranked
from accord.participation.records import Source
from accord.terms.territory import INDEX, TerritorySet

HEARD = st.dictionaries(
    st.sampled_from(ASSETS), st.dictionaries(st.sampled_from(sorted(PLACES)), st.integers(1, 9)), max_size=4
)


def counted(index: Index, where: TerritorySet, plays: dict[str, dict[str, int]]) -> tuple[Lacking, Tally]:
    """What every asset of an index lacks, counted by the kernel."""
    numbers = np.array([index.numbers[asset] for asset in ASSETS])
    bits = where.bits & index.layout.bits
    lacking = Lacking(index.layout, numbers, len(index.steps), bits, heard(ASSETS, plays))
    return lacking, lacking.tally()


def named(index: Index, number: int) -> twin.Step:
    """A step as the twin names it."""
    step = index.steps[number]
    return str(step.matter), step.who, step.side


def per_step(index: Index, counts: np.ndarray) -> Counter[twin.Step]:
    """Counts by step, as the twin names them; none where it is nought."""
    return Counter({named(index, number): int(n) for number, n in enumerate(counts) if n})


@settings(max_examples=60, deadline=None)
@given(catalogues(), SOME, HEARD)
def test_laws_1_2_8_the_worklist_counts_what_the_plain_twin_counts(
    case: tuple[ClearanceState, Question], where: TerritorySet, plays: dict[str, dict[str, int]]
) -> None:
    """Per step: assets it alone would clear, assets that lack it, and plays; per territory: cleared, and one step away."""
    state, question = case
    index = Index(state, question)
    lacking, tally = counted(index, where, plays)
    places = sorted(TerritorySet(where.bits & index.layout.bits))
    lacked = {(one, place): twin.lacked(state, question, one, place) for one in ASSETS for place in places}
    for (one, place), steps in lacked.items():
        assert (not steps) == oracle.is_cleared(state, question, one, place), (one, place)
    single = {where: next(iter(steps)) for where, steps in lacked.items() if len(steps) == 1}
    alone = Counter(step for step, _ in {(step, one) for (one, _), step in single.items()})
    among = Counter(step for step, _ in {(step, one) for (one, _), steps in lacked.items() for step in steps})
    heard_of = {key: plays.get(key[0], {}).get(key[1], 0) for key in lacked}
    event(f"{len(single)} single, {len(among)} steps")
    assert per_step(index, tally.alone) == alone
    assert per_step(index, tally.among) == among
    assert per_step(index, tally.plays) == +sum((Counter({s: heard_of[key]}) for key, s in single.items()), Counter())
    waits = [Counter(dict.fromkeys(steps, heard_of[key])) for key, steps in lacked.items()]
    assert per_step(index, tally.waiting) == +sum(waits, Counter())
    for place in places:
        here = [steps for (_, there), steps in lacked.items() if there == place]
        assert tally.cleared[INDEX[place]] == sum(not steps for steps in here)
        assert tally.away[INDEX[place]] == sum(len(steps) == 1 for steps in here)
    assert tally.somewhere == len({one for one, _ in single})
    assert tally.cleared.sum() + tally.away.sum() == sum(len(steps) < 2 for steps in lacked.values())
    _in_each_place(index, lacking, tally, lacked, heard_of)
    rank = np.argsort(sorted(range(len(index.steps)), key=lambda number: index.steps[number]))
    order = [(named(index, step), adds) for step, adds in lacking.greedily(tally, rank, 99)]
    assert order == twin.greedy(state, question, list(ASSETS), places)


def _in_each_place(index, lacking, tally, lacked, heard_of) -> None:  # type: ignore[no-untyped-def]
    """The same territory by territory, and an example of each step."""
    chosen = ranked(tally, np.arange(len(index.steps)), 3)
    found = lacking.places(chosen)
    for row, number in enumerate(chosen):
        step = named(index, number)
        for place in sorted({place for _, place in lacked}):
            here = [(one, steps) for (one, there), steps in lacked.items() if there == place]
            assert found.among[row, INDEX[place]] == sum(step in steps for _, steps in here)
            assert found.alone[row, INDEX[place]] == sum(steps == {step} for _, steps in here)
            played = sum(heard_of[one, place] for one, steps in here if steps == {step})
            assert found.plays[row, INDEX[place]] == played
        example = ASSETS[found.example[row]]
        assert any(step in steps for (one, _), steps in lacked.items() if one == example)


@settings(max_examples=60, deadline=None)
@given(catalogues(), st.sampled_from(sorted(PLACES)))
def test_laws_1_2_a_grant_that_alone_would_clear_does(case: tuple[ClearanceState, Question], place: str) -> None:
    """Given the missing yes or deal where nobody said no, each recording one step away is cleared, by the plain twin."""
    state, question = case
    feature = state.features["f"]
    live = question.before_launch or oracle.stands(feature.states, question.at) == "live"
    if not live or place not in feature.territories or question.use not in feature.uses:
        return
    for one in ASSETS:
        steps = twin.lacked(state, question, one, place)
        if len(steps) != 1 or any(said.answer == "no" for some in state.choices.values() for said in some):
            continue
        ((matter, who, _),) = steps
        after = _given(state, question, matter, who)
        if after is not None:
            event(matter)
            assert oracle.is_cleared(after, question, one, place), steps


def _given(state: ClearanceState, question: Question, matter: str, who: str) -> ClearanceState | None:
    """The state once a party granted everything, or a person said yes to everything in person; None for another step."""
    if matter == "deal":
        deals = (*state.grants.get(who, ()), grant(who, "new"))
        # a collective that claims in its own name grants what its member opted in to: that yes is the member's word
        if any(joined.collective == who for some in state.memberships.values() for joined in some):
            return None
        return msgspec.structs.replace(state, grants={**state.grants, who: deals})
    if matter == "choice":
        # said now, so after the feature was proposed
        said = choice("new", who, question.use, source=Source.PERSON, known_from=10, at=AT - timedelta(days=1))
        return msgspec.structs.replace(state, choices={**state.choices, who: (*state.choices.get(who, ()), said)})
    return None


@settings(max_examples=60, deadline=None)
@given(histories())
def test_law_4_the_worklist_follows_what_was_said(case: tuple[list[ClearanceState], list, Question]) -> None:  # type: ignore[type-arg]
    """Law 4: kept and brought up to date, it counts what an index made anew would count."""
    states, instants, question = case
    index = Index(states[0], question)
    for before, after, at in zip(states[:-1], states[1:], instants[1:], strict=True):
        index.advance(at)
        index.touch(
            after, at, spoke(before, after), differing(before, after, ("assets", "claims", "public_domain", "holds"))
        )
    anew = Index(states[-1], Question(question.use, question.feature, instants[-1]))
    for one, other in zip(counted(index, PLACES, {}), counted(anew, PLACES, {}), strict=True):
        if isinstance(one, Tally) and isinstance(other, Tally):
            assert per_step(index, one.alone) == per_step(anew, other.alone)
            assert per_step(index, one.among) == per_step(anew, other.among)
            assert (one.cleared == other.cleared).all() and (one.away == other.away).all()
