"""Facts of participation → rows."""

from __future__ import annotations

from accord.journal.registry import Entry, projects
from accord.participation import facts
from accord.participation.models import AskingRow, ChoiceRow, WithdrawalRow


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
        said_at = ChoiceRow.objects.values_list("at", flat=True).get(id=f.remainder_of)
        ChoiceRow.objects.filter(id=f.choice).update(at=said_at)


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


def _close(entry: Entry, ids: tuple[str, ...]) -> None:
    ChoiceRow.objects.filter(id__in=ids).update(known_until=entry.position, closed_at=entry.at)


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
        known_from=entry.position,
    )
