"""What may be asked of the last search for duplicates: its clusters, and what cases about them have named."""

from __future__ import annotations

import msgspec

from accord.integrity.models import CaseRow, ClusterMemberRow, ClusterRow, DuplicateSearchRow
from accord.integrity.records import CaseKind, Cluster, Match


def clusters(recording: str | None = None) -> list[Cluster]:
    """The clusters of the last search for duplicates, the largest first; or the one that a recording is in, if any."""
    rows = ClusterRow.objects.order_by("-size", "id")
    rows = rows.filter(id=cluster_of(recording)) if recording else rows
    return [msgspec.json.decode(text, type=Cluster) for text in rows.values_list("cluster", flat=True)]


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
