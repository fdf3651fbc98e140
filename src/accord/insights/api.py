"""Figures over HTTP, as JSON or CSV, each with its definition and denominator."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Router

from accord.insights import queries
from accord.insights.records import GROUP_WORDS
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role

router = Router(tags=["figures"])


@router.get("/figures", url_name="figures")
@audience(Role.PUBLIC)
def figures(request: HttpRequest) -> list[dict[str, Any]]:
    """Every figure you may see: the public groups for everybody, all of them for the platform's own people."""
    found = queries.figures(viewer_of(request), now())
    return [{**msgspec.to_builtins(figure), "question": GROUP_WORDS[figure.group]} for figure in found]


@router.get("/figures.csv", url_name="figures-csv")
@audience(Role.PUBLIC)
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV: one line for each figure and each of its parts."""
    text = queries.as_csv(queries.figures(viewer_of(request), now()))
    headers = {"Content-Disposition": 'attachment; filename="figures.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@router.get("/figures/{key}", url_name="figure")
@audience(Role.PUBLIC)
def figure(request: HttpRequest, key: str) -> Any:
    """One figure with its parts."""
    return msgspec.to_builtins(queries.figure(viewer_of(request), key, now()))
