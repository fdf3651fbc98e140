"""The pages of a concept test: what an audience hears and votes on, and the result."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.ranges import ranged
from accord.parties.viewer import SYSTEM, Role
from accord.studio import concepts, queries, voting
from accord.studio.asking import whole
from accord.studio.descent import creations_in, models_in, models_of
from accord.studio.learned import learned_from
from accord.studio.picture import picture
from accord.studio.records import Concept
from accord.terms.refusal import NotThere
from accord.training import outsiders

VOTERS = (Role.CREATOR, Role.ARTIST, Role.RIGHTSHOLDER)


@audience(Role.CREATOR)
def begin(request: HttpRequest, session_id: str) -> HttpResponse:
    """Ask an audience about two takes of a session."""
    viewer, form = viewer_of(request), request.POST or request.GET
    if not viewer.acts_for(queries.session(viewer, session_id).creator):
        raise NotThere(f"there is no session `{session_id}` of yours")
    first, second = (queries.take(viewer, form.get(side, "")).id for side in ("a", "b"))
    if request.method != "POST":
        return HttpResponseRedirect(f"/studio/{session_id}")
    size, at = whole(form.get("audience")) or 0, datetime.now(UTC)
    made = concepts.open_concept(first, second, form.get("question", ""), size, at, viewer.account or "")
    return HttpResponseRedirect(f"/concepts/{made}/{concepts.mark(made)}")


@audience(Role.PUBLIC)
def show(request: HttpRequest, concept_id: str, mark: str) -> HttpResponse:
    """Two takes with their credits, and a vote for who is signed in; the result when it has ended, and for its maker."""
    viewer, found = viewer_of(request), concepts.behind(concept_id, mark)
    if request.method == "POST":
        if not viewer.has(*VOTERS):
            return HttpResponseRedirect(f"/accounts/login/?next={request.path}")
        concepts.vote(concept_id, request.POST.get("take", ""), viewer, datetime.now(UTC))
        messages.success(request, "Your vote is counted. Thank you for listening.", extra_tags="yes")
        return HttpResponseRedirect(request.path)
    pair = [queries.take(SYSTEM, name) for name in _order(found, viewer.account or "")]
    models = sorted({model for take in pair for model in models_of(take)})
    outside = {model: outsiders.find(model) for model in models}
    learned = [learned_from(model) for model in models if outside[model] is None]
    inside = queries.creations({name for take in pair for name in creations_in(take.lineage)})
    people = [found.creator, *(one.creator for one in inside), *(writer for one in learned for writer in one.writers)]
    context = {
        "inside": inside,
        "learned": learned,
        "mixed": any(models_in(take.lineage) for take in pair),
        "elsewhere": [one for one in outside.values() if one is not None],
        "concept": found,
        "mark": mark,
        "address": request.build_absolute_uri(),
        "pair": [(t, picture(t.audio, t.duration_s, t.lineage, t.model)) for t in pair],
        "names": parties.names(people),
        "mine": viewer.acts_for(found.creator),
        "may_vote": viewer.has(*VOTERS),
        "has_voted": concepts.has_voted(found, viewer),
        "result": voting.standing(found.votes_first, found.votes) if concepts.sees_result(found, viewer) else None,
        "letters": {found.first: "A", found.second: "B"},
    }
    return render(request, "studio/concept.html", context)


@audience(Role.CREATOR)
def end(request: HttpRequest, concept_id: str) -> HttpResponse:
    """End one's own test."""
    viewer, found = viewer_of(request), concepts.by_id(concept_id)
    if not viewer.acts_for(found.creator):
        raise NotThere(f"there is no concept test `{concept_id}`")
    if request.method == "POST":
        concepts.close(concept_id, datetime.now(UTC), viewer.account or "")
    return HttpResponseRedirect(f"/concepts/{concept_id}/{concepts.mark(concept_id)}")


@audience(Role.PUBLIC)
def sound(request: HttpRequest, concept_id: str, mark: str, take_id: str) -> HttpResponse:
    """One of the two takes, for who has the link."""
    found = concepts.behind(concept_id, mark)
    return ranged(request, BytesIO(concepts.listen(found, take_id, datetime.now(UTC))), "audio/wav")


def _order(found: Concept, account: str) -> tuple[str, str]:
    """Half of the people hear the second take first: what stands first is liked a little more."""
    turned = account and int(concepts.mark(f"{found.id}/{account}")[:2], 16) % 2
    return (found.second, found.first) if turned else (found.first, found.second)


urlpatterns = [
    path("studio/<slug:session_id>/concepts", begin, name="concept-begin"),
    path("concepts/<slug:concept_id>/end", end, name="concept-end"),
    path("concepts/<slug:concept_id>/<slug:mark>", show, name="concept"),
    path("concepts/<slug:concept_id>/<slug:mark>/<slug:take_id>.wav", sound, name="concept-sound"),
]
