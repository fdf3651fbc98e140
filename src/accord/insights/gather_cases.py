"""Rows about what went wrong and was settled: disputes over claims, cases of the review queue."""

from __future__ import annotations

from accord.catalog import facts as catalog
from accord.insights.durations import Row as Span
from accord.insights.violations import Row
from accord.integrity import queries as integrity
from accord.integrity.records import VIOLATIONS, CaseState
from accord.journal.facts import NAMES
from accord.journal.queries import facts_of
from accord.parties.viewer import SYSTEM
from accord.studio import queries as studio
from accord.studio.records import TakeState
from accord.terms.instant import Instant


def disputes() -> list[Span]:
    """Disputes over a claim's money, and conflicts between claims, from opening to resolution."""
    money = _pairs(NAMES[catalog.ClaimDisputed][0], NAMES[catalog.DisputeResolved][0], "claim", "dispute")
    claims = _pairs(
        NAMES[catalog.ClaimConflictFound][0], NAMES[catalog.ClaimConflictResolved][0], "conflict", "conflict"
    )
    return money + claims


def _pairs(opening: str, closing: str, subject: str, label: str) -> list[Span]:
    """Each opening with the next closing of the same subject."""
    ends: dict[str, list[Instant]] = {}
    for entry in facts_of(closing):
        ends.setdefault(getattr(entry.fact, subject), []).append(entry.at)
    rows = []
    for entry in facts_of(opening):
        about = getattr(entry.fact, subject)
        waiting = ends.get(about, [])
        ended = waiting.pop(0) if waiting else None
        rows.append(Span(id=f"{label}/{about}/{entry.position}", began_at=entry.at, ended_at=ended, label=label))
    return rows


def cases() -> list[Row]:
    """Cases that may be violations, with what was decided in the end."""
    upheld = {violation.case for violation in integrity.violations()}
    return [
        Row(
            case=case.id,
            kind=case.kind.value,
            upheld=True if case.id in upheld else None if case.state in (CaseState.OPEN, CaseState.APPEALED) else False,
        )
        for case in integrity.cases(SYSTEM)
        if case.kind in VIOLATIONS
    ]


def remedies() -> list[Span]:
    """Upheld cases from opening to the decision that upheld them; cases still under review have no end."""
    ended = [
        Span(id=found.case, began_at=found.opened_at, ended_at=found.remedied_at, label=found.kind.value)
        for found in integrity.violations()
    ]
    known = {row.id for row in ended}
    waiting = [
        Span(id=case.id, began_at=case.opened_at, ended_at=None, label=case.kind.value)
        for case in integrity.cases(SYSTEM)
        if case.kind in VIOLATIONS and case.id not in known and case.state in (CaseState.OPEN, CaseState.APPEALED)
    ]
    return ended + waiting


def creations_made() -> int:
    """Creations that were submitted, and takes that were held before they could be."""
    submitted = studio.creations()
    held = {take.id for take in studio.takes().values() if take.state is TakeState.HELD}
    return len(submitted) + len(held - {creation.take for creation in submitted})


def prompts_refused() -> int:
    """Prompts refused before anything was made."""
    return len(integrity.refused_prompts(SYSTEM))
