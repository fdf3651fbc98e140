"""The registry through its doors: a successor is compared, promoted, and taken back, each a fact."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.made_once import made_once
from tests.unit.studio.world import World
from tests.unit.training.test_models import refused
from tests.unit.training.world import ACTOR, PLAN, compose_world, no, sealed, shape, trained

from accord.governance import actions as governance
from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.parties import accounts
from accord.terms.refusal import BadInput
from accord.training import actions, learning, queries, registry, standing
from accord.training.records import ModelState
from accord.vault import actions as vault

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
    assert b"Placed on the market: 2026-" in queries.card(second.id, "eu")
    assert registry.roll_back("compose", "it drones", world.now(), ACTOR).id == first.id
    live = queries.live_model("compose", world.now())
    assert live is not None and live.id == first.id and live.successor is None
    assert queries.model(second.id).state is ModelState.TRAINED
    assert b"Placed on the market: not yet" in queries.card(second.id, "eu"), "cards say what is so now"
    assert b'"accord:state","value":"live"' in queries.card(first.id, "bom")
    assert refused(registry.roll_back, "compose", "again", world.now(), ACTOR) == "training.nothing-before"
    told = [said for _, said, _ in standing.history(second.id)]
    assert [said.split(" ")[0].strip(":") for said in told] == ["trained", "compared", "promoted", "compose"]
    assert told[-1].endswith("it drones") and not standing.standing(second.id, world.now()).serves
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


def test_the_registrys_page_says_what_serves_and_why_another_does_not(world: World) -> None:
    """A live model serves; after a yes is taken back, and its deal's days are over, serving is refused with that reason; so is
    a suspended feature's."""
    seal = sealed(world)
    elsewhere = (seal.id, "Elsewhere", vault.put(b"weights"), "elsewhere.1")
    old, new = (actions.register(*elsewhere, world.now(), ACTOR).id for _ in range(2))
    for one in (old, new):
        actions.promote(one, world.now(), ACTOR)
    found = {one.model.id: one for one in standing.standings(world.now())}
    assert found[new].serves and found[new].because == "serves Compose in DE, FR"
    assert not found[old].serves and found[old].because == f"it gave way to {new}"
    no(world, "wren")
    due = world.now() + timedelta(days=60)
    late = standing.standing(new, due)
    assert not late.serves and late.because.startswith(f"serving refused: {new} may not serve since")
    assert "was revoked" in late.because and world["deal"] in late.because
    governance.suspend("compose", "it drones", world.now(), ACTOR)
    assert standing.standing(new, world.now()).because == "its feature is suspended: it drones"
    browser = Client()
    accounts.open_account("f@example.org", "correct horse battery staple", ["finance"])
    browser.force_login(get_user_model().objects.get(username="f@example.org"))
    page = browser.get("/models").content.decode()
    assert "of 2 models trained here" in page and f"It gave way to {new}" in page
    assert f"{new},Elsewhere,compose,DE+FR,{seal.id}," in browser.get("/models?format=csv").content.decode()
    assert "Gave way to" in browser.get(f"/models/{old}").content.decode()
