"""What can have happened in the catalogue: things registered and revised, claims made and decided, deliveries received."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import msgspec

from accord.catalog.records import FIRST_DAY, ClaimStatus, Credit, Disclosure, Terms
from accord.journal.facts import Fact, fact
from accord.terms.right import Right
from accord.terms.territory import TerritorySet


class WorkHint(msgspec.Struct, frozen=True, kw_only=True):
    """What a recording's delivery said about a work in it: its ISWC, or its title and writers (party ids)."""

    iswc: str | None = None
    title: str = ""
    writers: tuple[str, ...] = ()


class StemLine(msgspec.Struct, frozen=True, kw_only=True):
    """One stem of a recording."""

    asset: str
    name: str
    audio: str
    duration_s: float


class ClaimLine(msgspec.Struct, frozen=True, kw_only=True):
    """One claim of a delivery with the status that the intake rule gave it."""

    claim: str
    right: Right
    claimant: str
    share: Fraction
    territories: TerritorySet
    status: ClaimStatus
    starts: date = FIRST_DAY
    ends: date | None = None


class DealLine(msgspec.Struct, frozen=True, kw_only=True):
    """One DDEX Deal for one release and one validity period; dates as the message wrote them."""

    release: str
    territories: TerritorySet
    commercial_models: tuple[str, ...]
    uses: tuple[str, ...]
    starts: str | None = None
    ends: str | None = None


@fact("catalog.delivery-received")
class DeliveryReceived(Fact, frozen=True, kw_only=True):
    """A message was read in. `digest` is the SHA-256 of its bytes; the bytes are `envelope` in the private store.

    `created` is the message's own date, `subjects` what it describes, by code: an older message about them comes too late.
    """

    delivery: str
    message_kind: str
    sender: str
    message: str
    digest: str
    envelope: str
    counts: tuple[tuple[str, int], ...]
    findings: tuple[str, ...] = ()
    created: datetime | None = None
    subjects: tuple[str, ...] = ()


@fact("catalog.messages-erased")
class MessagesErased(Fact, frozen=True, kw_only=True):
    """The raw messages of these deliveries were erased, since they named a party that was; what was read from them stands."""

    party: str
    deliveries: tuple[str, ...]


@fact("catalog.recording-registered")
class RecordingRegistered(Fact, frozen=True, kw_only=True):
    """A recording is in the catalogue from here on."""

    asset: str
    title: str
    identifiers: tuple[tuple[str, str], ...]
    credits: tuple[Credit, ...]
    audio: str | None
    duration_s: float | None
    label: str | None
    delivery: str | None = None
    delivered_by: str | None = None
    works: tuple[WorkHint, ...] = ()
    disclosure: Disclosure = Disclosure()
    demonstration: bool = False
    non_commercial: bool = False
    holds: tuple[str, ...] = ()


@fact("catalog.recording-revised")
class RecordingRevised(Fact, frozen=True, kw_only=True):
    """A later delivery says something else about a recording; what it was stays known.

    `delivered_by`: who describes it from here on, where that changes.
    """

    asset: str
    title: str
    credits: tuple[Credit, ...]
    audio: str | None
    duration_s: float | None
    label: str | None
    delivery: str
    works: tuple[WorkHint, ...] = ()
    disclosure: Disclosure = Disclosure()
    delivered_by: str | None = None


@fact("catalog.stems-registered")
class StemsRegistered(Fact, frozen=True, kw_only=True):
    """The tracks that a recording is the mix of; each stands under the recording's credits and label."""

    recording: str
    stems: tuple[StemLine, ...]
    delivery: str | None = None


@fact("catalog.work-registered")
class WorkRegistered(Fact, frozen=True, kw_only=True):
    """A work is in the catalogue from here on; `arranges` is the tune it is an arrangement of."""

    asset: str
    title: str
    identifiers: tuple[tuple[str, str], ...]
    credits: tuple[Credit, ...]
    arranges: str | None = None
    delivery: str | None = None
    delivered_by: str | None = None
    demonstration: bool = False
    non_commercial: bool = False
    holds: tuple[str, ...] = ()


@fact("catalog.work-revised")
class WorkRevised(Fact, frozen=True, kw_only=True):
    """A later registration says something else about a work. `delivered_by`: who describes it from here on, if that changes."""

    asset: str
    title: str
    identifiers: tuple[tuple[str, str], ...]
    credits: tuple[Credit, ...]
    delivery: str | None
    delivered_by: str | None = None


@fact("catalog.work-arranges")
class ArrangementMatched(Fact, frozen=True, kw_only=True):
    """A registered work was found to be an arrangement of a tune."""

    work: str
    tune: str
    method: str


@fact("catalog.work-matched")
class WorkMatched(Fact, frozen=True, kw_only=True):
    """A recording was found to embody a work: by `iswc`, by `title-and-writers`, or `stated` by somebody."""

    recording: str
    work: str
    method: str


@fact("catalog.work-unmatched")
class WorkUnmatched(Fact, frozen=True, kw_only=True):
    """A match was wrong: the recording does not embody the work."""

    recording: str
    work: str
    because: str


@fact("catalog.score-registered")
class ScoreRegistered(Fact, frozen=True, kw_only=True):
    """An encoding or a score of a work is in the catalogue; `source` is the encoding it was made from."""

    asset: str
    title: str
    work: str
    score: str
    duration_s: float
    source: str | None = None
    credits: tuple[Credit, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    terms: Terms | None = None
    label: str | None = None
    demonstration: bool = False
    non_commercial: bool = False
    holds: tuple[str, ...] = ()


@fact("catalog.intake-hold-placed")
class IntakeHoldPlaced(Fact, frozen=True, kw_only=True):
    """The intake found a reason why an asset must not be used yet."""

    asset: str
    hold: str


@fact("catalog.intake-hold-lifted")
class IntakeHoldLifted(Fact, frozen=True, kw_only=True):
    """The reason of an intake hold no longer stands."""

    asset: str
    hold: str
    because: str


@fact("catalog.public-domain-stated")
class PublicDomainStated(Fact, frozen=True, kw_only=True):
    """Nobody holds rights in a work in these territories; `evidence` says why (life dates, first publication)."""

    asset: str
    territories: TerritorySet
    evidence: str


@fact("catalog.public-domain-ended")
class PublicDomainEnded(Fact, frozen=True, kw_only=True):
    """A work is no longer taken to be nobody's in these territories: what was said of it there was wrong, or rights revived."""

    asset: str
    territories: TerritorySet
    because: str


@fact("catalog.release-registered")
class ReleaseRegistered(Fact, frozen=True, kw_only=True):
    """A product with its tracks; registered again under the same id when a later delivery changes it."""

    release: str
    title: str
    identifiers: tuple[tuple[str, str], ...]
    label: str | None
    tracks: tuple[str, ...]
    delivery: str | None = None
    delivered_by: str | None = None


@fact("catalog.deals-received")
class DealsReceived(Fact, frozen=True, kw_only=True):
    """The DDEX Deals of a delivery: what a platform may do with its releases. Never claims to a right."""

    delivery: str
    deals: tuple[DealLine, ...]


@fact("catalog.claims-delivered")
class ClaimsDelivered(Fact, frozen=True, kw_only=True):
    """The claims to one asset that a delivery made, with the status that intake rule `rule` gave each."""

    asset: str
    delivery: str
    delivered_by: str
    rule: str
    claims: tuple[ClaimLine, ...]


@fact("catalog.claim-asserted")
class ClaimAsserted(Fact, frozen=True, kw_only=True):
    """Somebody said that it holds a share. Alone this blocks nobody and collects nothing."""

    claim: str
    asset: str
    right: Right
    claimant: str
    share: Fraction
    territories: TerritorySet
    starts: date = FIRST_DAY
    ends: date | None = None
    statement: str = ""


@fact("catalog.evidence-asked")
class EvidenceAsked(Fact, frozen=True, kw_only=True):
    """A claim that was only asserted opened a case: evidence is due by the deadline."""

    claim: str
    asset: str
    claimant: str
    deadline: datetime


@fact("catalog.claim-evidenced")
class ClaimEvidenced(Fact, frozen=True, kw_only=True):
    """Evidence for a claim came in; `evidence` is its reference."""

    claim: str
    evidence: str


@fact("catalog.claim-divided")
class ClaimDivided(Fact, frozen=True, kw_only=True):
    """The part of a claim in `territories` goes on as a claim of its own, so that it can be decided apart."""

    claim: str
    part: str
    territories: TerritorySet


@fact("catalog.claim-accepted")
class ClaimAccepted(Fact, frozen=True, kw_only=True):
    """A claim counts from here on."""

    claim: str
    because: str


@fact("catalog.claim-rejected")
class ClaimRejected(Fact, frozen=True, kw_only=True):
    """A claim does not count; it stays on record."""

    claim: str
    because: str


@fact("catalog.claim-withdrawn")
class ClaimWithdrawn(Fact, frozen=True, kw_only=True):
    """The claimant, or its later delivery, no longer says it."""

    claim: str
    because: str


@fact("catalog.claim-disputed")
class ClaimDisputed(Fact, frozen=True, kw_only=True):
    """Somebody disputes whose money a claim earns: it goes to escrow. No use is stopped."""

    claim: str
    by: str
    because: str


@fact("catalog.dispute-resolved")
class DisputeResolved(Fact, frozen=True, kw_only=True):
    """The dispute over a claim's money is over."""

    claim: str
    because: str


@fact("catalog.claim-conflict-found")
class ClaimConflictFound(Fact, frozen=True, kw_only=True):
    """Evidenced claims to one right sum to more than the whole in these territories; due to be resolved by `deadline`."""

    conflict: str
    asset: str
    right: Right
    territories: TerritorySet
    claims: tuple[str, ...]
    total: Fraction
    deadline: datetime


@fact("catalog.claim-conflict-resolved")
class ClaimConflictResolved(Fact, frozen=True, kw_only=True):
    """The conflict is over: these claims stand in its territories, those do not."""

    conflict: str
    accepted: tuple[str, ...]
    rejected: tuple[str, ...]
    because: str
