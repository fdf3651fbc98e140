"""Facts of participation → rows."""

from __future__ import annotations

from django.db.models import QuerySet

from accord.journal.registry import Entry, projects
from accord.participation import facts
from accord.participation.models import AskingRow, ChoiceRow, WithdrawalRow
from accord.participation.records import Source, Yes
from accord.parties import queries as parties
from accord.parties.facts import VerificationWithdrawn
from accord.terms.territory import TerritorySet


@projects(facts.PersonAsked)
def on_person_asked(entry: Entry, f: facts.PersonAsked) -> None:
    """One row for the first time this was asked."""
    AskingRow.objects.get_or_create(
        key=f"{f.person}/{f.feature}/{f.use}",
        defaults={
            "person": f.person,
            "feature": f.feature,
            "use": f.use,
            "at": entry.at,
            "known_from": entry.position,
        },
    )


@projects(facts.ChoiceMade)
def on_choice_made(entry: Entry, f: facts.ChoiceMade) -> None:
    """A standing choice; what it replaces is closed here. What goes on standing of another was said when that was."""
    _close(entry, f.closes)
    _open(entry, f, f.answer, withdrew=False)
    if f.remainder_of:
        said = ChoiceRow.objects.values("at", "proven_by", "said_from").get(id=f.remainder_of)
        ChoiceRow.objects.filter(id=f.choice).update(**said)


@projects(facts.ConsentWithdrawn)
def on_consent_withdrawn(entry: Entry, f: facts.ConsentWithdrawn) -> None:
    """A standing no, and a line in the list of withdrawals."""
    _close(entry, f.closes)
    _open(entry, f, "no", withdrew=True)
    WithdrawalRow.objects.create(
        choice=f.choice,
        person=f.person,
        use=f.use,
        feature=f.feature,
        territories=f.territories.text(),
        asset=f.asset,
        closes=list(f.closes),
        at=entry.at,
        position=entry.position,
    )


@projects(VerificationWithdrawn)
def on_verification_withdrawn(entry: Entry, f: VerificationWithdrawn) -> None:
    """The yeses that rested on this account's proof and on no other's end here; a no that one of them replaced stands again."""
    for row in _standing(f.party).filter(answer=Yes.YES, source=Source.PERSON):
        row.proven_by = [account for account in row.proven_by if account != f.account]
        row.unproven = not row.proven_by
        row.save(update_fields=["proven_by", "unproven"])
        if row.unproven:
            _close(entry, (row.id,))
            _stands_again(entry, row)


def _stands_again(entry: Entry, yes: ChoiceRow) -> None:
    """The noes that a yes replaced, where it did: whoever said it was not the person, so nobody took them back."""
    replaced = ChoiceRow.objects.filter(person=yes.person, use=yes.use, feature=yes.feature, answer=Yes.NO)
    for no in replaced.filter(known_until=yes.said_from):
        if where := TerritorySet.parse(no.territories) & TerritorySet.parse(yes.territories):
            no.id, no.territories = f"{no.id}@{entry.position}", where.text()
            no.known_from, no.known_until, no.closed_at = entry.position, None, None
            no.save(force_insert=True)


def _standing(person: str) -> QuerySet[ChoiceRow]:
    return ChoiceRow.objects.filter(person=person, known_until=None)


def _close(entry: Entry, ids: tuple[str, ...]) -> None:
    ChoiceRow.objects.filter(id__in=ids).update(known_until=entry.position, closed_at=entry.at)


def _proven_by(entry: Entry, person: str) -> list[str]:
    """The accounts whose proof of being the person carries what is said in its name: the one that says it or, where an
    office wrote it down, those that stand."""
    proven = [one.account for one in parties.verifications(person)]
    return [entry.actor] if entry.actor in proven else proven


def _open(entry: Entry, f: facts.ChoiceMade | facts.ConsentWithdrawn, answer: str, withdrew: bool) -> None:
    ChoiceRow.objects.create(
        id=f.choice,
        person=f.person,
        spoken_by=f.spoken_by,
        use=f.use,
        feature=f.feature,
        territories=f.territories.text(),
        asset=f.asset,
        answer=answer,
        source=f.source,
        grade=f.grade,
        mandate=f.mandate,
        at=entry.at,
        withdrew=withdrew,
        proven_by=_proven_by(entry, f.person) if (f.source, answer) == (Source.PERSON, Yes.YES) else [],
        said_from=entry.position,
        known_from=entry.position,
    )
