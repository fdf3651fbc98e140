"""Provenance over HTTP: releases and their files are public, so is verifying; releasing is product's."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from accord.catalog.api_claims import PAGES
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role
from accord.provenance import actions, queries, remixes, showing, sounding, trust
from accord.provenance.payload import MIME
from accord.provenance.verify import LARGEST_BYTES, verify
from accord.studio import queries as studio
from accord.studio.records import Creation
from accord.terms.refusal import BadInput, NotThere

router = Router(tags=["provenance"])
RELEASERS = (Role.PRODUCT, Role.ADMIN, Role.MACHINE)


class ReasonIn(Schema):
    """Why."""

    reason: str


class RemixAnswerIn(Schema):
    """The answer, `yes` or `no`, to remixes in a feature."""

    feature: str
    answer: str


@router.get("/provenance/releases", url_name="issued-releases")
@audience(Role.PUBLIC)
def releases(request: HttpRequest, page: int = PAGES) -> dict[str, Any]:
    """Every release, the oldest first, 50 a page."""
    count, found = queries.page_of_releases(page)
    return {"count": count, "page": page, "releases": shown(found)}


@router.get("/provenance/releases/{release}", url_name="issued-release")
@audience(Role.PUBLIC)
def release(request: HttpRequest, release: str) -> Any:
    """One release: who agreed, under which deals, made of what, shares, label."""
    return shown(queries.release(release))


@router.get("/provenance/releases/{release}/files/{form}", url_name="issued-release-file")
@audience(Role.PUBLIC)
def release_file(request: HttpRequest, release: str, form: str) -> FileResponse:
    """One signed file."""
    path = queries.file_of(release, form)
    return FileResponse(path.open("rb"), content_type=MIME[form], filename=path.name)


@router.post("/creations/{creation}/release", url_name="issued-release-issue")
@audience(*RELEASERS)
def issue(request: HttpRequest, creation: str) -> Any:
    """Release a creation."""
    return shown(actions.release(creation, now(), viewer_of(request).account or ""))


@router.post("/provenance/releases/{release}/withdraw", url_name="issued-release-withdraw")
@audience(Role.PRODUCT, Role.TRUST, Role.LEGAL, Role.ADMIN)
def withdraw(request: HttpRequest, release: str, body: ReasonIn) -> Any:
    """Stop offering a release."""
    actions.withdraw(release, body.reason, now(), viewer_of(request).account or "")
    return {"release": release, "withdrawn": body.reason}


@router.get("/creations/{creation}/credits", url_name="creation-credits")
@audience(Role.CREATOR, Role.ARTIST, *studio.REVIEWERS)
def credits(request: HttpRequest, creation: str) -> Any:
    """The credits of a creation of yours, with names as they are now."""
    studio.creation(viewer_of(request), creation)
    return shown(queries.credits(creation))


@router.get("/creations/{creation}/remixes", url_name="creation-remixes")
@audience(Role.CREATOR, Role.ARTIST)
def remixes_of(request: HttpRequest, creation: str) -> Any:
    """What you said to remixes of a creation of yours, feature by feature, and the released creations made with it."""
    found = _made_by(request, creation)
    return {"said": shown(remixes.said(found)), "made_with": [one.id for one in remixes.made_with(creation)]}


@router.post("/creations/{creation}/remixes", url_name="creation-remixes-say")
@audience(Role.CREATOR, Role.ARTIST)
def say_to_remixes(request: HttpRequest, creation: str, body: RemixAnswerIn) -> Any:
    """Say yes or no to remixes of a released creation of yours in a feature. A no is heard at once; what was made stays."""
    found = _made_by(request, creation)
    remixes.say(creation, body.feature, body.answer, now(), viewer_of(request).account or "")
    return {"said": shown(remixes.said(found))}


def _made_by(request: HttpRequest, creation: str) -> Creation:
    """A creation of the viewer's own: reviewers see it, its maker alone answers for it. Raises: NotThere."""
    viewer = viewer_of(request)
    found = studio.creation(viewer, creation)
    if not viewer.acts_for(found.creator):
        raise NotThere(f"there is no creation `{creation}` of yours")
    return found


@router.get("/trust", url_name="trust")
@audience(Role.PUBLIC)
def trust_file(request: HttpRequest) -> HttpResponse:
    """The instance's trust file."""
    return HttpResponse(trust.dumps(queries.trust()), content_type="application/json")


@router.post("/verify", url_name="verify")
@audience(Role.PUBLIC)
def verify_file(request: HttpRequest, file: UploadedFile = File(...)) -> Any:
    """Verify an uploaded file against this instance; one that lost its credentials is looked up by its sound."""
    if (file.size or 0) > min(LARGEST_BYTES, 256 << 20):
        raise BadInput("the file is larger than 256 MiB", do="use `accord verify` on your own machine")
    return judged(file.read())


def judged(data: bytes) -> dict[str, Any]:
    """A verification with its lines, and, when the file proves nothing, the releases that sound like it."""
    found = verify(data, queries.trust())
    alike = None if found.proven else sounding.find(data)
    return {"verification": shown(found), "lines": showing.lines(found), "found_by_sound": shown(alike)}


def shown(found: Any) -> Any:
    """Records as plain JSON values."""
    return msgspec.to_builtins(found, enc_hook=lambda value: value.text())
