"""What may be asked about parties. Names are bound here, from the private store, and nowhere kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from accord.parties import accounts, name_index, rules
from accord.parties.models import IdentifierRow, MandateRow, MembershipRow, PartyRow, VerificationRow
from accord.parties.records import (
    Identifier,
    Mandate,
    MandateKind,
    Membership,
    MembershipKind,
    Party,
    PartyKind,
    Verification,
)
from accord.parties.viewer import Viewer
from accord.terms.period import DayPeriod
from accord.terms.refusal import NotThere
from accord.terms.use import Use
from accord.vault import private

CHUNK = 5000
ERASED = "a party whose personal data was erased"

viewer_of_user = accounts.viewer_of_user
viewer_of_key = accounts.viewer_of_key


def names(ids: Iterable[str]) -> dict[str, str]:
    """Party id → the name it goes by. An erased party is called so; an unknown id is its own name."""
    wanted = list(dict.fromkeys(ids))
    profiles = {row.id: row.profile for row in _in_chunks(PartyRow.objects.all(), "id", wanted)}
    known = private.get_many(profiles.values())
    shown = {party: str(known[ref]["name"]) if ref in known else ERASED for party, ref in profiles.items()}
    return {party: shown.get(party, party) for party in wanted}


def profiles(ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Party id → everything its profile says (`name`, `sort_name`, `also`); erased and unknown ones left out."""
    refs = {row.id: row.profile for row in _in_chunks(PartyRow.objects.all(), "id", list(ids))}
    known = private.get_many(refs.values())
    return {party: known[ref] for party, ref in refs.items() if ref in known}


def party(party_id: str) -> Party:
    """One party. Raises: NotThere."""
    found = parties([party_id])
    if party_id not in found:
        raise NotThere(f"there is no party `{party_id}`", do="`accord party list` shows those there are")
    return found[party_id]


def parties(ids: Iterable[str] | None = None, kind: PartyKind | None = None) -> dict[str, Party]:
    """Id → party, all or those asked for, in the order of their ids; a few queries however many."""
    rows = PartyRow.objects.filter(kind=kind) if kind else PartyRow.objects.all()
    chosen = list(rows) if ids is None else list(_in_chunks(rows, "id", list(dict.fromkeys(ids))))
    keys = [row.id for row in chosen]
    identifiers: dict[str, list[Identifier]] = {}
    for row in _related(IdentifierRow, "party", keys, ids is None):
        identifiers.setdefault(row.party, []).append(Identifier(row.scheme, row.value))
    verified = {row.party for row in _related(VerificationRow, "party", keys, ids is None) if row.known_until is None}
    return {
        row.id: Party(
            id=row.id,
            kind=PartyKind(row.kind),
            identifiers=tuple(sorted(identifiers.get(row.id, ()))),
            verified=row.id in verified,
            demonstration=row.demonstration,
            known_from=row.known_from,
        )
        for row in sorted(chosen, key=lambda row: row.id)
    }


def find(scheme: str, value: str) -> Party:
    """The party that carries an identifier. Raises: NotThere, BadInput for one that cannot be."""
    identifier = rules.identifier(scheme, value)
    row = IdentifierRow.objects.filter(key=identifier.key).first()
    if row is None:
        raise NotThere(f"no party carries the {scheme} `{value}`")
    return party(row.party)


def find_many(identifiers: Iterable[Identifier]) -> dict[str, str]:
    """`scheme:value` → party id, for those that are known."""
    keys = [identifier.key for identifier in identifiers]
    return {row.key: row.party for row in _in_chunks(IdentifierRow.objects.all(), "key", keys)}


def called(name: str, scope: str = "") -> list[str]:
    """The ids of parties that go by exactly this name (case and spacing aside), in a sender's scope or anybody's."""
    return name_index.lookup([(scope, name)]).get((scope, rules.folded(name)), [])


def mandates(known: int | None = None, people: Iterable[str] | None = None) -> list[Mandate]:
    """The mandates that stand, now or as known at a journal position."""
    rows = _standing(MandateRow.objects.order_by("id"), known)
    return [_mandate(row) for row in (rows if people is None else _in_chunks(rows, "person", list(people)))]


def _mandate(row: MandateRow) -> Mandate:
    return Mandate(
        id=row.id,
        kind=MandateKind(row.kind),
        representative=row.representative,
        person=row.person,
        uses=frozenset(Use(use) for use in row.uses.split(",")),
        period=DayPeriod(row.starts, row.ends),
        evidence=row.evidence,
        known_from=row.known_from,
        known_until=row.known_until,
    )


def mandate(mandate_id: str) -> Mandate:
    """One mandate, ended or not. Raises: NotThere."""
    row = MandateRow.objects.filter(id=mandate_id).first()
    if row is None:
        raise NotThere(f"there is no mandate `{mandate_id}`")
    found = mandates(row.known_from, [row.person])
    return next(m for m in found if m.id == mandate_id)


def memberships(known: int | None = None, collective: str | None = None, member: str | None = None) -> list[Membership]:
    """The memberships that stand, now or as known at a journal position."""
    rows = _standing(MembershipRow.objects.order_by("id"), known)
    if collective is not None:
        rows = rows.filter(collective=collective)
    if member is not None:
        rows = rows.filter(member=member)
    return [_membership(row) for row in rows]


def joined(parties: Iterable[str], since: int, until: int) -> list[Membership]:
    """The memberships of these parties, and in them, that stood at any journal position from one to another."""
    wanted = list(parties)
    rows = MembershipRow.objects.filter(Q(known_until=None) | Q(known_until__gt=since), known_from__lte=until)
    found = {row.id: row for field in ("member", "collective") for row in _in_chunks(rows, field, wanted)}
    return [_membership(found[key]) for key in sorted(found)]


def _membership(row: MembershipRow) -> Membership:
    return Membership(
        id=row.id,
        kind=MembershipKind(row.kind),
        member=row.member,
        collective=row.collective,
        period=DayPeriod(row.starts, row.ends),
        known_from=row.known_from,
        known_until=row.known_until,
    )


def changed_between(since: int, until: int) -> list[Mandate | Membership]:
    """The mandates and memberships that began or ended after one journal position and up to another."""
    within = Q(known_from__gt=since, known_from__lte=until) | Q(known_until__gt=since, known_until__lte=until)
    return _both(within)


def days_between(first: date, last: date, known: int) -> list[Mandate | Membership]:
    """Those that stand, as known at a position, and whose first day or day after the last lies between these two."""
    return _both((Q(starts__range=(first, last)) | Q(ends__range=(first, last))), known)


def _both(rows: Q, known: int | None = None) -> list[Mandate | Membership]:
    mandates, memberships = MandateRow.objects.filter(rows), MembershipRow.objects.filter(rows)
    if known is not None:
        mandates, memberships = _standing(mandates, known), _standing(memberships, known)
    return [*map(_mandate, mandates.order_by("id")), *map(_membership, memberships.order_by("id"))]


def changed_since(position: int) -> set[str]:
    """The parties whose memberships (either side) or mandates (the person's) began or ended after a journal position."""
    later = Q(known_from__gt=position) | Q(known_until__gt=position)
    joined = MembershipRow.objects.filter(later).values_list("member", "collective")
    return {
        *MandateRow.objects.filter(later).values_list("person", flat=True),
        *(party for pair in joined for party in pair),
    }


def speaks_for(sender: str, at: datetime) -> frozenset[str]:
    """The parties for which a delivery by `sender` speaks with authority at an instant."""
    return rules.speaks_for(sender, memberships(collective=sender), at)


def verifications(party_id: str | None = None, known: int | None = None) -> list[Verification]:
    """Which accounts proved to be which parties, now or as known."""
    rows = _standing(VerificationRow.objects.order_by("id"), known)
    if party_id is not None:
        rows = rows.filter(party=party_id)
    return [
        Verification(
            party=row.party,
            account=row.account,
            method=row.method,
            at=row.at,
            known_from=row.known_from,
            known_until=row.known_until,
        )
        for row in rows
    ]


def is_verified(account: str, party_id: str, known: int | None = None) -> bool:
    """Whether this account proved to be this party, and that stands."""
    return any(v.account == account for v in verifications(party_id, known))


def in_person(actor: str, person: str) -> bool:
    """Whether what is done in an actor's name is the person's own word: an account must be one that proved to be the person,
    being appointed to act for it is not enough. Whoever works at the console answers for having asked a verified person.
    Raises: NotThere for an unknown person."""
    verified = party(person).verified
    try:
        accounts.account(actor)
    except NotThere:
        return verified
    return is_verified(actor, person)


def visible(viewer: Viewer, party_id: str) -> Party:
    """One party for a viewer: staff see all, others those they act for. Raises: NotThere."""
    if not viewer.staff and not viewer.acts_for(party_id):
        raise NotThere(f"there is no party `{party_id}`")
    return party(party_id)


def _standing(rows: QuerySet[Any], known: int | None) -> QuerySet[Any]:
    if known is None:
        return rows.filter(known_until=None)
    return rows.filter(known_from__lte=known).filter(Q(known_until=None) | Q(known_until__gt=known))


def _related(model: type[Model], field: str, keys: list[str], everything: bool) -> Iterable[Any]:
    rows = model._default_manager.all()
    return rows if everything else _in_chunks(rows, field, keys)


def _in_chunks(rows: QuerySet[Any], field: str, keys: list[str]) -> Iterator[Any]:
    """Rows whose `field` is among `keys`, asked for in pieces that every database takes."""
    for start in range(0, len(keys), CHUNK):
        yield from rows.filter(**{f"{field}__in": keys[start : start + CHUNK]})
