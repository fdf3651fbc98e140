"""Remixing what somebody else made: with its maker's yes alone, and everybody at the roots asked again."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from msgspec import structs
from tests.made_once import made_once
from tests.unit.studio.remixing import client, handed_in, laid, refused, released, viewer, yes
from tests.unit.studio.world import ACTOR, open_feature

from accord.attribution import queries as shares
from accord.attribution import tracing
from accord.clearance import actions as clearance
from accord.participation import actions as participation
from accord.parties import accounts
from accord.parties.viewer import SYSTEM
from accord.provenance import actions as provenance
from accord.provenance import queries as releases
from accord.provenance import remixes
from accord.studio import actions, concepts, leave, matching, material, queries
from accord.studio.others import others, paged
from accord.studio.records import RemixSource, SourceSpan
from accord.terms.refusal import BadInput, NotThere
from accord.terms.use import Use

pytestmark = pytest.mark.django_db


once, world = made_once(released)


def test_law_1_without_its_makers_answer_it_is_no_and_the_no_says_who_could_allow_what(world):
    """Law 1: no answer is a no, said alike for what is released and for what is not there; what is allowed is named."""
    assert others("blend", world["gina"], world.now()) == []
    said = refused(lambda: laid(world), "studio.no-leave")
    assert f"nobody has said yes to remixes of {world['creation']}" in said and "its maker could agree" in said
    assert "`accord studio others blend`" in said
    world.ids["nothing"] = "cre_999999"
    assert refused(lambda: laid(world, creation="nothing"), "studio.no-leave") == said.replace(
        world["creation"], "cre_999999"
    )


def test_with_the_yes_it_is_found_laid_in_and_both_makers_have_a_part(world):
    """The take names the creation, rests on the yes, and has recordings at its roots; co-creators share by what is heard."""
    given = yes(world)
    (found,) = others("blend", world["gina"], world.now(), "two")
    assert (found.creation, found.maker, found.leave) == (world["creation"], world["fan"], given)
    assert others("blend", world["gina"], world.now(), "no such title") == []
    assert others("blend", world["fan"], world.now()) == [], "one's own are not others'"
    take = queries.take(SYSTEM, laid(world))
    assert take.leaves == (given,) and [span.asset for span in take.made_from] == [world["creation"], world["r1"]]
    assert {span.asset for span in take.lineage} == {world["r1"], world["r2"]}
    assert {span.through for span in take.lineage} == {(), (world["creation"],)}
    known, whole = take.analyses[0], queries.take(SYSTEM, world["take"])
    assert (known.tempo_bpm, known.tempo_known, known.key) == (whole.tempo_bpm, "mix", whole.key)
    outer = handed_in(world, "outer", take.id)
    made = queries.creation(SYSTEM, outer)
    assert (made.clips, len(made.lineage)) == (2, 3), "clips are what a person laid in, not what those are made of"
    softer = actions.submit(actions.edit(take.id, "gain -3", world.now(), ACTOR), world.now(), ACTOR, "softer")
    assert queries.creation(SYSTEM, softer).clips == 2, "an edit goes back to the mix that it is of"
    rows = {row.subject: row for row in shares.attribution(outer).rows if row.kind == "cocreator"}
    total = shares.attribution(outer).total_units
    assert sum(row.units for row in shares.attribution(outer).rows) == total
    assert 5 * sum(row.units for row in rows.values()) == total, "the published split: a fifth for co-creators"
    assert rows[world["fan"]].units / total == pytest.approx(2 / 3 / 2 / 5, abs=0.02)
    assert rows[world["gina"]].units / total == pytest.approx((1 - 2 / 3 / 2) / 5, abs=0.02)
    assert f"made {world['creation']}, heard for" in rows[world["fan"]].because
    gina, fan, page = client(world, "gina"), client(world, "fan"), f"/creations/{outer}/lineage"
    pages = (page, f"/v1{page}", f"/v1/creations/{outer}/attribution")
    assert [gina.get(path).status_code for path in pages] == [200] * 3
    assert [fan.get(path).status_code for path in pages] == [404] * 3, (
        "law 10: what is not released is its maker's alone"
    )
    provenance.release(outer, world.now(), ACTOR)
    assert [fan.get(path).status_code for path in pages] == [200] * 3, "who has a part in it sees the shares"
    with pytest.raises(NotThere):
        shares.attribution(outer, viewer=viewer(world, "hal"))


def test_law_4_taken_back_it_stops_everything_new_at_once_and_what_is_released_stays(world):
    """Law 4: no take, match, edit or submission on it after the no; the released one keeps its shares; others do not find it."""
    yes(world)
    kept, waiting = laid(world), laid(world, end_s=4.5)
    handed_in(world, "outer", kept)
    out = provenance.release(world["outer"], world.now(), ACTOR)
    remixes.say(world["creation"], "blend", "no", world.now(), ACTOR)
    clip = (RemixSource(asset=world["creation"], end_s=2),)
    for doing in (
        lambda: laid(world),
        lambda: actions.match(world["session gina"], clip, world.now()),
        lambda: actions.edit(waiting, "gain -3", world.now(), ACTOR),
        lambda: actions.submit(waiting, world.now(), ACTOR, "late"),
    ):
        assert "ended on" in refused(doing, "studio.no-leave")
    assert others("blend", world["gina"], world.now()) == []
    assert [one.id for one in releases.releases(creation=world["outer"])] == [out.id]
    assert shares.attribution(world["outer"]).share(world["fan"]) > 0
    remixes.say(world["creation"], "blend", "no", world.now(), ACTOR)  # a no is never turned away
    with pytest.raises(BadInput, match="ended on"):
        remixes.say(world["creation"], "blend", "yes", out.at, ACTOR)
    yes(world)
    assert actions.submit(waiting, world.now(), ACTOR, "late")


def test_what_a_withdrawal_touches_is_said_of_creations_too(world):
    """The graph names the inner creation and not how its maker came to it; a taken-back yes says what it touches."""
    yes(world)
    outer = handed_in(world, "outer", actions.edit(laid(world), "gain -2", world.now(), ACTOR))
    found = tracing.traced(outer, world.now())
    kinds = {member.id: member.kind for member in found.family.members}
    assert kinds[world["creation"]] == "creation" and world["take"] not in kinds and found.taken_back == ()
    assert all(sum(share for _, share in member.shares) == 1 for member in found.family.members)
    remixes.say(world["creation"], "blend", "no", world.now(), ACTOR)
    ((inner, touched),) = tracing.traced(outer, world.now()).taken_back
    assert inner == world["creation"] and len(touched) == 2 and inner not in touched
    takes, creations = tracing.touched_by(world["creation"])
    assert set(touched) == set(takes) and creations == (outer,)
    assert outer in tracing.touched_by(world["r2"])[1], "its roots touch it as before"


def test_law_5_what_is_ones_own_inside_is_touched_and_a_hold_on_it_reaches_what_holds_it(world, monkeypatch):
    """Law 5: laid in by its take or by its id, edited or inside somebody else's, and no further; credits name others alone."""
    world.ids["session fan"] = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    rest = RemixSource(asset=world["r1"], end_s=1, offset_s=2)
    for name, inner, change in (("by id", "creation", "gain -2"), ("by take", "take", "gain -1")):
        clip = RemixSource(asset=world[inner], start_s=3, end_s=5)
        take = actions.remix(world["session fan"], (clip, rest), world.now(), ACTOR)
        assert {span.through for span in queries.take(SYSTEM, take).lineage} == {(), (world["take"],)}
        world.ids[name] = handed_in(world, name, actions.edit(take, change, world.now(), ACTOR))
    softer = handed_in(world, "softer", actions.edit(world["take"], "gain -3", world.now(), ACTOR))
    provenance.release(world["by take"], world.now(), ACTOR)
    assert [one.id for one in remixes.made_with(world["creation"])] == [world["by take"]]
    assert releases.credits(world["by take"]).makers == (), "whoever made all of it is named once"
    yes(world, "by take")
    theirs = laid(world, "gina", "by take", start_s=0.0, end_s=1.5)
    away = laid(world, "gina", "by take", start_s=2.1, end_s=2.9)  # the first air alone
    deep = handed_in(world, "deep", theirs)
    takes, creations = tracing.touched_by(world["creation"])
    assert set(creations) == {world["by id"], world["by take"], softer, deep} and theirs in takes and away not in takes
    assert set(tracing.touched_by(world["take"])[1]) == {world["creation"], *creations}
    assert tracing.touched_by(softer) == ((), ()), "nothing is made of it, and what it was edited from is above it"
    seen = client(world, "gina").get(f"/v1/studio/takes/{theirs}").json()
    assert {tuple(span["through"]) for span in seen["lineage"]} == {(), (world["by take"],)}, "law 10: how it was made"
    clearance.place_hold(world["creation"], "somebody asked", at=world.now(), actor=ACTOR)
    assert "somebody asked" in refused(
        lambda: provenance.release(world["by id"], world.now(), ACTOR), "studio.take-held"
    )
    assert "somebody asked" in refused(lambda: provenance.release(softer, world.now(), ACTOR), "studio.take-held")
    said = refused(lambda: provenance.release(deep, world.now(), ACTOR), "studio.take-held")
    assert "somebody asked" not in said and world["take"] not in said, "law 10: what a case says is its maker's to know"
    assert actions.submit(away, world.now(), ACTOR, "away"), "what was cut away holds nothing up"


def test_everybody_at_the_roots_and_every_maker_on_the_way_is_asked_anew(world):
    """A third creator needs both makers; a recording's no stops it whatever makers say; what was cut away asks nobody."""
    yes(world)
    handed_in(world, "outer", laid(world))
    provenance.release(world["outer"], world.now(), ACTOR)
    yes(world, "outer")
    deep = queries.take(SYSTEM, laid(world, "hal", "outer", start_s=0.0, end_s=3.0))
    assert len(deep.leaves) == 2 and {s.through for s in deep.lineage if len(s.through) == 2} == {
        (world["creation"], world["outer"])
    }
    handed_in(world, "deep", deep.id)
    of = shares.attribution(world["deep"])
    assert {row.subject for row in of.rows if row.kind == "cocreator"} == {world["fan"], world["gina"], world["hal"]}
    assert leave.heard_in(world["creation"]) == (world["outer"], world["deep"])
    remixes.say(world["creation"], "blend", "no", world.now(), ACTOR)
    assert "the yes of Fan Test to remixes of “Two airs” ended on" in refused(
        lambda: laid(world, "hal", "outer", start_s=0.0, end_s=2.0), "studio.no-leave"
    )
    assert others("blend", world["hal"], world.now()) == []
    assert laid(world, "hal", "outer", start_s=2.2, end_s=2.9), "those seconds are the first air alone"
    yes(world)
    nina = {"at": world.now(), "actor": world["account nina"], "asset": world["r2"]}
    participation.revoke(world["nina"], world["nina"], Use.REMIX, "blend", **nina)
    refused(lambda: laid(world, "hal", "outer", start_s=0.0, end_s=2.0), "studio.source-not-cleared")
    assert others("blend", world["hal"], world.now()) == []


def test_the_maker_of_what_is_inside_needs_nobodys_yes_but_the_others(world):
    """Who made the inner creation remixes the outer one with the outer maker's yes; its hands count once."""
    yes(world)
    handed_in(world, "outer", laid(world))
    provenance.release(world["outer"], world.now(), ACTOR)
    given = yes(world, "outer")
    world.ids["session fan"] = actions.open_session(world["fan"], "blend", world.now(), ACTOR)
    remixes.say(world["creation"], "blend", "no", world.now(), ACTOR)
    back = queries.take(SYSTEM, laid(world, "fan", "outer", start_s=0.0, end_s=2.0))
    assert back.leaves == (given,)
    handed_in(world, "back", back.id)
    parts = {r.subject: r.units for r in shares.attribution(world["back"]).rows if r.kind == "cocreator"}
    assert parts[world["fan"]] > parts[world["gina"]] > 0


def test_a_yes_is_of_its_feature_for_what_is_released_and_no_model_wrote(world):
    """Law 1: a yes to `blend` does not reach `mash`; nothing unreleased is opened; a withdrawn release is open no more."""
    open_feature(world, "mash", Use.REMIX)
    open_feature(world, "compose", Use.TRAIN)
    yes(world)
    assert yes(world) == yes(world), "said again it is the same yes"
    refused(lambda: leave.ask([world["creation"]], world["gina"], "mash", world.now()), "studio.no-leave")
    with pytest.raises(BadInput, match="makes no remixes"):
        remixes.say(world["creation"], "compose", "yes", world.now(), ACTOR)
    with pytest.raises(BadInput, match="not an answer"):
        remixes.say(world["creation"], "blend", "maybe", world.now(), ACTOR)
    unheard = handed_in(world, "unheard", laid(world))
    refused(lambda: remixes.say(unheard, "blend", "yes", world.now(), ACTOR), "provenance.not-released")
    provenance.withdraw(world["release"], "asked for", world.now(), ACTOR)
    said = refused(lambda: laid(world), "studio.no-leave")
    assert "is offered no more" in said and "Two airs" not in said and "Fan Test" not in said, "law 10"
    refused(lambda: remixes.say(world["creation"], "blend", "yes", world.now(), ACTOR), "provenance.not-released")


def test_a_creation_by_a_fictional_maker_makes_a_remix_one_of_the_demonstration(world):
    """The label says so, since that maker is credited and paid like any other."""
    take = structs.replace(queries.take(SYSTEM, world["take"]), creator=world["gina"], lineage=())
    assert not material.demonstration(take)
    laid_in = SourceSpan("rec_of_real_people", 0.0, 1.0, 1.0, (world["creation"],))
    assert material.demonstration(structs.replace(take, lineage=(laid_in,)))


def test_a_yes_dated_ahead_holds_from_then_on_and_does_not_swallow_one_that_is_said_now(world):
    """Law 9: a yes counts from its own instant; said again for now it is another yes, and one no ends them both."""
    remixes.say(world["creation"], "blend", "yes", world.now() + timedelta(days=30), ACTOR)
    assert "says yes to remixes of “Two airs” from" in refused(lambda: laid(world), "studio.no-leave")
    assert others("blend", world["gina"], world.now()) == []
    yes(world)
    assert laid(world)
    remixes.say(world["creation"], "blend", "no", world.now(), ACTOR)
    later = world.now() + timedelta(days=31)
    refused(lambda: leave.ask([world["creation"]], world["gina"], "blend", later), "studio.no-leave")


def test_the_form_of_a_remix_looks_at_no_more_creations_than_it_lists(world, monkeypatch):
    """The newest yeses are read first, a few at a time, until enough is found; what the form names already is found besides."""
    from accord.studio import others as finding

    yes(world)
    for name, end_s in (("second", 5.0), ("third", 4.5)):
        handed_in(world, name, laid(world, end_s=end_s))
        provenance.release(world[name], world.now(), ACTOR)
        yes(world, name)
    yes(world, "second")  # said again it is the same yes, and not the newest
    looked_at, known = [], queries.creations
    monkeypatch.setattr(finding, "AT_ONCE", 1)
    monkeypatch.setattr(
        finding.queries, "creations", lambda ids=None: looked_at.extend(asked := list(ids)) or known(asked)
    )
    every = [world["third"], world["second"], world["creation"]]
    assert [one.creation for one in others("blend", world["hal"], world.now(), most=1)] == every[:1]
    assert world["second"] not in looked_at and every[0] in looked_at
    assert [one.creation for one in others("blend", world["hal"], world.now(), most=9)] == every
    assert [one.creation for one in others("blend", world["hal"], world.now())] == every
    assert [one.creation for one in others("blend", world["hal"], world.now(), of=every[2:])] == every[2:]
    assert [page.creations[0].creation for page in _pages(world)] == every, "page by page it is the same list"
    monkeypatch.setattr("accord.studio.others_pages.PER_PAGE", 2)
    hal = client(world, "hal")
    first = hal.get(f"/studio/{world['session hal']}/others").content.decode()
    assert first.count("<li class") == 2 and "2</strong><span>creations of others on this page" in first
    older = re.findall(r'href="([?]q=&amp;before=[a-z_0-9]+)"', first)[0].replace("&amp;", "&")
    last = hal.get(f"/studio/{world['session hal']}/others{older}").content.decode()
    assert "Two airs" in last and "Older" not in last and "The newest" in last
    wrong = hal.get(f"/v1/studio/sessions/{world['session hal']}/others?before=nothing")
    assert wrong.status_code == 400 and "is not where a page ends" in wrong.json()["detail"]
    monkeypatch.setattr("accord.studio.pages.LISTED", 1)
    monkeypatch.setattr("accord.studio.pages.datetime", SimpleNamespace(now=lambda _: world.now()))
    page = hal.get(f"/studio/{world['session hal']}?lay={world['creation']}").content.decode()
    assert "third, by Gina Test" in page and "Two airs, by Fan Test" in page and "second, by Gina Test" not in page
    assert "of which 2 are listed above, the newest" in page


def _pages(world):
    page = paged("blend", world["hal"], world.now(), "", 1)
    yield page
    while page.before:
        yield (page := paged("blend", world["hal"], world.now(), "", 1, page.before))


def test_law_4_a_no_said_while_a_match_is_mixed_is_heard_before_its_sound(world, monkeypatch):
    """Law 4: the maker is asked again after the mixing, and a take that was being mixed is not kept."""
    yes(world)
    mixed = matching.mixed

    def meanwhile(*asked):
        remixes.say(world["creation"], "blend", "no", world.now(), ACTOR)
        return mixed(*asked)

    monkeypatch.setattr(matching, "mixed", meanwhile)
    clip = (RemixSource(asset=world["creation"], end_s=2),)
    refused(lambda: actions.match(world["session gina"], clip, world.now()), "studio.no-leave")
    yes(world)
    refused(lambda: laid(world), "studio.no-leave")
    assert [take for take in queries.takes().values() if take.creator == world["gina"]] == []


def test_law_10_a_reviewer_sees_a_creation_and_does_not_answer_for_its_maker(world, monkeypatch):
    """Law 10: whoever reviews and creates besides sees every creation and session; the answer and the list stay their maker's."""
    monkeypatch.setattr("accord.provenance.api.now", world.now)
    account = accounts.open_account(
        "hal@example.org", "correct horse battery staple", ["creator", "trust"], [world["hal"]]
    )
    hal = Client(headers={"Authorization": f"Bearer {accounts.issue_key(account)}"})
    door, body = f"/v1/creations/{world['creation']}/remixes", {"feature": "blend", "answer": "yes"}
    assert hal.get(f"/creations/{world['creation']}").status_code == 200
    assert hal.get(door).status_code == 404
    assert hal.post(door, body, content_type="application/json").status_code == 404
    assert hal.post(f"/creations/{world['creation']}/remixes", body).status_code == 404
    assert hal.get(f"/studio/{world['session gina']}/others").status_code == 404
    assert hal.get(f"/v1/studio/sessions/{world['session gina']}/others").status_code == 404
    assert leave.leaves() == []


def test_an_artist_who_made_it_answers_on_its_page(world, monkeypatch):
    """Whoever sees the button is answered by it: artists make creations too."""
    monkeypatch.setattr("accord.provenance.pages.datetime", SimpleNamespace(now=lambda _: world.now()))
    account = accounts.open_account("fan@example.org", "correct horse battery staple", ["artist"], [world["fan"]])
    fan = Client(headers={"Authorization": f"Bearer {accounts.issue_key(account)}"})
    page, body = f"/creations/{world['creation']}", {"feature": "blend", "answer": "yes"}
    assert "Yes, others may" in fan.get(page).content.decode()
    assert fan.post(f"{page}/remixes", body).status_code == 302
    assert "Take back my yes" in fan.get(page).content.decode()


def test_credits_label_file_and_both_pages_name_each_other(world):
    """The outer one names the inner and its maker everywhere, the release carries the maker's yes; the inner names the outer."""
    given = yes(world)
    outer = handed_in(world, "Three airs", laid(world))
    out = provenance.release(outer, world.now(), ACTOR)
    assert [(m.creation, m.maker, m.leave) for m in out.made_with] == [(world["creation"], world["fan"], given)]
    assert (world["fan"], world["creation"], "maker", given) in [
        (a.party, a.asset, a.standing, a.by) for a in out.agreed
    ]
    assert "It was made with “Two airs”, which somebody else made here and agreed to." in out.label
    assert (world["fan"], "Remixer") in [(c.contributor, c.role) for c in out.disclosure.contributions]
    found = releases.credits(outer)
    assert [(line.maker, line.creations) for line in found.makers] == [("Fan Test", ((world["creation"], "Two airs"),))]
    assert found.creator == "Gina Test" and float(found.makers[0].share_percent) < float(found.creator_share_percent)
    page = Client().get(f"/creations/{outer}").content.decode()
    assert f'<a href="/creations/{world["creation"]}">“Two airs”</a> by' in page and "made what is in it" in page
    inner = Client().get(f"/creations/{world['creation']}").content.decode()
    assert "Heard in 1 released creation:" in inner and f'<a href="/creations/{outer}">' in inner


def test_the_maker_answers_and_another_finds_it_over_http_and_on_pages(world, monkeypatch):
    """Law 10: its maker alone answers, by page or API; another creator finds it, filters, takes the list away, lays it in."""
    for module in ("studio.api_others", "provenance.api"):
        monkeypatch.setattr(f"accord.{module}.now", world.now)
    for module in ("studio.pages", "studio.others_pages", "provenance.pages"):
        monkeypatch.setattr(f"accord.{module}.datetime", SimpleNamespace(now=lambda _: world.now()))
    fan, gina = (client(world, name) for name in ("fan", "gina"))
    door, page = f"/v1/creations/{world['creation']}/remixes", f"/creations/{world['creation']}"
    body = {"feature": "blend", "answer": "yes"}
    assert gina.post(door, body, content_type="application/json").status_code == 404
    assert gina.post(f"{page}/remixes", body).status_code == 404 and gina.get(door).status_code == 404
    assert fan.get(door).json() == {"said": [{"feature": "blend", "name": "Blend", "leave": None}], "made_with": []}
    assert (
        "Yes, others may" in fan.get(page).content.decode() and "Yes, others may" not in gina.get(page).content.decode()
    )
    assert fan.post(f"{page}/remixes", body).status_code == 302
    assert "Take back my yes" in fan.get(page).content.decode()
    session = world["session gina"]
    found = gina.get(f"/v1/studio/sessions/{session}/others").json()
    assert found["before"] is None and [one["creation"] for one in found["creations"]] == [world["creation"]]
    assert fan.get(f"/v1/studio/sessions/{session}/others").status_code == 404
    listed = gina.get(f"/studio/{session}/others?q=two").content.decode()
    assert "Two airs" in listed and f"?lay={world['creation']}#mix" in listed and "Fan Test" in listed
    assert "Nothing matches" in gina.get(f"/studio/{session}/others?q=none").content.decode()
    assert world["creation"] in gina.get(f"/studio/{session}/others?format=csv").content.decode()
    assert fan.get(f"/studio/{session}/others").status_code == 404
    form = gina.get(f"/studio/{session}?lay={world['creation']}").content.decode()
    assert f'<option value="{world["creation"]}" selected>Two airs, by Fan Test' in form
    assert fan.post(door, body | {"answer": "no"}, content_type="application/json").json()["said"][0]["leave"] is None
    assert gina.get(f"/v1/studio/sessions/{session}/others").json() == {"creations": [], "before": None}


def test_an_audience_sees_whose_creation_is_in_a_take_and_hears_it_no_more_once_its_maker_says_no(world):
    """Behind a concept test's link the inner creation and its maker are named; the maker's no stops the sound too."""
    yes(world)
    first = laid(world)
    second = actions.edit(first, "gain -3", world.now(), ACTOR)
    concept = concepts.open_concept(first, second, "", 9, world.now(), ACTOR)
    page = f"/concepts/{concept}/{concepts.mark(concept)}"
    assert f'<a href="/creations/{world["creation"]}">“Two airs”</a>' in (shown := Client().get(page).content.decode())
    assert "Fan Test" in shown
    assert concepts.listen(concepts.by_id(concept), first, world.now())
    remixes.say(world["creation"], "blend", "no", world.now(), ACTOR)
    refused(lambda: concepts.listen(concepts.by_id(concept), first, world.now()), "studio.no-leave")
