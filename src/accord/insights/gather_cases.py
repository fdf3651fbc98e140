"""Rows about what went wrong and was settled: disputes over claims, cases of the review queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from accord.catalog import facts as catalog
from accord.insights.durations import Row as Span
from accord.insights.violations import Row
from accord.integrity import queries as integrity
from accord.integrity.records import VIOLATIONS, Case, Outcome
from accord.journal.facts import NAMES, Fact
from accord.journal.queries import facts_of
from accord.journal.registry import Entry
from accord.parties.viewer import SYSTEM
from accord.studio import queries as studio
from accord.studio.records import TakeState
from accord.terms.instant import Instant

ENDS_A_DISPUTE = (catalog.DisputeResolved, catalog.ClaimRejected, catalog.ClaimWithdrawn)


def disputes(at: Instant) -> list[Span]:
    """Disputes over a claim's money, and conflicts between claims, opened by ``at``, from opening to resolution.

    A dispute over a claim that is rejected or withdrawn has ended with it.
    """
    money = _pairs(at, catalog.ClaimDisputed, ENDS_A_DISPUTE, "claim", "dispute")
    claims = _pairs(at, catalog.ClaimConflictFound, (catalog.ClaimConflictResolved,), "conflict", "conflict")
    return money + claims


def _pairs(at: Instant, opening: type[Fact], closing: Iterable[type[Fact]], subject: str, label: str) -> list[Span]:
    """Each opening with the first closing of the same subject that came after it."""
    ends: defaultdict[str, list[Entry]] = defaultdict(list)
    for kind in closing:
        for entry in facts_of(NAMES[kind][0]):
            ends[getattr(entry.fact, subject)].append(entry)
    rows = []
    for entry in facts_of(NAMES[opening][0]):
        about = getattr(entry.fact, subject)
        after = [end.at for end in ends[about] if end.position > entry.position and end.at <= at]
        if entry.at <= at:
            ended = min(after) if after else None
            rows.append(Span(id=f"{label}/{about}/{entry.position}", began_at=entry.at, ended_at=ended, label=label))
    return rows


def cases(at: Instant) -> list[Row]:
    """Cases opened by ``at`` that may be violations, with what stood decided then."""
    return [
        Row(case=case.id, kind=case.kind.value, upheld=stands_upheld(case, at))
        for case in integrity.cases(SYSTEM)
        if case.kind in VIOLATIONS and case.opened_at <= at
    ]


def stands_upheld(case: Case, at: Instant) -> bool | None:
    """Whether the last reading by ``at`` upheld a case; None before any, and while an appeal against a no is not read."""
    read = [reading for reading in case.readings if reading.at <= at]
    last = max(read, key=lambda reading: reading.number, default=None)
    if last is None:
        return None
    if last.outcome is Outcome.UPHELD:
        return True
    appealed = case.appealed_at is not None and last.at <= case.appealed_at <= at
    return None if appealed else False


def remedies(at: Instant) -> list[Span]:
    """Cases that stood upheld at ``at``, from opening to the decision that upheld them; those under review have no end."""
    rows = []
    for case in integrity.cases(SYSTEM):
        if case.kind not in VIOLATIONS or case.opened_at > at or (upheld := stands_upheld(case, at)) is False:
            continue
        ended = next(reading.at for reading in case.readings if reading.outcome is Outcome.UPHELD) if upheld else None
        rows.append(Span(id=case.id, began_at=case.opened_at, ended_at=ended, label=case.kind.value))
    return rows


def creations_made(at: Instant) -> int:
    """Creations that were submitted by ``at``, and takes made by then that were held before they could be."""
    submitted = [creation for creation in studio.creations() if creation.at <= at]
    held = {take.id for take in studio.takes().values() if take.state is TakeState.HELD and take.at <= at}
    return len(submitted) + len(held - {creation.take for creation in submitted})


def prompts_refused(at: Instant) -> int:
    """Prompts refused by ``at``, before anything was made."""
    return sum(refused.at <= at for refused in integrity.refused_prompts(SYSTEM))
