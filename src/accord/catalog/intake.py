"""What a delivered message asks the catalogue to hold, whatever its format (pure).

ERN and CWR are each planned into this one shape; `deliveries` then writes it. Parties and assets go by the message's own
references until they are recognised. A plan is checked whole before anything of it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

import msgspec

from accord.catalog.facts import WorkHint
from accord.catalog.records import FIRST_DAY, Claim, ClaimStatus, Credit, Disclosure
from accord.parties.records import Given
from accord.terms.period import DayPeriod
from accord.terms.right import Right
from accord.terms.territory import EMPTY, TerritorySet


class FileGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A file that the message says lies beside it; `algorithm` and `digest` as stated, or empty."""

    uri: str
    algorithm: str = ""
    digest: str = ""


class ClaimGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A share that the message gives to a party."""

    right: Right
    party: str
    share: Fraction
    territories: TerritorySet
    starts: date = FIRST_DAY
    ends: date | None = None


class StemGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A stem of a recording."""

    name: str
    file: FileGiven


class RecordingGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A recording; parties in `credits`, `works` and `disclosure` are references of the message."""

    reference: str
    title: str
    isrc: str
    credits: tuple[Credit, ...]
    label: str | None
    works: tuple[WorkHint, ...]
    disclosure: Disclosure
    file: FileGiven | None
    stems: tuple[StemGiven, ...] = ()
    claims: tuple[ClaimGiven, ...] = ()
    demonstration: bool = False


class WorkGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A work; `number` is the sender's own, `arranges` an ISWC or title of the work it is a version of."""

    reference: str
    title: str
    iswc: str | None
    number: str | None
    credits: tuple[Credit, ...]
    claims: tuple[ClaimGiven, ...] = ()
    arranges: WorkHint | None = None
    recordings: tuple[str, ...] = ()  # ISRCs that the registration names
    demonstration: bool = False


class ReleaseGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A release with its tracks as references of recordings."""

    reference: str
    title: str
    icpn: str | None
    grid: str | None
    number: str | None
    label: str | None
    tracks: tuple[str, ...]


class PermissionGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A DDEX Deal for a release of the message."""

    release: str
    territories: TerritorySet
    commercial_models: tuple[str, ...]
    uses: tuple[str, ...]
    starts: str | None
    ends: str | None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one message asks for."""

    kind: str
    message: str
    created: datetime
    sender: Given
    test: bool = False  # the message says that it is one
    parties: tuple[tuple[str, Given], ...]
    controlled: tuple[str, ...] = ()  # parties whom the format itself says the sender controls (CWR: SWR)
    recordings: tuple[RecordingGiven, ...] = ()
    works: tuple[WorkGiven, ...] = ()
    releases: tuple[ReleaseGiven, ...] = ()
    permissions: tuple[PermissionGiven, ...] = ()
    findings: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it describes, by the codes under which the same sender would describe it again."""
        codes: list[tuple[str, str | None]] = [("isrc", recording.isrc) for recording in self.recordings]
        for work in self.works:
            codes += [("iswc", work.iswc), ("number", work.number)]
        for release in self.releases:
            codes += [("icpn", release.icpn), ("grid", release.grid)]
        return tuple(dict.fromkeys(f"{scheme}:{code}" for scheme, code in codes if code))


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """How a sender's claims to one asset change: parts to claim anew, and (claim, where) to withdraw."""

    added: tuple[ClaimGiven, ...]
    withdrawn: tuple[tuple[str, TerritorySet], ...]


def compare(standing: Iterable[Claim], given: Sequence[ClaimGiven]) -> Change:
    """What a delivery changes about the claims that its sender made before to the same asset.

    Claims are the same when right, claimant, share and period are; territories are compared as sets, so that a claim
    which was divided meanwhile is still the same. What was rejected is not raised again by saying it again.
    """
    before: dict[tuple[object, ...], list[Claim]] = {}
    for claim in standing:
        if claim.status is not ClaimStatus.WITHDRAWN:
            before.setdefault((claim.right, claim.claimant, claim.share, claim.period), []).append(claim)
    wanted: dict[tuple[object, ...], TerritorySet] = {}
    first: dict[tuple[object, ...], ClaimGiven] = {}
    for line in given:
        key = (line.right, line.party, line.share, DayPeriod(line.starts, line.ends))
        wanted[key] = wanted.get(key, EMPTY) | line.territories
        first.setdefault(key, line)
    added = [
        msgspec.structs.replace(first[key], territories=new)
        for key, where in wanted.items()
        if (new := where - _union(before.get(key, ())))
    ]
    withdrawn = [
        (claim.id, gone)
        for key, claims in before.items()
        for claim in claims
        if claim.status is not ClaimStatus.REJECTED and (gone := claim.territories - wanted.get(key, EMPTY))
    ]
    return Change(added=tuple(added), withdrawn=tuple(withdrawn))


def recognised(claims: Iterable[ClaimGiven], parties: Mapping[str, str]) -> tuple[ClaimGiven, ...]:
    """The claims with party ids in the place of the message's references."""
    return tuple(msgspec.structs.replace(claim, party=parties[claim.party]) for claim in claims)


def _union(claims: Iterable[Claim]) -> TerritorySet:
    found = EMPTY
    for claim in claims:
        found |= claim.territories
    return found
