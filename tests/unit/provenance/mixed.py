"""A creation that is ready to be released."""

from __future__ import annotations

from tests.unit.studio.world import ACTOR, World, blend_world

from accord.attribution import actions as attribution
from accord.studio import actions as studio
from accord.studio.records import RemixSource


def two_airs() -> World:
    """Two cleared recordings, a live feature, and a remix that was submitted and attributed."""
    world = blend_world()
    world.ids["take"] = made_of_two_airs(world)
    world.ids["creation"] = studio.submit(world["take"], world.now(), ACTOR, "Two airs")
    attribution.attribute(world["creation"], world.now(), ACTOR)
    return world


def made_of_two_airs(world: World) -> str:
    """The take: the second air laid over the first, in a session of its own."""
    session = studio.open_session(world["fan"], "blend", world.now(), ACTOR)
    sources = (RemixSource(asset=world["r1"], end_s=7), RemixSource(asset=world["r2"], end_s=7, offset_s=3, gain=0.5))
    return studio.remix(session, sources, world.now(), ACTOR)
