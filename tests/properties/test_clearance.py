"""Laws 1, 2, 3, 5 and 9 of clearance, on generated catalogues.

| law | test |
|---|---|
| 1 no by default | `test_law_1_taking_a_yes_away_never_clears_more`, `test_law_1_one_no_beats_everything`, `test_law_1_nothing_said_is_no` |
| 1, 2, 3 | `test_laws_1_2_3_rules_and_kernel_agree_with_the_plain_twin` |
| 2 both sides | `test_law_2_what_is_not_cleared_is_named_and_nothing_else` |
| 5 a revocation knows its blast radius | `test_law_5_what_a_no_would_take_is_what_it_takes` |
| 8 every yes carries its because | `test_law_8_a_yes_names_the_deals_and_choices_it_rests_on` |
| 3 consent survives packing | `test_law_3_nothing_packed_is_cleared_beyond_what_it_is_made_of` |
| 3 a yes has a grade | `test_law_3_a_higher_least_grade_never_clears_more` |
| 9 time is handed in | `test_law_9_the_same_question_has_the_same_answer_and_id` |
"""

from __future__ import annotations

import ast
from pathlib import Path

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.oracle import clearance as oracle
from tests.properties.catalogues import ASSETS, AT, PEOPLE, PLACES, catalogues, choice, clean

from accord.clearance import rules
from accord.clearance.index import Index
from accord.clearance.records import ClearanceState, Question
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

Case = tuple[ClearanceState, Question]
some = settings(max_examples=150, deadline=None)


@settings(max_examples=500, deadline=None)
@given(catalogues())
def test_laws_1_2_3_rules_and_kernel_agree_with_the_plain_twin(case: Case) -> None:
    """Laws 1, 2, 3: one asset at a time, the whole catalogue at once and plain loops give the same territories."""
    state, question = case
    whole = Index(state, question).answer(ASSETS)
    answers = rules.decide_many(state, question, ASSETS)
    for number, asset in enumerate(ASSETS):
        right = oracle.cleared(state, question, asset)
        event("cleared everywhere" if len(right) == len(PLACES) else "somewhere" if right else "nowhere")
        assert set(answers[asset].cleared) == right, asset
        assert set(whole.cleared(number)) == right, asset


@pytest.mark.parametrize("use", sorted(Use))
def test_a_clean_catalogue_is_cleared_wherever_the_feature_is(use: Use) -> None:
    """Everybody agreed: each asset is cleared in every territory of the feature, and has no shortfall."""
    fits = ("R1", "R2", "S", "M") if use in (Use.VOICE, Use.LIKENESS) else ASSETS
    answers = rules.decide_many(clean(use), Question(use, "f", AT), ASSETS)
    assert {asset for asset, answer in answers.items() if answer.cleared == PLACES} == set(fits)
    assert all(not answers[asset].shortfalls for asset in fits)


@some
@given(catalogues())
def test_law_2_what_is_not_cleared_is_named_and_nothing_else(case: Case) -> None:
    """Law 2: the shortfalls cover exactly the territories that are not cleared, each with a sentence."""
    state, question = case
    for answer in rules.decide_many(state, question, ASSETS).values():
        missing = WORLD - WORLD
        for short in answer.shortfalls:
            assert short.because and short.because[-1] != "."
            missing |= short.territories
        assert missing == answer.offered - answer.cleared


@some
@given(catalogues(), st.integers(0, 30))
def test_law_1_taking_a_yes_away_never_clears_more(case: Case, number: int) -> None:
    """Law 1: without one of the yeses or grants, no asset is cleared anywhere it was not."""
    state, question = case
    yeses = [c for said in state.choices.values() for c in said if c.answer == "yes"]
    grants = [g for granted in state.grants.values() for g in granted]
    if not (found := [*yeses, *grants]):
        return
    gone = found[number % len(found)]
    less = msgspec.structs.replace(
        state,
        choices={p: tuple(c for c in said if c is not gone) for p, said in state.choices.items()},
        grants={p: tuple(g for g in granted if g is not gone) for p, granted in state.grants.items()},
    )
    before, after = (rules.decide_many(s, question, ASSETS) for s in (state, less))
    assert all(after[asset].cleared <= before[asset].cleared for asset in ASSETS)


@some
@given(catalogues(), st.sampled_from(PEOPLE))
def test_law_1_one_no_beats_everything(case: Case, person: str) -> None:
    """Law 1: after a person's no to everything, nothing that person is credited on is cleared on the side it is about."""
    state, question = case
    no = choice("no", person, question.use, "no")
    refused = msgspec.structs.replace(
        state, choices={**state.choices, person: (*state.choices.get(person, ()), no)}, public_domain={}
    )
    roles = {"writer"} if question.use in (Use.TRAIN, Use.STYLE, Use.REMIX, Use.COVER) else set()
    for asset, answer in rules.decide_many(refused, question, ASSETS).items():
        one = refused.assets[asset]
        on_recording = one.kind == "recording" and question.use is not Use.COVER
        concerned = any(c.party == person and (on_recording or c.role in roles) for c in one.credits)
        if concerned and (one.kind != "recording" or on_recording):
            assert not answer.cleared, asset


@some
@given(
    catalogues(),
    st.sampled_from([*PEOPLE, "L", "P1"]),
    st.sampled_from([None, *ASSETS]),
    st.sampled_from(["FR", "WORLD"]),
)
def test_law_5_what_a_no_would_take_is_what_it_takes(case: Case, person: str, asset: str | None, where: str) -> None:
    """Law 5: told before, of each asset exactly the territories that the plain twin finds cleared without the no and not
    with it."""
    state, question = case
    no = choice("no", person, question.use, "no", asset=asset, territories=TerritorySet.parse(where))
    refused = msgspec.structs.replace(state, choices={**state.choices, person: (*state.choices.get(person, ()), no)})
    lost = rules.would_lose(state, question, no, ASSETS)
    for one in ASSETS:
        taken = oracle.cleared(state, question, one) - oracle.cleared(refused, question, one)
        assert set(TerritorySet(lost[one])) == taken


@some
@given(catalogues())
def test_law_1_nothing_said_is_no(case: Case) -> None:
    """Law 1: where nobody chose anything, only what needs nobody is cleared: free works and their encodings."""
    state, question = case
    silent = msgspec.structs.replace(state, choices={})
    for asset, answer in rules.decide_many(silent, question, ASSETS).items():
        if question.use is not Use.COVER:
            assert not answer.cleared or state.assets[asset].kind in ("work", "score"), asset


@some
@given(catalogues())
def test_law_3_nothing_packed_is_cleared_beyond_what_it_is_made_of(case: Case) -> None:
    """Law 3: whatever is wrong, a stem, a remix, a recording or an encoding is cleared nowhere that one of the things it is
    made of is not."""
    state, question = case
    answers = rules.decide_many(state, question, [asset for asset in ASSETS if asset in state.assets])
    for asset, answer in answers.items():
        for part in oracle.everything_in(state, question, asset) or ():
            event("packed" if answer.cleared and part != asset else "alone")
            assert answer.cleared <= answers[part].cleared, (asset, part)


@some
@given(catalogues())
def test_law_8_a_yes_names_the_deals_and_choices_it_rests_on(case: Case) -> None:
    """Law 8: the deals and the yeses of an answer are those by which the plain twin finds it cleared, and every obligation
    of those deals comes back with it."""
    state, question = case
    grants = {g.deal: g for granted in state.grants.values() for g in granted}
    for asset, answer in rules.decide_many(state, question, ASSETS).items():
        deals, yeses = oracle.rests_on(state, question, asset)
        event(f"{len(deals)} deals")
        assert set(answer.deals) == deals, asset
        assert set(answer.choices) == yeses, asset
        for asked in (grants[deal].conditions for deal in deals):
            assert asked.credit_line is None or asked.credit_line in (answer.conditions.credit_line or ""), asset
            assert answer.conditions.non_commercial or not asked.non_commercial, asset


@some
@given(catalogues())
def test_law_3_a_higher_least_grade_never_clears_more(case: Case) -> None:
    """Law 3: asking for the person's own yes clears no more than asking for a mandate, and that no more than less."""
    state, question = case
    cleared = []
    for grade in (2, 3, 4):
        asked = msgspec.structs.replace(state.features["f"], minimum_grade={question.use: grade})
        at_least = msgspec.structs.replace(state, features={"f": asked})
        cleared.append(rules.decide_many(at_least, question, ASSETS))
    for asset in ASSETS:
        assert cleared[2][asset].cleared <= cleared[1][asset].cleared <= cleared[0][asset].cleared


@some
@given(catalogues())
def test_law_9_the_same_question_has_the_same_answer_and_id(case: Case) -> None:
    """Law 9: asked twice of the same state, the answer is equal to the last sentence, and so is its id."""
    state, question = case
    assert rules.decide_many(state, question, ASSETS) == rules.decide_many(state, question, ASSETS)
    again = msgspec.structs.replace(state, known=state.known + 1)
    first, later = (rules.decide(s, question, "R1").decision for s in (state, again))
    assert first != later


def test_the_plain_twin_calls_no_rule() -> None:
    """What judges the rules imports records and tables of words alone."""
    tree = ast.parse(Path(oracle.__file__).read_text())
    imported = {
        (node.module or "", name.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    ours = {(module, name) for module, name in imported if module.startswith("accord")}
    tables = {("accord.terms.territory", "TERRITORIES"), ("accord.terms.territory", "ZONES")}
    days = {("accord.terms.period", "DayPeriod")}  # read as two dates: `covers` here is the twin's own
    assert {pair for pair in ours if not pair[0].endswith(".records")} == tables | days
    assert not {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & {
        "territories_at", "state_at", "active_at", "grade_needed", "people", "complete", "contested"
    }  # fmt: skip
