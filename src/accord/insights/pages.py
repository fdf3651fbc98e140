"""The figures as a page: each with its value, out of how many, a chart and the table behind it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe

from accord.insights import charts, queries
from accord.insights.records import GROUP_WORDS, Figure, Group
from accord.journal.queries import head
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role, Viewer


@audience(Role.PUBLIC)
def page(request: HttpRequest) -> HttpResponse:
    """All figures this viewer may see, by group; `?format=csv` for a spreadsheet."""
    found = _figures(viewer_of(request), head(), datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    if request.GET.get("format") == "csv":
        headers = {"Content-Disposition": 'attachment; filename="figures.csv"'}
        return HttpResponse(queries.as_csv(found), content_type="text/csv", headers=headers)
    groups = [
        {"words": GROUP_WORDS[group], "figures": [_shown(figure) for figure in found if figure.group is group]}
        for group in Group
        if any(figure.group is group for figure in found)
    ]
    return render(request, "insights/figures.html", {"groups": groups})


@lru_cache(maxsize=16)
def _figures(viewer: Viewer, position: int, at: datetime) -> list[Figure]:
    """Figures change with the journal and, slowly, with the days: kept for an hour at one position of it."""
    return queries.figures(viewer, at)


def _shown(figure: Figure) -> dict[str, Any]:
    return {
        "figure": figure,
        "said": charts.said(figure),
        # charts and tables escape every text they are given
        "chart": mark_safe(charts.bars(figure)) if len(figure.parts) > 1 else "",  # noqa: S308
        "table": mark_safe(charts.table(figure)) if figure.parts else "",  # noqa: S308
    }


urlpatterns = [path("figures", page, name="figures")]
