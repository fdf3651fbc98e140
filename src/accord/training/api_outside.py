"""Outside models over HTTP: what they are, under which licence, and which features they may serve.

A model is registered by the digest of its weights; where their folder stands is said on the machine itself.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Router, Schema

from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import STAFF, Role
from accord.terms.territory import TerritorySet
from accord.training import outsiders
from accord.training.outside import licence
from accord.training.plain import as_json

router = Router(tags=["training"])
DESK = (*sorted(STAFF), Role.MACHINE)


class OutsideIn(Schema):
    """A model trained elsewhere: `weights` is what `accord model weights FOLDER` prints, `spdx` the weights' licence,
    `licensor` the party that gives it, `forbids` what it forbids: commercial, listen, share, export, sync."""

    name: str
    version: str
    adapter: str
    weights: str
    size_bytes: int
    spdx: str
    licensor: str
    forbids: list[str] = []
    allows_commercial: bool = False


class AdmitIn(Schema):
    """Where it may serve the feature."""

    territories: str


class DismissIn(Schema):
    """Why it may serve the feature no more."""

    because: str


@router.get("/outside-models", url_name="outside-models")
@audience(*DESK)
def models(request: HttpRequest, feature: str = "") -> HttpResponse:
    """The models that were trained elsewhere, in the order they were registered."""
    return as_json({"models": outsiders.models(feature or None)})


@router.post("/outside-models", url_name="outside-model-register")
@audience(Role.PRODUCT, Role.LEGAL, Role.ADMIN)
def register(request: HttpRequest, body: OutsideIn) -> HttpResponse:
    """Register a model that was trained elsewhere. It serves nobody before it is admitted."""
    held = licence(body.spdx, body.licensor, body.forbids, body.allows_commercial)
    named = (body.name, body.version, body.adapter, body.weights, body.size_bytes)
    return as_json(outsiders.register(*named, held, now(), viewer_of(request).account or ""), status=201)


@router.get("/outside-models/{outside}", url_name="outside-model")
@audience(*DESK)
def model(request: HttpRequest, outside: str) -> HttpResponse:
    """One outside model: its licence, and the features it is admitted to."""
    return as_json(outsiders.model(outside))


@router.get("/outside-models/{outside}/cards/{which}", url_name="outside-model-card")
@audience(*DESK)
def card(request: HttpRequest, outside: str, which: str) -> HttpResponse:
    """Its card: `model` in Markdown, `bom` as CycloneDX."""
    kind = "application/vnd.cyclonedx+json; version=1.6" if which == "bom" else "text/markdown; charset=utf-8"
    return HttpResponse(outsiders.card(outside, which), content_type=kind)


@router.put("/outside-models/{outside}/features/{feature}", url_name="outside-model-admit")
@audience(Role.LEGAL, Role.ADMIN)
def admit(request: HttpRequest, outside: str, feature: str, body: AdmitIn) -> HttpResponse:
    """Let it serve a feature; refused where its weights' licence forbids that."""
    where = TerritorySet.parse(body.territories)
    return as_json(outsiders.admit(outside, feature, where, now(), viewer_of(request).account or ""))


@router.post("/outside-models/{outside}/features/{feature}/dismiss", url_name="outside-model-dismiss")
@audience(Role.LEGAL, Role.PRODUCT, Role.TRUST, Role.ADMIN)
def dismiss(request: HttpRequest, outside: str, feature: str, body: DismissIn) -> HttpResponse:
    """Let it serve a feature no more."""
    return as_json(outsiders.dismiss(outside, feature, body.because, now(), viewer_of(request).account or ""))
