"""One creation, two models: a statement's lines say through which of them a work earned, and why."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.payouts.house import ACTOR, AT, CLOSING, story_6

from accord.attribution.facts import CreationAttributed
from accord.attribution.records import BY_TOKENS, Attribution, ShareKind, ShareRow
from accord.journal.actions import writing
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, bound, queries, sheet
from accord.payouts.dividing import attributed
from accord.payouts.order import ORDERS


def twice(ids: dict[str, str]) -> None:
    """What cre_2 earns goes to X by what two models learned from it: three parts and one."""
    rows = tuple(
        ShareRow(
            subject=ids["X"],
            kind=ShareKind.SOURCE,
            units=units,
            method=BY_TOKENS,
            because=f"{units} of 9 sealed tokens in {seal}",
        )
        for units, seal in ((3, "seal_000001"), (1, "seal_000002"))
    )
    with writing(ACTOR, AT) as journal:
        journal.append(
            CreationAttributed(
                creation="cre_2", feature="blend", total_units=4, rows=rows, method_version="4", split_version=1
            )
        )


@pytest.mark.django_db
def test_a_line_is_walked_back_through_each_of_two_models_of_one_creation():
    """Both parts with their because, and together what was earned: one was told alone, and the sum did not follow from it."""
    ids = story_6()
    twice(ids)
    actions.close("2026-Q3", CLOSING, ACTOR)
    (head,) = queries.statements(SYSTEM, "2026-Q3", ids["L1"])
    steps = queries.explain(SYSTEM, head.id, 1)
    told = [step.because for step in steps if step.step == "attribution" and step.rests_on == "cre_2"]
    assert told == [
        f"3/4 of cre_2 is {ids['X']}, by sealed tokens: 3 of 9 sealed tokens in seal_000001",
        f"1/4 of cre_2 is {ids['X']}, by sealed tokens: 1 of 9 sealed tokens in seal_000002",
    ]
    (method,) = [step.because for step in steps if step.step == "method"]
    assert method == "this money was divided so: 66.6667 % stated; 33.3333 % by sealed tokens"
    (pool,) = [step.because for step in steps if step.step == "pool"]
    assert pool == "1,000.00 EUR × 3/4 = 750.00 EUR"  # 3 of 4 listens × 2/3, and the fourth whole


@given(st.lists(st.tuples(st.sampled_from(["m1", "m2", "m3"]), st.booleans()), max_size=6))
def test_a_line_is_told_of_those_models_alone_that_learned_from_its_work(models: list[tuple[str, bool]]):
    """Of each model that holds it, and of none that is known not to; one that nothing is known of is told of everywhere."""
    holds = dict(models)
    said = [{"feature": "f", "model": one, "said": f"by {one}"} for one in ("m1", "m2", "m3")]
    document: dict[str, Any] = {"attribution": said}
    line = {"line": 1, "kind": "source", "feature": "f", "subject": "scr_1", "amount_micros": "1"}
    learned = {one: {"scr_1"} if held else set() for one, held in holds.items()}
    (told,) = sheet.told(document, [line], learned)
    assert told.get("attribution", []) == [f"by {one}" for one in ("m1", "m2", "m3") if holds.get(one, True)]


def test_two_models_of_one_day_are_told_apart():
    """By the day they were trained, and where that is the same by the minute, and else by their ids."""
    called = bound.called({"mdl_1": AT, "mdl_2": AT.replace(hour=11), "mdl_3": AT.replace(hour=11), "mdl_4": CLOSING})
    assert called == {
        "mdl_1": "its model of 2026-06-01, 09:00",
        "mdl_2": "its model of 2026-06-01, 11:00 (mdl_2)",
        "mdl_3": "its model of 2026-06-01, 11:00 (mdl_3)",
        "mdl_4": "its model of 2026-10-05",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("version", "plays"), [("4", 5), ("9", 5), ("10", 4), ("11", 4)])
def test_a_listen_is_counted_once_however_many_models_it_earned_by(version: str, plays: int, monkeypatch: Any):
    """X was heard three times in cre_1 and once in cre_2, in which two models learned from it: four plays, and the same money.

    Until version 9 the fourth was told twice; a period that was closed so is made again so.
    """
    ids = story_6()
    twice(ids)
    monkeypatch.setattr(actions, "CURRENT", ORDERS[version])
    actions.close("2026-Q3", CLOSING, ACTOR)
    monkeypatch.undo()
    (head,) = queries.statements(SYSTEM, "2026-Q3", ids["L1"])
    (line,) = queries.statement(SYSTEM, head.id)["lines"]
    assert (line["plays"], line["earned_micros"]) == (plays, "750000000")
    assert queries.reproduce("2026-Q3").same


ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(list(ShareKind)), st.integers(0, 9)), max_size=9)


@given(st.lists(ROWS, max_size=4))
def test_what_falls_on_one_subject_is_one_share_of_the_same_size(creations: list[Any]):
    """By creation, kind and subject: no two rows, and the units of all."""
    every = [
        Attribution(
            creation=f"cre_{number}", feature="f", total_units=9, version="1", split_version=1, evidence=None, at=AT, known_from=1,
            rows=tuple(ShareRow(subject=s, kind=k, units=u, method=f"{n}", because="") for n, (s, k, u) in enumerate(rows)),
        )
        for number, rows in enumerate(creations)
    ]  # fmt: skip
    each, once = attributed(every, False), attributed(every, True)
    sums = Counter[tuple[str, str, str]]()
    for one in each:
        sums[one.creation, one.kind, one.subject] += one.units
    assert [(one.creation, one.kind, one.subject, one.units) for one in once] == [
        (*key, units) for key, units in sorted(sums.items())
    ]
    assert len(each) == sum(units > 0 for rows in creations for _, _, units in rows)
