"""Features over HTTP: everybody reads them, each office signs for itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accord.parties import actions as parties

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
counter = iter(range(10_000))


def caller(*roles: str) -> Client:
    """A client with the key of an account that has these roles."""
    account = parties.open_account(f"office{next(counter)}@example.org", "correct horse battery staple", roles)
    return Client(headers={"Authorization": f"Bearer {parties.issue_key(account)}"})


def post(client: Client, path: str, body: Any = None) -> Any:
    """POST JSON; the answer with its status."""
    return client.post(f"/v1/features{path}", body if body is not None else {}, content_type="application/json")


def test_a_feature_is_made_ready_by_its_offices() -> None:
    """Product proposes, publishes and opens; legal signs for legal and for nobody else; everybody reads the result."""
    product, legal = caller("product"), caller("legal")
    proposal = {"id": "compose", "uses": ["train"], "territories": "WORLD-JP", "needs_works": 2}
    assert post(legal, "", proposal).status_code == 404
    assert post(product, "", proposal).json()["territories"] == "WORLD-JP"
    assert post(product, "/compose/controls").status_code == 403
    post(product, "/compose/policy", {"release_label": "AI", "participation": "opt-in"})
    post(product, "/compose/split", {"sources_ppm": 600_000, "model_ppm": 200_000, "cocreator_ppm": 200_000})
    assert post(product, "/compose/controls").json()["state"] == "controls-open"
    assert post(legal, "/compose/sign-offs/comms").status_code == 404
    assert post(legal, "/compose/sign-offs/legal").json()["signed_off"] == ["legal"]
    read = Client().get("/v1/features/compose").json()
    assert read["signed_off"] == ["legal"] and read["splits"][0]["sources_ppm"] == 600_000
    assert "acc_" not in str(read)


def test_bad_bodies_are_problem_documents() -> None:
    """A split that is no whole, an unknown use and a body without its fields are 400 with the sentence."""
    product = caller("product")
    assert post(product, "", {"id": "x", "uses": ["sing"], "territories": "WORLD"}).status_code == 400
    assert post(product, "", {"id": "x"}).status_code == 400
    post(product, "", {"id": "compose", "uses": ["train"], "territories": "WORLD"})
    answer = post(product, "/compose/split", {"sources_ppm": 1, "model_ppm": 1, "cocreator_ppm": 1})
    assert answer.status_code == 400 and "sums to 3" in answer.json()["detail"]
    assert Client().get("/v1/features/nope").status_code == 404


def test_a_council_is_heard() -> None:
    """Comms forms a council and records its objection; the public reads the stance, and not who sits in it."""
    comms, product = caller("comms"), caller("product")
    post(product, "", {"id": "compose", "uses": ["train"], "territories": "WORLD"})
    members = [parties.register_party("person", name, at=AT, actor="acc_1") for name in ("Nina", "Walt")]
    body = {"name": "Artists", "members": members}
    unknown = comms.post("/v1/councils", {**body, "members": ["par_9"]}, content_type="application/json")
    assert unknown.status_code == 404 and "par_9" in unknown.json()["detail"]
    council = comms.post("/v1/councils", body, content_type="application/json").json()["id"]
    heard = {"council": council, "answer": "not like this", "stance": "object"}
    assert post(comms, "/compose/consultations", heard).status_code == 200
    assert post(comms, "/compose/consultations", {**heard, "stance": "shrug"}).status_code == 400
    assert Client().get("/v1/features/compose").json()["consultations"][0]["stance"] == "object"
    assert Client().get("/v1/councils").json() == [{"id": council, "name": "Artists", "members": 2}]
