"""Accounts and API keys: who may come in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model

from accord.parties import accounts
from accord.parties.models import KeyRow
from accord.parties.viewer import Role
from accord.terms.refusal import BadInput, NotThere

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
PASS = "a long enough pass phrase 1"


def an_account(email: str = "ml@example.org", roles: tuple[str, ...] = ("machine", "product")) -> str:
    return accounts.open_account(email, PASS, roles, at=AT)


def test_a_key_is_kept_only_as_a_hash() -> None:
    """The text of a key proves it, and no part of the secret stands in the table."""
    account = an_account()
    key = accounts.issue_key(account, "training job")
    viewer = accounts.viewer_of_key(key)
    assert viewer is not None and viewer.account == account and viewer.has(Role.MACHINE)
    secret = key.split("_", 2)[2]
    assert all(secret not in str(value) for row in KeyRow.objects.values_list() for value in row)


@pytest.mark.parametrize("damage", [lambda k: k + "x", lambda k: k[:-1], lambda k: k.replace("accord", "x"), str.upper])
def test_a_damaged_key_is_nobody(damage: object) -> None:
    """A key that differs in anything lets nobody in."""
    key = accounts.issue_key(an_account())
    assert accounts.viewer_of_key(damage(key)) is None  # type: ignore[operator]


@pytest.mark.parametrize("text", ["", "_", "accord", "accord__", "accord_\x00_\x00"])
def test_what_is_no_key_is_nobody(text: str) -> None:
    """Any other text lets nobody in, and breaks nothing."""
    assert accounts.viewer_of_key(text) is None


def test_an_address_is_used_once_and_is_no_page_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice, even when both were looked up at the same moment, and beyond what the database keeps: bad input."""
    an_account()
    with pytest.raises(BadInput, match="already has an account"):
        an_account(" ML@example.org ")
    with pytest.raises(BadInput, match="is too long"):
        an_account("a" * 60 + "@" + "b" * 60 + "." + "c" * 60 + ".org")
    monkeypatch.setattr(accounts, "_check_credentials", lambda *_: None)
    with pytest.raises(BadInput, match="already has an account"):
        an_account()


def test_a_revoked_key_stops_at_once() -> None:
    """A revoked key is nobody's, and cannot be revoked twice."""
    key = accounts.issue_key(an_account())
    prefix = key.split("_")[1]
    accounts.revoke_key(prefix, at=AT)
    assert accounts.viewer_of_key(key) is None
    with pytest.raises(NotThere):
        accounts.revoke_key(prefix)


def test_a_key_never_outlives_or_outreaches_its_account() -> None:
    """A key loses what its account loses, and is never given more."""
    account = an_account()
    key = accounts.issue_key(account)
    with pytest.raises(BadInput, match="cannot have `admin`"):
        accounts.issue_key(account, roles=["admin"])
    accounts.change_account(account, roles=["machine"])
    narrowed = accounts.viewer_of_key(key)
    assert narrowed is not None and narrowed.roles == {Role.PUBLIC, Role.MACHINE}
    accounts.close_account(account)
    assert accounts.viewer_of_key(key) is None


def test_one_account_cannot_revoke_anothers_key() -> None:
    """Somebody else's key looks as if it did not exist."""
    key = accounts.issue_key(an_account())
    other = an_account("other@example.org")
    with pytest.raises(NotThere):
        accounts.revoke_key(key.split("_")[1], other)


@pytest.mark.parametrize(
    ("email", "password", "roles", "why"),
    [
        ("not an address", PASS, ["artist"], "cannot have an account"),
        ("a@example.org", "123", ["artist"], "cannot have an account"),
        ("a@example.org", PASS, ["emperor"], "is not a role"),
    ],
)
def test_a_bad_account_is_one_sentence(email: str, password: str, roles: list[str], why: str) -> None:
    """What is wrong with an account is said in one sentence, and no user is left behind."""
    with pytest.raises(BadInput, match=why):
        accounts.open_account(email, password, roles)
    assert not get_user_model().objects.exists()


def test_an_address_has_one_account() -> None:
    """The same address in other letters is the same account."""
    an_account("A@example.org")
    with pytest.raises(BadInput, match="already has an account"):
        an_account("a@Example.org")


def test_a_user_without_an_account_is_anyone() -> None:
    """A Django user that no account belongs to has no roles and no parties."""
    user = get_user_model().objects.create_user("x")
    assert accounts.viewer_of_user(user).roles == {Role.PUBLIC}
