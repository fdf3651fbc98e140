"""Statements: what a party is owed, where it came from, and each line walked back to its listens."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accord.catalog import queries as catalog
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role
from accord.payouts import queries
from accord.studio import queries as studio
from accord.terms.money import text

SEEN_BY = (Role.ARTIST, Role.RIGHTSHOLDER, Role.FINANCE, Role.CREATOR)
PER_PAGE = 60


@audience(*SEEN_BY)
def listing(request: HttpRequest) -> HttpResponse:
    """The viewer's statements (finance: all), and for finance what each close did."""
    viewer = viewer_of(request)
    period = request.GET.get("period") or None
    heads = queries.statements(viewer, period=period)
    finance = viewer.has(Role.FINANCE)
    context = {
        "heads": heads,
        "names": parties.names([head.party for head in heads]),
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
    lines = sorted(document["lines"], key=lambda line: (-int(line["amount_micros"]), line["line"]))
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "document": document,
        "summary": {key: int(value) for key, value in document["summary"].items()},
        "name": parties.names([document["party"]])[document["party"]],
        "came_from": _came_from(document),
        "page": page,
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


def _csv(document: dict[str, Any]) -> HttpResponse:
    name = f"{document['statement']}.csv"
    response = HttpResponse(content_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})
    columns = [
        "line",
        "account",
        "kind",
        "feature",
        "territory",
        "subject",
        "claimed",
        "deal",
        "clause",
        "plays",
        "share",
    ]
    writer = csv.writer(response)
    writer.writerow([*columns, f"amount_{document['currency']}"])
    for line in document["lines"]:
        writer.writerow([*(line[column] for column in columns), text(int(line["amount_micros"])).replace(",", "")])
    return response


@audience(*SEEN_BY)
def explain(request: HttpRequest, statement_id: str, line: int) -> HttpResponse:
    """One line, step by step, back to its listens."""
    viewer = viewer_of(request)
    document = queries.statement(viewer, statement_id)
    steps = queries.explain(viewer, statement_id, line)
    return render(request, "payouts/explain.html", {"document": document, "line": line, "steps": steps})


urlpatterns = [
    path("statements", listing, name="listing"),
    path("statements/<str:statement_id>", show, name="statement"),
    path("statements/<str:statement_id>/<int:line>", explain, name="explain"),
]
