"""Facts about claims → rows: each change of a claim closes its row and opens another."""

from __future__ import annotations

from typing import Any

import msgspec

from accord.catalog import facts
from accord.catalog.models import ClaimRow, ConflictRow
from accord.catalog.records import Claim, ClaimStatus
from accord.catalog.rows import as_claim, claim_row
from accord.journal.registry import Entry, projects
from accord.terms.period import DayPeriod
from accord.terms.territory import EMPTY, TerritorySet


@projects(facts.ClaimsDelivered)
def on_claims_delivered(entry: Entry, f: facts.ClaimsDelivered) -> None:
    """One open row per claim, in the status the intake rule gave it."""
    ClaimRow.objects.bulk_create(
        claim_row(
            Claim(
                id=line.claim,
                asset=f.asset,
                right=line.right,
                claimant=line.claimant,
                share=line.share,
                territories=line.territories,
                period=DayPeriod(line.starts, line.ends),
                status=line.status,
                delivered_by=f.delivered_by,
            ),
            entry.position,
            f.rule,
        )
        for line in f.claims
    )


@projects(facts.ClaimAsserted)
def on_claim_asserted(entry: Entry, f: facts.ClaimAsserted) -> None:
    """An open row, asserted."""
    claim = Claim(
        id=f.claim,
        asset=f.asset,
        right=f.right,
        claimant=f.claimant,
        share=f.share,
        territories=f.territories,
        period=DayPeriod(f.starts, f.ends),
        status=ClaimStatus.ASSERTED,
    )
    claim_row(claim, entry.position).save(force_insert=True)


@projects(facts.ClaimEvidenced)
def on_claim_evidenced(entry: Entry, f: facts.ClaimEvidenced) -> None:
    """Evidenced from here on."""
    _change(f.claim, entry.position, status=ClaimStatus.EVIDENCED)


@projects(facts.ClaimDivided)
def on_claim_divided(entry: Entry, f: facts.ClaimDivided) -> None:
    """The claim keeps the rest; the part stands beside it in the same status."""
    whole = _change(f.claim, entry.position, without=f.territories)
    part = msgspec.structs.replace(whole, id=f.part, territories=f.territories)
    claim_row(part, entry.position, f"part of {f.claim}").save(force_insert=True)


@projects(facts.ClaimAccepted)
def on_claim_accepted(entry: Entry, f: facts.ClaimAccepted) -> None:
    """Accepted from here on."""
    _change(f.claim, entry.position, f.because, status=ClaimStatus.ACCEPTED)


@projects(facts.ClaimRejected)
def on_claim_rejected(entry: Entry, f: facts.ClaimRejected) -> None:
    """Rejected from here on."""
    _change(f.claim, entry.position, f.because, status=ClaimStatus.REJECTED)


@projects(facts.ClaimWithdrawn)
def on_claim_withdrawn(entry: Entry, f: facts.ClaimWithdrawn) -> None:
    """Withdrawn from here on."""
    _change(f.claim, entry.position, f.because, status=ClaimStatus.WITHDRAWN)


@projects(facts.ClaimDisputed)
def on_claim_disputed(entry: Entry, f: facts.ClaimDisputed) -> None:
    """Its money is disputed from here on."""
    _change(f.claim, entry.position, f.because, disputed=True)


@projects(facts.DisputeResolved)
def on_dispute_resolved(entry: Entry, f: facts.DisputeResolved) -> None:
    """Its money is no longer disputed."""
    _change(f.claim, entry.position, f.because, disputed=False)


@projects(facts.ClaimConflictFound)
def on_claim_conflict_found(entry: Entry, f: facts.ClaimConflictFound) -> None:
    """An open conflict."""
    ConflictRow.objects.create(
        key=f"{f.conflict}@{entry.position}",
        known_from=entry.position,
        conflict=f.conflict,
        asset=f.asset,
        right=f.right,
        territories=f.territories.text(),
        claims=",".join(f.claims),
        total=f"{f.total.numerator}/{f.total.denominator}",
        deadline=f.deadline,
    )


@projects(facts.ClaimConflictResolved)
def on_claim_conflict_resolved(entry: Entry, f: facts.ClaimConflictResolved) -> None:
    """The open version is closed; a resolved one stands from here on."""
    row = ConflictRow.objects.get(conflict=f.conflict, known_until=None)
    ConflictRow.objects.filter(key=row.key).update(known_until=entry.position)
    row.key, row.known_from, row.resolved = f"{f.conflict}@{entry.position}", entry.position, True
    row.save(force_insert=True)


def _change(claim: str, position: int, because: str = "", without: TerritorySet = EMPTY, **changes: Any) -> Claim:
    """Close the newest version of a claim and open the next, with these changes and `without` some territories."""
    row = ClaimRow.objects.get(claim=claim, known_until=None)
    before = as_claim(row)
    after = msgspec.structs.replace(before, territories=before.territories - without, **changes)
    ClaimRow.objects.filter(key=row.key).update(known_until=position)
    claim_row(after, position, because or row.because).save(force_insert=True)
    return after
