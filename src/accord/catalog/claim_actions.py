"""The doors in for single claims: assert, evidence, accept, reject, dispute, and resolve what overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from accord.catalog import facts, queries, settling
from accord.catalog.claims import check, weigh
from accord.catalog.records import FIRST_DAY, AssetKind, Claim, ClaimStatus
from accord.journal.actions import writing
from accord.parties import queries as parties
from accord.parties.rules import says
from accord.terms.period import DayPeriod
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.terms.right import Right
from accord.terms.share import percent
from accord.terms.territory import WORLD, TerritorySet
from accord.vault import private


def assert_claim(
    asset: str,
    right: Right | str,
    claimant: str,
    share: Fraction,
    territories: TerritorySet = WORLD,
    starts: date = FIRST_DAY,
    ends: date | None = None,
    *,
    statement: str = "",
    at: datetime,
    actor: str,
) -> str:
    """Say that a party holds a share; returns the claim's id. It blocks nobody, collects nothing, and asks for evidence.

    Raises: NotThere for an unknown asset or party, BadInput for a share or right that cannot be.
    """
    with writing(actor, at) as journal:
        found, wanted = queries.asset(asset), _right(right)
        if wanted.of_work != (found.kind is AssetKind.WORK):
            raise BadInput(
                f"`{wanted}` is not a right in a {found.kind}", do="masters are of recordings, MR PR SR of works"
            )
        parties.party(claimant)
        claim = Claim(
            id=journal.mint("clm"),
            asset=asset,
            right=wanted,
            claimant=claimant,
            share=share,
            territories=territories,
            period=DayPeriod(starts, ends),
            status=ClaimStatus.ASSERTED,
        )
        check(claim)
        journal.append(
            facts.ClaimAsserted(
                claim=claim.id,
                asset=asset,
                right=wanted,
                claimant=claimant,
                share=share,
                territories=territories,
                starts=starts,
                ends=ends,
                statement=statement,
            )
        )
        settling.ask_evidence(journal, claim.id, asset, claimant)
        return claim.id


def evidence_claim(claim: str, evidence: Mapping[str, Any] | str, *, at: datetime, actor: str) -> Claim:
    """Evidence for a claim came in: it is accepted where it fits and waits, as a conflict, where it overlaps.

    Returns the claim as it stands. Raises: NotThere, BadInput without evidence, Refused when it is decided already.
    """
    if not says(evidence):
        raise BadInput("no evidence is given", do="give the document or say where it is kept")
    with writing(actor, at) as journal:
        found = _undecided(claim)
        document = {"statement": evidence} if isinstance(evidence, str) else dict(evidence)
        ref = private.put(found.claimant, "claim-evidence", document)
        journal.append(facts.ClaimEvidenced(claim=claim, evidence=ref))
        settling.settle(journal, found.asset, found.right)
        return queries.claim(claim)


def confirm_deliveries(sender: str, *, at: datetime, actor: str) -> int:
    """What a sender delivered before it was verified is evidence from now on: weigh it. Returns how many claims.

    Raises: Refused while the sender is not verified.
    """
    with writing(actor, at) as journal:
        if not parties.party(sender).verified:
            raise Refused(_no("catalog.sender-not-verified", sender, "is not verified", "verify its identity first"))
        authority = parties.speaks_for(sender, at)
        waiting = [
            claim
            for claim in queries.claims()
            if claim.delivered_by == sender and claim.status is ClaimStatus.ASSERTED and claim.claimant in authority
        ]
        for claim in waiting:
            journal.append(facts.ClaimEvidenced(claim=claim.id, evidence=f"delivered by {sender}, now verified"))
        for asset, right in dict.fromkeys((claim.asset, claim.right) for claim in waiting):
            settling.settle(journal, asset, right)
        return len(waiting)


def accept_claim(claim: str, because: str, *, at: datetime, actor: str) -> None:
    """Accept an evidenced claim by hand. Raises: Refused when it still overlaps another, or was never evidenced."""
    _said(because)
    with writing(actor, at) as journal:
        found = _undecided(claim)
        if found.status is ClaimStatus.ASSERTED:
            raise Refused(_no("catalog.claim-without-evidence", claim, "has no evidence", "send its evidence first"))
        weighed = weigh(found, queries.claims([found.asset]))
        if weighed.contested:
            overlap = f"with `{'`, `'.join(weighed.against)}` it sums to {percent(weighed.total)} %"
            why = f"overlaps in {weighed.contested.named()}: {overlap}"
            raise Refused(_no("catalog.claim-contested", claim, why, "resolve the conflict"))
        journal.append(facts.ClaimAccepted(claim=claim, because=because))
        settling.settle(journal, found.asset, found.right)


def reject_claim(claim: str, because: str, *, at: datetime, actor: str) -> None:
    """A claim does not count; it stays on record, and what it was in the way of is weighed again."""
    _said(because)
    with writing(actor, at) as journal:
        found = queries.claim(claim)
        if found.status in (ClaimStatus.REJECTED, ClaimStatus.WITHDRAWN):
            raise Refused(_no("catalog.claim-decided", claim, f"is {found.status} already", ""))
        journal.append(facts.ClaimRejected(claim=claim, because=because))
        settling.settle(journal, found.asset, found.right)


def withdraw_claim(claim: str, because: str, *, at: datetime, actor: str) -> None:
    """The claimant takes a claim back. Raises: Refused for one that was rejected or taken back: it stays on record."""
    _said(because)
    with writing(actor, at) as journal:
        found = queries.claim(claim)
        if found.status in (ClaimStatus.REJECTED, ClaimStatus.WITHDRAWN):
            raise Refused(_no("catalog.claim-decided", claim, f"is {found.status} already", ""))
        journal.append(facts.ClaimWithdrawn(claim=claim, because=because))
        settling.settle(journal, found.asset, found.right)


def dispute_claim(claim: str, by: str, because: str, *, at: datetime, actor: str) -> None:
    """Dispute whose money an accepted claim earns: it goes to escrow, and no use is stopped.

    Raises: NotThere; Refused for a claim that collects nothing or is disputed already.
    """
    _said(because)
    with writing(actor, at) as journal:
        found = queries.claim(claim)
        parties.party(by)
        if found.status is not ClaimStatus.ACCEPTED:
            raise Refused(_no("catalog.claim-not-accepted", claim, f"is {found.status}, so it earns nothing", ""))
        if found.disputed:
            raise Refused(_no("catalog.claim-disputed", claim, "is in dispute already", "resolve that dispute"))
        journal.append(facts.ClaimDisputed(claim=claim, by=by, because=because))


def resolve_dispute(claim: str, because: str, *, at: datetime, actor: str) -> None:
    """The dispute is over and the claim's money its own again. Raises: Refused when there is none."""
    _said(because)
    with writing(actor, at) as journal:
        if not queries.claim(claim).disputed:
            raise Refused(_no("catalog.claim-undisputed", claim, "is not in dispute", ""))
        journal.append(facts.DisputeResolved(claim=claim, because=because))


def resolve_conflict(conflict: str, winners: Iterable[str], because: str, *, at: datetime, actor: str) -> None:
    """Decide a conflict: `winners` stand in its territories, its other claims are rejected there and kept.

    Raises: NotThere, BadInput for a winner that is not in it or for winners that sum to more than the whole.
    """
    _said(because)
    with writing(actor, at) as journal:
        found = queries.conflict(conflict)
        stand = tuple(dict.fromkeys(winners))
        if strangers := [claim for claim in stand if claim not in found.claims]:
            raise BadInput(
                f"`{strangers[0]}` is not in the conflict `{conflict}`", do=f"choose of {', '.join(found.claims)}"
            )
        if found.resolved:
            raise Refused(_no("catalog.conflict-decided", conflict, "is resolved already", ""))
        total = sum((queries.claim(claim).share for claim in stand), Fraction(0))
        if total > 1:
            raise BadInput(f"the winners sum to {percent(total)} %", do="choose those that fit together")
        losers = [settling.divide(journal, c, found.territories) for c in found.claims if c not in stand]
        for claim in losers:
            if queries.claim(claim).status in (ClaimStatus.EVIDENCED, ClaimStatus.ACCEPTED):
                journal.append(facts.ClaimRejected(claim=claim, because=because))
        for claim in stand:
            if queries.claim(claim).status is ClaimStatus.EVIDENCED:
                journal.append(facts.ClaimAccepted(claim=claim, because=because))
        journal.append(
            facts.ClaimConflictResolved(conflict=conflict, accepted=stand, rejected=tuple(losers), because=because)
        )
        settling.settle(journal, found.asset, found.right)


def _said(because: str) -> None:
    """Every no and every share carries its because."""
    if not because.strip():
        raise BadInput("no reason is given", do="say why, in words that the other side can read")


def _undecided(claim: str) -> Claim:
    found = queries.claim(claim)
    if found.status not in (ClaimStatus.ASSERTED, ClaimStatus.EVIDENCED):
        raise Refused(_no("catalog.claim-decided", claim, f"is {found.status} already", ""))
    return found


def _right(right: Right | str) -> Right:
    if right not in set(Right):
        raise BadInput(f"`{right}` is not a right", do=f"choose from {', '.join(Right)}")
    return Right(right)


def _no(code: str, subject: str, why: str, hint: str) -> Refusal:
    return Refusal(code=code, because=f"`{subject}` {why}", hint=hint, subject=subject)
