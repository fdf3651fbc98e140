"""The page of one creation (player, credited waveform, credits, label, proofs), the list of them, and the verify page."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.attribution import actions as attributing
from accord.attribution import human
from accord.attribution import queries as attribution
from accord.attribution.gathering import OWN_NOTES
from accord.attribution.records import BarMatch
from accord.catalog import queries as catalog
from accord.catalog.faces import faces
from accord.governance import queries as governance
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.ranges import ranged
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.provenance import actions, queries, remixes, sounding
from accord.provenance import credits as crediting
from accord.provenance.picture import matching_bars, picture
from accord.provenance.records import Credits, Release
from accord.provenance.showing import lines
from accord.provenance.shown import Consent, agreed_in, consents, shares_in, sources_in
from accord.provenance.verify import LARGEST_BYTES, Verification, verify
from accord.studio import queries as studio
from accord.studio import stopped as stopping
from accord.studio.descent import creations_in, models_of, pieces_in, recordings
from accord.studio.descent import inside as laid_in
from accord.studio.listed import Listed, creations
from accord.studio.picture import titles
from accord.studio.records import Creation, DeedKind
from accord.terms.refusal import BadInput, NotThere
from accord.terms.territory import TerritorySet
from accord.training import outsiders

PER_PAGE = 24
SHOWN = 12
RELEASERS = (Role.PRODUCT, Role.ADMIN)
ID = re.compile(r"\b[a-z]{3,4}_[0-9]{6}\b")
MEDIA = {"wav": "audio/wav", "flac": "audio/flac", "mp3": "audio/mpeg"}


@audience(Role.PUBLIC)
def listing(request: HttpRequest) -> HttpResponse:
    """Released creations, newest first; unreleased ones for their maker and for product. By words and feature; as CSV."""
    viewer, released = viewer_of(request), queries.all_released()
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "feature", "mine")}
    alone = viewer.parties if asked["mine"] else None
    seen = None if viewer.has(Role.PRODUCT) else released

    def listed(among: Iterable[str] | None, *by: str) -> Listed:
        return creations(among, by, alone=alone, words=asked["q"], feature=asked["feature"])

    shown = listed(seen, *viewer.parties)
    if request.GET.get("format") == "csv":
        return as_csv("creations", ("id", "title", "by", "feature", "duration_s", "released"), _rows(shown))
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    here = queries.released(one.id for one in page)
    context = {
        "page": page,
        "count": listed(released).count(),
        "asked": asked,
        "has_mine": bool(creations(alone=viewer.parties).count()),
        "query": urlencode(asked),
        "features": _features(),
        "released": here,
        "stopped": _stopped(viewer, page, here),
        "names": parties.names([c.creator for c in page]),
    }
    return render(request, "provenance/listing.html", context)


def _rows(shown: Listed) -> Iterator[list[Any]]:
    for part in shown.parts():
        names, released = parties.names({c.creator for c in part}), queries.released(c.id for c in part)
        yield from ([c.id, c.title, names[c.creator], c.feature, c.duration_s, c.id in released] for c in part)


@audience(Role.PUBLIC)
def show(request: HttpRequest, creation_id: str) -> HttpResponse:
    """One creation. Before its release only its maker and reviewers find it. `?format=csv`: every share."""
    viewer = viewer_of(request)
    creation, release = _find(viewer, creation_id)
    rows = _shares(creation_id)
    if request.GET.get("format") == "csv":
        return _shares_csv(creation, rows)
    credits, bars = _credits(creation), matching_bars(creation_id)
    outside = [found for model in models_of(creation) if (found := outsiders.find(model)) is not None]
    heard, sources = set(recordings(creation.lineage)), {r["subject"] for r in rows if r["row"].kind == "source"}
    worn = faces(row["subject"] for row in rows[:SHOWN])
    agreed = consents((a.party, a.asset, a.standing) for a in release.agreed) if release else []
    inside, made_with = studio.creations(creations_in(creation.lineage)), remixes.made_with(creation_id)
    context = {
        "creation": creation,
        "release": release,
        "credits": credits,
        "rows": [row | {"who": worn.get(row["subject"], row["subject"])} for row in rows[:SHOWN]],
        "more": rows[SHOWN:],
        "heard": len(sources & heard),
        "learned": len(sources - heard),
        "picture": picture(creation, bars),
        "bars": _barred(bars),
        "titles": _titles(creation, release, rows) | {one.id: one.title for one in inside},
        "names": parties.names(_people(creation, credits, agreed) | {one.creator for one in (*inside, *made_with)})
        | _models(creation),
        "outside": outside,
        "own_notes": OWN_NOTES,
        "nobodys": sum(row["share"] for row in rows if row["row"].kind == "outside"),
        "agreed": agreed,
        "feature": _features().get(creation.feature, creation.feature),
        "deeds": [(deed.by, deed.what.replace(f"take {creation.take}", "this take")) for deed in creation.made_by],
        "human": human.share(creation, studio.takes(pieces_in(creation.lineage))),
        "inside": inside,
        "made_with": made_with,
        "said": remixes.said(creation) if viewer.acts_for(creation.creator) and release else [],
        "mine": viewer.acts_for(creation.creator),
        "stopped": _stopped(viewer, [creation], {creation_id} if release else ()).get(creation.id, ()),
        "can_release": release is None and viewer.has(*RELEASERS),
    }
    return render(request, "provenance/creation.html", context)


@audience(*RELEASERS)
def issue(request: HttpRequest, creation_id: str) -> HttpResponse:
    """Attribute a creation and release it."""
    viewer, at = viewer_of(request), datetime.now(UTC)
    creation = studio.creation(viewer, creation_id)
    if request.method == "POST":
        attributing.attribute(creation.id, at, viewer.account or "")
        actions.release(creation.id, at, viewer.account or "")
        messages.success(request, "Released: everybody hears it, and sees who is in it.", extra_tags="yes")
    return HttpResponseRedirect(f"/creations/{creation.id}")


@audience(Role.CREATOR, Role.ARTIST)
def answer(request: HttpRequest, creation_id: str) -> HttpResponse:
    """Its maker says yes or no to remixes of a creation in a feature."""
    viewer = viewer_of(request)
    creation = studio.creation(viewer, creation_id)
    if not viewer.acts_for(creation.creator):
        raise NotThere(f"there is no creation `{creation_id}` of yours")
    if request.method == "POST":
        said = request.POST.get("answer", "")
        remixes.say(creation.id, request.POST.get("feature", ""), said, datetime.now(UTC), viewer.account or "")
        told = "You said yes: others may remix it." if said == "yes" else "Taken back: nobody makes a new remix of it."
        messages.success(request, told, extra_tags=said)
    return HttpResponseRedirect(f"/creations/{creation.id}#remixes")


def _stopped(viewer: Viewer, creations: Iterable[Creation], released: Container[str]) -> dict[str, tuple[str, ...]]:
    """What stops those of some creations that are the viewer's own, or wait for it to release them."""
    releases = viewer.has(*RELEASERS)
    own = [one for one in creations if viewer.acts_for(one.creator) or (releases and one.id not in released)]
    return stopping.of_creations(own, datetime.now(UTC), released) if own else {}


def _features() -> dict[str, str]:
    return {feature.id: feature.name for feature in governance.features().values()}


def _people(creation: Creation, credits: Credits | None, agreed: Sequence[Consent]) -> set[str]:
    named = crediting.parties(credits) if credits else set()
    return named | {creation.creator, *(deed.by for deed in creation.made_by), *(one.party for one in agreed)}


def _barred(bars: Sequence[BarMatch]) -> list[str]:
    called = titles(match.asset for match in bars)
    return [match.sentence(f"“{called.get(match.asset, match.asset)}”") for match in bars]


def _models(creation: Creation) -> dict[str, str]:
    """What the models of a creation are called: by name only where they were trained elsewhere."""
    wrote = dict.fromkeys(deed.by for deed in creation.made_by if deed.kind is DeedKind.MODEL)  # also what was cut away
    known = {model: outsiders.find(model) for model in (*models_of(creation), *wrote)}
    return {model: f"the outside model {one.called}" if one else "the model" for model, one in known.items()}


def _titles(creation: Creation, release: Release | None, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Titles of everything the page speaks of, names of the people with a share, and what made a model's piece."""
    said = {key for deed in creation.made_by for key in ID.findall(deed.what)}  # also of what was cut away since
    spoken = {key for row in rows[:SHOWN] for key in ID.findall(row["row"].because)} | said
    sets = [one.seal for one in (release, *release.written) if one.seal] if release else []
    made = _models(creation) | dict.fromkeys(sets, "the training set")
    made |= {name: "an earlier take" for name in (*laid_in(creation.lineage), *said) if name.startswith("tak_")}
    deals = {deal.deal: "a deal" for deal in (release.deals if release else ())}
    heard = set(recordings(creation.lineage))
    return titles(heard | spoken) | {row["subject"]: row["name"] for row in rows} | made | deals


def _shares_csv(creation: Creation, rows: list[dict[str, Any]]) -> HttpResponse:
    columns = ("subject", "name", "kind", "share_percent", "method", "because")
    written = (
        [r["subject"], r["name"], r["row"].kind, f"{100 * r['share']:.6f}", r["row"].method, r["row"].because]
        for r in rows
    )
    return as_csv(f"shares-{creation.id}", columns, written)


def _find(viewer: Viewer, creation_id: str) -> tuple[Creation, Release | None]:
    found = queries.releases(creation=creation_id)
    if found:
        return studio.creation(SYSTEM, creation_id), found[0]
    return studio.creation(viewer, creation_id), None


def _credits(creation: Creation) -> Credits | None:
    try:
        return queries.unbound_credits(creation)
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
    names |= {row.subject: "not attributable" for row in found.rows if row.kind == "outside"}
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
def sound(request: HttpRequest, release_id: str, form: str) -> HttpResponse:
    """A released file, content credentials inside."""
    path = queries.file_of(release_id, form)
    with path.open("rb") as file:
        return ranged(request, file, MEDIA[form], path.name if "get" in request.GET else "")


@audience(Role.PUBLIC)
def verification(request: HttpRequest) -> HttpResponse:
    """Drop a file: what it says of itself, and whether this instance vouches for it."""
    if request.method != "POST":
        return render(request, "provenance/verify.html")
    try:
        return render(request, "provenance/verify.html", _verified(request.FILES.get("file")))
    except BadInput as bad:
        return render(request, "provenance/verify.html", {"problem": bad}, status=400)


def _verified(upload: UploadedFile | None) -> dict[str, Any]:
    """What the page says of an upload. Raises: BadInput for what is no sound file."""
    if upload is None:
        raise BadInput("no file came with the form", do="choose a WAV, FLAC or MP3 file")
    if (upload.size or 0) > LARGEST_BYTES:
        raise BadInput(f"`{upload.name}` is larger than {LARGEST_BYTES >> 20} MiB")
    data = upload.read()
    found = verify(data, queries.trust())
    shown = {"found": found, "name": upload.name}
    # what nobody vouches for is anybody's writing, and is not read
    return shown | (_vouched(found) if found.proven else {"alike": sounding.find(data)})


def _vouched(found: Verification) -> dict[str, Any]:
    """What a proven file says of itself, in names."""
    body = found.release
    shares, more = shares_in(found)
    return {
        "body": body,
        "agreed": agreed_in(found),
        "colours": {},
        "sources": sources_in(found),
        "shares": shares,
        "more": more,
        "feature": _features().get(body["feature"], body["feature"]),
        "territories": TerritorySet.parse(body["territories"]).named(),
        "lines": lines(found),
    }


urlpatterns = [
    path("creations", listing, name="listing"),
    path("creations/<slug:creation_id>", show, name="creation"),
    path("creations/<slug:creation_id>/release", issue, name="release"),
    path("creations/<slug:creation_id>/remixes", answer, name="remixes"),
    path("releases/<slug:release_id>/sound.<slug:form>", sound, name="sound"),
    path("verify", verification, name="verify"),
]
