"""A released creation of two airs, and what other creators do with it: laid in, handed in, refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.unit.provenance.mixed import two_airs
from tests.unit.studio.world import ACTOR, World

from accord.attribution import actions as attribution
from accord.parties import accounts
from accord.parties import actions as parties
from accord.parties.viewer import Role, Viewer
from accord.provenance import actions as provenance
from accord.provenance import remixes
from accord.studio import actions, leave
from accord.studio.records import RemixSource
from accord.terms.refusal import Refused


def released() -> World:
    """The fan's creation of two airs, released; and two creators more, each sitting in `blend`."""
    world = two_airs()
    world.ids["release"] = provenance.release(world["creation"], world.now(), ACTOR).id
    for name in ("gina", "hal"):
        world.ids[name] = parties.register_party("person", name.title() + " Test", at=world.now(), actor=ACTOR)
        world.ids[f"session {name}"] = actions.open_session(world[name], "blend", world.now(), ACTOR)
    return world


def yes(world: World, creation: str = "creation") -> str:
    """Its maker agrees to remixes in `blend`."""
    remixes.say(world[creation], "blend", "yes", world.now(), ACTOR)
    return leave.leaves([world[creation]])[-1].id


def laid(world: World, who: str = "gina", creation: str = "creation", **first: float) -> str:
    """A take of `who`: two seconds of the creation, in which both airs are heard, then one of the first air."""
    cut = {"start_s": 3.0, "end_s": 5.0} | first
    sources = (RemixSource(asset=world[creation], **cut), RemixSource(asset=world["r1"], end_s=1, offset_s=2))
    return actions.remix(world[f"session {who}"], sources, world.now(), ACTOR)


def handed_in(world: World, name: str, take: str) -> str:
    """The take as a creation called `name`, attributed."""
    world.ids[name] = actions.submit(take, world.now(), ACTOR, name)
    attribution.attribute(world[name], world.now(), ACTOR)
    return world[name]


def refused(doing: Any, code: str) -> str:
    """What the refusal says."""
    with pytest.raises(Refused) as no:
        doing()
    assert no.value.refusal.code == code, no.value.refusal
    return str(no.value)


def viewer(world: World, who: str) -> Viewer:
    """A creator of the world, with no account."""
    return Viewer("acc_none", frozenset({world[who]}), frozenset({Role.CREATOR}))


def client(world: World, who: str) -> Client:
    """Their own key."""
    account = accounts.open_account(f"{who}@example.org", "correct horse battery staple", ["creator"], [world[who]])
    return Client(headers={"Authorization": f"Bearer {accounts.issue_key(account)}"})
