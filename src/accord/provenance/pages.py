"""The page of one creation (player, credited waveform, credits, label, proofs), the list of them, and the verify page."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.attribution import queries as attribution
from accord.catalog import queries as catalog
from accord.integrity import queries as integrity
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.colour import who_colour
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.provenance import queries, sounding
from accord.provenance.heard import moments
from accord.provenance.records import Credits, Release
from accord.provenance.showing import lines
from accord.provenance.verify import LARGEST_BYTES, Verdict, verify
from accord.studio import queries as studio
from accord.studio.records import Creation
from accord.terms.refusal import BadInput, NotThere

PER_PAGE = 24
BARS = 250
MEDIA = {"wav": "audio/wav", "flac": "audio/flac", "mp3": "audio/mpeg"}


@audience(Role.PUBLIC)
def listing(request: HttpRequest) -> HttpResponse:
    """Released creations, newest first; a creator's own unreleased ones too."""
    viewer = viewer_of(request)
    released = {r.creation: r for r in queries.releases()}
    mine = {c.id: c for c in studio.creations(viewer=viewer)}
    shown = [c for c in studio.creations() if c.id in released or c.id in mine]
    page = Paginator(list(reversed(shown)), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "released": released,
        "count": len(released),
        "names": parties.names([c.creator for c in page]),
    }
    return render(request, "provenance/listing.html", context)


@audience(Role.PUBLIC)
def show(request: HttpRequest, creation_id: str) -> HttpResponse:
    """One creation. Before its release only its maker and reviewers find it."""
    viewer = viewer_of(request)
    creation, release = _find(viewer, creation_id)
    credits = _credits(creation_id)
    titles = {a.id: a.title for a in catalog.assets(s.asset for s in creation.lineage).values()}
    wave = integrity.waveform(creation.audio, BARS)
    peaks = [max(abs(low), abs(high)) for low, high in zip(wave.low, wave.high, strict=True)]
    context = {
        "creation": creation,
        "release": release,
        "credits": credits,
        "rows": _shares(creation_id),
        "peaks": peaks,
        "moments": moments(creation.lineage, creation.duration_s),
        "heard": _heard(creation, titles),
        "picture_title": f"the waveform of {creation.title}, coloured by who is heard",
        "titles": titles,
        "names": parties.names([creation.creator, *(deed.by for deed in creation.made_by)]),
        "holders": parties.names({d.licensor for d in release.deals} | {a.party for a in release.agreed})
        if release
        else {},
    }
    return render(request, "provenance/creation.html", context)


def _heard(creation: Creation, titles: dict[str, str]) -> list[tuple[float, float, tuple[tuple[str, str, float], ...]]]:
    """The spans of the picture: (from, to, ((name, colour, share), …)); a model's piece is the model's throughout."""
    if not creation.lineage:
        who = creation.model or creation.creator
        return [(0.0, creation.duration_s, ((who, who_colour(who), 1.0),))]
    return [
        (start, end, tuple((titles.get(asset, asset), who_colour(asset), share) for asset, share in who))
        for start, end, who in moments(creation.lineage, creation.duration_s)
    ]


def _find(viewer: Viewer, creation_id: str) -> tuple[Creation, Release | None]:
    found = queries.releases(creation=creation_id)
    if found:
        return studio.creation(SYSTEM, creation_id), found[0]
    return studio.creation(viewer, creation_id), None


def _credits(creation_id: str) -> Credits | None:
    try:
        return queries.credits(creation_id)
    except NotThere:
        return None


def _shares(creation_id: str) -> list[dict[str, Any]]:
    """Attribution rows for reading: subject's name, share, kind, method, because."""
    try:
        found = attribution.attribution(creation_id)
    except NotThere:
        return []
    assets = catalog.assets(row.subject for row in found.rows)
    names = parties.names(row.subject for row in found.rows if row.subject not in assets)
    return [
        {
            "subject": row.subject,
            "name": assets[row.subject].title if row.subject in assets else names.get(row.subject, row.subject),
            "share": row.units / found.total_units,
            "row": row,
        }
        for row in sorted(found.rows, key=lambda row: (-row.units, row.subject))
    ]


@audience(Role.PUBLIC)
def sound(request: HttpRequest, release_id: str, form: str) -> HttpResponse | FileResponse:
    """A released file, content credentials inside."""
    file = queries.file_of(release_id, form)
    return FileResponse(
        file.open("rb"), content_type=MEDIA[form], filename=file.name, as_attachment="get" in request.GET
    )


@audience(Role.PUBLIC)
def verification(request: HttpRequest) -> HttpResponse:
    """Drop a file: what it says of itself, and whether this instance vouches for it."""
    context: dict[str, Any] = {}
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None:
            raise BadInput("no file came with the form", do="choose a WAV, FLAC or MP3 file")
        if (upload.size or 0) > LARGEST_BYTES:
            raise BadInput(f"`{upload.name}` is larger than {LARGEST_BYTES >> 20} MiB")
        data = upload.read()
        found = verify(data, queries.trust())
        context = {
            "found": found,
            "alike": None if found.proven else sounding.find(data),
            "lines": lines(found),
            "name": upload.name,
            "proven": found.verdict is Verdict.PROVEN,
        }
    return render(request, "provenance/verify.html", context)


urlpatterns = [
    path("creations", listing, name="listing"),
    path("creations/<slug:creation_id>", show, name="creation"),
    path("releases/<slug:release_id>/sound.<slug:form>", sound, name="sound"),
    path("verify", verification, name="verify"),
]
