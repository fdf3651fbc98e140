"""Claims: who says to hold which share of which right where; evidence, conflicts and disputes."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import typer

from accord.catalog import actions, queries
from accord.catalog.records import FIRST_DAY, Claim, ClaimStatus
from accord.cli.console import console, day, now, out_json
from accord.parties import queries as parties
from accord.terms.instant import parse
from accord.terms.refusal import BadInput
from accord.terms.right import Right
from accord.terms.share import from_percent, percent
from accord.terms.territory import TerritorySet

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account it is done for")]
At = Annotated[str, typer.Option(help="the instant it is done at [now]")]


@app.command("list")
def list_claims(
    asset: Annotated[str, typer.Option(help="only those to this asset (id, ISRC or ISWC)")] = "",
    claimant: Annotated[str, typer.Option(help="only this party's")] = "",
    status: Annotated[ClaimStatus | None, typer.Option(help="only those that stand so")] = None,
    disputed: Annotated[bool, typer.Option("--disputed", help="only those whose money is disputed")] = False,
    known: Annotated[int | None, typer.Option(help="as of this journal position")] = None,
    json: Json = False,
) -> None:
    """List claims."""
    found = [
        claim
        for claim in queries.claims([queries.look_up(asset).id] if asset else None, known)
        if (not claimant or claim.claimant == claimant)
        and (status is None or claim.status is status)
        and (not disputed or claim.disputed)
    ]
    if json:
        out_json(found)
        return
    names = parties.names(claim.claimant for claim in found)
    for claim in found:
        _print(claim, names[claim.claimant])
    console.print(f"{len(found):,} claims")


@app.command()
def show(claim: str, json: Json = False) -> None:
    """Show every version of a claim, with what changed it."""
    history = queries.claim_history(queries.claim(claim).id)
    if json:
        out_json([{"claim": version, "because": because} for version, because in history])
        return
    name = parties.names([history[0][0].claimant])[history[0][0].claimant]
    for version, because in history:
        _print(version, name)
        console.print(f"  since position {version.known_from}: {because or 'stated'}", markup=False)


@app.command("assert")
def assert_(
    asset: Annotated[str, typer.Argument(help="an asset id, ISRC or ISWC")],
    right: Annotated[Right, typer.Argument(help="the right")],
    claimant: Annotated[str, typer.Argument(help="the party that holds it")],
    share: Annotated[str, typer.Argument(help="in percent, or as a fraction such as 1/3")],
    territories: Annotated[str, typer.Option(help="where, such as WORLD-JP")] = "WORLD",
    starts: Annotated[str, typer.Option(help="first day")] = "",
    ends: Annotated[str, typer.Option(help="first day after it")] = "",
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Assert a claim; alone it blocks nobody and collects nothing."""
    claim = actions.assert_claim(
        queries.look_up(asset).id,
        right,
        claimant,
        _share(share),
        TerritorySet.parse(territories),
        day(starts) if starts else FIRST_DAY,
        day(ends) if ends else None,
        at=parse(at) if at else now(),
        actor=actor,
    )
    console.print(claim)


@app.command()
def evidence(claim: str, evidence: str, actor: Actor = "cli", at: At = "") -> None:
    """Give evidence for a claim: it is accepted where it fits, and a conflict where it overlaps."""
    found = actions.evidence_claim(claim, evidence, at=parse(at) if at else now(), actor=actor)
    _print(found, parties.names([found.claimant])[found.claimant])


@app.command()
def confirm(sender: str, actor: Actor = "cli", at: At = "") -> None:
    """Weigh what a sender delivered before it was verified."""
    count = actions.confirm_deliveries(sender, at=parse(at) if at else now(), actor=actor)
    console.print(f"{count:,} claims of {sender} were weighed")


@app.command()
def accept(claim: str, because: str, actor: Actor = "cli", at: At = "") -> None:
    """Accept an evidenced claim that overlaps nothing."""
    actions.accept_claim(claim, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{claim} is accepted")


@app.command()
def reject(claim: str, because: str, actor: Actor = "cli", at: At = "") -> None:
    """Reject a claim; it stays on record."""
    actions.reject_claim(claim, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{claim} is rejected")


@app.command()
def withdraw(claim: str, because: str, actor: Actor = "cli", at: At = "") -> None:
    """Take a claim back."""
    actions.withdraw_claim(claim, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{claim} is withdrawn")


@app.command()
def dispute(claim: str, by: str, because: str, actor: Actor = "cli", at: At = "") -> None:
    """Dispute whose money a claim earns: it goes to escrow, and no use is stopped."""
    actions.dispute_claim(claim, by, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{claim} is in dispute")


@app.command("resolve-dispute")
def resolve_dispute(claim: str, because: str, actor: Actor = "cli", at: At = "") -> None:
    """End a dispute about money."""
    actions.resolve_dispute(claim, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{claim} is no longer in dispute")


@app.command()
def conflicts(
    resolved: Annotated[bool, typer.Option("--resolved", help="also those that were resolved")] = False,
    json: Json = False,
) -> None:
    """List conflicts: evidenced claims to one right that sum to more than the whole."""
    found = queries.conflicts(resolved=resolved)
    if json:
        out_json(found)
        return
    for conflict in found:
        state = "resolved" if conflict.resolved else f"due {conflict.deadline:%Y-%m-%d}"
        console.print(
            f"{conflict.id}: {conflict.asset} {conflict.right} {conflict.territories.named()}:"
            f" claims sum to {percent(conflict.total)} % ({', '.join(conflict.claims)}), {state}",
            markup=False,
        )
    console.print(f"{len(found):,} conflicts")


@app.command()
def resolve(
    conflict: str,
    because: str,
    winner: Annotated[list[str], typer.Option(help="a claim that stands; give it once for each")],
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Resolve a conflict: the winners stand in its territories, the others are rejected there."""
    actions.resolve_conflict(conflict, winner, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{conflict} is resolved")


def _print(claim: Claim, name: str) -> None:
    console.print(
        f"{claim.id:<14} {claim.asset:<14} {claim.right:<6} {percent(claim.share):>8} % {claim.territories.named()}"
        f"  {name}  {claim.status}{', disputed' if claim.disputed else ''}",
        markup=False,
    )


def _share(text: str) -> Fraction:
    try:
        return Fraction(text) if "/" in text else from_percent(text)
    except (ValueError, ZeroDivisionError):
        raise BadInput(f"`{text}` is not a share", do="write 12.5 for percent, or 1/3") from None
