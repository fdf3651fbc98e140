"""Facts about parties → rows."""

from __future__ import annotations

from accord.journal.registry import Entry, projects
from accord.parties import facts
from accord.parties.models import IdentifierRow, MandateRow, MembershipRow, PartyRow, VerificationRow
from accord.parties.records import Identifier


@projects(facts.PartyRegistered)
def on_party_registered(entry: Entry, f: facts.PartyRegistered) -> None:
    """One party, and one row per identifier."""
    PartyRow.objects.create(
        id=f.party, kind=f.kind, profile=f.profile, demonstration=f.demonstration, known_from=entry.position
    )
    IdentifierRow.objects.bulk_create(_identifier(f.party, i, entry.position) for i in f.identifiers)


@projects(facts.IdentifierAdded)
def on_identifier_added(entry: Entry, f: facts.IdentifierAdded) -> None:
    """One more identifier."""
    _identifier(f.party, f.identifier, entry.position).save(force_insert=True)


@projects(facts.PartyRenamed)
def on_party_renamed(entry: Entry, f: facts.PartyRenamed) -> None:
    """Another name from here on."""
    PartyRow.objects.filter(id=f.party).update(profile=f.profile)


@projects(facts.IdentityVerified)
def on_identity_verified(entry: Entry, f: facts.IdentityVerified) -> None:
    """An open verification."""
    VerificationRow.objects.create(
        id=f"{f.party}:{f.account}:{entry.position}",
        party=f.party,
        account=f.account,
        method=f.method,
        evidence=f.evidence,
        at=entry.at,
        known_from=entry.position,
    )


@projects(facts.VerificationWithdrawn)
def on_verification_withdrawn(entry: Entry, f: facts.VerificationWithdrawn) -> None:
    """The verification is closed here."""
    rows = VerificationRow.objects.filter(party=f.party, account=f.account, known_until=None)
    rows.update(known_until=entry.position)


@projects(facts.MandateGiven)
def on_mandate_given(entry: Entry, f: facts.MandateGiven) -> None:
    """An open mandate."""
    MandateRow.objects.create(
        id=f.mandate,
        kind=f.kind,
        representative=f.representative,
        person=f.person,
        uses=",".join(f.uses),
        starts=f.starts,
        ends=f.ends,
        evidence=f.evidence,
        known_from=entry.position,
    )


@projects(facts.MandateEnded)
def on_mandate_ended(entry: Entry, f: facts.MandateEnded) -> None:
    """The mandate is closed here."""
    MandateRow.objects.filter(id=f.mandate, known_until=None).update(known_until=entry.position)


@projects(facts.MembershipBegan)
def on_membership_began(entry: Entry, f: facts.MembershipBegan) -> None:
    """An open membership."""
    MembershipRow.objects.create(
        id=f.membership,
        kind=f.kind,
        member=f.member,
        collective=f.collective,
        starts=f.starts,
        ends=f.ends,
        known_from=entry.position,
    )


@projects(facts.MembershipEnded)
def on_membership_ended(entry: Entry, f: facts.MembershipEnded) -> None:
    """The membership is closed here."""
    MembershipRow.objects.filter(id=f.membership, known_until=None).update(known_until=entry.position)


def _identifier(party: str, identifier: Identifier, position: int) -> IdentifierRow:
    return IdentifierRow(
        key=identifier.key, scheme=identifier.scheme, value=identifier.value, party=party, known_from=position
    )
