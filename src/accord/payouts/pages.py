"""Statements: what a party is owed, where it came from, and each line walked back to its listens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role, Viewer
from accord.payouts import (
    account_pages,
    accounts,
    actions,
    book_pages,
    bound,
    draft_pages,
    handing,
    pay_out_pages,
    proving,
    queries,
    sheet,
    states,
    what_if_pages,
)
from accord.payouts.account_pages import offices
from accord.payouts.paid import paid_on, standing
from accord.payouts.records import PeriodStanding, PeriodState, StatementHead
from accord.payouts.sheet import decimal
from accord.payouts.showing import ID, line_page, name_of, statement_page
from accord.terms.refusal import BadInput

DONE = {
    "draft": "The draft is made: look at it, then approve it.",
    "approve": "Approved. It may be locked.",
    "close": "Locked: the statements stand, and what is payable can go out.",
}
#: Forms of a statement that are files of their own.
FILES = {
    "pdf": (handing.pdf, "application/pdf"),
    "dsr": (handing.dsr, "text/tab-separated-values; charset=utf-8"),
    "proof": (proving.proof, "application/json"),
}
SEEN_BY = (Role.ARTIST, Role.RIGHTSHOLDER, Role.FINANCE, Role.CREATOR)
#: What accounts of the books are called, by the first part of their name.
ACCOUNTS = {
    "advance": "advance still to be recouped under",
    "balance": "carried forward for",
    "bank": "paid out by the bank",
    "earned": "earned by",
    "escrow": "in escrow while disputed",
    "exchange": "converted by rate table",
    "fees": "fees, funded by the platform, per",
    "breakage": "advances kept, funded by the platform",
    "lump": "of a lump sum, paid with the next close, for",
    "lump-sums": "settlements, funded by the platform",
    "matched": "matched later, paid with the next close, for",
    "redistributed": "unmatched money given out with the next close, for",
    "guarantees": "guarantees, funded by the platform",
    "payable": "payable to",
    "pool": "pool",
    "released": "out of escrow, paid with the next close, for",
    "reserve": "kept back for later, under",
    "residual": "what the platform keeps",
    "revenue": "revenue",
    "tax": "tax withheld from",
    "unmatched": "unmatched until somebody claims it",
}
SUMS_NAMED = ("earned", "guarantee", "recouped", "escrow", "payable", "carried")
PER_PAGE = 50
SUMS = [f"{name}_micros" for name in SUMS_NAMED]


@audience(*SEEN_BY)
def listing(request: HttpRequest) -> HttpResponse:
    """The viewer's statements (finance: all, also by party), and for finance what each close did and the accounts."""
    viewer = viewer_of(request)
    period, party = request.GET.get("period") or None, request.GET.get("party", "")
    seen = queries.statements(viewer, period=period)
    names = parties.names([head.party for head in seen])
    heads = [head for head in seen if party in ("", head.party)]
    finance = viewer.has(Role.FINANCE)
    if request.GET.get("format") == "csv":
        return _csv("statements", heads, names)
    page = Paginator(heads, PER_PAGE).get_page(request.GET.get("page"))
    balance = queries.trial_balance() if finance else None
    context = {
        "page": page,
        "names": names,
        "paid": paid_on(page),
        "period": period,
        "periods": [p.text for p in queries.periods()],
        "party": party,
        "parties": sorted(names.items(), key=lambda pair: pair[1]) if len(names) > 1 or party else [],
        "query": urlencode({"period": period or "", "party": party}),
        "signs": viewer.has(Role.RIGHTSHOLDER),
        "payable": standing(heads),
        "reports": queries.reports(period) if finance else [],
        "balance": balance,
        "accounts": _accounts(balance) if balance else [],
        "standings": [one for one in states.standings(datetime.now(UTC)) if finance],
    }
    return render(request, "payouts/listing.html", context)


def _csv(name: str, heads: Iterable[StatementHead], names: Mapping[str, str]) -> HttpResponse:
    """Statements as rows, with the day on which what they made payable went out."""
    some = list(heads)
    paid = {one: f"{at:%Y-%m-%d}" for one, at in paid_on(some).items()}
    rows = (
        [h.id, h.period, names[h.party], h.currency, *(decimal(getattr(h, c)) for c in SUMS), paid.get(h.id, "")]
        for h in some
    )
    return as_csv(name, ["statement", "period", "party", "currency", *SUMS_NAMED, "paid_on"], rows)


def _accounts(balance: queries.TrialBalance) -> list[dict[str, Any]]:
    """Every account with a balance, in words: what it is, whose, and the sum in debit or credit."""
    ids = {key for one in balance.balances for key in ID.findall(one.account)}
    named = parties.names(ids) | bound.titles(ids) | bound.deals({key for key in ids if key.startswith("dea_")}, "")
    found = []
    for one in balance.balances:
        kind, _, rest = one.account.partition(":")
        whose = [named[key] for key in ID.findall(rest) if key in named]
        words = ", ".join([ACCOUNTS.get(kind, kind), *(whose or [rest] if rest else [])])
        found.append(
            {"words": words, "currency": one.currency, "micros": one.amount_micros, "size": abs(one.amount_micros)}
        )
    return found


@audience(Role.FINANCE)
def period(request: HttpRequest, period: str) -> HttpResponse:
    """One period for finance: where it stands, what its draft would leave, and the next step."""
    viewer, at = viewer_of(request), datetime.now(UTC)
    if request.method == "POST":
        step = request.POST.get("step", "")
        if step not in DONE:
            raise BadInput(f"`{step}` is no step of a period", do=f"one of {', '.join(DONE)}")
        by, looked_at = viewer.account or "", request.POST.get("draft", "")
        if step != "draft" and not looked_at:
            raise BadInput(
                "it is not said which draft was looked at", do=f"open the page of {period} and press its button"
            )
        if step == "approve":
            actions.approve(period, at, by, looked_at)
        elif step == "close":
            actions.close(period, at, by, looked_at=looked_at)
        else:
            actions.draft(period, at, by)
        messages.success(request, DONE[step], extra_tags="yes")
        return redirect("payouts:period", period)
    stands = states.standing(period, at)
    draft = states.draft(period) if stands.draft else None
    heads = sorted(draft.heads if draft else (), key=lambda one: (-one.payable_micros, one.party))
    names = parties.names([one.party for one in heads])
    if request.GET.get("format") == "csv":
        return _csv(f"statements-{stands.period}", heads, names)
    page = Paginator(heads, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "period": stands.period,
        "standing": stands,
        "next": _next(stands),
        "who": offices({stands.by, stands.drafted_by, stands.approved_by}),
        "reports": draft.reports if draft else queries.reports(stands.period),
        "page": page,
        "names": names,
        "paid": paid_on(page),
        "payable": standing(heads),
        "changes": accounts.waiting(at),
    }
    return render(request, "payouts/period.html", context)


def _next(standing: PeriodStanding) -> list[tuple[str, str]]:
    """The steps that can be taken now, with the words on their buttons."""
    if standing.state is PeriodState.GRACE:
        return [("draft", "Draft it")]
    if standing.state is not PeriodState.DRAFT:
        return []
    again = ("draft", "Draft it again")
    return [("close", "Lock it"), again] if standing.approved else [("approve", "Approve the draft"), again]


@audience(*SEEN_BY)
def show(request: HttpRequest, statement_id: str) -> HttpResponse:
    """One statement: the sum, how it came about, its lines by feature and territory, in pages or (`lines=all`) to print."""
    viewer = viewer_of(request)
    document = queries.statement(viewer, statement_id)
    if request.GET.get("format") == "json":
        return HttpResponse(queries.statement_text(viewer, statement_id), content_type="application/json")
    if request.GET.get("format") in FILES:
        return _file(viewer, statement_id, request.GET["format"])
    provable = queries.closed(document["period"]).committed > 0
    paid = paid_on(queries.statements(viewer, document["period"], document["party"])).get(statement_id)
    root = reverse("payouts:statement", args=[statement_id])
    return statement_page(request, document, root, provable=provable, paid=paid)


def _file(viewer: Viewer, statement_id: str, form: str) -> HttpResponse:
    made, kind = FILES[form]
    name, content = made(viewer, statement_id)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@audience(*SEEN_BY)
def explain(request: HttpRequest, statement_id: str, line: int) -> HttpResponse:
    """One line, step by step, back to its listens."""
    viewer = viewer_of(request)
    document = queries.statement(viewer, statement_id)
    steps = queries.explain(viewer, statement_id, line)
    return line_page(request, viewer, document, line, steps, reverse("payouts:statement", args=[statement_id]))


@audience(*SEEN_BY)
def explain_sum(request: HttpRequest, statement_id: str, name: str) -> HttpResponse:
    """One sum of a statement, step by step: the clause, what was earned, and how it follows."""
    viewer = viewer_of(request)
    document = queries.statement(viewer, statement_id)
    steps = queries.explain_sum(viewer, statement_id, name)
    said = bound.named([step.because for step in steps], document["party"])
    called = bound.named([step.rests_on for step in steps], document["party"])
    micros = document["summary"].get(f"{name}_micros", sum(map(int, document["advances_paid"].values())))
    context = {
        "document": document,
        "words": sheet.words(name),
        "micros": int(micros),
        "steps": [
            (one.step, because, rests_on, _leads(viewer, one.rests_on, rests_on))
            for one, because, rests_on in zip(steps, said, called, strict=True)
        ],
        "name": name_of(document),
    }
    return render(request, "payouts/explain_sum.html", context)


def _leads(viewer: Viewer, rests_on: str, called: str) -> str:
    """The page of what a sum rests on, where there is one that the viewer may see."""
    if rests_on.startswith("stm-"):
        return f"/statements/{rests_on}"
    return f"/deals/{rests_on}" if called == bound.OWN_DEAL and viewer.has(Role.RIGHTSHOLDER) else ""


urlpatterns = [
    *account_pages.urlpatterns,
    *book_pages.urlpatterns,
    *draft_pages.urlpatterns,
    *pay_out_pages.urlpatterns,
    *what_if_pages.urlpatterns,
    path("statements", listing, name="listing"),
    path("statements/periods/<str:period>", period, name="period"),
    path("statements/<str:statement_id>", show, name="statement"),
    path("statements/<str:statement_id>/<int:line>", explain, name="explain"),
    path("statements/<str:statement_id>/sums/<slug:name>", explain_sum, name="explain-sum"),
]
