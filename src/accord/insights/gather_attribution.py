"""Rows about who is in a creation: whether its shares are a whole, all on things we know."""

from __future__ import annotations

from accord.attribution import queries as attribution
from accord.catalog import queries as catalog
from accord.insights.attribution_completeness import Row
from accord.studio import queries as studio
from accord.terms.instant import Instant


def creations(at: Instant) -> list[Row]:
    """One row per creation submitted by ``at``; one without an attribution by then has no units."""
    found = {each.creation: each for each in attribution.rows() if each.at <= at}
    sources = {row.subject for each in found.values() for row in each.rows if row.kind == "source"}
    known = set(catalog.assets(ids=sorted(sources)))
    rows = []
    for creation in studio.creations():
        if creation.at > at:
            continue
        each = found.get(creation.id)
        shares = each.rows if each is not None else ()
        given = sum(row.units for row in shares if row.kind in ("model", "cocreator") or row.subject in known)
        rows.append(
            Row(creation=creation.id, total_units=each.total_units if each is not None else 0, known_units=given)
        )
    return rows
