"""Parties, accounts and keys over HTTP. Names are bound for whoever may see the party."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Router, Schema

from accord.parties import accounts, actions, queries
from accord.parties.audience import audience, viewer_of
from accord.parties.records import Identifier, MandateKind, MembershipKind, PartyKind
from accord.parties.viewer import STAFF, Role, Viewer
from accord.terms.refusal import BadInput, NotThere
from accord.terms.use import Use

router = Router(tags=["parties"])
SIGNED_IN = tuple(sorted({*Role} - {Role.PUBLIC}))
OFFICES = tuple(sorted(STAFF))
REGISTRARS = (Role.LICENSING, Role.LEGAL, Role.ADMIN)


class IdentifierIn(Schema):
    """An identifier in a public scheme: dpid, isni, ipi or ipn."""

    scheme: str
    value: str


class PartyIn(Schema):
    """A party to register."""

    kind: PartyKind
    name: str
    identifiers: list[IdentifierIn] = []


class MandateIn(Schema):
    """A mandate; voice and likeness are covered only when they stand in `uses`."""

    representative: str
    uses: list[Use]
    evidence: str
    kind: MandateKind = MandateKind.MANAGER
    starts: date
    ends: date | None = None


class MembershipIn(Schema):
    """A membership of the party in the path."""

    collective: str
    kind: MembershipKind = MembershipKind.COLLECTIVE
    starts: date | None = None
    ends: date | None = None


class VerificationIn(Schema):
    """That an account is the party in the path, and how that was seen."""

    account: str
    method: str
    evidence: str


class AccountIn(Schema):
    """An account to open."""

    email: str
    password: str
    roles: list[str]
    parties: list[str] = []


class KeyIn(Schema):
    """An API key of the caller's own account, with all it may do or less."""

    label: str = ""
    roles: list[str] | None = None
    parties: list[str] | None = None


class BecauseIn(Schema):
    """Why."""

    because: str


@router.get("/me", url_name="me")
@audience(*SIGNED_IN)
def me(request: HttpRequest) -> dict[str, Any]:
    """Who is asking: account, roles, and the parties it acts for."""
    viewer = viewer_of(request)
    names = queries.names(viewer.parties)
    return {"account": viewer.account, "roles": sorted(viewer.roles), "parties": dict(sorted(names.items()))}


@router.get("/parties", url_name="parties")
@audience(*SIGNED_IN)
def parties(request: HttpRequest, kind: PartyKind | None = None, verified: bool | None = None) -> list[dict[str, Any]]:
    """The parties the caller may see: staff all, others those they act for."""
    viewer = viewer_of(request)
    found = queries.parties(None if viewer.staff else sorted(viewer.parties), kind).values()
    chosen = [party for party in found if verified is None or party.verified is verified]
    names = queries.names(party.id for party in chosen)
    return [{**plain(party), "name": names[party.id]} for party in chosen]


@router.get("/parties/{party}", url_name="party")
@audience(*SIGNED_IN)
def one_party(request: HttpRequest, party: str) -> dict[str, Any]:
    """One party with its mandates, memberships and verifications."""
    found = queries.visible(viewer_of(request), party)
    mandates = [m for m in queries.mandates() if party in (m.person, m.representative)]
    return {
        **plain(found),
        "name": queries.names([party])[party],
        "mandates": plain(mandates),
        "memberships": plain([*queries.memberships(member=party), *queries.memberships(collective=party)]),
        "verifications": plain(queries.verifications(party)),
    }


@router.post("/parties", url_name="party-register")
@audience(*REGISTRARS)
def register(request: HttpRequest, body: PartyIn) -> dict[str, str]:
    """Register a person or organisation."""
    pairs = [(each.scheme, each.value) for each in body.identifiers]
    return {"id": actions.register_party(body.kind, body.name, pairs, at=now(), actor=_actor(request))}


@router.post("/parties/{party}/identifiers", url_name="party-identify")
@audience(*REGISTRARS)
def identify(request: HttpRequest, party: str, body: IdentifierIn) -> dict[str, Any]:
    """Add an identifier."""
    actions.add_identifier(party, body.scheme, body.value, at=now(), actor=_actor(request))
    return one_party(request, party)


@router.post("/parties/{party}/mandates", url_name="party-mandate")
@audience(Role.ARTIST, *REGISTRARS)
def give_mandate(request: HttpRequest, party: str, body: MandateIn) -> dict[str, str]:
    """The person in the path lets a representative speak for the named uses; the person itself, or staff, registers it."""
    queries.visible(viewer_of(request), party)
    mandate = actions.register_mandate(
        body.representative,
        party,
        body.uses,
        body.evidence,
        body.starts,
        body.ends,
        kind=body.kind,
        at=now(),
        actor=_actor(request),
    )
    return {"id": mandate}


@router.post("/mandates/{mandate}/end", url_name="mandate-end")
@audience(Role.ARTIST, *REGISTRARS)
def end_mandate(request: HttpRequest, mandate: str, body: BecauseIn) -> dict[str, str]:
    """End a mandate; the person may always do it."""
    found = queries.mandate(mandate)
    if not _may_see(viewer_of(request), found.person):
        raise NotThere(f"there is no mandate `{mandate}`")
    actions.end_mandate(mandate, body.because, at=now(), actor=_actor(request))
    return {"id": mandate}


@router.post("/parties/{party}/memberships", url_name="party-join")
@audience(*REGISTRARS)
def join(request: HttpRequest, party: str, body: MembershipIn) -> dict[str, str]:
    """The party joins a collective, a distributor's roster, an administrator or a group."""
    membership = actions.join_collective(
        party,
        body.collective,
        kind=body.kind,
        starts=body.starts,
        ends=body.ends,
        at=now(),
        actor=_actor(request),
    )
    return {"id": membership}


@router.post("/memberships/{membership}/end", url_name="membership-end")
@audience(*REGISTRARS)
def leave(request: HttpRequest, membership: str, body: BecauseIn) -> dict[str, str]:
    """The member leaves."""
    actions.leave_collective(membership, body.because, at=now(), actor=_actor(request))
    return {"id": membership}


@router.post("/parties/{party}/verifications", url_name="party-verify")
@audience(Role.TRUST, Role.LICENSING, Role.ADMIN)
def verify(request: HttpRequest, party: str, body: VerificationIn) -> dict[str, str]:
    """Evidence was seen that an account is the party."""
    door = {"at": now(), "actor": _actor(request)}
    actions.verify_identity(party, body.account, body.method, body.evidence, **door)  # type: ignore[arg-type]
    return {"party": party, "account": body.account}


@router.post("/me/profile-claims", url_name="profile-claim")
@audience(Role.ARTIST, Role.CREATOR, Role.RIGHTSHOLDER)
def claim_profile(request: HttpRequest, body: IdentifierIn) -> dict[str, str]:
    """The caller says that it is the party with this identifier. Nothing follows until that is verified."""
    found = queries.find(body.scheme, body.value)
    actions.claim_profile(found.id, _actor(request), at=now(), actor=_actor(request))
    return {"state": "waits for verification"}


@router.get("/accounts", url_name="accounts")
@audience(Role.ADMIN)
def all_accounts(request: HttpRequest) -> Any:
    """Every account."""
    return plain(accounts.all_accounts())


@router.post("/accounts", url_name="account-open")
@audience(Role.ADMIN)
def open_account(request: HttpRequest, body: AccountIn) -> dict[str, str]:
    """Let somebody sign in."""
    return {"id": accounts.open_account(body.email, body.password, body.roles, body.parties, at=now())}


@router.post("/accounts/{account}/close", url_name="account-close")
@audience(Role.ADMIN)
def close_account(request: HttpRequest, account: str) -> dict[str, str]:
    """Close an account and stop its keys."""
    accounts.close_account(account)
    return {"id": account}


@router.get("/keys", url_name="keys")
@audience(*SIGNED_IN)
def keys(request: HttpRequest) -> Any:
    """The caller's own API keys, by their prefixes."""
    return plain(accounts.keys(_actor(request)))


@router.post("/keys", url_name="key-issue")
@audience(*SIGNED_IN)
def issue_key(request: HttpRequest, body: KeyIn) -> dict[str, str]:
    """Make an API key for the caller's account. It is in this answer and nowhere else.

    A key made with a key may do no more than that key.
    """
    viewer = viewer_of(request)
    roles = [role.value for role in viewer.roles - {Role.PUBLIC}] if body.roles is None else body.roles
    wanted = sorted(viewer.parties) if body.parties is None else body.parties
    if beyond := sorted({*roles} - {*viewer.roles} | {*wanted} - viewer.parties):
        raise BadInput(f"a key of yours cannot have `{beyond[0]}`", do="give it only what you have")
    return {"key": accounts.issue_key(_actor(request), body.label, roles, wanted, at=now())}


@router.delete("/keys/{prefix}", url_name="key-revoke")
@audience(*SIGNED_IN)
def revoke_key(request: HttpRequest, prefix: str) -> dict[str, str]:
    """Stop one of the caller's own keys at once."""
    accounts.revoke_key(prefix, _actor(request), at=now())
    return {"prefix": prefix}


def plain(value: Any) -> Any:
    """A record as JSON values: identifiers by scheme, sets sorted, periods as first day and first day after."""
    return msgspec.to_builtins(value, enc_hook=_write, order="deterministic")


def _write(value: Any) -> Any:
    if isinstance(value, Identifier):
        return {"scheme": value.scheme, "value": value.value}
    raise NotImplementedError(f"{type(value).__name__} has no JSON form here")


def _may_see(viewer: Viewer, party: str) -> bool:
    return viewer.staff or viewer.acts_for(party)


def _actor(request: HttpRequest) -> str:
    account = viewer_of(request).account
    if account is None:
        raise NotThere("there is no account")
    return account
