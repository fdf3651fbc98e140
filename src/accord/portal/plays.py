"""Plays of recordings: how often creations in which they are heard were played, by territory (shell).

Accord meters creations. A play of one counts once for every recording in it, by itself or by a stem of it.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa

from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind
from accord.engine.running import run
from accord.metering import queries as metering
from accord.metering.periods import Span
from accord.studio import queries as studio
from accord.studio.descent import recordings
from accord.terms.instant import Instant

TIME = pa.timestamp("us")
BOUNDS = pa.schema([("from_at", TIME), ("until_at", TIME)])


def last_quarter(at: Instant) -> Span:
    """The last quarter (UTC) that was over at an instant."""
    now = at.astimezone(UTC)
    quarter = (now.month - 1) // 3
    return Span(f"{now.year}-Q{quarter}" if quarter else f"{now.year - 1}-Q4")


def of_recordings(span: Span) -> dict[str, Counter[str]]:
    """Recording → territory → plays within a period; none where it was not heard."""
    bounds = pa.table([[_plain(span.start)], [_plain(span.end)]], schema=BOUNDS)
    played = run("portal/plays", {"events": metering.countable(span), "bounds": bounds}).to_pylist()
    heard = _recordings_in({row["creation"] for row in played})
    found: dict[str, Counter[str]] = {}
    for row in played:
        for recording in heard.get(row["creation"], ()):
            found.setdefault(recording, Counter())[row["territory"]] += row["plays"]
    return found


def _recordings_in(creations: set[str]) -> dict[str, set[str]]:
    """Creation → the recordings heard in it."""
    spans = {one.id: set(recordings(one.lineage)) for one in studio.creations(sorted(creations))}
    assets = catalog.assets(ids=sorted(set().union(*spans.values())))

    def wholes(asset: str) -> set[str]:
        one = assets.get(asset)
        if one is None:
            return set()
        return set(one.parents) if one.kind is AssetKind.STEM else {one.id}

    return {creation: {rec for asset in heard for rec in wholes(asset)} for creation, heard in spans.items()}


def _plain(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
