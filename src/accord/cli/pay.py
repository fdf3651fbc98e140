"""Close a period, read and explain statements, pay, and check that the books balance."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli import pay_bank, pay_beside, pay_period, pay_statement
from accord.cli.console import console, out_json
from accord.terms.money import text
from accord.terms.refusal import BadInput

app = typer.Typer(help=__doc__, no_args_is_help=True)
PERIOD = (
    *(pay_period.revenue, pay_period.plays, pay_period.periods, pay_period.draft, pay_period.approve),
    *(pay_period.close, pay_period.late, pay_period.reproduce),
)
BESIDE = (
    *(pay_beside.rates, pay_beside.unmatched, pay_beside.match, pay_beside.redistribute),
    *(pay_beside.escrow, pay_beside.release, pay_beside.lump_sum, pay_beside.lump_sums),
)
BANK = (pay_bank.out, pay_bank.file, pay_bank.runs, pay_bank.account)
for verb in PERIOD:
    app.command()(verb)
app.command("list")(pay_statement.list_)
for verb in (pay_statement.statement, pay_statement.explain, *BESIDE, *BANK):
    app.command()(verb)
Json = Annotated[bool, typer.Option("--json", help="for machines")]


@app.command()
def balance(json: Json = False) -> None:
    """The trial balance: every account, and whether debits equal credits. Exit 1 when they do not."""
    from accord.payouts import queries

    found = queries.trial_balance()
    if json:
        out_json({"zero": found.zero, "debits": found.debits, "accounts": found.balances})
    else:
        for one in found.balances:
            side = "debit" if one.amount_micros > 0 else "credit"
            console.print(f"{text(abs(one.amount_micros)):>20} {one.currency} {side:<6} {one.account}", markup=False)
        for currency, debits in sorted(found.debits.items()):
            console.print(f"{found.postings:,} postings, debits {text(debits)} {currency}")
        console.print("debits equal credits" if found.zero else f"debits and credits differ: {found.off}")
    if not found.zero:
        raise typer.Exit(1)


@app.command(name="what-if")
def what_if(
    deal: Annotated[Path, typer.Argument(help="terms as JSON, as `accord deal terms` takes them")],
    period: Annotated[str, typer.Argument(help="2026-07 or 2026-Q3")],
    json: Json = False,
) -> None:
    """Who would have got what in PERIOD under the terms in DEAL, in the place of their licensor's deals, beside what they got."""
    from accord.deals import document
    from accord.parties import queries as parties
    from accord.payouts import supposing

    try:
        text_of = deal.read_bytes()
    except OSError as fault:
        raise BadInput(f"`{deal}` cannot be read", why=fault.strerror or str(fault)) from None
    found = supposing.what_if(document.parse(text_of, str(deal)), period)
    if json:
        out_json(found)
        return
    names = parties.names([row.party for row in found.rows if row.party])
    _print_what_if(found, names)


def _print_what_if(found: Any, names: dict[str, str]) -> None:
    from accord.payouts import bound

    instead = f"in the place of {', '.join(found.instead_of)}" if found.instead_of else "beside no deal of before"
    state = "as it was closed" if found.closed else "as it would be closed now"
    console.print(
        f"{found.period}, {state}, under the terms of {names.get(found.licensor, found.licensor)} {instead}",
        markup=False,
    )
    kinds = ("earned", "guarantee", "payable")
    console.print(f"{'':<34}" + "".join(f"{kind:>16}{'would':>16}" for kind in kinds))
    for row in found.rows:
        both = [(getattr(row.got, f"{kind}_micros"), getattr(row.would, f"{kind}_micros")) for kind in kinds]
        amounts = "".join(f"{text(got):>16}{text(would):>16}" for got, would in both)
        name = names.get(row.party, row.party or "the platform")
        console.print(f"{row.currency} {name[:30]:<30}{amounts}", markup=False)
    for words in bound.named(found.raises, found.licensor):
        console.print(f"it would raise others: {words}", markup=False)
