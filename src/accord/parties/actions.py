"""The doors in: register, verify, give and end mandates, join and leave. Each takes the journal's writer lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from accord.journal.actions import Writer, writing
from accord.parties import accounts, facts, name_index, queries, rules
from accord.parties.records import Given, Identifier, MandateKind, MembershipKind, PartyKind
from accord.terms.refusal import BadInput, NotThere
from accord.terms.use import Use
from accord.vault import private

open_account = accounts.open_account
issue_key = accounts.issue_key
revoke_key = accounts.revoke_key
Named = Mapping[tuple[str, str], list[str]]
Identifiers = Mapping[str, str] | Iterable[tuple[str, str]] | Iterable[Identifier]


def register_party(
    kind: PartyKind | str,
    name: str,
    identifiers: Identifiers = (),
    *,
    at: datetime,
    actor: str,
    demonstration: bool = False,
) -> str:
    """Register a person or organisation that is not known yet; returns its id.

    Raises: BadInput for a wrong check digit, or an identifier that another party carries.
    """
    given = Given(
        name=rules.clean_name(name),
        kind=_kind(kind),
        identifiers=tuple(sorted({rules.identifier(*pair) for pair in _pairs(identifiers)})),
        demonstration=demonstration,
    )
    with writing(actor, at) as journal:
        for key, holder in queries.find_many(given.identifiers).items():
            raise BadInput(f"`{key}` is carried by the party `{holder}`", do="an identifier names one party")
        return _register(journal, given, scope="")


def recognise(given: Sequence[Given], scope: str, *, at: datetime, actor: str) -> list[str]:
    """The ids of the parties that a message names, in its order; those not known yet are registered.

    A party is known by any identifier; without one, by its exact name in the messages of the same sender (`scope`),
    since two senders may well mean two people. A known party that carries one identifier more has it added, unless it is
    verified: whose number it is then decides who may say yes, so an office adds it (`add_identifier`).
    Raises: BadInput when the identifiers of one entry belong to two parties, or a name is none.
    """
    entries = [_cleaned(entry) for entry in given]
    with writing(actor, at) as journal:
        known = queries.find_many(i for g in entries for i in g.identifiers)
        named = name_index.lookup((scope, g.name) for g in entries)
        maybe = {*known.values(), *(party for same in named.values() for party in same)}
        proven = {party.id for party in queries.parties(maybe).values() if party.verified}
        found = []
        for entry in entries:
            matched = _match(entry, known, named, scope)
            party = matched or _register(journal, entry, scope)
            for identifier in entry.identifiers:
                if identifier.key in known or (party in proven and not identifier.own):
                    continue
                if matched:
                    journal.append(facts.IdentifierAdded(party=party, identifier=identifier))
                known[identifier.key] = party
            named.setdefault((scope, rules.folded(entry.name)), [party])
            found.append(party)
        name_index.remember_all(zip(found, (g.name for g in entries), strict=True), scope)
        return found


def add_identifier(party: str, scheme: str, value: str, *, at: datetime, actor: str) -> None:
    """A known party carries one more identifier. Raises: BadInput when another party carries it."""
    identifier = rules.identifier(scheme, value)
    with writing(actor, at) as journal:
        queries.party(party)
        holder = queries.find_many([identifier]).get(identifier.key)
        if holder not in (None, party):
            raise BadInput(f"`{identifier.key}` is carried by the party `{holder}`", do="an identifier names one party")
        if holder is None:
            journal.append(facts.IdentifierAdded(party=party, identifier=identifier))


def rename(party: str, name: str, *, at: datetime, actor: str) -> None:
    """A party goes by another name."""
    kept = rules.clean_name(name)
    with writing(actor, at) as journal:
        queries.party(party)
        journal.append(facts.PartyRenamed(party=party, profile=private.put(party, "profile", {"name": kept})))
        name_index.remember(party, [kept])


def erase(party: str, *, at: datetime, actor: str) -> int:
    """Forget a party's names and evidence for good; returns how many private objects there were."""
    with writing(actor, at) as journal:
        queries.party(party)
        objects = private.erase(party)
        name_index.forget(party)
        journal.append(facts.PersonalDataErased(party=party, objects=objects))
        return objects


def claim_profile(party: str, account: str, *, at: datetime, actor: str) -> None:
    """An account says that it is a party. Raises: NotThere for an unknown one."""
    with writing(actor, at) as journal:
        queries.party(party)
        accounts.add_claim(account, party)
        journal.append(facts.ProfileClaimed(party=party, account=account))


def verify_identity(
    party: str, account: str, method: str, evidence: Mapping[str, Any] | str, *, at: datetime, actor: str
) -> None:
    """Evidence was seen that the account is the party; from here on its choices are the person's own (grade 4).

    Raises: BadInput without evidence, NotThere for an unknown party or account.
    """
    if not 0 < len(method.strip()) <= 80 or not rules.says(evidence):
        raise BadInput("an identity is verified by a method in a few words and its evidence", do="say what was seen")
    with writing(actor, at) as journal:
        queries.party(party)
        accounts.account(account)
        if queries.is_verified(account, party):
            return
        ref = private.put(party, "identity-evidence", _document(evidence))
        journal.append(facts.IdentityVerified(party=party, account=account, method=method.strip(), evidence=ref))
        accounts.appoint(account, party)


def withdraw_verification(party: str, account: str, because: str, *, at: datetime, actor: str) -> None:
    """The account no longer counts as the party. Raises: NotThere when it did not."""
    with writing(actor, at) as journal:
        if not queries.is_verified(account, party):
            raise NotThere(f"`{account}` is not verified as `{party}`")
        journal.append(facts.VerificationWithdrawn(party=party, account=account, because=because))
        accounts.dismiss(account, party)


def register_mandate(
    representative: str,
    person: str,
    uses: Iterable[Use | str],
    evidence: Mapping[str, Any] | str,
    starts: date,
    ends: date | None = None,
    *,
    kind: MandateKind | str = MandateKind.MANAGER,
    at: datetime,
    actor: str,
) -> str:
    """A person lets a representative speak for the named uses; returns the mandate's id.

    Voice and likeness are covered only when they are among `uses`. Raises: BadInput, NotThere.
    """
    named = rules.check_mandate(representative, person, [_use(u) for u in uses], starts, ends, evidence)
    with writing(actor, at) as journal:
        queries.party(representative)
        queries.party(person)
        mandate = journal.mint("man")
        fact = facts.MandateGiven(
            mandate=mandate,
            kind=MandateKind(kind),
            representative=representative,
            person=person,
            uses=named,
            starts=starts,
            ends=ends,
            evidence=private.put(person, "mandate", _document(evidence)),
        )
        journal.append(fact)
        return mandate


def end_mandate(mandate: str, because: str, *, at: datetime, actor: str) -> None:
    """The representative no longer speaks. Raises: NotThere for an unknown or ended one."""
    with writing(actor, at) as journal:
        if queries.mandate(mandate).known_until is not None:
            raise NotThere(f"the mandate `{mandate}` has ended already")
        journal.append(facts.MandateEnded(mandate=mandate, because=because))


def join_collective(
    member: str,
    collective: str,
    *,
    at: datetime,
    actor: str,
    kind: MembershipKind | str = MembershipKind.COLLECTIVE,
    starts: date | None = None,
    ends: date | None = None,
) -> str:
    """A member joins a collective, a distributor's roster, an administrator or a group; returns the membership's id.

    It lets the collective deliver for the member with authority. It is nobody's consent.
    """
    begins = starts or at.date()
    rules.check_days(begins, ends)
    if member == collective:
        raise BadInput(f"`{member}` cannot join itself", do="name the collective, the distributor or the group")
    with writing(actor, at) as journal:
        queries.party(member)
        queries.party(collective)
        membership = journal.mint("mem")
        fact = facts.MembershipBegan(
            membership=membership,
            kind=MembershipKind(kind),
            member=member,
            collective=collective,
            starts=begins,
            ends=ends,
        )
        journal.append(fact)
        return membership


def leave_collective(membership: str, because: str, *, at: datetime, actor: str) -> None:
    """The member leaves. Raises: NotThere for an unknown or ended membership."""
    with writing(actor, at) as journal:
        if membership not in {m.id for m in queries.memberships()}:
            raise NotThere(f"there is no membership `{membership}` that stands")
        journal.append(facts.MembershipEnded(membership=membership, because=because))


def _register(journal: Writer, given: Given, scope: str) -> str:
    party = journal.mint("pty")
    fact = facts.PartyRegistered(
        party=party,
        kind=given.kind,
        identifiers=given.identifiers,
        profile=private.put(party, "profile", {"name": given.name, "also": list(given.also)}),
        demonstration=given.demonstration,
    )
    journal.append(fact)
    name_index.remember(party, [given.name, *given.also], scope)
    return party


def _cleaned(given: Given) -> Given:
    also = tuple(rules.clean_name(name) for name in given.also if name.strip())
    return msgspec.structs.replace(given, name=rules.clean_name(given.name), also=also)


def _match(given: Given, known: Mapping[str, str], named: Named, scope: str) -> str | None:
    holders = sorted({known[i.key] for i in given.identifiers if i.key in known})
    if len(holders) > 1:
        raise BadInput(
            f"the identifiers of `{given.name}` belong to two parties",
            why=f"`{holders[0]}` and `{holders[1]}`",
            do="correct the message, or the party's identifiers",
        )
    if holders or given.identifiers:
        return holders[0] if holders else None
    same = named.get((scope, rules.folded(given.name)), [])
    return same[0] if same else None


def _pairs(identifiers: Identifiers) -> list[tuple[str, str]]:
    items = identifiers.items() if isinstance(identifiers, Mapping) else identifiers
    return [(i.scheme, i.value) if isinstance(i, Identifier) else (i[0], i[1]) for i in items]


def _document(evidence: Mapping[str, Any] | str) -> dict[str, Any]:
    return {"statement": evidence} if isinstance(evidence, str) else dict(evidence)


def _kind(kind: PartyKind | str) -> PartyKind:
    if kind not in set(PartyKind):
        raise BadInput(f"`{kind}` is not a kind of party", do=f"choose from {', '.join(PartyKind)}")
    return PartyKind(kind)


def _use(use: Use | str) -> Use:
    if use not in set(Use):
        raise BadInput(f"`{use}` is not a use", do=f"choose from {', '.join(Use)}")
    return Use(use)
