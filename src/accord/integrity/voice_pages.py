"""A person's own voice: what is kept of it, how to register it, how to take it back."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.integrity import actions, likeness, queries
from accord.integrity.api import bytes_of, check_acts_for
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.records import PartyKind
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import BadInput, NotThere


@audience(Role.ARTIST)
def voice(request: HttpRequest) -> HttpResponse:
    """The protected voices of the people the viewer acts for, and a form to register another."""
    viewer = viewer_of(request)
    people = _people(viewer)
    if not people:
        raise NotThere("your account acts for no person who has a voice")
    if request.method == "POST":
        return _protect(request, viewer)
    mine = [v for v in queries.voices(viewer) if v.person in people]
    proved = {person for person in people if parties.is_verified(viewer.account or "", person)}
    context = {
        "voices": mine,
        "people": people,
        "proved": {person: people[person] for person in people if person in proved},
        "least_s": likeness.LEAST_VOICE_S,
        "said": likeness.MEASURED.words(),
    }
    return render(request, "integrity/voice.html", context)


def _people(viewer: Viewer) -> dict[str, str]:
    own = [p.id for p in parties.parties(viewer.parties).values() if p.kind is PartyKind.PERSON]
    return dict(sorted(parties.names(own).items(), key=lambda pair: pair[1]))


def _protect(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    person, file = request.POST.get("person", ""), request.FILES.get("file")
    check_acts_for(viewer, person)
    if file is None:
        raise BadInput("no recording was sent", do="choose a sound file")
    agreed, at = request.POST.get("agreed") == "yes", datetime.now(UTC)
    actions.protect_voice(person, bytes_of(file), agreed, at, viewer.account or "", file.name or "the recording")
    messages.success(request, "The voice is protected from now on.", extra_tags="yes")
    return HttpResponseRedirect("/voice")


@audience(Role.ARTIST)
def withdraw(request: HttpRequest, voice_id: str) -> HttpResponse:
    """Take a voice back: its print and sample are erased at once."""
    viewer = viewer_of(request)
    check_acts_for(viewer, queries.voice(viewer, voice_id).person)
    if request.method == "POST":
        actions.withdraw_voice(voice_id, datetime.now(UTC), viewer.account or "")
        messages.success(request, "It is withdrawn. Its print and sample are erased.", extra_tags="yes")
    return HttpResponseRedirect("/voice")


urlpatterns = [
    path("voice", voice, name="voice"),
    path("voice/<slug:voice_id>/withdraw", withdraw, name="voice-withdraw"),
]
