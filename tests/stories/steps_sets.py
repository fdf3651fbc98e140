"""Steps about sealed sets, the models bound to them, and what a revocation does to both."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.runner import World, listed, step, then
from tests.stories.steps_clearance import ACTOR

from accord.catalog import queries as catalogue
from accord.governance import queries as features
from accord.parties.viewer import SYSTEM
from accord.portal import queries as portal
from accord.terms.refusal import Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import actions, queries
from accord.vault import actions as vault


def _seal(world: World, name: str, feature: str, places: str, assets: list[str]) -> None:
    where = TerritorySet.of(*listed(places))
    world.call(name, actions.seal_set(feature, where, world.at, ACTOR, assets).id)


@step(r"A set (\w+) of ([\w, ]+?) is sealed in (\w+) for ([A-Z, and]+)")
def _seal_of(world: World, name: str, names: str, feature: str, places: str) -> None:
    if not names.startswith("the album "):
        _seal(world, name, feature, places, [world.id(asset) for asset in listed(names)])
        return
    _seal(world, name, feature, places, list(catalogue.release(world.id(names.removeprefix("the album "))).tracks))


@step(r"A model (\w+) is bound to (\w+) and made live")
def _model(world: World, name: str, seal: str) -> None:
    # trained elsewhere and registered here: what binds it to its set is the same as for the embedded one
    weights = vault.put(f"weights of {name}".encode())
    found = actions.register(world.id(seal), name, weights, "outside", world.at, ACTOR)
    world.call(name, actions.promote(found.id, world.at, ACTOR).id)


@step(r"Revocations are followed to where they lead")
def _follow(world: World) -> None:
    actions.apply_revocations(world.at)


@then(r"(\w+) holds (\w+)")
def _holds(world: World, seal: str, asset: str) -> None:
    assert world.id(asset) in {item.asset for item in queries.seal(world.id(seal)).items}


@then(r"(\w+) leaves out (\w+): (.+)")
def _leaves_out(world: World, seal: str, asset: str, because: str) -> None:
    (found,) = [one for one in queries.seal(world.id(seal)).excluded if one.asset == world.id(asset)]
    assert because in world.named(found.because).split("; "), world.named(found.because)


@then(r"(\w+) still shows that it held (\w+), revoked since (\d+ \w+ \d{4})")
def _revoked_since(world: World, seal: str, asset: str, day: str) -> None:
    held = queries.seal(world.id(seal))
    assert world.id(asset) in {item.asset for item in held.items}
    (gone,) = [item for item in held.revoked if item.asset == world.id(asset)]
    assert f"{gone.since:%-d %B %Y}" == day


@then(r"(\w+) may serve in ([A-Z]+)")
def _serves(world: World, model: str, place: str) -> None:
    assert queries.check_serving(world.id(model), place, world.at).id == world.id(model)


@then(r"(\w+) is refused service in ([A-Z]+)")
def _does_not_serve(world: World, model: str, place: str) -> None:
    try:
        queries.check_serving(world.id(model), place, world.at)
    except Refused as no:
        assert no.refusal.code.startswith("training."), no.refusal
    else:
        raise AssertionError("it serves")


@then(r"(\w+)'s sunset is (\d+ \w+ \d{4}), and it may serve until then")
def _sunset(world: World, model: str, day: str) -> None:
    found = queries.model(world.id(model)).sunset_set
    assert found is not None and f"{found.at:%-d %B %Y}" == day and found.may_serve


@then(r"a retrain from (\w+) is refused")
def _no_retrain(world: World, seal: str) -> None:
    try:
        actions.register(world.id(seal), "again", vault.put(b"again"), "outside", world.at, ACTOR)
    except Refused as no:
        assert no.refusal.code == "training.seal-revoked"
    else:
        raise AssertionError("it was bound")


@then(r"(\w+) is live")
def _live(world: World, feature: str) -> None:
    assert features.feature(feature).state == "live"


@then(r"(\w+) is suspended")
def _suspended(world: World, feature: str) -> None:
    assert features.feature(feature).state == "suspended"


@then(
    r"(\w+) is told that no to (\w+) in (\w+) touches (\d+) sets?, (\d+) models?, (\d+) features? and (\d+) creations?"
)
def _told(world: World, who: str, use: str, feature: str, *counts: str) -> None:
    touched = portal.blast_radius(SYSTEM, world.id(who), Use(use), feature, world.at)
    found = (len(touched.sets), len(touched.models), len(touched.features), len(touched.creations))
    assert found == tuple(int(count) for count in counts), touched
    assert touched.retire_by is not None and touched.retire_by.date() - world.at.date() == timedelta(days=30), touched
