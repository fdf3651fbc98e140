"""The catalogue's pages: what there is, what is held at intake and why, and one asset with its claims."""

from __future__ import annotations

import csv
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.catalog import queries
from accord.catalog.records import Asset, AssetKind, Claim
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import NotThere

SEEN_BY = (Role.RIGHTSHOLDER, Role.LICENSING, Role.LEGAL, Role.TRUST, Role.PRODUCT)
PER_PAGE = 50


@audience(*SEEN_BY)
def listing(request: HttpRequest) -> HttpResponse:
    """Assets the viewer may see, by kind and words of the title; `?format=csv` for a spreadsheet."""
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "").strip().lower()
    held = request.GET.get("held") == "1"
    found = [a for a in _visible(viewer_of(request)) if _wanted(a, kind, words, held)]
    if request.GET.get("format") == "csv":
        return _csv(found)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "count": len(found),
        "kind": kind,
        "q": request.GET.get("q", ""),
        "held": held,
        "kinds": list(AssetKind),
        "names": parties.names([p for a in page for p in (a.label, a.delivered_by) if p]),
        "query": "&".join(f"{k}={v}" for k, v in request.GET.items() if k not in {"page", "format"}),
    }
    return render(request, "catalog/listing.html", context)


@audience(*SEEN_BY)
def show(request: HttpRequest, asset_id: str) -> HttpResponse:
    """One asset: identifiers, people, what it is made from, claims by right, and why it is held if it is."""
    viewer = viewer_of(request)
    asset = queries.asset(asset_id)
    claims = queries.claims([asset_id])
    if not _sees(viewer, asset, claims):
        raise NotThere(f"there is no asset `{asset_id}`")
    below = queries.children([asset_id]).get(asset_id, ())
    related = queries.assets([*asset.parents, *below])
    ids = (
        {c.party for c in asset.credits} | {c.claimant for c in claims} | {asset.label or "", asset.delivered_by or ""}
    )
    context = {
        "asset": asset,
        "claims": claims,
        "parents": [related[p] for p in asset.parents if p in related],
        "children": [related[c] for c in below if c in related],
        "public_domain": queries.public_domain(asset_ids=[asset_id]),
        "encoding": queries.encodings([asset_id]).get(asset_id),
        "conflicts": queries.conflicts([asset_id]),
        "names": parties.names(ids - {""}),
    }
    return render(request, "catalog/asset.html", context)


def _visible(viewer: Viewer) -> list[Asset]:
    found = list(queries.assets().values())
    if viewer.staff:
        return found
    claimed = {c.asset for c in queries.claims() if viewer.acts_for(c.claimant)}
    return [a for a in found if a.id in claimed or viewer.acts_for(a.delivered_by or "")]


def _sees(viewer: Viewer, asset: Asset, claims: list[Claim]) -> bool:
    mine = any(viewer.acts_for(c.claimant) for c in claims)
    return viewer.staff or mine or viewer.acts_for(asset.delivered_by or "")


def _wanted(asset: Asset, kind: str, words: str, held: bool) -> bool:
    text = " ".join([asset.title, asset.id, *(value for _, value in asset.identifiers)]).lower()
    return kind in ("", asset.kind) and words in text and (bool(asset.intake_holds) or not held)


def _csv(found: list[Asset]) -> HttpResponse:
    response = HttpResponse(
        content_type="text/csv", headers={"Content-Disposition": 'attachment; filename="catalogue.csv"'}
    )
    writer = csv.writer(response)
    writer.writerow(["id", "kind", "title", "identifiers", "duration_s", "held"])
    for a in found:
        row: list[Any] = [a.id, a.kind, a.title, " ".join(f"{s}:{v}" for s, v in a.identifiers), a.duration_s or ""]
        writer.writerow([_plain(cell) for cell in [*row, "; ".join(a.intake_holds)]])
    return response


def _plain(cell: Any) -> Any:
    """A spreadsheet must not run a delivered title as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t" else cell


urlpatterns = [
    path("catalog", listing, name="listing"),
    path("catalog/<slug:asset_id>", show, name="asset"),
]
