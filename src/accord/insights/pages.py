"""The figures as a page: each with its value, out of how many, a chart and the table behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe

from accord.governance import queries as governance
from accord.insights import charts, queries, trail_pages
from accord.insights.records import GROUP_WORDS, Figure, Group
from accord.journal.queries import head
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role, Viewer


class Lead(msgspec.Struct, frozen=True):
    """Where what a group of figures counts can be looked at one by one, and by whom."""

    path: str
    words: str
    seen_by: frozenset[Role]


EVERYBODY = frozenset(Role)
LEADS = {
    Group.PARTICIPATION: Lead("/features", "The features people were asked about", EVERYBODY),
    Group.REACH: Lead("/creations", "The creations that were played", EVERYBODY),
    Group.REVENUE: Lead("/statements", "The statements behind it", frozenset({Role.FINANCE})),
    Group.ATTRIBUTION: Lead("/creations", "The creations, each with its shares", EVERYBODY),
    Group.SAFETY: Lead("/cases", "The cases", frozenset({Role.TRUST})),
    Group.LICENSING: Lead("/deals", "The deals", frozenset({Role.LICENSING, Role.LEGAL, Role.PRODUCT})),
}


@audience(Role.PUBLIC)
def page(request: HttpRequest) -> HttpResponse:
    """All figures this viewer may see, by group; `?format=csv` for a spreadsheet."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    found = _figures(viewer_of(request), head(), hour + timedelta(hours=1))
    if request.GET.get("format") == "csv":
        headers = {"Content-Disposition": 'attachment; filename="figures.csv"'}
        return HttpResponse(queries.as_csv(found), content_type="text/csv", headers=headers)
    viewer, features = viewer_of(request), {feature.id: feature.name for feature in governance.features().values()}
    groups = [
        {
            "key": group,
            "words": GROUP_WORDS[group],
            "lead": LEADS[group] if LEADS[group].seen_by & viewer.roles else None,
            "figures": [_shown(_named(figure, features)) for figure in found if figure.group is group],
        }
        for group in Group
        if any(figure.group is group for figure in found)
    ]
    return render(request, "insights/figures.html", {"groups": groups})


@lru_cache(maxsize=16)
def _figures(viewer: Viewer, position: int, at: datetime) -> list[Figure]:
    """Figures change with the journal and, slowly, with the days: kept for an hour at one position of it."""
    return queries.figures(viewer, at)


def _named(figure: Figure, features: dict[str, str]) -> Figure:
    """The figure with its features called by their names."""
    parts = (msgspec.structs.replace(part, label=features.get(part.label, part.label)) for part in figure.parts)
    return msgspec.structs.replace(figure, parts=tuple(parts))


def _shown(figure: Figure) -> dict[str, Any]:
    return {
        "figure": figure,
        "said": charts.said(figure),
        # charts and tables escape every text they are given
        "chart": mark_safe(charts.bars(figure)) if len(figure.parts) > 1 else "",  # noqa: S308
        "table": mark_safe(charts.table(figure)) if figure.parts else "",  # noqa: S308
    }


urlpatterns = [path("figures", page, name="figures"), *trail_pages.urlpatterns]
