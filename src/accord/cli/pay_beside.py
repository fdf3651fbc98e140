"""Verbs of `accord pay` for what stands beside the pools: rate tables, unmatched money, escrow, lump sums."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from accord.cli.console import console, day, now, out_json
from accord.terms.money import text

Json = Annotated[bool, typer.Option("--json", help="for machines")]


def rates(
    table: Annotated[str | None, typer.Argument(help="the table's name, as deals write it in `rate_table`")] = None,
    period: Annotated[str | None, typer.Argument(help="2026-07 or 2026-Q3")] = None,
    values: Annotated[list[str] | None, typer.Argument(help="what one unit is worth: USD=0.92 JPY=0.0061")] = None,
    to: Annotated[str, typer.Option(help="in which currency")] = "EUR",
    source: Annotated[str, typer.Option(help="who published the rates")] = "",
    on: Annotated[str, typer.Option(help="of which day, 2026-09-30")] = "",
    json: Json = False,
) -> None:
    """Declare by which rates PERIOD's revenue is converted for deals that name TABLE; without VALUES, list what was declared."""
    from accord.payouts import rates as tables

    if not values:
        _print_rates([one for one in tables.declared(period) if table in (None, one.table)], json)
        return
    pairs = dict(value.partition("=")[::2] for value in values)
    found = tables.declare(table or "", period or "", pairs, to=to, source=source, on=day(on), at=now(), actor="cli")
    out_json({"rates": found}) if json else console.print(found)


def _print_rates(found: list[Any], json: bool) -> None:
    if json:
        out_json([{"id": one.id, "table": one.table, "period": one.period, "version": one.version, "to": one.currency,
                   "source": one.source, "on": one.on, "rates": {r.currency: str(r.rate) for r in one.rates}}
                  for one in found])  # fmt: skip
        return
    from accord.payouts import rates as tables

    for one in found:
        worth = ", ".join(f"{rate.currency} {tables.worth(rate.rate)}" for rate in one.rates)
        said = f"{one.source} of {one.on}, version {one.version} ({one.id})"
        console.print(f"{one.table} {one.period}, into {one.currency}: {worth}; {said}", markup=False)
    if not found:
        console.print("no rates are declared: accord pay rates ecb 2026-Q3 USD=0.92 --source … --on …", markup=False)


def unmatched(json: Json = False) -> None:
    """What waits for somebody to claim it: of which close, how old it is, and from when the rule gives it out."""
    from accord.payouts import bound, matching
    from accord.payouts.unmatched import CURRENT

    found, at = matching.unmatched(), now()
    if json:
        out_json({"rule": CURRENT, "waiting": found})
        return
    titles = bound.titles(one.asset for one in found)
    for one in found:
        age = f"{(at - one.since).days:,} days old, given out from {one.until:%Y-%m-%d}"
        console.print(
            f"{text(one.amount_micros):>16} {one.currency}  {titles.get(one.asset, '')} ({one.asset}), {one.feature}"
            f" {one.period}: {age}",
            markup=False,
        )
    console.print(
        f"rule {CURRENT.version}: after {CURRENT.years} years, by {CURRENT.by}" if found else "nothing is unmatched",
        markup=False,
    )


def match(asset: str, party: str, because: Annotated[str, typer.Option(help="how it was found")]) -> None:
    """Give what waits unmatched for ASSET to PARTY, which has a claim on it by now; the next close pays it."""
    from accord.payouts import matching

    console.print(", ".join(matching.match(asset, party, because, now(), "cli")))


def redistribute(json: Json = False) -> None:
    """Give out the unmatched money that has waited as long as the rule says; the next close pays it."""
    from accord.payouts import matching

    found = matching.give_out(now(), "cli")
    if json:
        out_json({"redistributions": found})
    else:
        console.print(", ".join(found) or "nothing is old enough: `accord pay unmatched` says from when", markup=False)


def escrow(json: Json = False) -> None:
    """What stands in escrow: to whose name, for what, since when, and whether its dispute has ended so that it may go out."""
    from accord.parties import queries as parties
    from accord.payouts import bound
    from accord.payouts import escrow as doors

    found = doors.standing()
    if json:
        out_json(found)
        return
    titles, names = bound.titles(one.asset for one in found), parties.names(one.party for one in found)
    for one in found:
        state = "in dispute" if one.disputed else f"may go out: accord pay release {one.account} PARTY --because …"
        about = f"{names[one.party]}, for “{titles.get(one.asset, one.asset)}”, since {one.since:%Y-%m-%d}"
        console.print(f"{text(one.amount_micros):>16} {one.currency}  {about}: {state}", markup=False)
        console.print(f"{'':>16}      {one.account}", markup=False, style="dim")
    if not found:
        console.print("nothing stands in escrow")


def release(account: str, party: str, because: Annotated[str, typer.Option(help="how the dispute ended")]) -> None:
    """Give what stands in the escrow ACCOUNT to PARTY, once its dispute has ended; the next close pays it."""
    from accord.payouts import escrow as doors

    console.print(doors.release(account, party, because, now(), "cli"))


def lump_sums(json: Json = False) -> None:
    """What was recorded as a lump sum, newest first: how much, why, and what each party gets of it."""
    from accord.payouts import lump_sums as doors

    found = doors.recorded()
    if json:
        out_json(found)
        return
    for one in found:
        said = f"{one.lump_sum}, {one.kind} under {one.deal} of {one.at:%Y-%m-%d}: {one.because}"
        console.print(f"{text(one.amount_micros):>16} {one.currency}  {said}", markup=False)
        for part in one.parts:
            console.print(f"{text(part.amount_micros):>16} {one.currency}    {part.party}", markup=False)
    if not found:
        console.print("no lump sum was recorded: accord pay lump-sum DEAL --because … [--amount …]", markup=False)


def lump_sum(
    deal: str,
    because: Annotated[str, typer.Option(help="what it is for")],
    amount: Annotated[
        str | None, typer.Option(help="of a settlement; without it, what is left of the advance is kept")
    ] = None,
) -> None:
    """Record a settlement under DEAL, or that its advance is kept; participants share in it as the deal says."""
    from accord.payouts import lump_sums

    if amount is None:
        console.print(lump_sums.keep_advance(deal, because, now(), "cli"))
    else:
        console.print(lump_sums.settle(deal, amount, because, now(), "cli"))
