"""What can have happened in metering."""

from __future__ import annotations

from accord.journal.facts import Fact, fact
from accord.terms.instant import Instant


@fact("metering.segment-appended", version=1)
class SegmentAppended(Fact, frozen=True, kw_only=True):
    """Usage events became part of the record: one Parquet file, counted. `file` is its name in the vault.

    `rows` were new; `duplicates` had been counted before and `rejected` could not be read: neither is in the file.
    `corrections` of the rows replace or withdraw an earlier event.
    """

    segment: str
    file: str
    rows: int
    duplicates: int
    rejected: int
    corrections: int
    listens: int
    sources: tuple[str, ...]
    first_at: Instant
    last_at: Instant


@fact("metering.revenue-reported", version=1)
class RevenueReported(Fact, frozen=True, kw_only=True):
    """The platform said what a feature earned in a territory over a period; a later report for the same replaces it."""

    report: str
    feature: str
    territory: str
    period: str
    currency: str
    amount_micros: int


@fact("metering.platform-plays-reported", version=1)
class PlatformPlaysReported(Fact, frozen=True, kw_only=True):
    """The platform said how much was heard on it in all, AI features or not: the denominator of shares of plays."""

    report: str
    territory: str
    period: str
    plays: int
    sessions: int
