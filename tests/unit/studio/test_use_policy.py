"""A feature's use policy: rates that end a day, words kept out however they are spelled, refusals that teach."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.made_once import made_once
from tests.unit.studio.world import ACTOR, World, blend_world

from accord.studio import actions, use_policy
from accord.studio.boundaries import Boundary, UsePolicy, out_of_bounds, over_rate
from accord.studio.records import RemixSource
from accord.terms.refusal import BadInput, Refused

once, world = made_once(blend_world)
BOUND = Boundary("Old Crooner", "a protected voice", "a warm baritone, described", "the Crooner estate")
POLICY = UsePolicy(feature="blend", version=3, person_takes=2, feature_takes=5, boundaries=(BOUND,))


@pytest.mark.parametrize(
    ("prompt", "kept_out"),
    [
        ("like the old crooner at night", True),
        ("OLD-CROONER", True),
        ("oldcrooner please", True),
        ("\u043eld cr\u043e\u043ener", True),  # Cyrillic o
        ("in the old crooner's voice", True),
        ("the 0ld cr00ner", True),
        ("o-l-d-c-r-0-0-n-e-r", True),
        ("oId crooner", True),  # a capital I for a small l
        ("o1d crooners", True),
        ("an old crooned lullaby", False),
        ("crooner old", False),
    ],
)
def test_words_are_kept_out_however_they_are_spelled(prompt: str, kept_out: bool) -> None:
    """In a row, joined, or in letters that look alike; other words pass. The refusal says what instead, and who."""
    refusal = out_of_bounds(POLICY, prompt)
    assert (refusal is not None) is kept_out
    if refusal is not None:
        assert refusal.code == "studio.out-of-bounds"
        assert (
            "a warm baritone" in refusal.hint and "the Crooner estate" in refusal.hint and "version 3" in refusal.hint
        )


@pytest.mark.parametrize(("person", "everybody", "whose"), [(1, 4, None), (2, 4, "a person"), (0, 5, "everybody")])
def test_a_day_has_so_many_takes(person: int, everybody: int, whose: str | None) -> None:
    """Below both rates there is room; at either there is none, and it says whose it is."""
    refusal = over_rate(POLICY, person, everybody)
    assert (refusal is None) if whose is None else (refusal is not None and whose in refusal.because)


def edited(take: str, world: World) -> str:
    """An edit is a take of the day too."""
    return actions.edit(take, "gain -3", world.now(), ACTOR)


@pytest.mark.django_db
def test_the_version_in_force_is_asked_before_anything_is_made(world):
    """One take a day: the second is refused and leaves nothing, the next day it is made; a policy that does not teach is none."""
    session = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    clips = (RemixSource(asset=world["r1"], end_s=4), RemixSource(asset=world["r2"], end_s=4))
    first = use_policy.publish(UsePolicy(feature="blend", person_takes=1, boundaries=(BOUND,)), world.now(), ACTOR)
    assert (first.version, use_policy.in_force("blend").person_takes) == (1, 1)
    with pytest.raises(Refused) as no:
        actions.remix(session, clips, world.now(), ACTOR, prompt="as the Old Crooner")
    assert no.value.refusal.code == "studio.out-of-bounds"
    take = actions.remix(session, clips, world.now(), ACTOR)
    for again in (lambda: actions.remix(session, clips, world.now(), ACTOR), lambda: edited(take, world)):
        with pytest.raises(Refused) as no:
            again()
        assert no.value.refusal.code == "studio.rate"
    assert actions.remix(session, clips, world.now() + timedelta(days=1), ACTOR)
    with pytest.raises(BadInput):
        use_policy.publish(UsePolicy(feature="blend", boundaries=(Boundary("xyz", "", "a", "b"),)), world.now(), ACTOR)
