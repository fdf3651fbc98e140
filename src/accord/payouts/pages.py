"""Statements: what a party is owed, where it came from, and each line walked back to its listens."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.catalog import queries as catalog
from accord.deals import queries as deal_queries
from accord.governance import queries as governance
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role
from accord.payouts import queries
from accord.studio import queries as studio
from accord.terms.money import text

SEEN_BY = (Role.ARTIST, Role.RIGHTSHOLDER, Role.FINANCE, Role.CREATOR)
PER_PAGE = 60
ID = re.compile(r"\b[a-z]{3,4}_[0-9]{6}\b")
SUMS_NAMED = ("earned", "guarantee", "recouped", "escrow", "payable", "carried")
SUMS = [f"{name}_micros" for name in SUMS_NAMED]
LINE = ["line", "account", "kind", "feature", "territory", "subject", "claimed", "deal", "clause", "plays", "share"]


@audience(*SEEN_BY)
def listing(request: HttpRequest) -> HttpResponse:
    """The viewer's statements (finance: all), and for finance what each close did."""
    viewer = viewer_of(request)
    period = request.GET.get("period") or None
    heads = queries.statements(viewer, period=period)
    finance = viewer.has(Role.FINANCE)
    names = parties.names([head.party for head in heads])
    if request.GET.get("format") == "csv":
        rows = ([h.id, h.period, names[h.party], h.currency, *(_decimal(getattr(h, c)) for c in SUMS)] for h in heads)
        return as_csv("statements", ["statement", "period", "party", "currency", *SUMS_NAMED], rows)
    context = {
        "heads": heads,
        "names": names,
        "period": period,
        "periods": [p.text for p in queries.periods()],
        "payable_micros": sum(head.payable_micros for head in heads),
        "currency": heads[0].currency if heads else "EUR",
        "reports": queries.reports(period) if finance else [],
        "balance": queries.trial_balance() if finance else None,
    }
    return render(request, "payouts/listing.html", context)


@audience(*SEEN_BY)
def show(request: HttpRequest, statement_id: str) -> HttpResponse:
    """One statement: the sum, how it came about, its lines."""
    viewer = viewer_of(request)
    document = queries.statement(viewer, statement_id)
    if request.GET.get("format") == "json":
        return HttpResponse(queries.statement_text(viewer, statement_id), content_type="application/json")
    if request.GET.get("format") == "csv":
        return _csv(document)
    feature, where = request.GET.get("feature", ""), request.GET.get("where", "")
    wanted = [one for one in document["lines"] if feature in ("", one["feature"]) and where in ("", one["territory"])]
    lines = sorted(wanted, key=lambda line: (-int(line["amount_micros"]), line["line"]))
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "document": document,
        "summary": {key: int(value) for key, value in document["summary"].items()},
        "name": parties.names([document["party"]])[document["party"]],
        "came_from": _came_from(document),
        "page": page,
        "count": len(document["lines"]),
        "feature": feature,
        "where": where,
        "query": urlencode({"feature": feature, "where": where}),
        "features": _features(),
        "deals": _deals({line["deal"] for line in page if line["deal"]}, document["party"]),
        "titles": _titles([line["subject"] for line in page] + [line["claimed"] for line in page]),
    }
    return render(request, "payouts/statement.html", context)


def _came_from(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Sums by feature and territory, largest first, with the width of their bar."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line in document["lines"]:
        sums[line["feature"], line["territory"]] += int(line["amount_micros"])
    largest = max(sums.values(), default=0) or 1
    ranked = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"feature": f, "territory": t, "micros": m, "width": round(100 * m / largest, 1)} for (f, t), m in ranked]


def _titles(subjects: list[str]) -> dict[str, str]:
    wanted = sorted(set(subjects))
    creations = {c.id: c.title for c in studio.creations(wanted)}
    return {asset.id: asset.title for asset in catalog.assets(wanted).values()} | creations


def _deals(ids: set[str], reader: str) -> dict[str, str]:
    """A deal by its licensor's name: its title may say more than this reader may know."""
    licensors = {key: deal_queries.terms_of(key).licensor for key in ids}
    names = parties.names(licensors.values())
    return {
        key: "the party’s own deal" if by == reader else f"the deal with {names[by]}" for key, by in licensors.items()
    }


def _features() -> dict[str, str]:
    return {feature.id: feature.name for feature in governance.features().values()}


def _csv(document: dict[str, Any]) -> HttpResponse:
    rows = ([*(line[column] for column in LINE), _decimal(int(line["amount_micros"]))] for line in document["lines"])
    return as_csv(document["statement"], [*LINE, f"amount_{document['currency']}"], rows)


def _decimal(amount_micros: int) -> str:
    """An amount as a spreadsheet reads it: no thousands separators."""
    return text(amount_micros).replace(",", "")


@audience(*SEEN_BY)
def explain(request: HttpRequest, statement_id: str, line: int) -> HttpResponse:
    """One line, step by step, back to its listens."""
    viewer = viewer_of(request)
    document = queries.statement(viewer, statement_id)
    steps = queries.explain(viewer, statement_id, line)
    found = {one["line"]: one for one in document["lines"]}[line]
    spoken = {key for step in steps for key in ID.findall(f"{step.because} {step.rests_on}")} | {found["subject"]}
    deals = _deals({key for key in spoken if key.startswith("dea_")}, document["party"])
    context = {
        "document": document,
        "line": found,
        "steps": steps,
        "names": _titles(list(spoken)) | parties.names(key for key in spoken if key.startswith("pty_")) | deals,
        "features": _features(),
        "name": parties.names([document["party"]])[document["party"]],
    }
    return render(request, "payouts/explain.html", context)


urlpatterns = [
    path("statements", listing, name="listing"),
    path("statements/<str:statement_id>", show, name="statement"),
    path("statements/<str:statement_id>/<int:line>", explain, name="explain"),
]
