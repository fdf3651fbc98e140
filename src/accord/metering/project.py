"""Metering's facts → rows."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from accord.journal.registry import Entry, projects
from accord.metering import seen, segments
from accord.metering.facts import PlatformPlaysReported, RevenueReported, SegmentAppended
from accord.metering.keys import bodies_of, corrected, keys_of, targets_of
from accord.metering.models import PlatformPlaysRow, RevenueRow, SegmentRow, SourceRow


@projects(SegmentAppended)
def on_segment_appended(entry: Entry, f: SegmentAppended) -> None:
    """The segment counts from now on, and the keys in its file are taken."""
    SegmentRow.objects.create(
        segment=f.segment,
        file=f.file,
        rows=f.rows,
        duplicates=f.duplicates,
        rejected=f.rejected,
        corrections=f.corrections,
        listens=f.listens,
        first_at=f.first_at,
        last_at=f.last_at,
        known_from=entry.position,
    )
    known = set(SourceRow.objects.filter(source__in=f.sources).values_list("source", flat=True))
    SourceRow.objects.bulk_create([SourceRow(source=one, sender=entry.actor) for one in f.sources if one not in known])
    seen.remember(*taken_by(segments.written(f.file)))


def taken_by(events: pa.Table) -> tuple[list[str], list[int]]:
    """The keys that a segment's events take, those of what they correct included, and the bodies under them.

    In the order of the keys: neighbours in the tree one after another are written in less than half the time.
    """
    unordered = keys_of(events)
    order = pc.array_sort_indices(unordered)
    keys, bodies = unordered.take(order).to_pylist(), bodies_of(events)[order.to_numpy()].tolist()
    taken = [corrected(key) for key in targets_of(events).drop_null().to_pylist()]
    return keys + taken, bodies + [0] * len(taken)


@projects(RevenueReported)
def on_revenue_reported(entry: Entry, f: RevenueReported) -> None:
    """The report replaces the one before it, which stays as it was known."""
    same = RevenueRow.objects.filter(feature=f.feature, territory=f.territory, period=f.period, currency=f.currency)
    same.filter(known_until=None).update(known_until=entry.position)
    RevenueRow.objects.create(
        report=f.report,
        feature=f.feature,
        territory=f.territory,
        period=f.period,
        currency=f.currency,
        amount_micros=f.amount_micros,
        known_from=entry.position,
    )


@projects(PlatformPlaysReported)
def on_platform_plays_reported(entry: Entry, f: PlatformPlaysReported) -> None:
    """The report replaces the one before it, which stays as it was known."""
    same = PlatformPlaysRow.objects.filter(territory=f.territory, period=f.period, known_until=None)
    same.update(known_until=entry.position)
    PlatformPlaysRow.objects.create(
        report=f.report,
        territory=f.territory,
        period=f.period,
        plays=f.plays,
        sessions=f.sessions,
        known_from=entry.position,
    )
