"""Deals over HTTP: the deal desk sees every deal, a licensor its own; anybody else gets what asking for nothing gets."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Router, Schema

from accord.deals import actions, document, queries
from accord.deals.records import Deal, SubCatalogue
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import NotThere, Refusal, Refused

router = Router(tags=["deals"])
#: Those who may be a licensor: a label, publisher, collective; an artist who releases alone.
LICENSORS = (Role.RIGHTSHOLDER, Role.ARTIST)
OFFICE_ROLES = {"legal": Role.LEGAL, "product": Role.PRODUCT}


class OpeningIn(Schema):
    """With whom talks begin; ``replaces`` names the deal this one takes over from."""

    licensor: str
    title: str = ""
    replaces: str | None = None


class SubCatalogueIn(Schema):
    """A name for a part of a licensor's catalogue, and the assets (ids) that stand in it."""

    licensor: str
    name: str
    assets: list[str] = []


class ListingIn(Schema):
    """Assets (ids) to put in and to take out."""

    add: list[str] = []
    remove: list[str] = []


class ReasonIn(Schema):
    """Why."""

    reason: str


@router.get("/deals", url_name="deals")
@audience(*queries.DESK, *LICENSORS)
def deals(request: HttpRequest, state: str | None = None, licensor: str | None = None) -> list[dict[str, Any]]:
    """The deals you may see, by state or licensor."""
    return [shown(deal) for deal in queries.deals(viewer_of(request), state, licensor)]


@router.get("/sub-catalogues", url_name="sub-catalogues")
@audience(*queries.DESK, *LICENSORS)
def sub_catalogues(request: HttpRequest, licensor: str | None = None) -> list[dict[str, Any]]:
    """The named parts of catalogues you may see, with what stands in each."""
    return [part_shown(one) for one in queries.sub_catalogues_seen(viewer_of(request), licensor)]


@router.post("/sub-catalogues", url_name="sub-catalogue-name")
@audience(*LICENSORS)
def name_sub_catalogue(request: HttpRequest, body: SubCatalogueIn) -> dict[str, Any]:
    """Name a part of your own catalogue, for deals to select or to leave out."""
    viewer = _acting(request)
    if not viewer.acts_for(body.licensor):
        raise NotThere(f"there is no party `{body.licensor}`")
    part = actions.name_sub_catalogue(body.licensor, body.name, body.assets, now(), viewer.account or "")
    return part_shown(queries.sub_catalogue(viewer, part))


@router.post("/sub-catalogues/{part}/assets", url_name="sub-catalogue-list")
@audience(*LICENSORS)
def list_in_sub_catalogue(request: HttpRequest, part: str, body: ListingIn) -> dict[str, Any]:
    """Put assets into your own sub-catalogue or take some out: the deals in force that name it follow at once."""
    viewer = _acting(request)
    if not viewer.acts_for(queries.sub_catalogue(viewer, part).licensor):
        raise NotThere(f"there is no sub-catalogue `{part}`")
    actions.list_in_sub_catalogue(part, body.add, body.remove, now(), viewer.account or "")
    return part_shown(queries.sub_catalogue(viewer, part))


@router.get("/deals/{deal}", url_name="deal")
@audience(*queries.DESK, *LICENSORS)
def one_deal(request: HttpRequest, deal: str) -> dict[str, Any]:
    """One deal with its terms, timeline and most-favoured-nation notices."""
    viewer = viewer_of(request)
    found = shown(queries.deal(viewer, deal))
    return {**found, "ratchets": msgspec.to_builtins(queries.ratchets(viewer, deal))}


@router.get("/deals/{deal}/drafts", url_name="deal-drafts")
@audience(*queries.DESK, *LICENSORS)
def drafts(request: HttpRequest, deal: str) -> list[dict[str, Any]]:
    """Every version of the terms."""
    return [
        {"number": draft.number, "digest": draft.digest, "at": draft.at, "terms": document.plain(draft.terms)}
        for draft in queries.drafts(viewer_of(request), deal)
    ]


@router.get("/deals/{deal}/public", url_name="deal-public")
@audience(Role.PUBLIC)
def public_terms(request: HttpRequest, deal: str) -> Any:
    """The part of a deal in force that anyone may read: it travels with what is made under it."""
    return msgspec.to_builtins(queries.terms_public(deal))


@router.post("/deals", url_name="deal-open")
@audience(Role.LICENSING)
def open_deal(request: HttpRequest, body: OpeningIn) -> dict[str, Any]:
    """Begin talks with a licensor."""
    viewer = _acting(request)
    deal = actions.open_deal(body.licensor, body.title, now(), viewer.account or "", replaces=body.replaces)
    return shown(queries.deal(viewer, deal))


@router.post("/deals/{deal}/terms", url_name="deal-terms")
@audience(Role.LICENSING)
def terms(request: HttpRequest, deal: str) -> dict[str, Any]:
    """Lay a version of the terms on the table: the body is the document itself."""
    viewer = _acting(request)
    queries.deal(viewer, deal)
    actions.negotiate(deal, request.body, now(), viewer.account or "")
    return shown(queries.deal(viewer, deal))


@router.post("/deals/{deal}/approvals/{office}", url_name="deal-approve")
@audience(Role.LEGAL, Role.PRODUCT)
def approve(request: HttpRequest, deal: str, office: str, draft: int | None = None) -> dict[str, Any]:
    """Approve the draft on the table for your own office; `draft` is the number of the one you read."""
    viewer = _acting(request)
    if office not in OFFICE_ROLES or not viewer.has(OFFICE_ROLES[office]):
        raise NotThere(f"there is no approval `{office}` for you to give")
    actions.approve(deal, office, now(), viewer.account or "", read=draft)
    return shown(queries.deal(viewer, deal))


@router.post("/deals/{deal}/signatures/{side}", url_name="deal-sign")
@audience(Role.LICENSING, *LICENSORS)
def sign(request: HttpRequest, deal: str, side: str, draft: int | None = None) -> dict[str, Any]:
    """Sign: the licensor for itself (`licensor`), licensing for the platform (`platform`); `draft` is the one you read."""
    viewer = _acting(request)
    found = queries.deal(viewer, deal)
    entitled = viewer.acts_for(found.licensor) if side == "licensor" else viewer.has(Role.LICENSING)
    if side not in ("licensor", "platform") or not entitled:
        raise NotThere(f"there is no signature `{side}` for you to give")
    actions.sign(deal, side, now(), viewer.account or "", read=draft)
    return shown(queries.deal(viewer, deal))


@router.post("/deals/{deal}/activate", url_name="deal-activate")
@audience(Role.LICENSING)
def activate(request: HttpRequest, deal: str) -> dict[str, Any]:
    """Bring a signed deal into force; answers with the most-favoured-nation clauses it touches elsewhere."""
    viewer = _acting(request)
    touched = actions.activate(deal, now(), viewer.account or "")
    return {**shown(queries.deal(viewer, deal)), "touches": msgspec.to_builtins(touched)}


@router.post("/deals/{deal}/expire", url_name="deal-expire")
@audience(Role.LICENSING, Role.LEGAL)
def expire(request: HttpRequest, deal: str) -> dict[str, Any]:
    """Record that a deal's period has ended everywhere."""
    viewer = _acting(request)
    actions.expire(deal, now(), viewer.account or "")
    return shown(queries.deal(viewer, deal))


@router.post("/deals/{deal}/{step}", url_name="deal-step")
@audience(Role.LICENSING, Role.LEGAL)
def step(request: HttpRequest, deal: str, step: str, body: ReasonIn) -> dict[str, Any]:
    """`suspend`, `resume` or `terminate`, with the reason."""
    viewer = _acting(request)
    doors = {"suspend": actions.suspend, "resume": actions.resume, "terminate": actions.terminate}
    if step not in doors:
        raise NotThere(f"a deal has no step `{step}`", do="suspend, resume or terminate")
    doors[step](deal, body.reason, now(), viewer.account or "")
    return shown(queries.deal(viewer, deal))


def shown(deal: Deal) -> dict[str, Any]:
    """A deal with its terms in their canonical values."""
    found: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(deal, draft=None))
    if deal.draft is not None:
        found["draft"] = {"number": deal.draft.number, "digest": deal.draft.digest}
        found["terms"] = document.plain(deal.draft.terms)
    return found


def part_shown(part: SubCatalogue) -> dict[str, Any]:
    """A sub-catalogue as plain values, its assets in order."""
    return {"id": part.id, "licensor": part.licensor, "name": part.name, "assets": sorted(part.assets)}


def _acting(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    if viewer.account is None:
        raise Refused(Refusal(code="deals.no-account", because="this is done in somebody's name"))
    return viewer
