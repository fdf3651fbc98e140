"""Creations of others over HTTP: what may be laid into a remix now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Query, Router

from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role
from accord.studio import queries
from accord.studio.others import paged
from accord.studio.plain import shown
from accord.terms.refusal import NotThere

router = Router(tags=["studio"])
PER_PAGE = 50
BEFORE = Query(None, description="the `before` of the page that these follow")


@router.get("/studio/sessions/{session}/others", url_name="studio-others")
@audience(Role.CREATOR, Role.ARTIST)
def others_of(request: HttpRequest, session: str, words: str = "", before: str | None = BEFORE) -> Any:
    """Creations of others that may be remixed in your session's feature now, at most fifty, the newest yes first; `before` in the
    answer asks for those that follow, and is null after the last."""
    viewer = viewer_of(request)
    found = queries.session(viewer, session)
    if not viewer.acts_for(found.creator):
        raise NotThere(f"there is no session `{session}` of yours")
    return shown(paged(found.feature, found.creator, now(), words, PER_PAGE, before or None))
