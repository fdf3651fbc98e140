"""Facts of clearance → rows."""

from __future__ import annotations

from accord.clearance import facts
from accord.clearance.models import DecisionRow, HoldRow
from accord.journal.registry import Entry, projects


@projects(facts.HoldPlaced)
def on_hold_placed(entry: Entry, f: facts.HoldPlaced) -> None:
    """A standing hold."""
    HoldRow.objects.create(
        id=f.hold, subject=f.subject, reason=f.reason, case=f.case, at=entry.at, known_from=entry.position
    )


@projects(facts.HoldLifted)
def on_hold_lifted(entry: Entry, f: facts.HoldLifted) -> None:
    """The hold is closed here."""
    HoldRow.objects.filter(id=f.hold).update(known_until=entry.position, lifted_at=entry.at, because=f.because)


@projects(facts.DecisionRecorded)
def on_decision_recorded(entry: Entry, f: facts.DecisionRecorded) -> None:
    """One decision; recorded twice it is the same row."""
    DecisionRow.objects.get_or_create(
        id=f.decision,
        defaults={
            "asset": f.asset,
            "use": f.use,
            "feature": f.feature,
            "asked_at": f.asked_at,
            "known": f.known,
            "rule_version": f.rule_version,
            "cleared": f.cleared.text(),
            "deals": list(f.deals),
            "choices": list(f.choices),
            "position": entry.position,
        },
    )
