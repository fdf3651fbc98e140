"""Statements over HTTP: a party's own, everything for finance."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from accord.parties.audience import audience
from accord.parties.viewer import Role
from accord.payouts import queries

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


@router.get("/statements/{statement}/lines/{line}", url_name="statement-line")
@audience(*PAID)
def explain(request: HttpRequest, statement: str, line: int) -> list[dict[str, Any]]:
    """A line walked back to its listens."""
    steps = queries.explain(request.viewer, statement, line)  # type: ignore[attr-defined]
    return [msgspec.structs.asdict(step) for step in steps]


@router.get("/periods", url_name="periods")
@audience(Role.FINANCE, Role.ADMIN)
def periods(request: HttpRequest) -> list[dict[str, Any]]:
    """What each close did, per currency."""
    return [_plain(report) for report in queries.reports()]


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
