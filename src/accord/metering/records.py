"""What metering hands out (pure)."""

from __future__ import annotations

import msgspec

from accord.terms.instant import Instant


class Rejected(msgspec.Struct, frozen=True):
    """A line that was not taken, and why; lines count from 1."""

    line: int
    reason: str


class IngestReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch. `segments` are the files its new events are in: none when nothing was new."""

    accepted: int = 0
    duplicates: int = 0
    rejected: tuple[Rejected, ...] = ()
    segments: tuple[str, ...] = ()

    def __add__(self, other: IngestReport) -> IngestReport:
        """What became of both."""
        return IngestReport(
            accepted=self.accepted + other.accepted,
            duplicates=self.duplicates + other.duplicates,
            rejected=self.rejected + other.rejected,
            segments=self.segments + other.segments,
        )


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One file of events that counts."""

    id: str
    file: str
    rows: int
    duplicates: int
    rejected: int
    corrections: int
    listens: int
    first_at: Instant
    last_at: Instant
    known_from: int


class Revenue(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature earned in a territory over a period, as last reported."""

    report: str
    feature: str
    territory: str
    period: str
    currency: str
    amount_micros: int
    known_from: int
    known_until: int | None = None


class PlatformPlays(msgspec.Struct, frozen=True, kw_only=True):
    """All plays and sessions of the platform in a territory over a period, as last reported."""

    report: str
    territory: str
    period: str
    plays: int
    sessions: int
    known_from: int
    known_until: int | None = None


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """Plays of a creation in a period that stand out by a rule: `odd_plays` of its `plays`, by so many listeners.

    `territory` is empty where the rule looks at all of them together.
    """

    rule: str
    period: str
    creation: str
    territory: str
    plays: int
    odd_plays: int
    listeners: int
