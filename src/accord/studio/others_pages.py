"""The page on which a creator finds creations of others to remix."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.governance import queries as governance
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role
from accord.studio import queries
from accord.studio.others import others
from accord.studio.picture import titles
from accord.terms.refusal import NotThere

PER_PAGE = 24


@audience(Role.CREATOR)
def found(request: HttpRequest, session_id: str) -> HttpResponse:
    """Creations whose makers agree to remixes in this session's feature; each leads back to the session with it laid in."""
    viewer = viewer_of(request)
    session = queries.session(viewer, session_id)
    if not viewer.acts_for(session.creator):
        raise NotThere(f"there is no session `{session_id}` of yours")
    words = request.GET.get("q", "").strip()
    every = others(session.feature, session.creator, datetime.now(UTC), words)
    if request.GET.get("format") == "csv":
        names = parties.names({one.maker for one in every})
        columns = ("creation", "title", "by", "duration_s", "key", "tempo_bpm", "recordings", "where")
        rows = (
            [one.creation, one.title, names.get(one.maker, one.maker), one.duration_s, one.key, one.tempo_bpm,
             " ".join(one.recordings), one.territories.named()] for one in every
        )  # fmt: skip
        return as_csv(f"others-{session.feature}", columns, rows)
    page = Paginator(every, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "session": session,
        "feature": governance.feature(session.feature),
        "page": page,
        "words": words,
        "query": urlencode({"q": words}),
        "names": parties.names({one.maker for one in page}),
        "titles": titles({asset for one in page for asset in one.recordings}),
    }
    return render(request, "studio/others.html", context)


urlpatterns = [path("studio/<slug:session_id>/others", found, name="others")]
