"""Accounts and API keys (shell): who may come in, with which roles, for which parties. None of this is a fact.

A key is shown once, as `accord_<prefix>_<secret>`. The prefix finds it; the SHA-256 of the secret proves it, compared in
constant time. A secret has 256 random bits, so a slow hash would add nothing.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accord.journal.actions import announced
from accord.parties.models import AccountRow, KeyRow, PartyRow
from accord.parties.records import Account, Key
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import BadInput, NotThere

PASSWORD_RULES = (MinimumLengthValidator(10), CommonPasswordValidator(), NumericPasswordValidator())
EMAIL_MAX = 150  # it is the name under which Django keeps the user
NO_DIGEST = sha256(b"no key").hexdigest()


def viewer_of_user(user: Any) -> Viewer:
    """The viewer behind a signed-in Django user; one without an account here is nobody in particular."""
    row = AccountRow.objects.filter(user=user).first()
    if row is None or not user.is_active:
        return Viewer()
    return _viewer(row.id, row.roles, row.parties)


def viewer_of_key(key_text: str) -> Viewer | None:
    """The viewer behind an API key; None for one that is unknown, revoked, or of a closed account."""
    name, _, rest = key_text.partition("_")
    prefix, _, secret = rest.partition("_")
    sound = name == "accord" and prefix.isalnum()
    row = _key(prefix) if sound else None
    proven = hmac.compare_digest(_digest(secret), row[0] if row else NO_DIGEST)
    if row is None or not proven:
        return None
    _, revoked_at, account, active, *sets = row
    if revoked_at is not None or not active:
        return None
    roles, theirs, parties, their_parties = (set(json.loads(one)) for one in sets)
    return _viewer(account, roles & theirs, parties & their_parties)


def _key(prefix: str) -> tuple[Any, ...] | None:
    """A key and its account as the columns of `_key_sql`; sets as JSON."""
    with connection.cursor() as cursor:
        cursor.execute(_key_sql(), [prefix])
        return cursor.fetchone()  # type: ignore[no-any-return]


@cache
def _key_sql() -> str:
    """Put into words once: machines are looked up at every request, and wording the question takes ten times the answer."""
    own = ("digest", "revoked_at", "account", "account__user__is_active")
    sets = ("roles", "account__roles", "parties", "account__parties")
    return str(KeyRow.objects.filter(prefix="").values_list(*own, *sets).query.sql_with_params()[0])


def viewer_of_account(account_id: str) -> Viewer:
    """The viewer behind an account. Raises: NotThere."""
    row = _row(account_id)
    return _viewer(row.id, row.roles, row.parties)


def open_account(
    email: str,
    password: str,
    roles: Iterable[Role | str],
    parties: Iterable[str] = (),
    *,
    at: datetime | None = None,
    demonstration: bool = False,
) -> str:
    """Let somebody sign in. Returns the account's id.

    `parties` are those the account is appointed to act for; that alone verifies nobody's identity.
    Raises: BadInput for an e-mail in use or malformed, a weak password, an unknown role or party.
    """
    email = email.strip().lower()
    wanted_roles, wanted_parties = _roles(roles), _known_parties(parties)
    _check_credentials(email, password, demonstration)
    hashed = _hashed(password, demonstration)  # slow, so not while the database waits
    with transaction.atomic():
        try:
            user = get_user_model().objects.create(username=email, email=email, password=hashed)
        except IntegrityError:
            raise _taken(email) from None
        row = AccountRow.objects.create(
            id=f"acc_{secrets.token_hex(8)}",
            user=user,
            roles=wanted_roles,
            parties=wanted_parties,
            demonstration=demonstration,
            created_at=at or timezone.now(),
        )
    return row.id


def change_account(
    account_id: str, roles: Iterable[Role | str] | None = None, parties: Iterable[str] | None = None
) -> Account:
    """Give an account other roles or other parties to act for. Raises: NotThere, BadInput."""
    row = _row(account_id)
    if roles is not None:
        row.roles = _roles(roles)
    if parties is not None:
        row.parties = _known_parties(parties)
    with announced():
        row.save()
    return _account(row)


def close_account(account_id: str) -> None:
    """Nobody signs in with it any more, and its keys stop at once."""
    row = _row(account_id)
    row.user.is_active = False
    with announced():
        row.user.save()


def add_claim(account_id: str, party: str) -> None:
    """Note that the account says it is the party."""
    row = _row(account_id)
    row.claims = sorted({*row.claims, party})
    row.save()


def appoint(account_id: str, party: str) -> None:
    """Let the account act for the party."""
    row = _row(account_id)
    row.parties, row.claims = sorted({*row.parties, party}), sorted(set(row.claims) - {party})
    row.save()


def dismiss(account_id: str, party: str) -> None:
    """The account no longer acts for the party."""
    row = _row(account_id)
    row.parties = sorted(set(row.parties) - {party})
    with announced():
        row.save()


def account(account_id: str) -> Account:
    """One account. Raises: NotThere."""
    return _account(_row(account_id))


def acts_for(account_id: str) -> frozenset[str]:
    """The parties that an account acts for; of what is no account, none."""
    row = AccountRow.objects.filter(id=account_id).first()
    return frozenset(row.parties) if row is not None else frozenset()


def all_accounts() -> list[Account]:
    """Every account, oldest first."""
    return [_account(row) for row in AccountRow.objects.select_related("user").order_by("created_at", "id")]


def demonstration_accounts() -> list[Account]:
    """The accounts a demonstration home lists on its sign-in page."""
    return [found for found in all_accounts() if found.demonstration]


def issue_key(
    account_id: str,
    label: str = "",
    roles: Iterable[Role | str] | None = None,
    parties: Iterable[str] | None = None,
    *,
    at: datetime | None = None,
) -> str:
    """Make an API key with the account's roles and parties, or fewer. The text is returned once and kept nowhere.

    Raises: NotThere for an unknown account, BadInput when the key would be allowed more than its account.
    """
    row = _row(account_id)
    wanted_roles = row.roles if roles is None else _roles(roles)
    wanted_parties = row.parties if parties is None else sorted(set(parties))
    if beyond := sorted({*wanted_roles} - {*row.roles} | {*wanted_parties} - {*row.parties}):
        raise BadInput(f"a key of `{account_id}` cannot have `{beyond[0]}`", do="give it only what the account has")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    KeyRow.objects.create(
        prefix=prefix,
        digest=_digest(secret),
        account=row,
        label=label.strip()[:120],
        roles=wanted_roles,
        parties=wanted_parties,
        created_at=at or timezone.now(),
    )
    return f"accord_{prefix}_{secret}"


def revoke_key(prefix: str, account_id: str | None = None, *, at: datetime | None = None) -> None:
    """Stop a key at once; with `account_id`, only one of that account's. Raises: NotThere."""
    rows = KeyRow.objects.filter(prefix=prefix, revoked_at=None)
    rows = rows.filter(account_id=account_id) if account_id else rows
    with announced():
        revoked = rows.update(revoked_at=at or timezone.now())
    if not revoked:
        raise NotThere(f"there is no working key `{prefix}`")


def keys(account_id: str | None = None) -> list[Key]:
    """Keys as they may be shown, oldest first."""
    rows = KeyRow.objects.order_by("created_at", "prefix")
    rows = rows.filter(account_id=account_id) if account_id else rows
    return [
        Key(
            prefix=row.prefix,
            account=row.account_id,
            label=row.label,
            roles=tuple(row.roles),
            parties=tuple(row.parties),
            created_at=row.created_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]


def _viewer(account_id: str, roles: Iterable[str], parties: Iterable[str]) -> Viewer:
    return Viewer(account_id, frozenset(parties), frozenset({Role.PUBLIC, *(Role(role) for role in roles)}))


def _row(account_id: str) -> AccountRow:
    row = AccountRow.objects.select_related("user").filter(id=account_id).first()
    if row is None:
        raise NotThere(f"there is no account `{account_id}`")
    return row


def _account(row: AccountRow) -> Account:
    return Account(
        id=row.id,
        email=row.user.email,
        roles=tuple(row.roles),
        parties=tuple(row.parties),
        claims=tuple(row.claims),
        active=row.user.is_active,
        demonstration=row.demonstration,
    )


def _roles(roles: Iterable[Role | str]) -> list[str]:
    wanted = sorted({str(role).lower() for role in roles} - {Role.PUBLIC.value})
    if unknown := [role for role in wanted if role not in set(Role)]:
        known = ", ".join(role.value for role in Role)
        raise BadInput(f"`{unknown[0]}` is not a role", do=f"choose from {known}")
    return wanted


def _known_parties(parties: Iterable[str]) -> list[str]:
    wanted = sorted(set(parties))
    known = set(PartyRow.objects.filter(id__in=wanted).values_list("id", flat=True))
    if unknown := [party for party in wanted if party not in known]:
        raise BadInput(f"there is no party `{unknown[0]}`", do="register the party first")
    return wanted


def _check_credentials(email: str, password: str, demonstration: bool) -> None:
    try:
        validate_email(email)
        if not demonstration:
            validate_password(password, password_validators=PASSWORD_RULES)
    except ValidationError as error:
        fault = " ".join(error.messages).rstrip(".")
        raise BadInput(f"`{email}` cannot have an account", why=fault[:1].lower() + fault[1:]) from None
    if len(email) > EMAIL_MAX:
        raise BadInput(f"the e-mail address that begins `{email[:40]}` is too long", do=f"they end at {EMAIL_MAX}")
    if get_user_model().objects.filter(username=email).exists():
        raise _taken(email)


def _taken(email: str) -> BadInput:
    return BadInput(f"`{email}` already has an account", do="change that one with `accord account change`")


def _hashed(password: str, demonstration: bool) -> str:
    """A slow hash; a quick one where the password stands on the sign-in page anyway (Django redoes it at sign-in)."""
    if demonstration:
        return PBKDF2PasswordHasher().encode(password, secrets.token_hex(11), iterations=1000)
    return make_password(password)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
