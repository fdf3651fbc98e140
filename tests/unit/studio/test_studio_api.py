"""The studio over HTTP: the whole way from sitting down to a creation, and law 10 on every step of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.made_once import made_once
from tests.unit.studio.world import ACTOR, World, blend_world

from accord.parties import accounts
from accord.parties import actions as parties
from accord.provenance import queries as releases

pytestmark = pytest.mark.django_db


class Caller:
    """Somebody with an API key."""

    def __init__(self, name: str, roles: list[str], acts_for: list[str]) -> None:
        account = accounts.open_account(f"{name}@example.org", "correct horse battery staple", roles, acts_for)
        self.client = Client(headers={"Authorization": f"Bearer {accounts.issue_key(account)}"})

    def get(self, path: str) -> Any:
        return self.client.get(f"/v1{path}")

    def post(self, path: str, **body: object) -> Any:
        return self.client.post(f"/v1{path}", data=body, content_type="application/json")


once, world = made_once(blend_world)


@pytest.fixture
def fan(world) -> Caller:
    """The creator."""
    return Caller("fan", ["creator"], [world["fan"]])


@pytest.fixture
def stranger(world) -> Caller:
    """Another creator, with everything a creator may have."""
    other = parties.register_party("person", "Other Test", at=world.now(), actor=ACTOR)
    return Caller("other", ["creator", "artist"], [other])


@pytest.fixture(autouse=True)
def clock(monkeypatch, world):
    """The API reads the clock; here it is the world's."""
    monkeypatch.setattr("accord.studio.api.now", world.now)
    monkeypatch.setattr("accord.provenance.api.now", world.now)


def remixed(world: World, fan: Caller) -> tuple[str, str]:
    """A session and a take in it, made over HTTP."""
    session = fan.post("/studio/sessions", creator=world["fan"], feature="blend").json()["id"]
    sources = [{"asset": world["r1"], "end_s": 7}, {"asset": world["r2"], "end_s": 7, "offset_s": 3, "gain": 0.5}]
    made = fan.post(f"/studio/sessions/{session}/remixes", sources=sources, territories="DE+FR")
    assert made.status_code == 200, made.content
    return session, made.json()["id"]


def test_a_creator_makes_edits_compares_chooses_and_submits(world, fan):
    """Every step of the studio is an operation, and each answers with what it made."""
    known = fan.get(f"/studio/analysis/{world['r1']}").json()
    assert known["tempo_known"] == "estimate" and known["key"]
    session, take = remixed(world, fan)
    assert fan.get(f"/studio/takes/{take}").json()["state"] == "clear"
    assert fan.get(f"/studio/takes/{take}/audio").content[:4] == b"RIFF"
    edited = fan.post(f"/studio/takes/{take}/edits", edit="trim 0 4").json()["id"]
    assert {r[0]: r[1:] for r in fan.get(f"/studio/compare/{take}/{edited}").json()["rows"]}["length"][1] == "4.0 s"
    assert fan.post(f"/studio/takes/{edited}/choose").json()["chosen"]
    creation = fan.post(f"/studio/takes/{edited}/submit", title="Two airs").json()
    assert creation["title"] == "Two airs"
    assert [one["id"] for one in fan.get("/studio/creations").json()] == [creation["id"]]
    assert len(fan.get(f"/studio/sessions/{session}").json()["takes"]) == 2


def test_law_10_another_creator_gets_not_found_for_all_of_it(world, fan, stranger):
    """With the right ids and the right role, but not theirs: 404 for each operation, and empty lists."""
    session, take = remixed(world, fan)
    creation = fan.post(f"/studio/takes/{take}/submit").json()["id"]
    for path in (
        f"/studio/sessions/{session}", f"/studio/takes/{take}", f"/studio/takes/{take}/audio", f"/studio/compare/{take}/{take}",
        f"/studio/creations/{creation}", f"/creations/{creation}/credits",
    ):  # fmt: skip
        assert stranger.get(path).status_code == 404, path
    for path, body in (
        ("/studio/sessions", {"creator": world["fan"], "feature": "blend"}),
        (f"/studio/sessions/{session}/pieces", {"bars": 2}),
        (f"/studio/sessions/{session}/remixes", {"sources": [{"asset": world["r1"]}]}),
        (f"/studio/sessions/{session}/matches", {"sources": [{"asset": world["r1"]}]}),
        (f"/studio/takes/{take}/edits", {"edit": "gain -3"}),
        (f"/studio/takes/{take}/choose", {}),
        (f"/studio/takes/{take}/submit", {"title": "mine"}),
        (f"/creations/{creation}/release", {}),
    ):
        assert stranger.post(path, **body).status_code == 404, path
    assert stranger.get("/studio/sessions").json() == [] and stranger.get("/studio/creations").json() == []


def test_law_10_a_reviewer_sees_a_session_and_does_not_work_in_it(world, fan):
    """Trust sees takes and hears them; a reviewer who is a creator too still cannot edit another's take, by API or page."""
    session, take = remixed(world, fan)
    reviewer = Caller("reader", ["trust", "creator"], [world["nina"]])
    assert reviewer.get(f"/studio/takes/{take}").status_code == 200
    assert reviewer.post(f"/studio/takes/{take}/edits", edit="gain -3").status_code == 404
    for path, form in (
        (f"/studio/{session}/make", {"kind": "new"}),
        (f"/studio/{session}/takes/{take}", {"step": "choose"}),
    ):
        assert reviewer.client.post(path, form).status_code == 404, path
    assert fan.client.post(f"/studio/{session}/takes/{take}", {"step": "choose"}).status_code == 302


def test_nobody_signed_in_gets_401(world, fan):
    """Without a key the studio says so; releases and verification are public."""
    _, take = remixed(world, fan)
    nobody = Client()
    assert nobody.get(f"/v1/studio/takes/{take}").status_code == 401
    assert nobody.post("/v1/studio/sessions", data={}, content_type="application/json").status_code in (400, 401)
    assert nobody.get("/v1/provenance/releases").json()["releases"] == []
    assert nobody.get("/v1/trust").json()["origin"] == releases.trust().origin


def test_bad_input_is_a_problem_document(world, fan):
    """What cannot be read is 400 with one sentence."""
    session, take = remixed(world, fan)
    wrong = fan.post(f"/studio/takes/{take}/edits", edit="louder please")
    assert wrong.status_code == 400 and "not an edit" in wrong.json()["detail"]
    assert fan.post(f"/studio/sessions/{session}/remixes", sources=[]).status_code == 400
    for piece in ({"midi": "%%%"}, {"mode": "continue"}, {"mode": "vary"}, {"mode": "cover"}):
        asked = fan.post(f"/studio/sessions/{session}/pieces", bars=2, **piece)
        assert asked.status_code == 400 and asked.json()["detail"], piece
    for mix in ({"tempo_bpm": -5}, {"tempo_bpm": 0}, {"tempo_bpm": 1e6}, {"key": "H moll"}):
        sources = [{"asset": world["r1"], "end_s": 7}]
        assert fan.post(f"/studio/sessions/{session}/remixes", sources=sources, **mix).status_code == 400, mix
    assert fan.get("/provenance/releases/rel_nowhere").status_code == 404


def test_product_releases_and_everybody_sees_the_release(world, fan):
    """Releasing is product's; the release, its files and their verification are public."""
    from accord.attribution import actions as attribution

    _, take = remixed(world, fan)
    creation = fan.post(f"/studio/takes/{take}/submit", title="Two airs").json()["id"]
    attribution.attribute(creation, world.now(), ACTOR)
    product = Caller("product", ["product"], [])
    assert fan.post(f"/creations/{creation}/release").status_code == 404
    released = product.post(f"/creations/{creation}/release").json()
    file = b"".join(Client().get(f"/v1/provenance/releases/{released['id']}/files/flac").streaming_content)
    assert file[:4] in (b"ID3\x04", b"fLaC", b"ID3\x03")
    assert fan.get(f"/creations/{creation}/credits").json()["creator"] == "Fan Test"
    gone = product.post(f"/provenance/releases/{released['id']}/withdraw", reason="asked for")
    assert gone.status_code == 200 and Client().get("/v1/provenance/releases").json()["count"] == 0
