"""What crosses rooms, over HTTP: what taking a yes back would touch, asked before it is taken back (law 5), and what would
unlock most, for the platform's own people and nobody else (law 10).
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Router

from accord.clearance.rules import use_named
from accord.participation.api import READERS
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import STAFF
from accord.portal import queries
from accord.portal import worklist as worklists
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


@router.get("/worklist", url_name="worklist", tags=["clearance"])
@audience(*sorted(STAFF))
def worklist(
    request: HttpRequest, use: str, feature: str, territories: str | None = None, most: int = worklists.SHOWN
) -> dict[str, Any]:
    """What would unlock most: the missing steps ranked by recordings each alone would clear, then by last quarter's plays."""
    where = None if territories is None else TerritorySet.parse(territories)
    return worklists.as_plain(worklists.worklist(use, feature, now(), where, most))
