"""The page of what a creation was made from: the graph, the shares at each node, and what a withdrawn root touches."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe

from accord.attribution import queries, tracing
from accord.attribution.drawing import draw
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import STAFF, SYSTEM, Role
from accord.studio import queries as studio
from accord.studio.picture import dressed


@audience(*sorted(STAFF), Role.CREATOR, Role.ARTIST, Role.RIGHTSHOLDER)
def family(request: HttpRequest, creation_id: str) -> HttpResponse:
    """What a creation was made from, for its maker, the platform, and, once it is released, everybody who has a share in it."""
    viewer = viewer_of(request)
    if not viewer.acts_for(studio.creation(SYSTEM, creation_id).creator):
        queries.attribution(creation_id, viewer=viewer)  # raises NotThere for who has no part in it
    creation = studio.creation(SYSTEM, creation_id)
    found = tracing.traced(creation_id, datetime.now(UTC))
    members = found.family.members
    takes = [member.id for member in members if member.kind == "take"]
    dress = dressed(member.id for member in members if member.kind == "recording")
    models = {member.id: "the model" for member in members if member.kind == "model"}
    people = parties.names([member.id for member in members if member.kind == "person"])
    named = {take: creation.title if n == 0 else f"take {len(takes) - n}" for n, take in enumerate(takes)}
    named |= {one.id: f"“{one.title}”" for one in studio.creations(m.id for m in members if m.kind == "creation")}
    names = dress.said | models | people | named
    context = {
        "creation": creation,
        "found": found,
        "members": members,
        "names": names,
        "models": models,
        "worn": dress.worn,
        "picture": mark_safe(draw(found.family, names, dress.worn)),  # noqa: S308 - every text in it is escaped
    }
    return render(request, "attribution/family.html", context)


urlpatterns = [path("creations/<slug:creation_id>/lineage", family, name="family")]
