"""Deciding claims inside an open transaction (shell): what waits is weighed again whenever something around it changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from accord.catalog import facts, queries
from accord.catalog.claims import RULE, weigh
from accord.catalog.intake import ClaimGiven
from accord.catalog.records import Claim, ClaimStatus, Conflict
from accord.journal.actions import Writer
from accord.terms.period import DayPeriod
from accord.terms.right import Right
from accord.terms.territory import TerritorySet

CONFLICT_DAYS = 30
EVIDENCE_DAYS = 30
FITS = "evidenced, and it fits with every other claim"


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """What placing a delivery's claims to one asset led to."""

    accepted: int = 0
    waiting: int = 0
    conflicts: tuple[str, ...] = ()


def place(
    journal: Writer,
    asset: str,
    given: Iterable[ClaimGiven],
    standing: Iterable[Claim],
    delivery: str,
    sender: str,
    authority: frozenset[str],
) -> Placed:
    """Write a delivery's claims to one asset in the status that the rule gives each; conflicts and questions follow.

    `given` carries party ids; `standing` are the claims to the asset that stand now; `authority` those for whom the
    delivery is evidence.
    """
    known, lines, contested = list(standing), [], []
    for line in given:
        claim = _claim(journal.mint("clm"), asset, line, sender)
        if line.party not in authority:
            lines.append(claim)
            continue
        weighed = weigh(claim, known)
        if weighed.clean:
            clean = msgspec.structs.replace(claim, territories=weighed.clean, status=ClaimStatus.ACCEPTED)
            lines.append(clean)
            known.append(clean)
        if weighed.contested:
            name = journal.mint("clm") if weighed.clean else claim.id
            part = msgspec.structs.replace(claim, id=name, territories=weighed.contested, status=ClaimStatus.EVIDENCED)
            lines.append(part)
            known.append(part)
            contested.append((part, weighed))
    if not lines:
        return Placed()
    journal.append(
        facts.ClaimsDelivered(
            asset=asset, delivery=delivery, delivered_by=sender, rule=RULE, claims=tuple(_line(c) for c in lines)
        )
    )
    conflicts = tuple(find_conflict(journal, part, w.against, w.total) for part, w in contested)
    for claim in lines:
        if claim.status is ClaimStatus.ASSERTED:
            ask_evidence(journal, claim.id, asset, claim.claimant)
    accepted = sum(claim.status is ClaimStatus.ACCEPTED for claim in lines)
    return Placed(accepted=accepted, waiting=len(lines) - accepted, conflicts=conflicts)


def withdraw(journal: Writer, claim: str, where: TerritorySet, because: str) -> None:
    """Withdraw a claim, in some of its territories or in all."""
    journal.append(facts.ClaimWithdrawn(claim=divide(journal, claim, where), because=because))


def divide(journal: Writer, claim: str, where: TerritorySet) -> str:
    """The id of a claim that holds in `where` alone: the claim itself, or a part made of it."""
    whole = queries.claim(claim)
    if not whole.territories - where:
        return claim
    part = journal.mint("clm")
    journal.append(facts.ClaimDivided(claim=claim, part=part, territories=whole.territories & where))
    return part


def settle(journal: Writer, asset: str, right: Right) -> None:
    """Weigh again what waits for this right: accept what fits now, name the conflicts there are, end those there were."""
    open_conflicts = {c.id: c for c in queries.conflicts([asset]) if c.right is right}
    for waiting in _waiting(asset, right):
        others = queries.claims([asset])
        weighed = weigh(waiting, others)
        if weighed.clean:
            part = divide(journal, waiting.id, weighed.clean)
            journal.append(facts.ClaimAccepted(claim=part, because=FITS))
            if part != waiting.id:
                waiting = queries.claim(waiting.id)
        if weighed.contested:
            same = [c for c in open_conflicts.values() if waiting.id in c.claims]
            if not any(c.territories == weighed.contested for c in same):
                find_conflict(journal, queries.claim(waiting.id), weighed.against, weighed.total)
    _end_conflicts(journal, asset, open_conflicts.values())


def find_conflict(journal: Writer, claim: Claim, against: Iterable[str], total: object) -> str:
    """Write down that a claim overlaps others; returns the conflict's id."""
    conflict = journal.mint("cnf")
    journal.append(
        facts.ClaimConflictFound(
            conflict=conflict,
            asset=claim.asset,
            right=claim.right,
            territories=claim.territories,
            claims=(claim.id, *against),
            total=total,  # type: ignore[arg-type]
            deadline=journal.at + timedelta(days=CONFLICT_DAYS),
        )
    )
    return conflict


def ask_evidence(journal: Writer, claim: str, asset: str, claimant: str) -> None:
    """A bare assertion opens a case: evidence is due."""
    deadline = journal.at + timedelta(days=EVIDENCE_DAYS)
    journal.append(facts.EvidenceAsked(claim=claim, asset=asset, claimant=claimant, deadline=deadline))


def _waiting(asset: str, right: Right) -> list[Claim]:
    return [c for c in queries.claims([asset]) if c.right is right and c.status is ClaimStatus.EVIDENCED]


def _end_conflicts(journal: Writer, asset: str, conflicts: Iterable[Conflict]) -> None:
    """A conflict is over once none of its claims waits in its territories."""
    standing = {claim.id: claim for claim in queries.claims([asset])}
    for conflict in conflicts:
        mine = [standing[c] for c in conflict.claims if c in standing]
        if any(c.status is ClaimStatus.EVIDENCED and c.territories & conflict.territories for c in mine):
            continue
        journal.append(
            facts.ClaimConflictResolved(
                conflict=conflict.id,
                accepted=tuple(c.id for c in mine if c.status is ClaimStatus.ACCEPTED),
                rejected=tuple(c.id for c in mine if c.status in (ClaimStatus.REJECTED, ClaimStatus.WITHDRAWN)),
                because="the claims no longer overlap",
            )
        )


def _claim(claim: str, asset: str, line: ClaimGiven, sender: str) -> Claim:
    return Claim(
        id=claim,
        asset=asset,
        right=line.right,
        claimant=line.party,
        share=line.share,
        territories=line.territories,
        period=DayPeriod(line.starts, line.ends),
        status=ClaimStatus.ASSERTED,
        delivered_by=sender,
    )


def _line(claim: Claim) -> facts.ClaimLine:
    return facts.ClaimLine(
        claim=claim.id,
        right=claim.right,
        claimant=claim.claimant,
        share=claim.share,
        territories=claim.territories,
        status=claim.status,
        starts=claim.period.start,
        ends=claim.period.end,
    )
