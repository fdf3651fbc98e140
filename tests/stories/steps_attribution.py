"""Steps about who is in a creation: mixes of recordings that really sound, their exact shares and their waveform."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from tests.stories.runner import World, listed, step, then
from tests.stories.steps_clearance import ACTOR

from accord.attribution import actions, queries
from accord.catalog import actions as catalog
from accord.catalog.score import Note, Score, Track
from accord.integrity import actions as integrity
from accord.journal.queries import head
from accord.studio import actions as studio
from accord.studio.records import RemixSource
from accord.studio.rendering import RATE, encode, render
from accord.vault import actions as vault


def quarters(seconds: int, seed: int) -> Score:
    """Quarter notes at 120 in C major: with one tempo and key for all, matching leaves every second where it is."""
    chance, scale = np.random.default_rng(seed), (0, 2, 4, 5, 7, 9, 11, 12)
    lead = tuple(Note(480 * beat, 480, 60 + int(chance.choice(scale)), 90) for beat in range(seconds * 2))
    bass = tuple(Note(480 * beat, 480, 36 + 7 * (beat % 2), 90) for beat in range(seconds * 2))
    return Score("quarters", 120.0, (4, 4), "C major", (Track("lead", 0, lead), Track("bass", 32, bass)))


@step(r"Recording (\w+) of (\w+) by (\w+), on label (\w+), sounds for (\d+) s")
def _sounds(world: World, name: str, work: str, by: str, label: str, seconds: str) -> None:
    length, turned = int(seconds), -1 if world.kept.get("sounding") else 1
    world.kept["sounding"] = True
    # one performance in two polarities: their beats, which the studio listens for, are at the very same places
    mix = turned * render(quarters(length, 7)).mix[: length * RATE]
    made = catalog.register_recording(
        f"Recording {name}",
        works=[world.id(work)],
        credits=[(world.id(by), "featured")],
        label=world.id(label),
        audio=vault.put(encode(mix)),
        duration_s=float(length),
        at=world.at,
        actor=ACTOR,
    )
    world.call(name, made)
    integrity.index_recordings([made], world.at, ACTOR)


@step(r"(\w+) mixes 30 s: (\w+) from 0 to 20 s at gain 1, (\w+) from 10 to 30 s at gain ([\d/]+), as (\w+)")
def _mixes(world: World, fan: str, first: str, second: str, gain: str, name: str) -> None:
    session = studio.open_session(world.id(fan), "blend", world.at, ACTOR)
    sources = (
        RemixSource(asset=world.id(first), end_s=20, tempo_bpm=120),
        RemixSource(asset=world.id(second), end_s=20, offset_s=10, gain=float(Fraction(gain)), tempo_bpm=120),
    )
    world.call(name, studio.submit(studio.remix(session, sources, world.at, ACTOR), world.at, ACTOR, name))


@step(r"([\w, ]+?) (?:is|are) attributed")
def _attributed(world: World, names: str) -> None:
    for name in listed(names):
        actions.attribute(world.id(name), world.at, ACTOR)


@then(r"(\w+) is (.+), exactly")
def _is_exactly(world: World, name: str, told: str) -> None:
    found = queries.attribution(world.id(name))
    expected = {world.id(who): Fraction(share) for share, who in (part.split(" ") for part in listed(told))}
    assert {row.subject: Fraction(row.units, found.total_units) for row in found.rows} == expected
    assert sum(row.units for row in found.rows) == found.total_units


@then(r"(\w+)'s waveform shows (.+)")
def _waveform(world: World, name: str, told: str) -> None:
    expected, begin = [], Fraction(0)
    for part in told.split(", "):
        who, _, end = part.removesuffix(" s").rpartition(" to ")
        expected.append((begin, Fraction(end), {world.id(one) for one in listed(who)}))
        begin = Fraction(end)
    found = queries.evidence(world.id(name)).timeline
    shown = [(s.from_s, s.to_s, {asset for asset, _ in s.heard}) for s in found]
    assert shown == expected, (shown, expected)
    assert all(sum(part for _, part in s.heard) == 1 for s in found)


@then(r"each share of ([\w, ]+?) says by which method and because of what")
def _because(world: World, names: str) -> None:
    for name in listed(names):
        for row in queries.attribution(world.id(name)).rows:
            assert row.method and row.because, row


@then(r"(\w+) attributed again is the same, and nothing new is written")
def _again(world: World, name: str) -> None:
    before, position = queries.attribution(world.id(name)), head()
    assert actions.attribute(world.id(name), world.at, ACTOR) == before
    assert head() == position
