"""What crosses rooms, over HTTP: what taking a yes back would touch, asked before it is taken back (law 5)."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Router

from accord.clearance.rules import use_named
from accord.participation.api import READERS
from accord.parties.audience import audience, viewer_of
from accord.portal import queries
from accord.terms.territory import TerritorySet

router = Router(tags=["choices"])


@router.get("/choices/touched", url_name="choice-touched")
@audience(*READERS)
def touched(
    request: HttpRequest, person: str, use: str, feature: str, asset: str | None = None, territories: str = "WORLD"
) -> dict[str, Any]:
    """Recordings, sets, models, creations and money that a person's no would touch, and what the deals demand, by when."""
    where, viewer = TerritorySet.parse(territories), viewer_of(request)
    found = queries.blast_radius(viewer, person, use_named(use), feature, now(), asset, where)
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain
