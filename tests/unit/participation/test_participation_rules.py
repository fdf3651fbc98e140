"""Who may say what for whom, how much it weighs, and what it replaces."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.participation import rules
from accord.participation.records import Choice
from accord.participation.rules import Effect, Ground, Saying
from accord.parties.records import Mandate, MandateKind
from accord.terms.period import DayPeriod
from accord.terms.refusal import BadInput, Refused
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
FR, JP = TerritorySet.of("FR"), TerritorySet.of("JP")


def saying(**more: Any) -> Saying:
    """N says yes to training for everything, everywhere, in person, unless said otherwise."""
    whole: dict[str, Any] = {
        "person": "N",
        "spoken_by": "N",
        "use": Use.TRAIN,
        "feature": "f",
        "territories": WORLD,
        "asset": None,
        "answer": "yes",
        "source": "person",
        "mandate": None,
        "at": AT,
        **more,
    }
    return Saying(**whole)


def mandate(**more: Any) -> Mandate:
    """M speaks for N about training, from 1 January."""
    whole: dict[str, Any] = {"uses": frozenset({Use.TRAIN}), "period": DayPeriod(date(2026, 1, 1)), **more}
    return Mandate(
        id="man", kind=MandateKind.MANAGER, representative="M", person="N", evidence="", known_from=1, **whole
    )


def standing(id: str = "c", grade: int = 4, **more: Any) -> Choice:
    """A choice that stands."""
    said = saying(**more)
    return Choice(
        id=id,
        person=said.person,
        spoken_by=said.spoken_by,
        use=said.use,
        feature=said.feature,
        territories=said.territories,
        asset=said.asset,
        answer=said.answer,
        source=said.source,
        grade=grade,
        mandate=None,
        at=AT,
    )


def refusal(said: Saying, ground: Ground) -> str:
    """The code of the refusal it meets."""
    with pytest.raises(Refused) as no:
        rules.weigh(said, ground)
    return no.value.refusal.code


def test_law_3_a_verified_persons_own_yes_has_grade_four() -> None:
    """Law 3: the person from a verified account weighs most."""
    assert rules.weigh(saying(), Ground(verified=True)) == (4, None)


def test_law_3_an_unverified_yes_is_refused_and_an_unverified_no_is_heard() -> None:
    """Law 3: a yes needs a verified account; law 4: a no is never turned away."""
    assert refusal(saying(), Ground(verified=False)) == "participation.not-verified"
    assert rules.weigh(saying(answer="no"), Ground(verified=False)) == (4, None)


def test_law_3_a_mandate_carries_the_uses_it_names_and_no_other() -> None:
    """Law 3: a representative's yes has grade three when the mandate names the use, and is refused when it does not."""
    said = saying(spoken_by="M", source="representative")
    assert rules.weigh(said, Ground(verified=True, mandates=(mandate(),))) == (3, "man")
    silent = mandate(uses=frozenset({Use.REMIX}))
    assert refusal(said, Ground(verified=True, mandates=(silent,))) == "participation.mandate-silent"
    assert refusal(said, Ground(verified=True)) == "participation.no-mandate"


def test_a_mandate_speaks_on_its_own_days_only() -> None:
    """A yes under a mandate that is over, or has not begun in some territory it speaks of, is refused."""
    over = mandate(period=DayPeriod(date(2026, 1, 1), date(2026, 6, 1)))
    said = saying(spoken_by="M", source="representative")
    assert refusal(said, Ground(verified=True, mandates=(over,))) == "participation.mandate-over"
    begins_today = mandate(period=DayPeriod(date(2026, 6, 2)))
    late = saying(spoken_by="M", source="representative", at=AT.replace(hour=16))
    assert refusal(late, Ground(verified=True, mandates=(begins_today,))) == "participation.mandate-over"
    in_japan = saying(spoken_by="M", source="representative", at=AT.replace(hour=16), territories=JP)
    assert rules.weigh(in_japan, Ground(verified=True, mandates=(begins_today,)))[0] == 3


def test_a_representatives_no_needs_any_mandate() -> None:
    """Law 4: whoever holds a mandate for anything may say no."""
    silent = mandate(uses=frozenset({Use.REMIX}))
    said = saying(spoken_by="M", source="representative", answer="no")
    assert rules.weigh(said, Ground(verified=True, mandates=(silent,))) == (3, "man")


@pytest.mark.parametrize("source", ["label-clause", "blanket-default"])
@pytest.mark.parametrize("use", [Use.VOICE, Use.LIKENESS])
def test_law_3_no_clause_and_no_default_speaks_for_a_voice_or_a_face(source: str, use: Use) -> None:
    """Law 3: voice and likeness need the person or a mandate; a label's clause is refused by its number."""
    said = saying(use=use, source=source, spoken_by="L", mandate="dea/7")
    everything = Ground(verified=True, clause_known=True, clause_uses=frozenset(Use))
    assert refusal(said, everything) == "participation.needs-the-person"


def test_a_labels_clause_must_be_in_force_and_name_the_use() -> None:
    """Law 3: a label's yes names a clause that stands, and that clause names the use in the feature."""
    said = saying(source="label-clause", spoken_by="L", mandate="dea/7")
    assert refusal(said, Ground(verified=False)) == "participation.no-clause"
    assert refusal(said, Ground(verified=False, clause_known=True)) == "participation.clause-silent"
    good = Ground(verified=False, clause_known=True, clause_uses=frozenset({Use.TRAIN}))
    assert rules.weigh(said, good) == (2, "dea/7")


@pytest.mark.parametrize(
    "more",
    [{"answer": "maybe"}, {"source": "friend"}, {"territories": TerritorySet()}, {"spoken_by": "M"}],
)
def test_what_is_no_choice_is_bad_input(more: dict[str, Any]) -> None:
    """Another answer, another source, nowhere, or a person who is not the person: a sentence each."""
    with pytest.raises(BadInput):
        rules.weigh(saying(**more), Ground(verified=True))


def test_a_no_closes_the_yes_it_covers() -> None:
    """A no to everything closes the yeses to everything and to single recordings, and is a withdrawal."""
    yeses = [standing("all"), standing("one", asset="R1"), standing("elsewhere", feature="g")]
    assert rules.effect(saying(answer="no"), 4, yeses) == Effect(("all", "one"), (), True)


def test_a_no_to_one_recording_leaves_the_wider_yes() -> None:
    """A no to R2 stands beside the yes to everything; it takes that yes back for R2."""
    assert rules.effect(saying(answer="no", asset="R2"), 4, [standing("all")]) == Effect((), (), True)


def test_a_no_in_one_country_leaves_the_yes_elsewhere() -> None:
    """Closed in part, a yes goes on where the no does not reach."""
    yes = standing("all")
    assert rules.effect(saying(answer="no", territories=JP), 4, [yes]) == Effect(("all",), ((yes, WORLD - JP),), True)


def test_a_no_without_a_yes_takes_nothing_back() -> None:
    """A first no is a choice and not a withdrawal."""
    assert rules.effect(saying(answer="no"), 4, []) == Effect((), (), False)


def test_a_later_yes_lifts_the_same_persons_no_about_the_same_thing() -> None:
    """A yes to everything lifts the no to everything, not the no to one recording."""
    noes = [standing("all", answer="no"), standing("one", answer="no", asset="R1")]
    assert rules.effect(saying(), 4, noes) == Effect(("all",), (), False)


def test_a_persons_no_is_not_lifted_by_a_weaker_word() -> None:
    """Law 1: what the person refused, a representative or a label does not take off again."""
    refused = standing("no", answer="no", grade=4)
    assert rules.effect(saying(), 3, [refused]).closes == ()
    assert rules.effect(saying(), 4, [refused]).closes == ("no",)


@given(st.lists(st.tuples(st.sampled_from(["yes", "no"]), st.sampled_from([WORLD, FR, JP]), st.integers(1, 4))))
def test_law_1_after_a_no_no_yes_is_left_standing_there(said: list[tuple[str, TerritorySet, int]]) -> None:
    """Law 1: whatever was said before, after a no to everything no yes stands where it reaches."""
    before = [standing(str(i), grade, answer=a, territories=t) for i, (a, t, grade) in enumerate(said)]
    done = rules.effect(saying(answer="no", territories=FR), 1, before)
    left = [c for c in before if c.id not in done.closes] + [standing(territories=t) for c, t in done.remainders]
    assert all(not c.territories & FR for c in left if c.answer == "yes")
