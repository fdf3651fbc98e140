"""Steps about remixing what somebody else made: the maker's yes, what is laid in, and what each page says of the other."""

from __future__ import annotations

from django.test import Client
from tests.stories.runner import World, listed, step, then
from tests.stories.steps_clearance import ACTOR

from accord.attribution import tracing
from accord.parties import actions as parties
from accord.parties import queries as people
from accord.provenance import queries as releases
from accord.provenance import remixes
from accord.studio import actions as studio
from accord.studio.others import others
from accord.studio.records import RemixSource
from accord.terms.refusal import Refused


@step(r"Fans ([\w, ]+)")
def _fans(world: World, names: str) -> None:
    for name in listed(names):
        world.call(name, parties.register_party("person", f"{name} Story", at=world.at, actor=ACTOR))


@step(r"(\w+) says (yes|no) to remixes of (\w+) by others in (\w+)")
def _says(world: World, maker: str, answer: str, creation: str, feature: str) -> None:
    remixes.say(world.id(creation), feature, answer, world.at, ACTOR)


@step(r"(\w+) takes back the yes to remixes of (\w+) in (\w+)")
def _takes_back(world: World, maker: str, creation: str, feature: str) -> None:
    remixes.say(world.id(creation), feature, "no", world.at, ACTOR)


@step(r"(\w+) mixes (\w+) from 0 to 10 s, then (\w+) from 0 to 10 s, as (\w+)")
def _lays(world: World, fan: str, inner: str, recording: str, name: str) -> None:
    session = studio.open_session(world.id(fan), "blend", world.at, ACTOR)
    sources = (
        RemixSource(asset=world.id(inner), end_s=10, tempo_bpm=120, key="C major"),
        RemixSource(asset=world.id(recording), end_s=10, offset_s=10, tempo_bpm=120, key="C major"),
    )
    world.call(name, studio.submit(studio.remix(session, sources, world.at, ACTOR), world.at, ACTOR, name))
    world.kept[f"feature of {name}"] = "blend"


@then(r"(\w+) does not find (\w+) in the studio")
def _hidden(world: World, fan: str, creation: str) -> None:
    assert world.id(creation) not in [one.creation for one in others("blend", world.id(fan), world.at)]


@then(r"(\w+) finds (\w+) in the studio, by (\w+), made of ([\w, ]+)")
def _finds(world: World, fan: str, creation: str, maker: str, recordings: str) -> None:
    (found,) = (one for one in others("blend", world.id(fan), world.at) if one.creation == world.id(creation))
    assert found.maker == world.id(maker)
    assert set(found.recordings) == {world.id(name) for name in listed(recordings)}


@then(r"(\w+) cannot lay (\w+) into a remix: (.+)")
def _cannot(world: World, fan: str, creation: str, because: str) -> None:
    session = studio.open_session(world.id(fan), "blend", world.at, ACTOR)
    try:
        studio.remix(session, (RemixSource(asset=world.id(creation), end_s=5),), world.at, ACTOR)
    except Refused as no:
        assert no.refusal.code == "studio.no-leave" and "its maker could agree" in no.refusal.hint
        assert [world.named(detail) for detail in no.refusal.details] == [because]
    else:
        raise AssertionError("it was made")


@then(r"(\w+) says that it was made with (\w+), by (\w+), who agreed")
def _names(world: World, outer: str, inner: str, maker: str) -> None:
    called = people.names([world.id(maker)])[world.id(maker)]
    (line,) = releases.credits(world.id(outer)).makers
    assert (line.maker, line.creations) == (called, ((world.id(inner), inner),))
    (release,) = releases.releases(creation=world.id(outer))
    assert f"It was made with “{inner}”" in release.label
    assert (world.id(maker), world.id(inner)) in [(one.party, one.asset) for one in release.agreed]
    page = Client().get(f"/creations/{world.id(outer)}").content.decode()
    assert f'<a href="/creations/{world.id(inner)}">“{inner}”</a>' in page and called in page


@then(r"(\w+) says that (\w+) was made with it")
def _made_with(world: World, inner: str, outer: str) -> None:
    assert [one.id for one in remixes.made_with(world.id(inner))] == [world.id(outer)]
    assert f'<a href="/creations/{world.id(outer)}">' in Client().get(f"/creations/{world.id(inner)}").content.decode()


@then(r"(\w+) touches (\w+)")
def _touches(world: World, inner: str, outer: str) -> None:
    assert world.id(outer) in tracing.touched_by(world.id(inner))[1]
