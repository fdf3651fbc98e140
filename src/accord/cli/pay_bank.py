"""`accord pay`, by the bank: accounts, runs of payments, the files that carry them. Part of the verb `pay`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import structs

from accord.cli.console import console, now, out_json, write_file
from accord.parties.viewer import SYSTEM
from accord.terms.money import text
from accord.terms.refusal import BadInput

if TYPE_CHECKING:
    from accord.payouts import accounts

Json = Annotated[bool, typer.Option("--json", help="for machines")]


def out(
    party: Annotated[str | None, typer.Option(help="only this party")] = None,
    to: Annotated[Path | None, typer.Option(help="pay by the bank: the folder that its files go into")] = None,
    json: Json = False,
) -> None:
    """Pay what is payable, in whole minor units: by the bank with --to (pain.001 files), else booked as paid otherwise."""
    from accord.payouts import actions, paying

    if to is None:
        payments = actions.pay(now(), "cli", party)
        if json:
            out_json({"payments": payments})
        else:
            console.print(f"{len(payments):,} payments made" if payments else "nothing is payable")
        return
    run = paying.pay_by_bank(now(), "cli", party)
    if json:
        out_json({"run": run.run, "payments": run.payments, "unpaid": run.unpaid})
    else:
        console.print(f"{run.run}: {len(run.payments):,} payments" if run.run else "nothing went out")
        for one in run.unpaid:
            console.print(
                f"not paid: {one.party}, {text(one.amount_micros)} {one.currency}: {one.because}", markup=False
            )
    for name, content in run.files:
        keep(to, name, content, say=not json)


def file(run: str, to: Annotated[Path, typer.Option(help="the folder that they go into")] = Path()) -> None:
    """Write the bank's files of RUN again: the same bytes as when it was made."""
    from accord.payouts import paying

    for name, content in paying.files(run):
        keep(to, name, content)


def runs(json: Json = False) -> None:
    """The runs of payments by the bank."""
    from accord.payouts import paid

    found = paid.runs(paid.payments())
    if json:
        out_json([{"run": run, "at": at, "payments": payments} for run, at, payments, _ in found])
        return
    for run, at, payments, _ in found:
        console.print(f"{run}: {payments:,} payments, {at:%Y-%m-%d %H:%M}")
    if not found:
        console.print("nothing was paid by the bank yet")


def account(
    party: str,
    holder: Annotated[str | None, typer.Option(help="the account holder, as the bank writes it")] = None,
    iban: Annotated[str | None, typer.Option(help="`-` reads it from the standard input")] = None,
    bic: Annotated[str | None, typer.Option(help="needed outside SEPA")] = None,
    confirm: Annotated[str | None, typer.Option(help="the reference of the change that waits: it is right")] = None,
    stop: Annotated[str | None, typer.Option(help="the reference of the change that waits: it is wrong")] = None,
    because: Annotated[str | None, typer.Option(help="why it is stopped, without account numbers: it is kept")] = None,
    json: Json = False,
) -> None:
    """Where PARTY is paid, or with --holder and --iban where it is to be paid; a change of it waits and is confirmed."""
    from accord.payouts import accounts

    viewer = structs.replace(SYSTEM, account="cli")
    given = (holder, iban, bic) != (None, None, None)
    if given + (confirm is not None) + (stop is not None or because is not None) > 1:
        raise BadInput("an account is given, or a change is confirmed, or stopped", do="take one step at a time")
    if given:
        number = sys.stdin.readline().strip() if iban == "-" else iban or ""
        accounts.give(party, holder or "", number, bic or "", now(), "cli")
    elif confirm is not None:
        accounts.confirm(party, confirm, now(), viewer)
    elif stop is not None or because is not None:
        accounts.stop(party, stop or "", because or "", now(), viewer)
    found = accounts.shown(viewer, party, now())
    if json:
        out_json(found)
        return
    if found.counts is None and found.waiting is None:
        console.print(f"no bank account of {party} is known", markup=False)
    for one in filter(None, (found.counts, found.waiting, found.stopped)):
        console.print(_account(one), markup=False)
    if found.waiting:
        console.print(f"the rule: {found.rule}", markup=False)


def _account(one: accounts.Known) -> str:
    said = f"{one.party}: {one.holder}, {one.masked}, given {one.since:%Y-%m-%d %H:%M}"
    sure = f"confirmed by {one.confirmed_by}" if one.confirmed else "not confirmed yet"
    if one.stopped is not None:
        return f"{said}; stopped {one.stopped:%Y-%m-%d %H:%M}, because: {one.because}"
    if one.until is None:
        return f"{said}, {sure}" if one.confirmed else said
    return f"{said}; waits, from {one.until:%Y-%m-%d %H:%M} at the earliest, {sure}\n  the change {one.ref}"


def keep(folder: Path, name: str, content: bytes, say: bool = True) -> None:
    """Write a file into a folder, which is made where it is not there, and say where it is. Raises: BadInput."""
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise BadInput(f"`{folder}` cannot be made", why=fault.strerror or str(fault)) from None
    write_file(path, content)
    if say:
        console.print(str(path), markup=False)
