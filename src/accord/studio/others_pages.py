"""The page on which a creator finds creations of others to remix."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.governance import queries as governance
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role
from accord.studio import queries
from accord.studio.others import Other, others, paged
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
    at, before = datetime.now(UTC), request.GET.get("before") or None
    if request.GET.get("format") == "csv":
        return _csv(session.feature, others(session.feature, session.creator, at, words))
    page = paged(session.feature, session.creator, at, words, PER_PAGE, before)
    context = {
        "session": session,
        "feature": governance.feature(session.feature),
        "page": page,
        "all_of_them": before is None and page.before is None,
        "from_older": before is not None,
        "words": words,
        "query": urlencode({"q": words}),
        "names": parties.names({one.maker for one in page.creations}),
        "titles": titles({asset for one in page.creations for asset in one.recordings}),
    }
    return render(request, "studio/others.html", context)


def _csv(feature: str, every: list[Other]) -> HttpResponse:
    names = parties.names({one.maker for one in every})
    columns = ("creation", "title", "by", "duration_s", "key", "tempo_bpm", "recordings", "models", "where")
    rows = (
        [one.creation, one.title, names.get(one.maker, one.maker), one.duration_s, one.key, one.tempo_bpm,
         " ".join(one.recordings), " ".join(one.models), one.territories.named()] for one in every
    )  # fmt: skip
    return as_csv(f"others-{feature}", columns, rows)


urlpatterns = [path("studio/<slug:session_id>/others", found, name="others")]
