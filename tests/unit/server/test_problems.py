"""Refusals over HTTP: problem documents for machines, a page for people."""

from __future__ import annotations

import pytest
from django.test import Client

from accord.parties import accounts


@pytest.mark.django_db
def test_an_unknown_thing_is_a_problem_document() -> None:
    """RFC 9457: type, title, status, detail; and its media type."""
    answer = Client().get("/v1/deals/none")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(answer.json())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/v1/features/a%00b", None, None),
        ("/creations?page=%00", None, None),
        ("/v1/clearances", '{"use": "a\\u0000"}', "application/json"),
        ("/accounts/login/", "login=%00", "application/x-www-form-urlencoded"),
    ],
)
def test_a_nul_character_is_bad_input(path: str, body: str | None, kind: str | None) -> None:
    """Whatever the database thinks of it, a NUL answers 400."""
    client = Client()
    answer = client.post(path, body, content_type=kind) if kind else client.get(path)
    assert answer.status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "half"),
    [("\\ud800", True), ("\\uDFFFx", True), ("\\ud83d \\ude00", True), ("\\ud83d\\ude00", False), ("\\u00e9", False)],
)
def test_half_a_character_is_bad_input(text: str, half: bool) -> None:
    """JSON can say one, and nothing can keep it; two halves that belong together are a character."""
    answer = Client().post("/v1/clearances", f'{{"use": "{text}"}}', content_type="application/json")
    assert ("half a character" in answer.json()["detail"]) is half


@pytest.mark.django_db
def test_nobody_changes_the_address_of_a_sign_in(client: Client) -> None:
    """The platform knows who is told of what by it; whoever got into a sign-in must not lead that elsewhere."""
    account = accounts.open_account("a@test.example", "correct horse battery staple", ["artist"])
    assert client.login(username="a@test.example", password="correct horse battery staple")
    asked = {"email": "thief@test.example", "action_add": ""}
    assert client.get("/accounts/email/").status_code == client.post("/accounts/email/", asked).status_code == 404
    assert [one.email for one in accounts.all_accounts() if one.id == account] == ["a@test.example"]


@pytest.mark.django_db
def test_a_page_says_the_same_in_words() -> None:
    """People get a page with the sentence, not a document."""
    answer = Client().get("/creations/none")
    assert answer.status_code == 404 and "text/html" in answer.headers["Content-Type"]
    assert "there is no creation" in answer.content.decode().lower()
