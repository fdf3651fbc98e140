"""Steps about what a model writes, and mixes of that with recordings. Where the extra [lab] is not installed they are left out."""

from __future__ import annotations

import pytest
from tests.stories.runner import World, step, then
from tests.stories.steps_clearance import ACTOR, territories
from tests.unit.training.world import tune

from accord.catalog import actions as catalog
from accord.governance import actions as governance
from accord.provenance import queries as releases
from accord.studio import actions as studio
from accord.studio.records import RemixSource
from accord.terms.refusal import Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import actions as training
from accord.training.generator import Request


@step(r"Feature (\w+), for (\w+) and (\w+), offered (everywhere), has its controls open")
def _feature(world: World, feature: str, one: str, other: str, where: str) -> None:
    at, promise = world.at, "nobody is in it without a yes"
    governance.propose_feature(feature, feature, [Use(one), Use(other)], territories(where), at, ACTOR)
    governance.publish_policy(feature, at, ACTOR, release_label="made with AI", participation=promise)
    governance.publish_split(feature, 800_000, 0, 200_000, at, ACTOR)
    governance.open_controls(feature, at, ACTOR)


@step(r"Scores (\w+) of (\w+) and (\w+) of (\w+) are in the catalogue")
def _scores(world: World, *told: str) -> None:
    # as long as each other, bar for bar, so that by sealed tokens they have the same
    for seed, (name, work) in enumerate(zip(told[::2], told[1::2], strict=True)):
        midi = tune(seed).to_midi()
        world.call(name, catalog.register_score(world.id(work), name, midi, at=world.at, actor=ACTOR))


@step(r"A model (\w+) learns from (\w+) and is made live")
def _learns(world: World, name: str, seal: str) -> None:
    pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")
    from tests.unit.training.world import PLAN, shape

    found = training.train(world.id(seal), 1, at=world.at, actor=ACTOR, plan=PLAN, shape=shape())
    world.call(name, training.promote(found.id, world.at, ACTOR).id)


@step(r"(\w+) writes a piece for (\w+), as (\w+)")
def _writes(world: World, model: str, fan: str, name: str) -> None:
    world.kept["session"] = studio.open_session(world.id(fan), "compose", world.at, ACTOR)
    asked = Request(key="C major", metre=(4, 4), tempo_bpm=120, instruments=(73, 42), bars=5, seed=7)
    world.call(name, studio.make(world.kept["session"], asked, None, world.at, ACTOR, model=world.id(model)))


def _mixed(world: World, piece: str, recording: str) -> str:
    sources = (
        RemixSource(asset=world.id(piece), end_s=8),
        RemixSource(asset=world.id(recording), end_s=8, offset_s=8, tempo_bpm=120, key="C major"),
    )
    return studio.remix(world.kept["session"], sources, world.at, ACTOR)


@step(r"(\w+) mixes 8 s of (\w+), then 8 s of (\w+), as (\w+)")
def _mixes(world: World, fan: str, piece: str, recording: str, name: str) -> None:
    world.call(name, studio.submit(_mixed(world, piece, recording), world.at, ACTOR, name))
    world.kept[f"feature of {name}"] = "compose"


@then(r"(\w+) may be heard in ([A-Z]{2}) and ([A-Z]{2})")
def _where(world: World, name: str, *places: str) -> None:
    (release,) = releases.releases(creation=world.id(name))
    assert release.territories == TerritorySet.of(*places)


@then(r"(\w+) says that it contains (\w+), that (\w+) wrote what is heard in it, and from how many works (\w+) learned")
def _says(world: World, name: str, recording: str, model: str, _: str) -> None:
    (release,) = releases.releases(creation=world.id(name))
    (written,) = release.written
    assert (written.model, written.learned_works) == (world.id(model), 2)
    assert f"It contains Recording {recording}, with everyone's agreement." in release.label
    assert "Mixed by a person from recordings and what an AI model wrote" in release.label
    lines = {line.asset: line.verb for line in releases.credits(world.id(name)).lines}
    assert lines.pop(world.id(recording)) == "contains" and set(lines.values()) == {"learned from"}


@then(r"(\w+) cannot mix (\w+) with (\w+) any more: not cleared")
def _cannot(world: World, fan: str, piece: str, recording: str) -> None:
    try:
        _mixed(world, piece, recording)
    except Refused as no:
        assert no.refusal.code == "studio.source-not-cleared", no.refusal
    else:
        raise AssertionError("it was made")
