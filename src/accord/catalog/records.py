"""What the catalogue hands out (pure). Rows are versioned: `known_from` ≤ known < `known_until` in journal positions."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction

import msgspec

from accord.terms.instant import Instant
from accord.terms.period import DayPeriod
from accord.terms.right import Right
from accord.terms.territory import TerritorySet

#: The first day of a claim that states none.
FIRST_DAY = date(1900, 1, 1)
ALWAYS = DayPeriod(FIRST_DAY, None)
#: Who may stand in a credit. `vocalist` is whose voice is heard in front; `non-featured` are session players.
CREDIT_ROLES = ("writer", "featured", "vocalist", "non-featured", "producer")


class AssetKind(StrEnum):
    """What an asset is: a composition, a sound recording, notation or MIDI of a work, or one track of a recording."""

    WORK = "work"
    RECORDING = "recording"
    SCORE = "score"
    STEM = "stem"


class Credit(msgspec.Struct, frozen=True):
    """A person's part in an asset; `role` is one of `CREDIT_ROLES`."""

    party: str
    role: str


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """What a delivery said about AI in a recording (DDEX ERN 4.3.2 `ContainsAI`); None means it said nothing."""

    contains_ai: str | None = None
    contributions: tuple[tuple[str, str, str], ...] = ()  # (party or special contributor, role, All | Partly | None)


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that rights are held in.

    `parents`: recording → the works it embodies; stem → its recording; score → its work, then the encoding it was made
    from; arrangement → the tune it arranges. `audio` and `score` (MIDI) are vault digests; `label` is a party.
    """

    id: str
    kind: AssetKind
    title: str
    parents: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    demonstration: bool = False
    non_commercial: bool = False
    intake_holds: tuple[str, ...] = ()
    audio: str | None = None
    score: str | None = None
    duration_s: float | None = None
    label: str | None = None
    delivered_by: str | None = None
    disclosure: Disclosure = Disclosure()
    known_from: int = 0
    known_until: int | None = None

    def identifier(self, scheme: str) -> str | None:
        """The asset's identifier in a scheme (`isrc`, `iswc`, …), if it has one."""
        return next((value for its, value in self.identifiers if its == scheme), None)

    def people(self, *roles: str) -> tuple[str, ...]:
        """The parties credited in one of `roles`, each once, in the order of the credits."""
        return tuple(dict.fromkeys(credit.party for credit in self.credits if credit.role in roles))


class ClaimStatus(StrEnum):
    """Where a claim stands; only ACCEPTED counts. WITHDRAWN: the claimant's own delivery no longer says it."""

    ASSERTED = "asserted"
    EVIDENCED = "evidenced"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a claim to a share of a right. A change of status closes the row and opens another.

    `disputed` is about money alone: it stops no use. EVIDENCED and not yet accepted means that it overlaps another.
    """

    id: str
    asset: str
    right: Right
    claimant: str
    share: Fraction
    territories: TerritorySet
    period: DayPeriod
    status: ClaimStatus
    disputed: bool = False
    delivered_by: str | None = None
    known_from: int = 0
    known_until: int | None = None


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Evidenced claims to one right that sum to more than the whole in some territories; not cleared there meanwhile."""

    id: str
    asset: str
    right: Right
    territories: TerritorySet
    claims: tuple[str, ...]
    total: Fraction
    deadline: Instant
    resolved: bool = False
    known_from: int = 0
    known_until: int | None = None


class PublicDomain(msgspec.Struct, frozen=True, kw_only=True):
    """A work that nobody holds rights in, in these territories, and why that is so."""

    asset: str
    territories: TerritorySet
    evidence: str
    known_from: int = 0
    known_until: int | None = None


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What an edition or encoding says about itself: who made it, under which licence, in whose words."""

    source: str
    transcriber: str | None = None
    owner: str | None = None
    licence: str | None = None
    licensor: str | None = None
    statement: str = ""
    non_commercial: bool = False
    derivatives: str = "unclear"  # allowed | reserved | unclear


class Encoding(msgspec.Struct, frozen=True, kw_only=True):
    """A score asset together with the terms it came under."""

    asset: str
    terms: Terms
    holds: tuple[str, ...]


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A product: an album, a single. `tracks` are recordings in order."""

    id: str
    title: str
    icpn: str | None
    grid: str | None
    label: str | None
    tracks: tuple[str, ...]
    delivered_by: str | None
    known_from: int


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """A DDEX Deal: what a platform may do with a release. It says nothing about who holds which right."""

    release: str
    delivery: str
    territories: TerritorySet
    commercial_models: tuple[str, ...]
    uses: tuple[str, ...]
    starts: str | None
    ends: str | None
    known_from: int


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message that was read in: whose, what it held, and what was noticed about it."""

    id: str
    kind: str  # "ern" | "cwr"
    sender: str
    message: str
    digest: str
    envelope: str
    counts: tuple[tuple[str, int], ...]
    findings: tuple[str, ...]
    at: Instant
    known_from: int


class DeliveryReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a delivery led to. `again`: the same bytes had been delivered before, so nothing was written."""

    delivery: str
    kind: str
    sender: str
    counts: dict[str, int]
    findings: tuple[str, ...]
    recordings: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    claims_accepted: int = 0
    claims_waiting: int = 0
    conflicts: tuple[str, ...] = ()
    held: tuple[tuple[str, str], ...] = ()
    again: bool = False
