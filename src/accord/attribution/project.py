"""Facts of attribution → rows."""

from __future__ import annotations

import msgspec

from accord.attribution import facts
from accord.attribution.models import AttributionRow, ShownRow
from accord.journal.registry import Entry, projects


@projects(facts.CreationAttributed)
def on_attributed(entry: Entry, f: facts.CreationAttributed) -> None:
    """The new shares count; those before are closed."""
    AttributionRow.objects.filter(creation=f.creation, known_until=None).update(known_until=entry.position)
    AttributionRow.objects.create(
        key=f"{f.creation}/{entry.position}",
        creation=f.creation,
        feature=f.feature,
        total_units=f.total_units,
        rows=msgspec.to_builtins(f.rows),
        version=f.method_version,
        split_version=f.split_version,
        evidence=f.evidence,
        at=entry.at,
        known_from=entry.position,
    )


def shown(creation: str) -> None:
    """A creation is released; the room that releases says so while it turns its fact into rows."""
    ShownRow.objects.get_or_create(creation=creation)
