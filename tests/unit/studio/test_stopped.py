"""What stops a take or a creation now: told where its maker looks, to nobody else, and nothing is offered that is refused."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from tests.made_once import made_once
from tests.unit.studio.remixing import client, handed_in, laid, refused, released, yes
from tests.unit.studio.world import ACTOR

from accord.clearance import actions as clearance
from accord.participation import actions as participation
from accord.parties import accounts
from accord.provenance import actions as provenance
from accord.provenance import remixes
from accord.studio import actions
from accord.studio.others import others
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
once, world = made_once(released)


def test_under_a_notice_no_button_is_shown_whose_answer_can_only_be_no(world, monkeypatch):
    """Taken back, cleared no more, held: heard, chosen, handed in only where that is done; reviewers release none of it."""
    for room in ("studio", "provenance"):
        monkeypatch.setattr(f"accord.{room}.pages.datetime", SimpleNamespace(now=lambda _: world.now()))
    yes(world)
    waiting, plain = (
        laid(world, end_s=4.5),
        actions.edit(laid(world, start_s=0.0, end_s=2.0), "gain -3", world.now(), ACTOR),
    )
    gina = client(world, "gina")
    staff = accounts.open_account("pat@example.org", "correct horse battery staple", ["product"], [])
    product = Client(headers={"Authorization": f"Bearer {accounts.issue_key(staff)}"})

    def card(take: str) -> str:
        page = gina.get(f"/studio/{world['session gina']}").content.decode()
        return page.partition(f'<article class="card" id="{take}">')[2].partition("</article>")[0]

    def offered() -> str:
        page = gina.get(f"/studio/{world['session gina']}").content.decode()
        return page.partition("My own takes of this session")[2].partition("</optgroup>")[0]

    assert "Hand it in" in card(waiting) and "Make the changed take" in card(waiting)
    assert f'<option value="{waiting}">' in offered()
    remixes.say(world["creation"], "blend", "no", world.now(), ACTOR)
    assert "Hand it in" not in (shown := card(waiting)) and "Make the changed take" not in shown
    assert "<audio" in shown and ">Choose take" in shown, "what was made is heard and chosen among"
    assert f'<option value="{waiting}">' not in offered()
    yes(world)
    outer = handed_in(world, "outer", waiting)
    assert "Attribute it and release it" in product.get(f"/creations/{outer}").content.decode()
    nina = {"at": world.now(), "actor": world["account nina"]}
    participation.revoke(world["nina"], world["nina"], Use.REMIX, "blend", **nina)
    assert "Nothing new" not in card(waiting), "what is handed in is told on its own page"
    assert "Nina Test" in (shown := card(plain)) and "Hand it in" not in shown
    for viewer_of, told in ((gina, "It is checked, attributed"), (product, "Attribute it and release it")):
        page = viewer_of.get(f"/creations/{outer}").content.decode()
        assert "Nina Test" in page and "It is not released now" in page and told not in page
    answer = gina.post(f"/studio/{world['session gina']}/takes/{plain}", {"step": "submit", "title": "late"})
    assert answer.status_code == 403 and "“Air 1”: Nina Test said no" in answer.content.decode()
    clearance.place_hold(plain, "somebody asked", at=world.now(), actor=ACTOR)
    shown = card(plain)
    assert "It is not heard for now" in shown
    assert "<audio" not in shown and ">Choose take" not in shown and "Hand it in" not in shown


def test_a_hold_on_the_inner_creation_stops_what_would_be_made_with_it(world):
    """Integrity's hold reaches the remix of somebody else's: nobody finds it, lays it in or hands in what holds it."""
    yes(world)
    waiting = laid(world)
    clearance.place_hold(world["creation"], "somebody asked", at=world.now(), actor=ACTOR)
    assert others("blend", world["gina"], world.now()) == []
    said = refused(lambda: laid(world), "studio.take-held")
    assert world["creation"] in said and "somebody asked" not in said, "law 10: what a case says is its maker's to know"
    refused(lambda: actions.submit(waiting, world.now(), ACTOR, "late"), "studio.take-held")
    world.ids["session fan"] = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    assert "somebody asked" in refused(lambda: laid(world, "fan"), "studio.take-held")


def test_whoever_holds_what_was_taken_back_or_is_held_is_told_where_they_look_and_nobody_else_is(world, monkeypatch):
    """On the session's page, the creation's, the list and the start page, with the reason that others may hear (law 10)."""
    for room in ("studio", "provenance", "portal"):
        where = "portal.starting" if room == "portal" else f"{room}.pages"
        monkeypatch.setattr(f"accord.{where}.datetime", SimpleNamespace(now=lambda _: world.now()))
    yes(world)
    waiting = laid(world, end_s=4.5)
    outer = handed_in(world, "outer", laid(world))
    provenance.release(outer, world.now(), ACTOR)
    gina, fan = client(world, "gina"), client(world, "fan")
    pages = (f"/studio/{world['session gina']}", f"/creations/{outer}")

    def seen(who: Client) -> list[str]:
        return [who.get(page).content.decode() for page in (*pages, "/creations", "/")]

    for nothing in seen(gina):
        assert "Nothing new is made with it" not in nothing and "stopped" not in nothing.lower()
    remixes.say(world["creation"], "blend", "no", world.now(), ACTOR)
    clearance.place_hold(world["creation"], "somebody asked", at=world.now(), actor=ACTOR)
    session, creation, listed, start = seen(gina)
    for page in (session, creation):
        assert "The yes of Fan Test to remixes of “Two airs” ended on" in page and "“Two airs” is held for now" in page
        assert "somebody asked" not in page
    assert session.count("Nothing new is made with it now") == 2 and f'id="{waiting}"' in session
    assert "It stays released and goes on paying" in creation
    assert listed.count(">stopped<") == 1 and "of your creations: a maker in them took a yes back" in start
    assert ">stopped<" not in Client().get("/creations").content.decode()
    for stranger in (fan, Client()):
        assert "It stays released" not in stranger.get(pages[1]).content.decode(), "law 10: it is its maker's to know"
    assert "It is held for now" in fan.get(f"/creations/{world['creation']}").content.decode()
    yes(world)
    assert "ended on" not in seen(gina)[1], "what was said again stops nothing"


def test_a_hold_deep_inside_takes_a_creation_off_the_list_of_what_may_be_remixed(world):
    """What is listed can be laid in whole: a creation with a held one inside is not listed, as it would be refused."""
    yes(world)
    handed_in(world, "outer", laid(world))
    provenance.release(world["outer"], world.now(), ACTOR)
    yes(world, "outer")
    assert world["outer"] in [one.creation for one in others("blend", world["hal"], world.now())]
    clearance.place_hold(world["creation"], "somebody asked", at=world.now(), actor=ACTOR)
    assert others("blend", world["hal"], world.now()) == []
    refused(lambda: laid(world, "hal", "outer", start_s=0.0, end_s=2.0), "studio.take-held")
