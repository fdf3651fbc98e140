"""Training over HTTP: sealed sets, models and their cards, and whether a model may serve here, now.

The platform and its machines see sets whole; rightsholders and artists see their own part of a set, and nothing of one
they are not in.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Router, Schema

from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import STAFF, SYSTEM, Role, Viewer
from accord.terms.territory import TerritorySet
from accord.training import actions, queries, registry
from accord.training.api_outside import router as outside_router
from accord.training.plain import as_json

router = Router(tags=["training"])
router.add_router("", outside_router)
DESK = (*sorted(STAFF), Role.MACHINE)
CONCERNED = (*DESK, Role.RIGHTSHOLDER, Role.ARTIST)
TYPES = {
    "model": "text/markdown; charset=utf-8",
    "data": "text/markdown; charset=utf-8",
    "croissant": "application/ld+json",
    "bom": "application/vnd.cyclonedx+json; version=1.6",
    "eu": "text/markdown; charset=utf-8",
    "california": "text/markdown; charset=utf-8",
}


class AgainstIn(Schema):
    """The other model of a comparison."""

    against: str


class BecauseIn(Schema):
    """Why."""

    because: str


class SealIn(Schema):
    """Seal what is cleared for `train` in this feature in all of these territories; `assets` narrows the candidates."""

    feature: str
    territories: str
    assets: list[str] | None = None


@router.get("/seals", url_name="seals")
@audience(*CONCERNED)
def seals(request: HttpRequest, feature: str = "") -> HttpResponse:
    """The sealed sets, newest last, without their items."""
    found = queries.seals(_who(request), feature or None)
    return as_json({"seals": [_short(seal) for seal in found]})


@router.post("/seals", url_name="seal-set")
@audience(Role.PRODUCT, Role.MACHINE, Role.ADMIN)
def seal_set(request: HttpRequest, body: SealIn) -> HttpResponse:
    """Seal a set now."""
    where = TerritorySet.parse(body.territories)
    found = actions.seal_set(body.feature, where, now(), viewer_of(request).account or "", assets=body.assets)
    return as_json(found, status=201)


@router.get("/seals/{seal_id}", url_name="seal")
@audience(*CONCERNED)
def seal(request: HttpRequest, seal_id: str) -> HttpResponse:
    """One set: its items with their decisions, what was left out and why, what was revoked since."""
    return as_json(queries.seal(seal_id, _who(request)))


@router.get("/models", url_name="models")
@audience(*DESK)
def models(request: HttpRequest, feature: str = "") -> HttpResponse:
    """The models in the order they were trained."""
    return as_json({"models": queries.models(feature or None)})


@router.get("/models/{model_id}", url_name="model")
@audience(*DESK)
def model(request: HttpRequest, model_id: str) -> HttpResponse:
    """One model: its seal, losses, state and sunset."""
    return as_json(queries.model(model_id))


@router.get("/models/{model_id}/cards/{which}", url_name="model-card")
@audience(*DESK)
def card(request: HttpRequest, model_id: str, which: str) -> HttpResponse:
    """A card as it was published: `model`, `data`, `eu`, `california` in Markdown, `croissant` in JSON-LD, `bom` as CycloneDX."""
    return HttpResponse(queries.card(model_id, which), content_type=TYPES[which])


@router.get("/models/{model_id}/serving", url_name="model-serving")
@audience(*DESK)
def serving(request: HttpRequest, model_id: str, territory: str) -> HttpResponse:
    """Whether the model may serve in a territory now; a refusal is a problem document with the because."""
    return as_json(queries.check_serving(model_id, territory, now()))


@router.post("/models/{model_id}/promote", url_name="model-promote")
@audience(Role.PRODUCT, Role.ADMIN)
def promote(request: HttpRequest, model_id: str) -> HttpResponse:
    """Make the model the one that serves its feature."""
    return as_json(actions.promote(model_id, now(), viewer_of(request).account or ""))


@router.post("/models/{model_id}/compare", url_name="model-compare")
@audience(Role.PRODUCT, Role.ADMIN)
def compare(request: HttpRequest, model_id: str, body: AgainstIn) -> HttpResponse:
    """Compare the model with another on the works that both held out."""
    return as_json(registry.compare(model_id, body.against, now(), viewer_of(request).account or ""))


@router.post("/features/{feature}/roll-back", url_name="model-roll-back")
@audience(Role.PRODUCT, Role.ADMIN)
def roll_back(request: HttpRequest, feature: str, body: BecauseIn) -> HttpResponse:
    """Let the model that served the feature before serve it again."""
    return as_json(registry.roll_back(feature, body.because, now(), viewer_of(request).account or ""))


def _who(request: HttpRequest) -> Viewer:
    """A machine of the platform's own sees all; one that acts for parties sees what they do."""
    viewer = viewer_of(request)
    return SYSTEM if viewer.has(Role.MACHINE) and not viewer.parties else viewer


def _short(seal: queries.Seal) -> dict[str, object]:
    return {
        "id": seal.id,
        "digest": seal.digest,
        "feature": seal.feature,
        "territories": seal.territories.text(),
        "at": seal.at,
        "items": len(seal.items),
        "clusters": len(seal.clusters),
        "excluded": len(seal.excluded),
        "revoked": len(seal.revoked),
    }
