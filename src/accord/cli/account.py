"""Accounts: who can sign in, as whom, with which roles; API keys."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.console import console, now, out_json
from accord.parties import accounts, actions
from accord.parties.viewer import Role
from accord.terms.instant import parse

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account it is done for")]
At = Annotated[str, typer.Option(help="the instant it is done at [now]")]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="give it once for each")]
Parties = Annotated[list[str] | None, typer.Option("--party", help="a party to act for; give it once for each")]


@app.command("list")
def list_accounts(
    role: Annotated[Role | None, typer.Option(help="only accounts with this role")] = None, json: Json = False
) -> None:
    """List accounts."""
    found = [a for a in accounts.all_accounts() if role is None or role in a.roles]
    if json:
        out_json(found)
        return
    for a in found:
        state = "" if a.active else "  closed"
        console.print(f"{a.id:<22} {a.email:<36} {','.join(a.roles)}  {','.join(a.parties)}{state}", markup=False)
    console.print(f"{len(found):,} accounts")


@app.command("open")
def open_account(
    email: str,
    role: Roles = None,
    party: Parties = None,
    password: Annotated[
        str, typer.Option(envvar="ACCORD_PASSWORD", prompt=True, hide_input=True, help="asked for when not given")
    ] = "",
) -> None:
    """Open an account."""
    console.print(accounts.open_account(email, password, role or [], party or [], at=now()))


@app.command()
def change(account: str, role: Roles = None, party: Parties = None, json: Json = False) -> None:
    """Give an account other roles, or other parties to act for."""
    found = accounts.change_account(account, role, party)
    if json:
        out_json(found)
    else:
        console.print(f"{found.id}  {','.join(found.roles)}  {','.join(found.parties)}", markup=False)


@app.command()
def close(account: str) -> None:
    """Close an account and stop its keys."""
    accounts.close_account(account)
    console.print(f"{account} is closed")


@app.command()
def claim(account: str, party: str, actor: Actor = "cli", at: At = "") -> None:
    """An account says that it is a party."""
    actions.claim_profile(party, account, at=parse(at) if at else now(), actor=actor)
    console.print(f"{account} says that it is {party}")


@app.command()
def verify(
    account: str,
    party: str,
    method: Annotated[str, typer.Option(help="how the identity was established")],
    evidence: Annotated[str, typer.Option(help="what was seen, or where it is kept")],
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Verify that an account is a party: its choices are the person's own from here on."""
    actions.verify_identity(party, account, method, evidence, at=parse(at) if at else now(), actor=actor)
    console.print(f"{account} is verified as {party}")


@app.command("withdraw")
def withdraw(account: str, party: str, because: str, actor: Actor = "cli", at: At = "") -> None:
    """Withdraw a verification."""
    actions.withdraw_verification(party, account, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{account} is no longer verified as {party}")


@app.command()
def key(
    account: str,
    label: Annotated[str, typer.Option(help="what the key is for")] = "",
    role: Roles = None,
    party: Parties = None,
) -> None:
    """Issue an API key and print it, once."""
    console.print(accounts.issue_key(account, label, role, party, at=now()), markup=False)


@app.command()
def keys(account: str = "", json: Json = False) -> None:
    """List API keys by their prefixes."""
    found = accounts.keys(account or None)
    if json:
        out_json(found)
        return
    for k in found:
        state = f"revoked {k.revoked_at:%Y-%m-%d}" if k.revoked_at else "works"
        console.print(f"{k.prefix}  {k.account:<22} {state:<19} {','.join(k.roles)}  {k.label}", markup=False)


@app.command("revoke-key")
def revoke_key(prefix: str) -> None:
    """Stop an API key at once."""
    accounts.revoke_key(prefix, at=now())
    console.print(f"{prefix} is revoked")
