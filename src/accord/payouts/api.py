"""Statements over HTTP: a party's own, everything for finance; a period drafted, approved and locked by finance."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from accord.deals import document
from accord.parties.audience import audience
from accord.parties.viewer import Role
from accord.payouts import (
    accounts,
    actions,
    drafted,
    escrow,
    lump_sums,
    matching,
    proving,
    queries,
    rates,
    states,
    supposing,
)

router = Router(tags=["payouts"])
PAID = (Role.ARTIST, Role.CREATOR, Role.RIGHTSHOLDER, Role.FINANCE, Role.ADMIN)


@router.get("/statements", url_name="statements")
@audience(*PAID)
def statements(request: HttpRequest, period: str | None = None, party: str | None = None) -> list[dict[str, Any]]:
    """The statements you may see, without their lines. Amounts are decimal strings of micros."""
    return [_plain(head) for head in queries.statements(request.viewer, period, party)]  # type: ignore[attr-defined]


@router.get("/statements/{statement}", url_name="statement")
@audience(*PAID)
def statement(request: HttpRequest, statement: str) -> HttpResponse:
    """One statement: the very bytes that its digest names."""
    text = queries.statement_text(request.viewer, statement)  # type: ignore[attr-defined]
    return HttpResponse(text, content_type="application/json")


@router.get("/statements/{statement}/proof", url_name="statement-proof")
@audience(*PAID)
def proof(request: HttpRequest, statement: str) -> HttpResponse:
    """The statement and what was paid, with the proofs that `accord verify` checks without this instance."""
    _, content = proving.proof(request.viewer, statement)  # type: ignore[attr-defined]
    return HttpResponse(content, content_type="application/json")


@router.get("/statements/{statement}/lines/{line}", url_name="statement-line")
@audience(*PAID)
def explain(request: HttpRequest, statement: str, line: int) -> list[dict[str, Any]]:
    """A line walked back to its listens."""
    steps = queries.explain(request.viewer, statement, line)  # type: ignore[attr-defined]
    return [msgspec.structs.asdict(step) for step in steps]


@router.get("/statements/{statement}/sums/{sum}", url_name="statement-sum")
@audience(*PAID)
def explain_sum(request: HttpRequest, statement: str, sum: str) -> list[dict[str, Any]]:
    """A sum of a statement walked back: `guarantee`, `recouped`, `withheld`, `payable` … as its summary names them."""
    steps = queries.explain_sum(request.viewer, statement, sum)  # type: ignore[attr-defined]
    return [msgspec.structs.asdict(step) for step in steps]


@router.get("/periods", url_name="periods")
@audience(Role.FINANCE, Role.ADMIN)
def periods(request: HttpRequest) -> list[dict[str, Any]]:
    """What each close did, per currency."""
    return [_plain(report) for report in queries.reports()]


@router.get("/periods/{period}", url_name="period")
@audience(Role.FINANCE, Role.ADMIN)
def period(request: HttpRequest, period: str) -> dict[str, Any]:
    """Where a period stands (open, grace, draft, locked), since when, by whom, and what came in since its draft."""
    return _standing(period)


@router.get("/periods/{period}/draft/statements", url_name="draft-statements")
@audience(Role.FINANCE, Role.ADMIN)
def draft_statements(request: HttpRequest, period: str) -> list[dict[str, Any]]:
    """What the draft would leave each party, without the lines; nobody else is told before it is locked."""
    return [_plain(head) for head in drafted.statements(request.viewer, period)]  # type: ignore[attr-defined]


@router.get("/periods/{period}/draft/statements/{statement}", url_name="draft-statement")
@audience(Role.FINANCE, Role.ADMIN)
def draft_statement(request: HttpRequest, period: str, statement: str) -> HttpResponse:
    """One of them with its lines: the bytes that a lock would make the statement."""
    text = drafted.statement_text(request.viewer, period, statement)  # type: ignore[attr-defined]
    return HttpResponse(text, content_type="application/json")


@router.get("/periods/{period}/draft/statements/{statement}/lines/{line}", url_name="draft-line")
@audience(Role.FINANCE, Role.ADMIN)
def explain_draft(request: HttpRequest, period: str, statement: str, line: int) -> list[dict[str, Any]]:
    """A line of the draft walked back to its listens."""
    steps = drafted.explain(request.viewer, period, statement, line)  # type: ignore[attr-defined]
    return [msgspec.structs.asdict(step) for step in steps]


@router.post("/periods/{period}/draft", url_name="period-draft")
@audience(Role.FINANCE)
def draft(request: HttpRequest, period: str) -> dict[str, Any]:
    """Divide the period's money to look at; nothing is posted. A draft of before is replaced."""
    actions.draft(period, datetime.now(UTC), _account(request))
    return _standing(period) | {"reports": [_plain(one) for one in states.draft(period).reports]}


@router.post("/periods/{period}/approve", url_name="period-approve")
@audience(Role.FINANCE)
def approve(request: HttpRequest, period: str, draft: str = "") -> dict[str, Any]:
    """Agree to the draft: it may be locked. With `draft`, its hash, nothing else is agreed to than what was looked at."""
    actions.approve(period, datetime.now(UTC), _account(request), draft)
    return _standing(period)


@router.post("/periods/{period}/close", url_name="period-close")
@audience(Role.FINANCE)
def close(request: HttpRequest, period: str, draft: str = "") -> dict[str, Any]:
    """Lock the period as its approved draft says: post it, write the statements. With `draft`, its hash, no other is locked."""
    actions.close(period, datetime.now(UTC), _account(request), looked_at=draft)
    return _standing(period)


def _standing(period: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(states.standing(period, datetime.now(UTC)))
    return found


def _account(request: HttpRequest) -> str:
    return request.viewer.account or ""  # type: ignore[attr-defined]


class RatesIn(Schema):
    """A period's rates into one currency: `rates` are exact decimals or fractions as text, such as `{"JPY": "0.0061"}`."""

    table: str
    period: str
    to: str
    source: str
    on: date
    rates: dict[str, str]


@router.get("/rates", url_name="rates")
@audience(Role.FINANCE, Role.ADMIN)
def rate_tables(request: HttpRequest, period: str | None = None) -> list[dict[str, Any]]:
    """Every version of every rate table, oldest first, with its source and day."""
    return [_rates(one) for one in rates.declared(period)]


@router.post("/rates", url_name="rates-declare")
@audience(Role.FINANCE)
def declare_rates(request: HttpRequest, body: RatesIn) -> dict[str, str]:
    """Declare by which rates a period's revenue is converted; it counts for what is drafted after it."""
    at, actor = datetime.now(UTC), _account(request)
    words = {"to": body.to, "source": body.source, "on": body.on}
    return {"rates": rates.declare(body.table, body.period, body.rates, **words, at=at, actor=actor)}


def _rates(one: rates.RateTable) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(one, enc_hook=str)
    return plain | {"rates": {rate.currency: str(rate.rate) for rate in one.rates}}


class MatchIn(Schema):
    """Whose it is that waits for an asset, and how that was found."""

    asset: str
    party: str
    because: str


class LumpSumIn(Schema):
    """A settlement of an amount under a deal, or, without an amount, what is left of its advance (breakage)."""

    deal: str
    because: str
    amount: str | None = None


@router.get("/unmatched", url_name="unmatched")
@audience(Role.FINANCE, Role.ADMIN)
def unmatched(request: HttpRequest) -> list[dict[str, Any]]:
    """What waits for somebody to claim it, oldest first, and from when the rule gives it out."""
    return [_plain(one) for one in matching.unmatched()]


@router.post("/unmatched/match", url_name="unmatched-match")
@audience(Role.FINANCE)
def match(request: HttpRequest, body: MatchIn) -> dict[str, list[str]]:
    """Give what waits for an asset to the party it turned out to be due to; the next close pays it."""
    return {"matches": matching.match(body.asset, body.party, body.because, datetime.now(UTC), _account(request))}


@router.post("/unmatched/redistribute", url_name="unmatched-redistribute")
@audience(Role.FINANCE)
def redistribute(request: HttpRequest) -> dict[str, list[str]]:
    """Give out what has waited as long as the rule says, by market share; the next close pays it."""
    return {"redistributions": matching.give_out(datetime.now(UTC), _account(request))}


class ReleaseIn(Schema):
    """Which escrow account goes to whom, and how its dispute ended."""

    escrow: str
    party: str
    because: str


@router.get("/escrow", url_name="escrow")
@audience(Role.FINANCE, Role.ADMIN)
def in_escrow(request: HttpRequest) -> list[dict[str, Any]]:
    """What stands in escrow, to whose name and for what; `disputed` names the claims still in dispute, none: it may go out."""
    return [_plain(one) for one in escrow.standing()]


@router.post("/escrow/release", url_name="escrow-release")
@audience(Role.FINANCE)
def release(request: HttpRequest, body: ReleaseIn) -> dict[str, str]:
    """Give all that stands in an escrow account to a party, once its dispute has ended; the next close pays it."""
    return {"release": escrow.release(body.escrow, body.party, body.because, datetime.now(UTC), _account(request))}


@router.get("/lump-sums", url_name="lump-sums")
@audience(Role.FINANCE, Role.ADMIN)
def lump_sums_recorded(request: HttpRequest) -> list[dict[str, Any]]:
    """Every lump sum, newest first: how much, why, and what each party gets of it."""
    return [_plain(one) | {"parts": [_plain(part) for part in one.parts]} for one in lump_sums.recorded()]


@router.post("/lump-sums", url_name="lump-sum-record")
@audience(Role.FINANCE)
def lump_sum(request: HttpRequest, body: LumpSumIn) -> dict[str, str]:
    """Record a settlement, or that an advance is kept; participants share in it as the deal says."""
    at, actor = datetime.now(UTC), _account(request)
    if body.amount is None:
        return {"lump_sum": lump_sums.keep_advance(body.deal, body.because, at, actor)}
    return {"lump_sum": lump_sums.settle(body.deal, body.amount, body.because, at, actor)}


class ConfirmIn(Schema):
    """Which change of bank account is right, by its reference (`ref` in the list)."""

    change: str


class StopIn(Schema):
    """Which change of bank account is wrong, by its reference, and what is wrong with it."""

    change: str
    because: str


@router.get("/account-changes", url_name="account-changes")
@audience(Role.FINANCE, Role.ADMIN)
def account_changes(request: HttpRequest) -> dict[str, Any]:
    """Party → the bank account it is paid to and the change of it that waits, each by its last letters, and the rule."""
    found = accounts.changes(datetime.now(UTC))
    return {party: msgspec.to_builtins(one) for party, one in sorted(found.items())}


@router.post("/account-changes/{party}/confirm", url_name="account-change-confirm")
@audience(Role.ARTIST, Role.CREATOR, Role.RIGHTSHOLDER, Role.FINANCE)
def confirm_account(request: HttpRequest, party: str, body: ConfirmIn) -> dict[str, str]:
    """Say that a change is right: by somebody other than who gave it, for the party or from finance."""
    accounts.confirm(party, body.change, datetime.now(UTC), request.viewer)  # type: ignore[attr-defined]
    return {"confirmed": party}


@router.post("/account-changes/{party}/stop", url_name="account-change-stop")
@audience(Role.ARTIST, Role.CREATOR, Role.RIGHTSHOLDER, Role.FINANCE)
def stop_account(request: HttpRequest, party: str, body: StopIn) -> dict[str, str]:
    """Say that a change is wrong: the account before stays."""
    accounts.stop(party, body.change, body.because, datetime.now(UTC), request.viewer)  # type: ignore[attr-defined]
    return {"stopped": party}


@router.get("/what-if/{deal}", url_name="what-if")
@audience(Role.RIGHTSHOLDER, Role.FINANCE, Role.ADMIN)
def what_if(request: HttpRequest, deal: str, period: str) -> dict[str, Any]:
    """What a period would have given by the terms that a deal has on the table, beside what it gave. Nothing is kept.

    Its licensor is told what itself would have got, of closed periods.
    """
    return _supposed(supposing.of_deal(request.viewer, deal, period))  # type: ignore[attr-defined]


@router.post("/what-if", url_name="what-if-terms")
@audience(Role.FINANCE, Role.ADMIN)
def what_if_terms(request: HttpRequest, period: str = "") -> dict[str, Any]:
    """The same by terms that are on no table yet: the body is the document itself, as for a deal's terms."""
    return _supposed(supposing.what_if(document.parse(request.body), period))


def _supposed(found: supposing.WhatIf) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(found)
    rows = [
        {"party": row.party, "currency": row.currency, "got": _plain(row.got), "would": _plain(row.would)}
        for row in found.rows
    ]
    return plain | {"rows": rows}


@router.get("/ledger", url_name="ledger")
@audience(Role.FINANCE, Role.ADMIN)
def ledger(request: HttpRequest) -> dict[str, Any]:
    """The trial balance: every account, and whether debits equal credits."""
    balance = queries.trial_balance()
    return {
        "zero": balance.zero,
        "off": {currency: str(micros) for currency, micros in balance.off.items()},
        "postings": balance.postings,
        "accounts": [_plain(one) for one in balance.balances],
    }


def _plain(record: msgspec.Struct) -> dict[str, Any]:
    values = msgspec.structs.asdict(record)
    return {name: str(value) if name.endswith("_micros") else value for name, value in values.items()}
