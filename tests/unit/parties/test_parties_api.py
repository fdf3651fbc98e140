"""Parties, accounts and keys over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client, override_settings
from tests.unit.parties.test_parties import DOOR, IPI

from accord.parties import accounts, actions, queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_passwords() -> Any:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


def call(key: str, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    answer = Client().generic(
        method, f"/v1{path}", json.dumps(body or {}), "application/json", headers={"Authorization": f"Bearer {key}"}
    )
    return answer.status_code, answer.json()


def a_key(name: str, roles: list[str], own: list[str] | None = None) -> tuple[str, str]:
    account = accounts.open_account(f"{name}@example.org", "a long enough pass phrase", roles, own or [])
    return account, accounts.issue_key(account)


def test_an_artist_sees_herself_and_nobody_else() -> None:
    """Law 10: the party one acts for is there with its name; any other is 404 and in no list."""
    mine = actions.register_party("person", "Ada", {"ipi": IPI}, **DOOR)
    other = actions.register_party("person", "Bo", **DOOR)
    _, key = a_key("ada", ["artist"], [mine])
    assert call(key, "GET", f"/parties/{mine}")[1]["name"] == "Ada"
    assert call(key, "GET", f"/parties/{other}")[0] == 404
    assert [party["id"] for party in call(key, "GET", "/parties")[1]] == [mine]


def test_only_registrars_register() -> None:
    """Licensing registers a party; for an artist that door is not there."""
    _, licensing = a_key("lic", ["licensing"])
    _, artist = a_key("art", ["artist"])
    body = {"kind": "label", "name": "L", "identifiers": [{"scheme": "ipi", "value": IPI}]}
    assert call(artist, "POST", "/parties", body)[0] == 404
    status, made = call(licensing, "POST", "/parties", body)
    assert status == 200 and queries.find("ipi", IPI).id == made["id"]
    assert call(licensing, "POST", "/parties", body)[0] == 400


def test_a_person_gives_and_ends_her_own_mandate() -> None:
    """An artist lets a manager speak and takes it back; nobody does that for somebody else."""
    mine = actions.register_party("person", "Ada", **DOOR)
    manager = actions.register_party("person", "Mo", **DOOR)
    _, key = a_key("ada", ["artist"], [mine])
    _, other = a_key("mo", ["artist"], [manager])
    body = {"representative": manager, "uses": ["train"], "evidence": "signed", "starts": "2026-01-01"}
    assert call(other, "POST", f"/parties/{mine}/mandates", body)[0] == 404
    status, made = call(key, "POST", f"/parties/{mine}/mandates", body)
    assert status == 200 and len(queries.mandates()) == 1
    assert call(other, "POST", f"/mandates/{made['id']}/end", {"because": "x"})[0] == 404
    assert call(key, "POST", f"/mandates/{made['id']}/end", {"because": "enough"})[0] == 200
    assert queries.mandates() == []


def test_a_profile_claim_waits_for_verification() -> None:
    """Who says to be the party with an identifier acts for it only after the evidence was seen."""
    party = actions.register_party("person", "Ada", {"ipi": IPI}, **DOOR)
    account, key = a_key("ada", ["artist"])
    assert call(key, "POST", "/me/profile-claims", {"scheme": "ipi", "value": IPI})[0] == 200
    assert accounts.account(account).claims == (party,) and call(key, "GET", f"/parties/{party}")[0] == 404
    _, trust = a_key("trust", ["trust"])
    seen = {"account": account, "method": "passport", "evidence": "seen"}
    assert call(trust, "POST", f"/parties/{party}/verifications", seen)[0] == 200
    fresh = accounts.issue_key(account)
    assert call(fresh, "GET", "/me")[1]["parties"] == {party: "Ada"}


def test_a_key_made_with_a_key_may_do_no_more() -> None:
    """A narrow key cannot make itself a wide one."""
    account, _ = a_key("ops", ["admin", "machine"])
    narrow = accounts.issue_key(account, roles=["machine"])
    assert call(narrow, "GET", "/accounts")[0] == 404
    assert call(narrow, "POST", "/keys", {"roles": ["admin"]})[0] == 400
    status, made = call(narrow, "POST", "/keys", {})
    assert status == 200 and call(made["key"], "GET", "/me")[1]["roles"] == ["machine", "public"]


def test_a_key_is_shown_once_and_stopped_by_its_owner() -> None:
    """Lists show prefixes only; the owner stops a key, and another's is not there."""
    _, key = a_key("ops", ["machine"])
    _, other = a_key("spy", ["machine"])
    (listed,) = call(key, "GET", "/keys")[1]
    assert key.split("_", 2)[2] not in json.dumps(listed)
    assert call(other, "DELETE", f"/keys/{listed['prefix']}")[0] == 404
    assert call(key, "DELETE", f"/keys/{listed['prefix']}")[0] == 200
    assert call(key, "GET", "/keys")[0] == 401
