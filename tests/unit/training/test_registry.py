"""The registry through its doors: a successor is compared, promoted, and taken back, each a fact."""

from __future__ import annotations

import pytest
from tests.made_once import made_once
from tests.unit.studio.world import World
from tests.unit.training.test_models import refused
from tests.unit.training.world import ACTOR, PLAN, compose_world, no, sealed, shape, trained

from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.terms.refusal import BadInput
from accord.training import actions, learning, queries, registry
from accord.training.records import ModelState

pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")
pytestmark = pytest.mark.django_db
once, world = made_once(compose_world)


def test_a_successor_is_compared_promoted_and_taken_back(world: World) -> None:
    """Trained longer, it loses less on the works both held out, says so, serves, and gives way again with a reason."""
    seal = sealed(world)
    first = actions.promote(trained(world, seal).id, world.now(), ACTOR)
    longer = learning.Plan(steps=30, batch=8, warm_up=1, seed=PLAN.seed)
    second = actions.train(seal.id, 1, at=world.now(), actor=ACTOR, plan=longer, shape=shape())
    compared = registry.compare(second.id, first.id, world.now(), ACTOR).compared
    assert compared is not None and compared.better and compared.works == len(first.held_out) == 1
    assert compared.words().encode() in queries.card(second.id)
    assert refused(registry.roll_back, "compose", "no reason", world.now(), ACTOR) == "training.nothing-before"
    actions.promote(second.id, world.now(), ACTOR)
    assert registry.roll_back("compose", "it drones", world.now(), ACTOR).id == first.id
    live = queries.live_model("compose", world.now())
    assert live is not None and live.id == first.id and live.successor is None
    assert queries.model(second.id).state is ModelState.TRAINED
    assert refused(registry.roll_back, "compose", "again", world.now(), ACTOR) == "training.nothing-before"
    before = table_digest()
    rebuild()
    assert table_digest() == before


def test_what_cannot_be_compared_or_taken_back_says_so(world: World) -> None:
    """A model and itself, a roll back without a reason, and one to a set that somebody has left."""
    seal = sealed(world)
    first, second = trained(world, seal), trained(world, seal, 2)
    with pytest.raises(BadInput, match="two models"):
        registry.compare(first.id, first.id, world.now(), ACTOR)
    with pytest.raises(BadInput, match="reason"):
        registry.roll_back("compose", " ", world.now(), ACTOR)
    for model in (first, second):
        actions.promote(model.id, world.now(), ACTOR)
    no(world, "wren")
    assert refused(registry.roll_back, "compose", "it drones", world.now(), ACTOR) == "training.seal-revoked"
    assert queries.model(second.id).state is ModelState.LIVE
