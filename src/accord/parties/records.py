"""What the queries of this room hand out, and the words its facts use (pure)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from accord.terms.instant import Instant
from accord.terms.period import DayPeriod
from accord.terms.use import Use


class PartyKind(StrEnum):
    """What a party is. Only a person or a group can be asked for a choice."""

    PERSON = "person"
    GROUP = "group"
    LABEL = "label"
    PUBLISHER = "publisher"
    DISTRIBUTOR = "distributor"
    COLLECTIVE = "collective"
    PLATFORM = "platform"
    ORGANISATION = "organisation"


class MandateKind(StrEnum):
    """On what ground a representative speaks for a person."""

    MANAGER = "manager"
    GUARDIAN = "guardian"
    ESTATE = "estate"
    BAND = "band-agreement"
    PRODUCER = "producer"
    COLLECTIVE = "collective"


class MembershipKind(StrEnum):
    """Why a member's catalogue is delivered or licensed by another."""

    COLLECTIVE = "collective"
    DISTRIBUTION = "distribution"
    ADMINISTRATION = "administration"
    GROUP = "group"


class Identifier(msgspec.Struct, frozen=True, order=True):
    """One name in one public scheme: `dpid`, `isni`, `ipi`, `ipn`, or `own:<party>` for a sender's own number."""

    scheme: str
    value: str

    @property
    def key(self) -> str:
        """`scheme:value`, unique over all parties."""
        return f"{self.scheme}:{self.value}"

    @property
    def own(self) -> bool:
        """Whether it is a sender's own number, which says nothing outside its messages."""
        return self.scheme.startswith("own:")


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """A person or organisation. `verified`: at least one account proved to be it. Its name is bound when shown."""

    id: str
    kind: PartyKind
    identifiers: tuple[Identifier, ...] = ()
    verified: bool = False
    demonstration: bool = False
    known_from: int = 0


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A party as a message gives it, before it is recognised: the names and identifiers it carries there."""

    name: str
    kind: PartyKind
    identifiers: tuple[Identifier, ...] = ()
    also: tuple[str, ...] = ()
    demonstration: bool = False


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """That an account proved to be a party, and how."""

    party: str
    account: str
    method: str
    at: Instant
    known_from: int
    known_until: int | None = None


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """A representative speaks for a person, for exactly these uses, on these local days."""

    id: str
    kind: MandateKind
    representative: str
    person: str
    uses: frozenset[Use]
    period: DayPeriod
    evidence: str
    known_from: int
    known_until: int | None = None


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A member of a collective, a distributor's roster, an administrator's catalogue or a group."""

    id: str
    kind: MembershipKind
    member: str
    collective: str
    period: DayPeriod
    known_from: int
    known_until: int | None = None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can sign in; `claims` are parties it says it is, `parties` those it acts for."""

    id: str
    email: str
    roles: tuple[str, ...]
    parties: tuple[str, ...]
    claims: tuple[str, ...]
    active: bool
    demonstration: bool


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An API key as it may be shown: the prefix, never the secret."""

    prefix: str
    account: str
    label: str
    roles: tuple[str, ...]
    parties: tuple[str, ...]
    created_at: Instant
    revoked_at: Instant | None
