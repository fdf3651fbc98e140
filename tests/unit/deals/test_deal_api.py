"""Deals over HTTP: each office does its own part, and another licensor finds nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.unit.deals.example import AT, board, licensor, signed, terms

from accord.deals import actions, document, queries
from accord.parties import actions as parties

pytestmark = pytest.mark.django_db
counter = iter(range(10_000))


def caller(*roles: str, parties_: tuple[str, ...] = ()) -> Client:
    """A client with the key of an account that has these roles and acts for these parties."""
    email = f"someone{next(counter)}@example.org"
    account = parties.open_account(email, "correct horse battery staple", roles, parties_, at=AT)
    return Client(headers={"Authorization": f"Bearer {parties.issue_key(account, at=AT)}"})


def post(client: Client, path: str, body: Any = None) -> Any:
    """POST JSON; the answer with its status."""
    return client.post(f"/v1/{path}", body if body is not None else {}, content_type="application/json")


def test_a_deal_is_made_by_those_whose_part_it_is() -> None:
    """Licensing opens and drafts, legal and product approve, the licensor and licensing sign, licensing activates."""
    board()
    label = licensor("Ninth Wave")
    desk, own = caller("licensing"), caller("rightsholder", parties_=(label,))
    deal = post(desk, "deals", {"licensor": label, "title": "Catalogue"}).json()["id"]
    assert post(desk, f"deals/{deal}/terms", document.plain(terms(label))).status_code == 200
    assert post(caller("legal"), f"deals/{deal}/approvals/product").status_code == 404
    assert post(caller("legal"), f"deals/{deal}/approvals/legal").json()["state"] == "negotiation"
    assert post(caller("product"), f"deals/{deal}/approvals/product").json()["state"] == "approved"
    assert post(desk, f"deals/{deal}/signatures/licensor").status_code == 404
    assert post(own, f"deals/{deal}/signatures/platform").status_code == 404
    assert post(own, f"deals/{deal}/signatures/licensor").status_code == 200
    assert post(desk, f"deals/{deal}/activate").status_code == 403
    assert post(desk, f"deals/{deal}/signatures/platform").json()["state"] == "signed"
    assert post(desk, f"deals/{deal}/activate").json()["state"] == "active"
    assert post(desk, f"deals/{deal}/suspend", {"reason": "audit"}).json()["state"] == "suspended"
    assert own.get(f"/v1/deals/{deal}").json()["terms"]["remuneration"]["rate_ppm"] == 700_000


def test_another_licensor_finds_nothing() -> None:
    """Law 10: with another party's id every operation answers 404, and the list is empty."""
    board()
    deal = signed(licensor("Ninth Wave"))
    other = caller("rightsholder", "artist", parties_=(licensor("Tenth Wave"),))
    for path in (f"deals/{deal}", f"deals/{deal}/drafts"):
        assert other.get(f"/v1/{path}").status_code == 404
    assert other.get("/v1/deals").json() == []
    for path in ("signatures/licensor", "activate", "approvals/legal", "terms", "suspend"):
        assert post(other, f"deals/{deal}/{path}", {"reason": "x"}).status_code == 404
    assert caller("creator").get("/v1/deals").status_code == 404
    assert Client().get("/v1/deals").status_code == 401


def test_terms_that_make_no_sense_are_a_problem_document() -> None:
    """A rate over 100 % comes back as 400 with the sentence, and nothing is written."""
    board()
    label = licensor("Ninth Wave")
    desk = caller("licensing")
    deal = post(desk, "deals", {"licensor": label}).json()["id"]
    body = document.plain(terms(label))
    body["remuneration"]["rate_ppm"] = 1_200_000
    answer = post(desk, f"deals/{deal}/terms", body)
    assert answer.status_code == 400 and "`rate_ppm` of 1200000 is 120 %" in answer.json()["detail"]
    assert desk.get(f"/v1/deals/{deal}").json()["drafts"] == 0


def test_a_deal_whose_days_are_over_expires_over_http() -> None:
    """The desk records the end; a deal that still runs is refused with its reason; another office finds nothing."""
    board()
    label = licensor("Ninth Wave")
    past = {"starts": date(2020, 1, 1), "at": datetime(2020, 1, 1, tzinfo=UTC)}
    over, running = (signed(label, ends=ends, **past) for ends in (date(2021, 1, 1), None))
    for deal in (over, running):
        actions.activate(deal, past["at"], "acc_1")
    desk = caller("licensing")
    assert post(desk, f"deals/{over}/expire").json()["state"] == "expired"
    still = post(desk, f"deals/{running}/expire")
    assert still.status_code == 403 and "has no end" in still.json()["detail"]
    assert post(caller("comms"), f"deals/{running}/expire").status_code == 404


def test_nobody_approves_or_signs_a_draft_they_did_not_read() -> None:
    """A draft laid on the table after somebody opened the page is refused with both numbers; read, it is approved."""
    board()
    label = licensor("Ninth Wave")
    deal = actions.open_deal(label, "Catalogue", AT, "acc_1")
    for rate in (600_000, 500_000):
        actions.negotiate(deal, terms(label, pay={"rate_ppm": rate}), AT, "acc_1")
    legal = caller("legal")
    late = post(legal, f"deals/{deal}/approvals/legal?draft=1")
    assert late.status_code == 403
    assert late.json()["detail"].startswith(f"draft 2 of `{deal}` is on the table, and you read draft 1")
    assert post(legal, f"deals/{deal}/approvals/legal?draft=2").json()["approvals"] == ["legal"]
    assert post(caller("product"), f"deals/{deal}/approvals/product?draft=2").status_code == 200
    own = caller("rightsholder", parties_=(label,))
    assert post(own, f"deals/{deal}/signatures/licensor?draft=1").status_code == 403
    assert post(own, f"deals/{deal}/signatures/licensor?draft=2").json()["signatures"] == ["licensor"]


def test_the_page_says_which_draft_it_shows() -> None:
    """The form carries the draft's number, so that a press on an old page approves nothing unread."""
    board()
    label = licensor("Ninth Wave")
    deal = actions.open_deal(label, "Catalogue", AT, "acc_1")
    actions.negotiate(deal, terms(label), AT, "acc_1")
    email = f"legal{next(counter)}@example.org"
    parties.open_account(email, "correct horse battery staple", ["legal"], (), at=AT)
    browser = Client()
    browser.force_login(get_user_model().objects.get(email=email))
    assert 'name="draft" value="1"' in browser.get(f"/deals/{deal}").content.decode()
    actions.negotiate(deal, terms(label, pay={"rate_ppm": 1}), AT, "acc_1")
    browser.post(f"/deals/{deal}/act", {"step": "approve-legal", "draft": "1"})
    assert queries.standing(deal).approvals == frozenset()
    browser.post(f"/deals/{deal}/act", {"step": "approve-legal", "draft": "2"})
    assert queries.standing(deal).approvals == {"legal"}
