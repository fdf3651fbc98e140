"""Attribution over HTTP: who is in a creation, how much, by which method, because of what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Router

from accord.attribution import actions, queries, tracing
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import STAFF, SYSTEM, Role, Viewer
from accord.training.plain import as_json

router = Router(tags=["attribution"])
CONCERNED = (*sorted(STAFF), Role.MACHINE, Role.CREATOR, Role.ARTIST, Role.RIGHTSHOLDER)


@router.get("/creations/{creation_id}/attribution", url_name="attribution")
@audience(*CONCERNED)
def attribution(request: HttpRequest, creation_id: str) -> HttpResponse:
    """The shares: units of a total, over assets, the model and the co-creator."""
    return as_json(queries.attribution(creation_id, viewer=_who(request)))


@router.get("/creations/{creation_id}/attribution/evidence", url_name="attribution-evidence")
@audience(*CONCERNED)
def evidence(request: HttpRequest, creation_id: str) -> HttpResponse:
    """What the shares were computed from: similarities, matching bars, who is heard when."""
    return as_json(queries.evidence(creation_id, viewer=_who(request)))


@router.post("/creations/{creation_id}/attribution", url_name="attribute")
@audience(Role.PRODUCT, Role.MACHINE, Role.ADMIN)
def attribute(request: HttpRequest, creation_id: str) -> HttpResponse:
    """Compute the shares now; nothing is written when they already stand."""
    return as_json(actions.attribute(creation_id, now(), viewer_of(request).account or ""))


@router.get("/creations/{creation_id}/lineage", url_name="lineage")
@audience(*sorted(STAFF), Role.MACHINE, Role.CREATOR)
def lineage(request: HttpRequest, creation_id: str) -> HttpResponse:
    """What a creation was made from, as a graph, and which recordings and creations in it nothing new may be made with."""
    queries.attribution(creation_id, viewer=_who(request))  # raises NotThere for who has no part in it
    return as_json(tracing.traced(creation_id, now()))


@router.get("/attribution/touched/{root}", url_name="touched-by-root")
@audience(*sorted(STAFF))
def touched(request: HttpRequest, root: str) -> HttpResponse:
    """The takes and creations in which a recording, a model or a creation is heard, through any number of mixes."""
    takes, creations = tracing.touched_by(root)
    return as_json({"root": root, "takes": takes, "creations": creations})


def _who(request: HttpRequest) -> Viewer:
    """A machine of the platform's own sees all; one that acts for parties sees what they do."""
    viewer = viewer_of(request)
    return SYSTEM if viewer.has(Role.MACHINE) and not viewer.parties else viewer
