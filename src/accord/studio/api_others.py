"""Creations of others over HTTP: what may be laid into a remix now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Query, Router

from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role
from accord.studio import queries
from accord.studio.others import others
from accord.studio.plain import shown
from accord.terms.refusal import NotThere

router = Router(tags=["studio"])
PER_PAGE = 50
PAGE = Query(1, ge=1, le=10**6)


@router.get("/studio/sessions/{session}/others", url_name="studio-others")
@audience(Role.CREATOR, Role.ARTIST)
def others_of(request: HttpRequest, session: str, words: str = "", page: int = PAGE) -> Any:
    """Creations of others that may be remixed in your session's feature now, fifty a page, the newest yes first."""
    viewer = viewer_of(request)
    found = queries.session(viewer, session)
    if not viewer.acts_for(found.creator):
        raise NotThere(f"there is no session `{session}` of yours")
    every = others(found.feature, found.creator, now(), words)
    return {"count": len(every), "creations": shown(every[(page - 1) * PER_PAGE : page * PER_PAGE])}
