"""From a creation to the people in it: led on, counted, and nobody's name kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.made_once import made_once
from tests.unit.studio.world import ACTOR, World, blend_world

from accord.attribution import actions as attribution
from accord.insights import click_through, trail_pages, trails
from accord.insights.models import TrailRow
from accord.journal.actions import rebuild
from accord.journal.queries import head
from accord.parties.minute import Minute
from accord.provenance import actions as provenance
from accord.studio import actions
from accord.studio.records import RemixSource

pytestmark = pytest.mark.django_db


def released() -> World:
    """A released remix of two recordings, and one that is not released."""
    world = blend_world()
    session = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    for name, end in (("out", 4), ("kept", 5)):
        clips = (RemixSource(asset=world["r1"], end_s=end), RemixSource(asset=world["r2"], end_s=end))
        world.ids[name] = actions.submit(actions.remix(session, clips, world.now(), ACTOR), world.now(), ACTOR, name)
        attribution.attribute(world[name], world.now(), ACTOR)
    provenance.release(world["out"], world.now(), ACTOR)
    return world


once, world = made_once(released)


def test_a_creation_leads_to_its_people_and_only_to_them(world, client):
    """The singer's page names her recordings and the creation; a label, a stranger and an unreleased creation lead nowhere."""
    page = client.get(f"/creations/{world['out']}").content.decode()
    assert f"/creations/{world['out']}/to/{world['nina']}" in page
    led = client.get(f"/creations/{world['out']}/to/{world['nina']}", follow=True)
    assert led.status_code == 200 and "Air 1" in led.content.decode() and "out" in led.content.decode()
    for creation, party in (("out", "label"), ("kept", "nina")):
        assert client.get(f"/creations/{world[creation]}/to/{world[party]}").status_code == 404
    assert client.get(f"/creations/{world['kept']}/seen.svg").status_code == 404


def test_steps_are_counted_of_nobody_and_are_no_facts(world, client):
    """Four views and one step are a quarter; the journal stands still, a rebuild leaves the counts, a row knows no reader."""
    before = head()
    for _ in range(4):
        assert client.get(f"/creations/{world['out']}/seen.svg").status_code == 200
    client.get(f"/creations/{world['out']}/to/{world['walt']}")
    assert head() == before
    rebuild()
    found = click_through.compute(trails.counts(datetime.now(UTC)))
    assert (found.value, found.n) == (0.25, 4)
    assert {field.name for field in TrailRow._meta.get_fields()} == {"key", "day", "creation", "party", "count"}


def test_an_address_is_counted_so_often_a_minute_and_led_on_all_the_same(world, client, monkeypatch):
    """Of three views by one address two are counted, so is the next minute's, and of three addresses in a minute two."""
    monkeypatch.setattr(trail_pages, "STEPS", Minute(2, most_people=2))
    seen = f"/creations/{world['out']}/seen.svg"
    for minute, address in ((7, 1), (7, 1), (7, 1), (7, 2), (8, 1), (8, 2), (8, 3)):
        monkeypatch.setattr(trail_pages, "_minute", lambda now=minute: now)
        assert client.get(seen, REMOTE_ADDR=f"192.0.2.{address}").status_code == 200
    assert trails.counts(datetime.now(UTC)) == {world["out"]: (5, 0)}


def test_who_has_no_address_that_can_be_read_is_led_on(world, client, settings):
    """Behind a socket there is none, and a proxy may say less than it should; the step is counted all the same."""
    for proxies, headers in ((0, {"REMOTE_ADDR": ""}), (2, {"HTTP_X_FORWARDED_FOR": "192.0.2.1"})):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
        assert client.get(f"/creations/{world['out']}/to/{world['nina']}", **headers).status_code == 302
    assert trails.counts(datetime.now(UTC)) == {world["out"]: (0, 2)}


def test_what_an_address_did_is_kept_no_longer_than_its_minute():
    """A number for a keyed hash is all there is, and the next minute forgets it."""
    steps = Minute(1)
    assert steps.admits("192.0.2.9", 1) and not any(b"192.0.2.9" in who for who in steps._done)
    assert not steps.admits("192.0.2.9", 1)
    assert steps.admits("192.0.2.8", 2) and len(steps._done) == 1
