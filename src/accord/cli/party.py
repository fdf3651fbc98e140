"""Parties: people and organisations, their identifiers, mandates and memberships."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from accord.catalog import actions as catalog
from accord.cli.console import console, now, out_json
from accord.parties import actions, queries
from accord.parties.records import MandateKind, MembershipKind, PartyKind
from accord.terms.instant import parse
from accord.terms.refusal import BadInput
from accord.terms.use import Use

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account it is done for")]
At = Annotated[str, typer.Option(help="the instant it is done at [now]")]


@app.command("list")
def list_parties(
    kind: Annotated[PartyKind | None, typer.Option(help="only parties of this kind")] = None,
    name: Annotated[str, typer.Option(help="only those whose name contains this")] = "",
    verified: Annotated[bool, typer.Option("--verified", help="only verified ones")] = False,
    json: Json = False,
) -> None:
    """List parties."""
    found = [p for p in queries.parties(kind=kind).values() if p.verified or not verified]
    names = queries.names(p.id for p in found)
    found = [p for p in found if name.casefold() in names[p.id].casefold()]
    if json:
        out_json([{"party": p, "name": names[p.id]} for p in found])
        return
    for p in found:
        numbers = ", ".join(f"{i.scheme.upper()} {i.value}" for i in p.identifiers)
        mark = "verified" if p.verified else ""
        console.print(f"{p.id:<14} {p.kind:<12} {names[p.id]:<32} {mark:<9} {numbers}", markup=False)
    console.print(f"{len(found):,} parties")


@app.command()
def show(party: str, json: Json = False) -> None:
    """Show one party with its verifications, mandates and memberships."""
    found, name = queries.party(party), queries.names([party])[party]
    mandates = [m for m in queries.mandates() if party in (m.person, m.representative)]
    memberships = [*queries.memberships(member=party), *queries.memberships(collective=party)]
    verifications = queries.verifications(party)
    if json:
        parts = {"verifications": verifications, "mandates": mandates, "memberships": memberships}
        out_json({"party": found, "name": name, **parts})
        return
    console.print(f"{found.id}  {found.kind}  {name}", markup=False)
    for i in found.identifiers:
        console.print(f"{i.scheme.upper()}: {i.value}", markup=False)
    for v in verifications:
        console.print(f"verified as account {v.account} by {v.method} on {v.at:%Y-%m-%d}", markup=False)
    for m in mandates:
        uses = ", ".join(sorted(m.uses))
        console.print(f"mandate {m.id}: {m.representative} speaks for {m.person} on {uses} ({m.kind})", markup=False)
    for s in memberships:
        console.print(f"membership {s.id}: {s.member} with {s.collective} ({s.kind})", markup=False)


@app.command()
def register(
    kind: PartyKind,
    name: str,
    identifier: Annotated[list[str] | None, typer.Option(help="such as dpid:PADPIDA…, isni:…, ipi:…")] = None,
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Register a party."""
    pairs = [_pair(text) for text in identifier or ()]
    console.print(actions.register_party(kind, name, pairs, at=parse(at) if at else now(), actor=actor))


@app.command()
def identify(party: str, identifier: str, actor: Actor = "cli", at: At = "") -> None:
    """Add an identifier to a party."""
    actions.add_identifier(party, *_pair(identifier), at=parse(at) if at else now(), actor=actor)
    console.print(f"{party} carries {identifier}", markup=False)


@app.command()
def rename(party: str, name: str, actor: Actor = "cli", at: At = "") -> None:
    """Give a party another name."""
    actions.rename(party, name, at=parse(at) if at else now(), actor=actor)
    console.print(f"{party} is called {name}", markup=False)


@app.command()
def erase(party: str, actor: Actor = "cli", at: At = "") -> None:
    """Forget a party's names and evidence, and raw messages that may name it; what was agreed and paid stands."""
    objects = catalog.forget(party, at=parse(at) if at else now(), actor=actor)
    console.print(f"{objects} private objects of {party} are erased")


@app.command()
def mandate(
    representative: str,
    person: str,
    use: Annotated[list[Use], typer.Option(help="a use it names; give it once for each")],
    evidence: Annotated[str, typer.Option(help="the document, or where it is kept")],
    kind: MandateKind = MandateKind.MANAGER,
    starts: Annotated[str, typer.Option(help="first day [today]")] = "",
    ends: Annotated[str, typer.Option(help="first day after it")] = "",
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Register a mandate; voice and likeness are covered only when named."""
    instant = parse(at) if at else now()
    first = _day(starts) if starts else instant.date()
    last = _day(ends) if ends else None
    door = {"kind": kind, "at": instant, "actor": actor}
    console.print(actions.register_mandate(representative, person, use, evidence, first, last, **door))  # type: ignore[arg-type]


@app.command("end-mandate")
def end_mandate(mandate: str, because: str, actor: Actor = "cli", at: At = "") -> None:
    """End a mandate."""
    actions.end_mandate(mandate, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{mandate} has ended")


@app.command()
def join(
    member: str,
    collective: str,
    kind: MembershipKind = MembershipKind.COLLECTIVE,
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """A member joins a collective, a distributor's roster, an administrator or a group."""
    console.print(actions.join_collective(member, collective, kind=kind, at=parse(at) if at else now(), actor=actor))


@app.command()
def leave(membership: str, because: str, actor: Actor = "cli", at: At = "") -> None:
    """A member leaves."""
    actions.leave_collective(membership, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{membership} has ended")


def _pair(text: str) -> tuple[str, str]:
    scheme, colon, value = text.partition(":")
    if not colon:
        raise BadInput(f"`{text}` is not an identifier with its scheme", do="write it as isni:0000000121032683")
    return scheme, value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"`{text}` is not a day", do="write it as 2026-07-01") from None
