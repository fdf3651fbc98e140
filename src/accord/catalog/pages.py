"""The catalogue's pages: what there is, what is held at intake and why, and one asset with its claims."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.catalog import queries, visibility
from accord.catalog.records import Asset, AssetKind
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role

SEEN_BY = (Role.RIGHTSHOLDER, Role.ARTIST, Role.LICENSING, Role.LEGAL, Role.TRUST, Role.PRODUCT)
PER_PAGE = 50
CSV_COLUMNS = ("id", "kind", "title", "identifiers", "duration_s", "held")


@audience(*SEEN_BY)
def listing(request: HttpRequest) -> HttpResponse:
    """Assets the viewer may see, by kind and words of the title, in the order of `_place`; also as CSV."""
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "").strip().lower()
    held = request.GET.get("held") == "1"
    seen = visibility.assets(viewer_of(request), AssetKind(kind) if kind in set(AssetKind) else None)
    found = sorted((a for a in seen.values() if _wanted(a, words, held)), key=_place)
    if request.GET.get("format") == "csv":
        return as_csv("catalogue", CSV_COLUMNS, (_csv_row(a) for a in found))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    wholes = queries.assets([parent for a in page for parent in a.parents[:1] if a.kind is AssetKind.STEM])
    context = {
        "page": page,
        "count": len(found),
        "kind": kind,
        "q": request.GET.get("q", ""),
        "held": held,
        "kinds": list(AssetKind),
        "any_held": any(a.intake_holds for a in page),
        "names": parties.names([p for a in page for p in (a.label, a.delivered_by, *_registrars(a)) if p]),
        "wholes": {
            a.id: wholes[a.parents[0]].title for a in page if a.kind is AssetKind.STEM and a.parents[0] in wholes
        },
        "query": urlencode([(k, v) for k, v in request.GET.items() if k not in {"page", "format"}]),
    }
    return render(request, "catalog/listing.html", context)


@audience(*SEEN_BY)
def show(request: HttpRequest, asset_id: str) -> HttpResponse:
    """One asset: identifiers, people, what it is made from, claims by right, and why it is held if it is."""
    viewer = viewer_of(request)
    asset = visibility.asset(viewer, asset_id)
    claims = queries.claims([asset_id])
    below = queries.children([asset_id]).get(asset_id, ())
    related = queries.assets([*asset.parents, *below])
    mine = visibility.asset_ids(viewer)
    ids = (
        {c.party for c in asset.credits}
        | {c.claimant for c in claims}
        | {asset.label or "", asset.delivered_by or "", *_registrars(asset)}
    )
    context = {
        "asset": asset,
        "linked": set(related) if mine is None else mine,
        "claims": claims,
        "parents": [related[p] for p in asset.parents if p in related],
        "children": [related[c] for c in below if c in related],
        "public_domain": queries.public_domain(asset_ids=[asset_id]),
        "encoding": queries.encodings([asset_id]).get(asset_id),
        "conflicts": queries.conflicts([asset_id]),
        "names": parties.names(ids - {""}),
    }
    return render(request, "catalog/asset.html", context)


def _place(asset: Asset) -> tuple[int, str, str]:
    """Works, recordings, scores, stems, each in the order of the alphabet; a recording's stems together."""
    whole = asset.parents[0] if asset.kind is AssetKind.STEM and asset.parents else ""
    return list(AssetKind).index(asset.kind), whole or asset.title.casefold(), asset.id


def _wanted(asset: Asset, words: str, held: bool) -> bool:
    text = " ".join([asset.title, asset.id, *(value for _, value in asset.identifiers)]).lower()
    return words in text and (bool(asset.intake_holds) or not held)


def _registrars(asset: Asset) -> list[str]:
    """The publishers that gave the asset a work number of their own: schemes such as `cwr-pty_000009`."""
    return [scheme.removeprefix("cwr-") for scheme, _ in asset.identifiers if scheme.startswith("cwr-")]


def _csv_row(asset: Asset) -> list[Any]:
    identifiers = " ".join(f"{scheme}:{value}" for scheme, value in asset.identifiers)
    return [asset.id, asset.kind, asset.title, identifiers, asset.duration_s or "", "; ".join(asset.intake_holds)]


urlpatterns = [
    path("catalog", listing, name="listing"),
    path("catalog/<slug:asset_id>", show, name="asset"),
]
