"""The doors out. Events are pseudonymous, but they are the platform's: rooms ask in process, and what parties see of
them is counted in their statements.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
from django.db.models import Q

from accord.engine.running import Input, rule, run
from accord.engine.view import View
from accord.metering import segments as segment_files
from accord.metering.events import SCHEMA
from accord.metering.models import PlatformPlaysRow, RevenueRow, SegmentRow
from accord.metering.periods import Span
from accord.metering.records import PlatformPlays, Revenue, Segment
from accord.vault import actions as vault


def segments(span: Span | None = None, known: int | None = None) -> list[Segment]:
    """The files that count, oldest fact first; with `span` only those that may hold an event in it."""
    rows = SegmentRow.objects.order_by("known_from")
    if span is not None:
        rows = rows.filter(first_at__lt=span.end, last_at__gte=span.start)
    if known is not None:
        rows = rows.filter(known_from__lte=known)
    return [
        Segment(
            id=row.segment,
            file=row.file,
            rows=row.rows,
            duplicates=row.duplicates,
            rejected=row.rejected,
            corrections=row.corrections,
            listens=row.listens,
            first_at=row.first_at,
            last_at=row.last_at,
            known_from=row.known_from,
        )
        for row in rows
    ]


def paths(span: Span | None = None, known: int | None = None) -> list[Path]:
    """The segments' Parquet files on this machine, all of the columns `events.SCHEMA`; `at` is UTC without a zone."""
    return [vault.local_path(segment.file) for segment in segments(span, known)]


def events(span: Span | None = None, known: int | None = None) -> pa.Table:
    """Events as Arrow, as they came, corrected ones included; for small amounts and tests."""
    return events_of(segments(span, known))


def events_of(those: Iterable[Segment]) -> pa.Table:
    """The events of some segments as Arrow, as they came."""
    tables = [segment_files.read(segment.file) for segment in those]
    return pa.concat_tables(tables) if tables else SCHEMA.empty_table()


def revenue(span: Span | None = None, known: int | None = None) -> list[Revenue]:
    """Reports of revenue whose period lies within `span`, the newest of each (as of journal position `known`)."""
    rows = _as_known(RevenueRow.objects.order_by("period", "feature", "territory", "currency"), span, known)
    fields = ("report", "feature", "territory", "period", "currency", "amount_micros", "known_from", "known_until")
    return [Revenue(**{name: getattr(row, name) for name in fields}) for row in rows]


def platform_plays(span: Span | None = None, known: int | None = None) -> list[PlatformPlays]:
    """Reports of all plays whose period lies within `span`, the newest of each."""
    rows = _as_known(PlatformPlaysRow.objects.order_by("period", "territory"), span, known)
    fields = ("report", "territory", "period", "plays", "sessions", "known_from", "known_until")
    return [PlatformPlays(**{name: getattr(row, name) for name in fields}) for row in rows]


def _as_known(rows, span: Span | None, known: int | None):  # type: ignore[no-untyped-def]  # QuerySets of two models
    if span is not None:
        rows = rows.filter(period__in={span.text, *span.months})
    if known is None:
        return rows.filter(known_until=None)
    return rows.filter(Q(known_until=None) | Q(known_until__gt=known), known_from__lte=known)


def corrected(segment: Segment, span: Span, known: int | None = None) -> dict[str, int]:
    """Kind → how many events of a period a segment corrects or takes back; nothing where they are all of other periods.

    Reads the segments that may hold an event of the period, by their ids.
    """
    before = paths(span, known)
    if not before or not segment.corrections:
        return {}
    kind = SCHEMA.field("at").type
    ends = {
        name: pa.array([at.replace(tzinfo=None)], kind)
        for name, at in (("from_at", span.start), ("until_at", span.end))
    }
    inputs = {"events": before, "later": [vault.local_path(segment.file)], "bounds": pa.table(ends)}
    found = run("metering/corrected", inputs, order="kind")
    return {row["kind"]: row["events"] for row in found.to_pylist()}


def countable(span: Span, known: int | None = None) -> Input:
    """What of a period counts, for an engine: its Parquet files, read past what any event of any segment corrects.

    What was corrected is held in memory, by its source and id; the events are not.
    """
    files = paths(span, known)
    if not files:
        return SCHEMA.empty_table()
    correcting = [vault.local_path(segment.file) for segment in segments(None, known) if segment.corrections]
    if not correcting:
        return files
    corrections = run("metering/corrections", {"events": correcting}, order="source, id")
    return View(rule("metering/counted"), {"as_sent": files, "corrections": corrections})
