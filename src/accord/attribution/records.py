"""What attribution hands out: the shares of a creation, and the evidence beside them (pure)."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

import msgspec

from accord.terms.instant import Instant

#: methods of shares that others must tell apart
LINEAGE = "exact lineage (seconds × gain)"
BY_TOKENS = "by sealed tokens"


class ShareKind(StrEnum):
    """What a share falls on: an asset that is heard or was learned from, the model itself, or whoever made it.

    OUTSIDE is what nobody can be paid for: the part of those whom an outside model learned from, who are not known here.
    """

    SOURCE = "source"
    MODEL = "model"
    COCREATOR = "cocreator"
    OUTSIDE = "outside"


class ShareRow(msgspec.Struct, frozen=True, kw_only=True):
    """`units` of the creation's total go to `subject` (asset, model or party id), by a method, because of something."""

    subject: str
    kind: ShareKind
    units: int
    method: str
    because: str


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """The shares of one creation: `rows` sum to `total_units`. Attribution ends at assets; claims decide who is paid."""

    creation: str
    feature: str
    total_units: int
    rows: tuple[ShareRow, ...]
    version: str
    split_version: int
    evidence: str | None
    at: Instant
    known_from: int
    known_until: int | None = None

    def share(self, subject: str) -> Fraction:
        """The share of a subject, over all its rows."""
        return Fraction(sum(row.units for row in self.rows if row.subject == subject), self.total_units)


class Segment(msgspec.Struct, frozen=True):
    """From `from_s` to `to_s` (seconds of the creation) these are heard, each with its part of that moment."""

    from_s: Fraction
    to_s: Fraction
    heard: tuple[tuple[str, Fraction], ...]


class BarMatch(msgspec.Struct, frozen=True, kw_only=True):
    """Bars of a creation's voice that stand in a work: evidence to look at, not what is paid on.

    Bars count from 1; `semitones` is how much higher the creation has it; `notes` is the length of the match.
    """

    voice: int
    first_bar: int
    last_bar: int
    asset: str
    asset_voice: int
    asset_first_bar: int
    asset_last_bar: int
    notes: int
    semitones: int

    def sentence(self, title: str) -> str:
        """The match in words."""
        bars = _bars(self.first_bar, self.last_bar)
        there = _bars(self.asset_first_bar, self.asset_last_bar)
        moved = (
            f", {abs(self.semitones)} semitones {'higher' if self.semitones > 0 else 'lower'}" if self.semitones else ""
        )
        return f"{bars} of voice {self.voice} stand in {title} ({self.notes} notes, {there} of its voice {self.asset_voice}{moved})"


class HumanPart(msgspec.Struct, frozen=True):
    """One thing that people did (`wrote`, `played`, `chose`, `edited`, `arranged`), what exactly, and its parts per million."""

    did: str
    what: str
    ppm: int


class HumanShare(msgspec.Struct, frozen=True):
    """How much of a creation people made, by rule `version`, and of what that is made up. Shown, and not paid on."""

    version: int
    ppm: int
    parts: tuple[HumanPart, ...]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What the shares were computed from: similarity and predicted effect (nats) by de-duplicated work, matching bars
    (to look at, not paid on), who is heard when, in words how much of the money follows attribution, and the human share.
    """

    similarities: tuple[tuple[str, float], ...] = ()
    effects: tuple[tuple[str, float], ...] = ()
    bars: tuple[BarMatch, ...] = ()
    timeline: tuple[Segment, ...] = ()
    reliability: str | None = None
    human: HumanShare | None = None


def _bars(first: int, last: int) -> str:
    return f"bar {first}" if first == last else f"bars {first}–{last}"
