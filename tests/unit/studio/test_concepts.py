"""Concept tests: the interval is right at any time, a person votes once, it stops when it should, and nobody peeks."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_once import made_once
from tests.unit.studio.world import ACTOR, World, blend_world

from accord.parties.viewer import Role, Viewer
from accord.studio import actions, concepts, voting
from accord.studio.records import RemixSource
from accord.terms.refusal import NotThere, Refused

once, world = made_once(blend_world)


@pytest.mark.parametrize("p", [0.5, 0.2])
def test_looking_after_every_vote_errs_in_at_most_one_of_twenty(p: float) -> None:
    """The exact chance that the interval ever leaves the truth out within 120 votes: walked over all ways to vote."""
    alive, missed = {0: 1.0}, 0.0
    for votes in range(1, 121):
        after: dict[int, float] = {}
        for first, chance in alive.items():
            for one, part in ((first + 1, p), (first, 1 - p)):
                after[one] = after.get(one, 0.0) + chance * part
        out = {first for first in after if voting.won(first, votes, p) >= log(1 / voting.ALPHA)}
        missed += sum(after[first] for first in out)
        alive = {first: chance for first, chance in after.items() if first not in out}
    assert 0 < missed <= voting.ALPHA


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_interval_holds_what_was_seen_and_turns_with_the_sides(first: int, second: int) -> None:
    """What was seen lies inside, its ends are where the bet wins, and the same votes the other way round mirror it."""
    found, mirrored = (voting.standing(side, first + second) for side in (first, second))
    assert 0 <= found.low <= (first / (first + second) if first + second else 0.5) <= found.high <= 1
    assert (found.low, found.high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-9)
    for end in (found.low, found.high):
        assert end in (0.0, 1.0) or voting.won(first, first + second, end) == pytest.approx(log(20), abs=1e-3)


@pytest.fixture
def asked(world: World) -> str:
    """A test of a remix and its quieter edit, of at most 30 people."""
    session = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    sources = (RemixSource(asset=world["r1"], end_s=5), RemixSource(asset=world["r2"], end_s=5))
    world.ids["a"] = actions.remix(session, sources, world.now(), ACTOR)
    world.ids["b"] = actions.edit(world["a"], "gain -6", world.now(), ACTOR)
    return concepts.open_concept(world["a"], world["b"], "", 30, world.now(), ACTOR)


def person(number: int, *parties: str) -> Viewer:
    """Somebody signed in."""
    return Viewer(account=f"acc_{number}", roles=frozenset({Role.CREATOR}), parties=frozenset(parties))


@pytest.mark.django_db
def test_one_vote_a_person_until_it_is_decided(world, asked):
    """A second vote, the maker's own and one after the end are refused; ten of ten for one take decide; facts know no person."""
    from accord.journal.models import JournalEntry

    code = []
    for number in (1, 1, 2):
        viewer = person(number, *([world["fan"]] if number == 2 else []))
        try:
            concepts.vote(asked, world["a"], viewer, world.now())
        except Refused as no:
            code.append(no.refusal.code)
    assert code == ["studio.voted-already", "studio.own-concept"]
    number = 10
    while not concepts.by_id(asked).closed:
        concepts.vote(asked, world["a"], person(number), world.now())
        number += 1
    found = concepts.by_id(asked)
    assert (found.closed, found.votes, voting.standing(found.votes_first, found.votes).leads) == ("decided", 8, 1)
    with pytest.raises(Refused) as no:
        concepts.vote(asked, world["b"], person(99), world.now())
    assert no.value.refusal.code == "studio.concept-closed"
    bodies = [
        str(row) for row in JournalEntry.objects.filter(kind="studio.concept-voted").values_list("canonical", "actor")
    ]
    assert len(bodies) == 8 and not any("acc_" in body for body in bodies)


@pytest.mark.django_db
def test_the_page_gives_credits_to_everybody_and_the_result_to_nobody_before_the_end(world, asked, client):
    """Behind its link: both takes are heard and name who is in them; a wrong link leads nowhere; a result shows after the end."""
    page = f"/concepts/{asked}/{concepts.mark(asked)}"
    shown = client.get(page).content.decode()
    assert "Air 1" in shown and "Air 2" in shown and "prefer take A" not in shown.replace("I prefer", "")
    assert client.get(f"{page}/{world['a']}.wav").status_code == 200
    assert client.get(f"/concepts/{asked}/{'0' * 24}").status_code == 404
    concepts.close(asked, world.now(), ACTOR)
    assert "it has ended" in client.get(page).content.decode()
    with pytest.raises(NotThere):
        concepts.behind("con_000000", "x")
