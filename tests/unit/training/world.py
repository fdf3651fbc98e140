"""A small world to train in: twelve scored works of two writers, cleared for `train` in `compose`, all by real doors."""

from __future__ import annotations

from datetime import date

import numpy as np
from tests.unit.studio import world as base

from accord.catalog import actions as catalog_actions
from accord.catalog import facts as catalog
from accord.catalog.records import Credit
from accord.catalog.score import Note, Score, Track
from accord.clearance import queries as clearance
from accord.integrity import actions as integrity
from accord.journal.actions import writing
from accord.participation import actions as participation
from accord.parties import actions as parties
from accord.terms.right import Right
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import actions, learning, tokens, transformer
from accord.training.records import Model, Seal

DE, FR, JP = TerritorySet.of("DE"), TerritorySet.of("FR"), TerritorySet.of("JP")
PLAN = learning.Plan(steps=4, batch=2, warm_up=1, seed=1)
ACTOR = base.ACTOR


def shape() -> transformer.Shape:
    """A network that learns in a blink."""
    return transformer.Shape(tokens.size(), width=16, layers=1, heads=2, window=32)


def tune(seed: int, bars: int = 6) -> Score:
    """A random walk on the scale, over a bass; no two seeds walk alike."""
    chance, scale = np.random.default_rng(seed), (0, 2, 4, 5, 7, 9, 11, 12)
    line = tuple(Note(480 * beat, 480, 60 + scale[int(chance.integers(8))]) for beat in range(bars * 4))
    bass = tuple(Note(1920 * bar, 1920, 41 + int(chance.integers(7))) for bar in range(bars))
    return Score(f"Tune {seed}", 100.0, (4, 4), "C major", (Track("lead", 40, line), Track("bass", 32, bass)))


def compose_world(works: int = 12, ends: date | None = None, mixes: bool = False) -> base.World:
    """Publisher, two writers, a fan; works w0 … with scores s0 …; wren wrote every third; `compose` is live.

    `ends` is the first day after the publisher's deal. With `mixes`, `compose` is for `remix` too: recordings r0 and r1 of the
    first works, by nina on the label, are cleared for it.
    """
    world = base.World()
    for name, kind in (
        ("label", "label"),
        ("publisher", "publisher"),
        ("walt", "person"),
        ("wren", "person"),
        ("fan", "person"),
    ):
        world.ids[name] = parties.register_party(
            kind, name.title() + " Test", at=world.now(), actor=ACTOR, demonstration=True
        )
    for number in range(works):
        world.ids[f"w{number}"] = _work(world, number)
        world.ids[f"s{number}"] = _score(world, number)
    for person in ("walt", "wren"):
        base.verified(world, person)
    base.open_feature(world, "compose", Use.TRAIN, *((Use.REMIX,) if mixes else ()))
    if mixes:
        _recordings(world)
    world.ids["deal"] = base.licence(world, "publisher", (Right.MR, Right.PR, Right.SR), "compose", Use.TRAIN, ends)
    for person in ("walt", "wren"):
        yes(world, person, "compose")
    base.launch(world, "compose")
    return world


def _recordings(world: base.World) -> None:
    """Nina's recordings of w0 and w1, and everybody's yes to remixes of them in `compose`, before it is launched."""
    world.ids["nina"] = parties.register_party("person", "Nina Test", at=world.now(), actor=ACTOR, demonstration=True)
    for number in range(2):
        score = base.tune(120 - 28 * number, ("C major", "E minor")[number], number + 1, bars=5)
        world.ids[f"r{number}"] = base.recording(world, f"Air {number}", f"w{number}", score)
    for licensor, rights in (("label", (Right.MASTER,)), ("publisher", (Right.MR, Right.PR, Right.SR))):
        world.ids[f"deal {licensor}"] = base.licence(world, licensor, rights, "compose", Use.REMIX)
    base.verified(world, "nina")
    for person in ("nina", "walt", "wren"):
        world.ids[f"remix {person}"] = participation.choose(
            world[person], world[person], Use.REMIX, "compose", at=world.now(), actor=world[f"account {person}"]
        )
    integrity.index_recordings([world["r0"], world["r1"]], world.now(), ACTOR)


def yes(world: base.World, person: str, feature: str) -> None:
    """The person agrees to train in a feature, everywhere, for all works."""
    participation.choose(
        world[person], world[person], Use.TRAIN, feature, at=world.now(), actor=world[f"account {person}"]
    )


def no(world: base.World, person: str, feature: str = "compose") -> None:
    """The person takes the yes back."""
    participation.revoke(
        world[person], world[person], Use.TRAIN, feature, at=world.now(), actor=world[f"account {person}"]
    )


def sealed(world: base.World, territories: TerritorySet = DE | FR, **more: object) -> Seal:
    """A set for two territories."""
    return actions.seal_set("compose", territories, world.now(), ACTOR, **more)  # type: ignore[arg-type]


def trained(world: base.World, seal: Seal, seed: int = 1) -> Model:
    """A tiny model of it."""
    return actions.train(seal.id, seed, at=world.now(), actor=ACTOR, plan=PLAN, shape=shape())


def _work(world: base.World, number: int) -> str:
    writer = "wren" if number % 3 == 0 else "walt"
    with writing(ACTOR, world.now()) as journal:
        asset = journal.mint("wrk")
        journal.append(
            catalog.WorkRegistered(
                asset=asset,
                title=f"Work {number}",
                identifiers=(),
                credits=(Credit(world[writer], "writer"),),
                demonstration=True,
            )
        )
        for right in (Right.MR, Right.PR, Right.SR):
            base.claim(journal, world["publisher"], asset, right)
    return asset


def _score(world: base.World, number: int) -> str:
    return catalog_actions.register_score(
        world[f"w{number}"], f"Work {number}", tune(number).to_midi(), at=world.now(), actor=ACTOR, demonstration=True
    )


def would_lose(world: base.World, who: str) -> dict[str, TerritorySet]:
    """What would not be cleared any more to train in `compose`, were somebody to say no."""
    return clearance.would_lose(world[who], Use.TRAIN, "compose", world.now())
