"""Claims over HTTP: a claimant asserts and withdraws its own; the platform's offices read evidence and decide."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Query, Router, Schema

from accord.catalog import actions, queries, visibility
from accord.catalog.records import FIRST_DAY, ClaimStatus
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import STAFF, Role
from accord.terms.refusal import BadInput, NotThere
from accord.terms.right import Right
from accord.terms.territory import TerritorySet

router = Router(tags=["claims"])
POSITION = Query(None, ge=0, le=2**62, description="as of this journal position")
PAGES = Query(1, ge=1, le=10**9)
READERS = (*sorted(STAFF), Role.RIGHTSHOLDER, Role.MACHINE)
CLAIMANTS = (Role.RIGHTSHOLDER, Role.LICENSING, Role.LEGAL)
SHARE = re.compile(r"[0-9]{1,9}(/0*[1-9][0-9]{0,8}|\.[0-9]{1,9})?", re.ASCII)
DECIDERS = (Role.LICENSING, Role.LEGAL, Role.TRUST)


class ClaimIn(Schema):
    """A claim: `share` as a fraction such as `1/8`, `territories` such as `WORLD-JP`, `ends` the first day after it."""

    asset: str
    right: Right
    claimant: str
    share: str
    territories: str = "WORLD"
    starts: date = FIRST_DAY
    ends: date | None = None
    statement: str = ""


class EvidenceIn(Schema):
    """What shows that the claim is so, or where it is kept."""

    evidence: str


class BecauseIn(Schema):
    """Why."""

    because: str


class DisputeIn(Schema):
    """Who disputes the claim's money, and why."""

    by: str
    because: str


class ResolutionIn(Schema):
    """The claims that stand, and why."""

    winners: list[str]
    because: str


@router.get("/claims", url_name="claims")
@audience(*READERS)
def claims(
    request: HttpRequest,
    asset: str = "",
    claimant: str = "",
    status: ClaimStatus | None = None,
    known: int | None = POSITION,
    page: int = PAGES,
) -> dict[str, Any]:
    """Claims to the assets the caller may see, 200 a page; `known` asks as of a journal position."""
    viewer = viewer_of(request)
    wanted = visibility.asset(viewer, asset).id if asset else None
    count, found = visibility.claim_page(viewer, wanted, claimant, status, known, page)
    return {"count": count, "page": page, "claims": plain(found)}


@router.get("/claims/{claim}", url_name="claim")
@audience(*READERS)
def claim(request: HttpRequest, claim: str) -> Any:
    """Every version of a claim to an asset the caller may see, with what changed it."""
    _visible(request, claim)
    return [{**plain(version), "because": because} for version, because in queries.claim_history(claim)]


@router.post("/claims", url_name="claim-assert")
@audience(*CLAIMANTS)
def assert_claim(request: HttpRequest, body: ClaimIn) -> dict[str, str]:
    """Assert a claim for a party the caller acts for; alone it blocks nobody and collects nothing."""
    viewer = viewer_of(request)
    if not (viewer.staff or viewer.acts_for(body.claimant)):
        raise NotThere(f"there is no party `{body.claimant}`")
    claim = actions.assert_claim(
        queries.look_up(body.asset).id,
        body.right,
        body.claimant,
        _share(body.share),
        TerritorySet.parse(body.territories),
        body.starts,
        body.ends,
        statement=body.statement,
        at=now(),
        actor=viewer.account or "",
    )
    return {"id": claim}


@router.post("/claims/{claim}/evidence", url_name="claim-evidence")
@audience(*DECIDERS)
def evidence(request: HttpRequest, claim: str, body: EvidenceIn) -> Any:
    """Record evidence that an office has read; where nothing overlaps, the claim then counts.

    A claimant sends its evidence to the licensing desk: its own word alone must not turn an assertion into a share.
    """
    return plain(actions.evidence_claim(claim, body.evidence, at=now(), actor=viewer_of(request).account or ""))


@router.post("/claims/{claim}/withdraw", url_name="claim-withdraw")
@audience(*CLAIMANTS)
def withdraw(request: HttpRequest, claim: str, body: BecauseIn) -> Any:
    """Take back a claim of the caller's own."""
    viewer = viewer_of(request)
    visibility.own_claim(viewer, claim)
    actions.withdraw_claim(claim, body.because, at=now(), actor=viewer.account or "")
    return plain(queries.claim(claim))


@router.post("/claims/{claim}/accept", url_name="claim-accept")
@audience(*DECIDERS)
def accept(request: HttpRequest, claim: str, body: BecauseIn) -> Any:
    """Accept an evidenced claim that overlaps nothing."""
    actions.accept_claim(claim, body.because, at=now(), actor=viewer_of(request).account or "")
    return plain(queries.claim(claim))


@router.post("/claims/{claim}/reject", url_name="claim-reject")
@audience(*DECIDERS)
def reject(request: HttpRequest, claim: str, body: BecauseIn) -> Any:
    """Reject a claim; it stays on record."""
    actions.reject_claim(claim, body.because, at=now(), actor=viewer_of(request).account or "")
    return plain(queries.claim(claim))


@router.post("/claims/{claim}/dispute", url_name="claim-dispute")
@audience(*CLAIMANTS)
def dispute(request: HttpRequest, claim: str, body: DisputeIn) -> Any:
    """Dispute the money of a claim to an asset the caller may see; it goes to escrow and no use is stopped."""
    viewer = viewer_of(request)
    _visible(request, claim)
    if not (viewer.staff or viewer.acts_for(body.by)):
        raise NotThere(f"there is no party `{body.by}`")
    actions.dispute_claim(claim, body.by, body.because, at=now(), actor=viewer.account or "")
    return plain(queries.claim(claim))


@router.post("/claims/{claim}/resolve-dispute", url_name="claim-resolve-dispute")
@audience(*DECIDERS)
def resolve_dispute(request: HttpRequest, claim: str, body: BecauseIn) -> Any:
    """End a dispute about money."""
    actions.resolve_dispute(claim, body.because, at=now(), actor=viewer_of(request).account or "")
    return plain(queries.claim(claim))


@router.get("/conflicts", url_name="conflicts")
@audience(*READERS)
def conflicts(request: HttpRequest, resolved: bool = False) -> Any:
    """Conflicts about assets the caller may see."""
    return plain(queries.conflicts(visibility.asset_ids(viewer_of(request)), resolved=resolved))


@router.post("/conflicts/{conflict}/resolve", url_name="conflict-resolve")
@audience(*DECIDERS)
def resolve_conflict(request: HttpRequest, conflict: str, body: ResolutionIn) -> Any:
    """Decide a conflict: the winners stand in its territories, the others are rejected there."""
    viewer = viewer_of(request)
    actions.resolve_conflict(conflict, body.winners, body.because, at=now(), actor=viewer.account or "")
    return plain(queries.conflict(conflict))


def plain(value: Any) -> Any:
    """A record as JSON values: fractions as `n/d`, territories as their text."""
    return msgspec.to_builtins(value, enc_hook=_write, order="deterministic")


def _visible(request: HttpRequest, claim: str) -> None:
    found = queries.asset(queries.claim(claim).asset)
    if not visibility.sees(viewer_of(request), found):
        raise NotThere(f"there is no claim `{claim}`")


def _write(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, TerritorySet):
        return value.text()
    raise NotImplementedError(f"{type(value).__name__} has no JSON form here")


def _share(text: str) -> Fraction:
    """Plain digits only: Python's Fraction also reads `1e999999999`, and would build that number."""
    if not SHARE.fullmatch(text):
        raise BadInput(f"`{text[:40]}` is not a share", do="write it as a fraction such as 1/8")
    return Fraction(text)
