"""The page of one creation (player, credited waveform, credits, label, proofs), the list of them, and the verify page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.attribution import queries as attribution
from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind
from accord.governance import queries as governance
from accord.integrity import queries as integrity
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.colour import colours
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.provenance import queries, sounding
from accord.provenance.picture import heard_in, matching_bars
from accord.provenance.records import Agreed, Credits, Release
from accord.provenance.showing import lines
from accord.provenance.verify import LARGEST_BYTES, Verdict, verify
from accord.studio import queries as studio
from accord.studio.records import Creation
from accord.terms.refusal import BadInput, NotThere

PER_PAGE = 24
ID = re.compile(r"\b[a-z]{3,4}_[0-9]{6}\b")
BARS = 250
MEDIA = {"wav": "audio/wav", "flac": "audio/flac", "mp3": "audio/mpeg"}


@audience(Role.PUBLIC)
def listing(request: HttpRequest) -> HttpResponse:
    """Released creations, newest first; a creator's own unreleased ones too. By words and feature, also as CSV."""
    viewer = viewer_of(request)
    released = {r.creation: r for r in queries.releases()}
    mine = {c.id for c in studio.creations(viewer=viewer) if viewer.acts_for(c.creator)}
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "feature", "mine")}
    shown = [c for c in studio.creations() if c.id in (mine if asked["mine"] else mine | released.keys())]
    shown = [
        c for c in reversed(shown) if asked["q"].lower() in c.title.lower() and asked["feature"] in ("", c.feature)
    ]
    if request.GET.get("format") == "csv":
        names = parties.names({c.creator for c in shown})
        rows = ([c.id, c.title, names[c.creator], c.feature, c.duration_s, c.id in released] for c in shown)
        return as_csv("creations", ("id", "title", "by", "feature", "duration_s", "released"), rows)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "asked": asked,
        "has_mine": bool(mine),
        "query": urlencode(asked),
        "features": _features(),
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
    rows = _shares(creation_id)
    agreed = release.agreed if release else ()
    bars = matching_bars(creation_id)
    titles = _titles(creation, rows, agreed)
    ranked = [row["subject"] for row in rows]
    chosen = colours([*(s for s in ranked if any(span.asset == s for span in creation.lineage)), *ranked])
    wave = integrity.waveform(creation.audio, BARS)
    people = {creation.creator, *(deed.by for deed in creation.made_by), *(a.party for a in agreed)}
    deals = release.deals if release else ()
    context = {
        "creation": creation,
        "release": release,
        "credits": _credits(creation_id),
        "rows": rows,
        "most": max((row["share"] for row in rows), default=1),
        "peaks": [max(abs(low), abs(high)) for low, high in zip(wave.low, wave.high, strict=True)],
        "heard": heard_in(creation, bars, titles, chosen),
        "bars": [match.sentence(f"“{titles.get(match.asset, match.asset)}”") for match in bars],
        "picture_title": f"the waveform of {creation.title}, coloured by who is heard",
        "colours": chosen,
        "titles": titles | {deal.deal: "a deal" for deal in deals} | _machinery(creation, release),
        "names": parties.names(people) | {creation.model or "": "the model"},
        "agreed": _agreed(agreed),
        "feature": _features().get(creation.feature, creation.feature),
        "mine": viewer.acts_for(creation.creator),
    }
    return render(request, "provenance/creation.html", context)


def _machinery(creation: Creation, release: Release | None) -> dict[str, str]:
    """What a reader calls the things that made a model's piece."""
    seal = release.seal if release else None
    return {creation.take: "this one", creation.model or "": "the model", seal or "": "the training set"}


def _features() -> dict[str, str]:
    return {feature.id: feature.name for feature in governance.features().values()}


def _titles(creation: Creation, rows: list[dict[str, Any]], agreed: Sequence[Agreed]) -> dict[str, str]:
    """Titles of everything the page speaks of; names of the people with a share."""
    spoken = {key for row in rows for key in ID.findall(f"{row['row'].because} {row['subject']}")}
    assets = catalog.assets({span.asset for span in creation.lineage} | spoken | {a.asset for a in agreed})
    stems = [a for a in assets.values() if a.kind is AssetKind.STEM and a.parents]
    wholes = catalog.assets({a.parents[0] for a in stems})
    named = {a.id: f"{wholes[a.parents[0]].title} ({a.title})" for a in stems if a.parents[0] in wholes}
    return {a.id: a.title for a in assets.values()} | named | {row["subject"]: row["name"] for row in rows}


def _agreed(agreed: Sequence[Agreed]) -> list[tuple[str, list[str], int]]:
    """Each party once: what it agreed as, and for how many works and recordings."""
    found: dict[str, tuple[list[str], set[str]]] = {}
    for one in agreed:
        standings, assets = found.setdefault(one.party, ([], set()))
        assets.add(one.asset)
        if (words := one.standing.rsplit(" ", 2)[0] if one.standing.endswith("%") else one.standing) not in standings:
            standings.append(words)
    return sorted(((party, s, len(a)) for party, (s, a) in found.items()), key=lambda one: (-one[2], one[0]))


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
