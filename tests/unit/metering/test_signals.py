"""Plays that stand out become cases for a reader."""

from __future__ import annotations

import json

import pytest
from tests.unit.metering.made import ACTOR, AT, event

from accord.integrity import queries as integrity
from accord.integrity.records import CaseKind
from accord.metering import actions, signals
from accord.metering.periods import parse
from accord.parties.viewer import SYSTEM

pytestmark = pytest.mark.django_db
Q3 = parse("2026-Q3")


def test_few_listeners_on_an_impossible_day_are_one_case():
    """1,200 plays of 100 seconds by one listener on one day: said twice, opened once, and nothing is held."""
    plays = [event(f"e{n:04d}", seconds=100) for n in range(1_200)]
    plays += [event(f"f{n:04d}", creation="cre_2", user=f"x{n}") for n in range(1_200)]
    actions.ingest([json.dumps(one).encode() for one in plays], "x", AT, ACTOR)
    said = [signals.sentence(one) for one in signals.signals(Q3)]
    assert said == [
        "100.0 % of its 1,200 plays in 2026-Q3 come from one listener",
        "100.0 % of its 1,200 plays in 2026-Q3 are of one listener on days with more listening than a day is long",
    ]
    (case,) = signals.open_cases(Q3, AT, ACTOR)
    assert signals.open_cases(Q3, AT, ACTOR) == [case]
    (found,) = integrity.cases(SYSTEM, kind=CaseKind.PLAYS)
    assert (found.id, found.subject, found.because) == (case, "cre_1", "; ".join(said))


def test_what_was_taken_back_does_not_stand_out():
    """The rules read the events that stand: voided plays are none. A quarter without any is silent."""
    assert signals.signals(Q3) == []
    plays = [event(f"e{n:04d}") for n in range(1_000)]
    actions.ingest([json.dumps(one).encode() for one in plays], "x", AT, ACTOR)
    assert [one.rule for one in signals.signals(Q3)] == ["plays_by_few"]
    actions.ingest([json.dumps(event("v", kind="void", corrects="e0000")).encode()], "x", AT, ACTOR)
    assert signals.signals(Q3) == []
