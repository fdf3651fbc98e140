"""ERN messages as frozen records, named after the elements of DDEX ERN 4.3.2 (release notification message suite).

`None` means that the sender declared nothing. That is never the same as a declared `AiUse.NONE`, a share of zero or no
territory, and no reader of these records may treat it so.

A `Deal` is what a platform may do with a release: "the Deal section is not to be used for communicating rights
information" (DDEX knowledge base). Who controls a recording stands in `RightsController`. The use types
`UseForTrainingGenerativeAI`, `UseForTrainingNonGenerativeAI` and `UseForDataMining` speak for the recording's side and,
sent by a record company or distributor, do not cover the rights in the work under it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

import msgspec

from accord.terms.territory import TerritorySet

MARK_NAMESPACE = "accord:mark"
"""ProprietaryId namespace under which Accord's own builder writes marks, such as `demonstration`."""

RECORDING_SIDE_ONLY = frozenset({"UseForTrainingGenerativeAI", "UseForTrainingNonGenerativeAI", "UseForDataMining"})
"""UseType_ERN values that authorise nothing for the musical work's rights."""


class AiUse(StrEnum):
    """`avs:ContainsAI`, of a creation (ContainsAI) or of one contribution to it (AiContribution)."""

    ALL = "All"
    PARTLY = "Partly"
    NONE = "None"


class Proprietary(msgspec.Struct, frozen=True):
    """`ProprietaryId`: a value and the namespace of whoever gave it out."""

    namespace: str
    value: str


class MessagingParty(msgspec.Struct, frozen=True, kw_only=True):
    """`MessageSender`, `SentOnBehalfOf`, `MessageRecipient`: a DPID and a name."""

    dpid: str
    name: str = ""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """`MessageHeader`. `control` is `LiveMessage`, `TestMessage` or empty."""

    message: str
    thread: str = ""
    sender: MessagingParty
    on_behalf_of: MessagingParty | None = None
    recipients: tuple[MessagingParty, ...] = ()
    created: datetime
    control: str = ""


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """`PartyList/Party`. In 3.8, which has no party list, one is made for each name, with the name as its reference."""

    reference: str
    name: str = ""
    other_names: tuple[str, ...] = ()
    dpid: str = ""
    isni: str = ""
    ipi: str = ""
    proprietary: tuple[Proprietary, ...] = ()


class Artist(msgspec.Struct, frozen=True, kw_only=True):
    """`DisplayArtist`: a party reference, or `special` (`SpecialDisplayArtist`, for example GenerativeAI)."""

    party: str = ""
    special: str = ""
    role: str = ""
    sequence: int | None = None


class Contributor(msgspec.Struct, frozen=True, kw_only=True):
    """`Contributor`, `EditionContributor` (`edition`) or 3.8's `ResourceContributor` and `IndirectResourceContributor`."""

    party: str = ""
    special: str = ""
    roles: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    ai: AiUse | None = None
    featured: bool | None = None
    edition: bool = False
    sequence: int | None = None


class Delegation(msgspec.Struct, frozen=True, kw_only=True):
    """`DelegatedUsageRights`: for which uses, where and when a controller's rights were delegated; empty: not stated."""

    uses: tuple[str, ...] = ()
    territories: TerritorySet | None = None
    start: date | None = None
    end: date | None = None


class RightsController(msgspec.Struct, frozen=True, kw_only=True):
    """`ResourceRightsController` or `WorkRightsController`. `share` is a fraction of one; None when not stated or unknown."""

    party: str
    roles: tuple[str, ...] = ()
    share: Fraction | None = None
    share_unknown: bool = False
    delegations: tuple[Delegation, ...] = ()


class WorkId(msgspec.Struct, frozen=True, kw_only=True):
    """`MusicalWorkId`: the work that a recording embodies."""

    iswc: str = ""
    opus: str = ""
    proprietary: tuple[Proprietary, ...] = ()


class DeliveredFile(msgspec.Struct, frozen=True, kw_only=True):
    """`TechnicalDetails/DeliveryFile/File` (4.2 and 3.8: `TechnicalDetails/File`), relative to the message."""

    reference: str
    uri: str = ""
    algorithm: str = ""
    digest: str = ""


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """`RelatedResource` inside the message: `IsPartOf` leads from an AudioStem to its recording."""

    relationship: str
    resource: str


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A SoundRecording, Video, Image, Text, SheetMusic or Software of the `ResourceList` (`element` says which)."""

    element: str
    reference: str
    type: str = ""
    supplemental: bool = False
    isrc: str = ""
    proprietary: tuple[Proprietary, ...] = ()
    works: tuple[WorkId, ...] = ()
    title: str = ""
    subtitle: str = ""
    display_artist: str = ""
    artists: tuple[Artist, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    rights: tuple[RightsController, ...] = ()
    work_rights: tuple[RightsController, ...] = ()
    p_year: int | None = None
    p_line: str = ""
    duration_ms: int | None = None
    contains_ai: AiUse | None = None
    instrumental: bool | None = None
    language: str = ""
    related: tuple[Related, ...] = ()
    files: tuple[DeliveredFile, ...] = ()

    @property
    def is_stem(self) -> bool:
        """Whether it is an `AudioStem`."""
        return self.type == "AudioStem"

    @property
    def part_of(self) -> str:
        """Reference of the recording that a stem is part of, or empty."""
        return next((r.resource for r in self.related if r.relationship == "IsPartOf"), "")

    @property
    def marks(self) -> frozenset[str]:
        """Accord's own marks on it, such as `demonstration`."""
        return frozenset(p.value for p in self.proprietary if p.namespace == MARK_NAMESPACE)


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """`Release`, `TrackRelease` or `ClipRelease` (`element`). `resources` are references in order of the track list."""

    element: str
    reference: str
    types: tuple[str, ...] = ()
    grid: str = ""
    icpn: str = ""
    catalog_number: str = ""
    proprietary: tuple[Proprietary, ...] = ()
    title: str = ""
    display_artist: str = ""
    artists: tuple[Artist, ...] = ()
    labels: tuple[str, ...] = ()
    p_year: int | None = None
    p_line: str = ""
    genre: str = ""
    release_date: str = ""
    resources: tuple[str, ...] = ()
    contains_ai: AiUse | None = None

    @property
    def marks(self) -> frozenset[str]:
        """Accord's own marks on it, such as `demonstration`."""
        return frozenset(p.value for p in self.proprietary if p.namespace == MARK_NAMESPACE)


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """`ValidityPeriod`, as written: dates or date-times in ISO 8601; an empty end is open."""

    start: str
    end: str = ""


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """`ReleaseDeal/Deal`: what the recipient may do with the releases. It is no claim to any right; see the module."""

    releases: tuple[str, ...]
    references: tuple[str, ...] = ()
    territories: TerritorySet | None = None
    periods: tuple[Period, ...] = ()
    models: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    out_of_band: bool = False

    @property
    def training_uses(self) -> tuple[str, ...]:
        """Its training and mining use types. They never cover the work's side (`RECORDING_SIDE_ONLY`)."""
        return tuple(u for u in self.uses if u in RECORDING_SIDE_ONLY)


class ErnMessage(msgspec.Struct, frozen=True, kw_only=True):
    """`NewReleaseMessage`."""

    version: str
    profile: str = ""
    avs_version: str = ""
    language: str = ""
    header: Header
    parties: tuple[Party, ...] = ()
    resources: tuple[Resource, ...] = ()
    releases: tuple[Release, ...] = ()
    deals: tuple[Deal, ...] = ()

    @property
    def recordings(self) -> tuple[Resource, ...]:
        """The sound recordings that are not stems."""
        return tuple(r for r in self.resources if r.element == "SoundRecording" and not r.is_stem)

    @property
    def stems(self) -> tuple[Resource, ...]:
        """The audio stems."""
        return tuple(r for r in self.resources if r.element == "SoundRecording" and r.is_stem)
