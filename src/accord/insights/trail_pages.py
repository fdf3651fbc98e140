"""The way from a creation to the people in it: a counted step, and the page of what is theirs."""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.insights import trails
from accord.parties import queries as parties
from accord.parties.audience import audience
from accord.parties.minute import Minute
from accord.parties.viewer import Role

DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
#: Steps that one address may have counted.
STEPS = Minute(30)


@audience(Role.PUBLIC)
def follow(request: HttpRequest, creation_id: str, party_id: str) -> HttpResponse:
    """From a creation on to somebody in it; the step is counted, and who took it is not."""
    trails.followed(creation_id, party_id, datetime.now(UTC).date(), _counts(request))
    return HttpResponseRedirect(f"/people/{party_id}")


@audience(Role.PUBLIC)
def seen(request: HttpRequest, creation_id: str) -> HttpResponse:
    """A picture without a picture, which the page of a released creation loads: it was shown once more."""
    trails.seen(creation_id, datetime.now(UTC).date(), _counts(request))
    return HttpResponse(DOT, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@audience(Role.PUBLIC)
def person(request: HttpRequest, party_id: str) -> HttpResponse:
    """Somebody who is in released creations: what is theirs, and where it is heard."""
    found = trails.person(party_id)
    names = parties.names([party_id, *(one.creator for one in found.creations)])
    return render(request, "insights/person.html", {"person": found, "name": names[party_id], "names": names})


def _counts(request: HttpRequest) -> bool:
    """Whether this step is within what its address may have counted in a minute; beyond that it leads on all the same.

    Of steps whose address cannot be read, as many are counted as of one address.
    """
    try:
        address = get_adapter().get_client_ip(request)
    except (PermissionDenied, ImproperlyConfigured):
        address = ""
    return STEPS.admits(address, _minute())


def _minute() -> int:
    return int(datetime.now(UTC).timestamp() // 60)


urlpatterns = [
    path("creations/<slug:creation_id>/to/<slug:party_id>", follow, name="follow"),
    path("creations/<slug:creation_id>/seen.svg", seen, name="seen"),
    path("people/<slug:party_id>", person, name="person"),
]
