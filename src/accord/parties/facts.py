"""What can have happened to a party. Facts name ids and references; names and evidence stay in the private store."""

from __future__ import annotations

from datetime import date

from accord.journal.facts import Fact, fact
from accord.parties.records import Identifier, MandateKind, MembershipKind, PartyKind
from accord.terms.use import Use


@fact("parties.party-registered")
class PartyRegistered(Fact, frozen=True, kw_only=True):
    """A person or an organisation is known from here on; `profile` refers to its name in the private store."""

    party: str
    kind: PartyKind
    identifiers: tuple[Identifier, ...]
    profile: str
    demonstration: bool = False


@fact("parties.identifier-added")
class IdentifierAdded(Fact, frozen=True, kw_only=True):
    """A known party was found to carry one more identifier."""

    party: str
    identifier: Identifier


@fact("parties.party-renamed")
class PartyRenamed(Fact, frozen=True, kw_only=True):
    """A party goes by another name; the old one stays behind its own reference."""

    party: str
    profile: str


@fact("parties.personal-data-erased")
class PersonalDataErased(Fact, frozen=True, kw_only=True):
    """The private store forgot this party's names and evidence; what was agreed and paid stands under its id."""

    party: str
    objects: int


@fact("parties.profile-claimed")
class ProfileClaimed(Fact, frozen=True, kw_only=True):
    """An account said that it is this party. Nothing follows from it until the identity is verified."""

    party: str
    account: str


@fact("parties.identity-verified")
class IdentityVerified(Fact, frozen=True, kw_only=True):
    """Evidence was seen that the account is the party (or acts as it, for an organisation)."""

    party: str
    account: str
    method: str
    evidence: str


@fact("parties.verification-withdrawn")
class VerificationWithdrawn(Fact, frozen=True, kw_only=True):
    """The account no longer counts as the party; the yeses said from it end here, its noes stand."""

    party: str
    account: str
    because: str


@fact("parties.mandate-given")
class MandateGiven(Fact, frozen=True, kw_only=True):
    """A person let a representative speak for the named uses; voice and likeness only when they stand in `uses`."""

    mandate: str
    kind: MandateKind
    representative: str
    person: str
    uses: tuple[Use, ...]
    starts: date
    ends: date | None
    evidence: str


@fact("parties.mandate-ended")
class MandateEnded(Fact, frozen=True, kw_only=True):
    """The representative no longer speaks for the person."""

    mandate: str
    because: str


@fact("parties.membership-began")
class MembershipBegan(Fact, frozen=True, kw_only=True):
    """A member joined a collective, a distributor's roster or a group, which may deliver for it but not consent."""

    membership: str
    kind: MembershipKind
    member: str
    collective: str
    starts: date
    ends: date | None


@fact("parties.membership-ended")
class MembershipEnded(Fact, frozen=True, kw_only=True):
    """The member left."""

    membership: str
    because: str
