"""Deals: from intake to the last day, with terms as data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import console, now, out_json
from accord.deals import actions, api, document, queries
from accord.deals.records import Terms
from accord.parties.queries import names
from accord.parties.viewer import SYSTEM
from accord.terms import money
from accord.terms.instant import parse
from accord.terms.refusal import BadInput

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account in whose name this is done")]
At = Annotated[str, typer.Option(help="the instant, 2026-06-25T09:00:00Z; default: now")]


@app.command("list")
def list_deals(state: str = "", licensor: str = "", json: Json = False) -> None:
    """Every deal and where it stands."""
    found = queries.deals(SYSTEM, state or None, licensor or None)
    if json:
        out_json([api.shown(deal) for deal in found])
        return
    called = names({deal.licensor for deal in found})
    for deal in found:
        console.print(
            f"{deal.id:<12} {deal.state.value:<12} {called.get(deal.licensor, deal.licensor):<28} {deal.title}",
            markup=False,
        )


@app.command()
def show(deal: str, json: Json = False) -> None:
    """One deal: its terms, clause by clause."""
    found = queries.deal(SYSTEM, deal)
    if json:
        out_json(api.shown(found))
        return
    called = names([found.licensor]).get(found.licensor, found.licensor)
    console.print(f"{found.title} (`{found.id}`) with {called}: {found.state.value}", markup=False)
    console.print("approved by " + (", ".join(found.approvals) or "nobody"), markup=False)
    console.print("signed by " + (", ".join(found.signatures) or "nobody"), markup=False)
    if found.draft is not None:
        console.print(f"draft {found.draft.number}, {found.draft.digest}", markup=False)
        for line in in_words(found.draft.terms):
            console.print(f"  {line}", markup=False)


@app.command("open")
def open_deal(licensor: str, title: str = "", replaces: str = "", actor: Actor = "cli", at: At = "") -> None:
    """Begin talks with a licensor (a party id)."""
    deal = actions.open_deal(licensor, title, parse(at) if at else now(), actor, replaces=replaces or None)
    console.print(f"`{deal}` is open", markup=False)


@app.command()
def terms(deal: str, file: Path, actor: Actor = "cli", at: At = "") -> None:
    """Lay a version of the terms on the table, from a JSON file."""
    try:
        text = file.read_bytes()
    except OSError as fault:
        raise BadInput(f"`{file}` cannot be read", why=fault.strerror or str(fault)) from None
    draft = actions.negotiate(deal, document.parse(text, str(file)), parse(at) if at else now(), actor)
    console.print(f"draft {draft.number} of `{deal}` is on the table: {draft.digest}", markup=False)


@app.command()
def approve(deal: str, office: str, actor: Actor = "cli", at: At = "") -> None:
    """Approve the draft as legal or product."""
    actions.approve(deal, office, parse(at) if at else now(), actor)
    console.print(f"{office} has approved `{deal}`", markup=False)


@app.command()
def sign(deal: str, party: str, actor: Actor = "cli", at: At = "") -> None:
    """Sign the approved draft: `platform`, or the licensor."""
    actions.sign(deal, party, parse(at) if at else now(), actor)
    console.print(f"{party} has signed `{deal}`", markup=False)


@app.command()
def activate(deal: str, actor: Actor = "cli", at: At = "", json: Json = False) -> None:
    """Bring a signed deal into force; names the most-favoured-nation clauses it touches."""
    touched = actions.activate(deal, parse(at) if at else now(), actor)
    if json:
        out_json({"deal": deal, "touches": touched})
        return
    console.print(f"`{deal}` is active", markup=False)
    for ratchet in touched:
        console.print(ratchet.because, markup=False)


@app.command()
def suspend(deal: str, reason: str, actor: Actor = "cli", at: At = "") -> None:
    """Take a deal out of force until it is resumed."""
    actions.suspend(deal, reason, parse(at) if at else now(), actor)
    console.print(f"`{deal}` is suspended", markup=False)


@app.command()
def resume(deal: str, reason: str, actor: Actor = "cli", at: At = "") -> None:
    """Put a suspended deal back into force."""
    actions.resume(deal, reason, parse(at) if at else now(), actor)
    console.print(f"`{deal}` is active", markup=False)


@app.command()
def terminate(deal: str, reason: str, actor: Actor = "cli", at: At = "") -> None:
    """End a deal, or the talks."""
    actions.terminate(deal, reason, parse(at) if at else now(), actor)
    console.print(f"`{deal}` is terminated", markup=False)


@app.command()
def expire(deal: str, actor: Actor = "cli", at: At = "") -> None:
    """Record that a deal's period has ended everywhere."""
    actions.expire(deal, parse(at) if at else now(), actor)
    console.print(f"`{deal}` has expired", markup=False)


@app.command()
def timeline(deal: str, json: Json = False) -> None:
    """Everything that happened to a deal, with journal positions."""
    steps = queries.deal(SYSTEM, deal).timeline
    if json:
        out_json(steps)
        return
    for step in steps:
        console.print(
            f"{step.at:%Y-%m-%d %H:%M}  {step.what:<18} {step.actor:<12} {step.detail}  #{step.position}", markup=False
        )


@app.command("sub-catalogues")
def sub_catalogues(licensor: str = "", json: Json = False) -> None:
    """The named parts of licensors' catalogues."""
    found = queries.sub_catalogues_seen(SYSTEM, licensor or None)
    if json:
        out_json([api.part_shown(one) for one in found])
        return
    called = names({one.licensor for one in found})
    for one in found:
        console.print(f"{one.id:<12} {called[one.licensor]:<28} {one.name}: {len(one.assets):,} assets", markup=False)


@app.command("name-part")
def name_part(
    licensor: str,
    name: str,
    assets: Annotated[list[str] | None, typer.Argument(help="ids of what stands in it")] = None,
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Name a part of a licensor's catalogue that deals can select or leave out, and put assets (ids) into it."""
    part = actions.name_sub_catalogue(licensor, name, assets or (), parse(at) if at else now(), actor)
    console.print(f"`{part}` is named {name}", markup=False)


@app.command("list-part")
def list_part(
    part: str,
    add: Annotated[list[str] | None, typer.Option(help="an asset's id to put in; may be given several times")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="an asset's id to take out")] = None,
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Put assets into a sub-catalogue, or take some out: the deals in force that name it follow at once."""
    actions.list_in_sub_catalogue(part, add or (), remove or (), parse(at) if at else now(), actor)
    standing = queries.sub_catalogue(SYSTEM, part)
    console.print(f"{len(standing.assets):,} assets stand in `{part}`", markup=False)


def in_words(terms: Terms) -> list[str]:
    """Terms as lines a label manager can read."""
    pay = terms.remuneration
    lines = [f"from {terms.starts} to {terms.ends or 'further notice'}"]
    for clause in terms.clauses:
        what = f"{', '.join(clause.uses)} in {', '.join(clause.features)}"
        chosen = clause.selection.kind if clause.selection.kind == "all" else ", ".join(clause.selection.ids)
        less = f" without {', '.join(clause.exclusions)}" if clause.exclusions else ""
        lines.append(f"clause {clause.number}: {what}, {clause.territories.text()}, {chosen} of the catalogue{less}")
    lines.append(
        f"{pay.rate_ppm / 10_000:g} % of what its sources earn"
        + (", master and publishing at parity" if pay.parity else "")
    )
    amounts = {
        "minimum guarantee": pay.minimum_guarantee_micros,
        "advance": pay.advance_micros,
        "fee per use": pay.fee_per_use_micros,
        "fee per training run": pay.fee_per_training_run_micros,
        "paid from": pay.threshold_micros,
        "at most, of a period": pay.cap_micros,
    }
    lines += [f"{name} {money.text(amount)} {pay.currency}" for name, amount in amounts.items() if amount]
    lines.append(f"after a revocation: models retire within {terms.revocation.retire_within_days} days")
    return lines
