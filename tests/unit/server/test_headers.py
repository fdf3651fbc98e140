"""What every answer tells the browser."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_nothing_but_this_server_may_be_run_or_framed() -> None:
    """Scripts come from here and never from within a page; no other site may frame one."""
    policy = Client().get("/verify").headers["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'self'" and "script-src" not in parts
    assert parts["object-src"] == parts["base-uri"] == parts["frame-ancestors"] == "'none'"


def test_a_form_from_elsewhere_gets_our_own_page() -> None:
    """A missing CSRF token is refused in the look and the words of the site."""
    answer = Client(enforce_csrf_checks=True).post("/verify", {"file": "x"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


def test_a_page_of_somebody_signed_in_stays_out_of_caches(django_user_model) -> None:  # type: ignore[no-untyped-def]
    """After signing out, Back shows nothing."""
    browser = Client()
    assert "no-store" not in browser.get("/").headers.get("Cache-Control", "")
    browser.force_login(
        django_user_model.objects.create(username="x"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert browser.get("/").headers["Cache-Control"] == "private, no-store"
