"""What may be asked of the last search for duplicates: its clusters, and what cases about them have named."""

from __future__ import annotations

import msgspec
from django.db.models import QuerySet

from accord.integrity.models import CaseRow, ClusterMemberRow, ClusterRow, DuplicateSearchRow
from accord.integrity.records import CaseKind, Cluster, Match

PAGE_CLUSTERS = 50


def clusters(recording: str = "") -> list[Cluster]:
    """The clusters of the last search for duplicates, the largest first; or the one that a recording is in, if any."""
    return _clusters(_rows(recording))


def cluster_page(recording: str, page: int) -> tuple[int, list[Cluster]]:
    """How many clusters there are (or how many this recording is in), and PAGE_CLUSTERS of them: pages count from 1."""
    rows = _rows(recording)
    shown = rows[(page - 1) * PAGE_CLUSTERS : page * PAGE_CLUSTERS]
    return rows.count(), _clusters(shown)


def cluster_of(recording: str) -> str | None:
    """The cluster that a recording is in, if it is in one."""
    row = ClusterMemberRow.objects.filter(asset=recording).first()
    return row.cluster if row else None


def last_search() -> DuplicateSearchRow | None:
    """The last search for duplicates: when, over how many recordings and hours, how many pairs were weighed."""
    return DuplicateSearchRow.objects.order_by("-position").first()


def compared_before(subject: str, kind: CaseKind) -> frozenset[str]:
    """The recordings that cases of this kind about this subject have named, however they ended."""
    rows = CaseRow.objects.filter(subject=subject, kind=kind).values_list("evidence", flat=True)
    return frozenset(match.recording for text in rows for match in msgspec.json.decode(text, type=tuple[Match, ...]))


def _rows(recording: str) -> QuerySet[ClusterRow]:
    rows = ClusterRow.objects.order_by("-size", "id")
    return rows.filter(id=cluster_of(recording)) if recording else rows


def _clusters(rows: QuerySet[ClusterRow]) -> list[Cluster]:
    return [msgspec.json.decode(text, type=Cluster) for text in rows.values_list("cluster", flat=True)]
