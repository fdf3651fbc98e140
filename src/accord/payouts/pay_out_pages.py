"""Paying by the bank, for finance: what would go out and what cannot, the runs that were made, and their files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role
from accord.payouts import accounts, paying
from accord.payouts.paid import Paid, payments, runs, sums
from accord.payouts.paying import Due
from accord.payouts.sheet import decimal
from accord.terms.instant import text as instant_text
from accord.terms.refusal import BadInput, NotThere

PER_PAGE = 50
DUE = ("party", "currency", "amount", "account", "stays_payable_because")
PAID = ("payment", "run", "paid_on", "party", "currency", "amount")


@audience(Role.FINANCE)
def pay_out(request: HttpRequest) -> HttpResponse:
    """What is payable, to whom and where, and the button that pays all of it; every run, and (`run=…&currency=…`) its files.

    The tables are filtered by party, currency and the month of payment, and (`format=csv`, `of=payments`) handed out.
    """
    if request.method == "POST":
        return _pay(request)
    if "run" in request.GET:
        return _file(request.GET["run"], request.GET.get("currency", ""))
    at = datetime.now(UTC)
    asked = {name: request.GET.get(name, "") for name in ("party", "currency", "period")}
    found, paid = paying.look(at), payments()
    due = [one for one in found.due if _asked(asked, one)]
    due.sort(key=lambda one: (bool(one.because), one.currency, -one.amount_micros, one.party))
    mine = [one for one in paid if _asked(asked, one) and asked["period"] in ("", f"{one.at:%Y-%m}")]
    names = parties.names({one.party for one in (*found.due, *paid)})
    if request.GET.get("format") == "csv":
        return _csv(due, mine, names, of=request.GET.get("of", ""))
    page = Paginator(due, PER_PAGE).get_page(request.GET.get("page"))
    made = runs(mine)[::-1]
    going = [one for one in found.due if not one.because]
    context = {
        "look": found,
        "going": len(going),
        "sums": sorted(sums(going).items()),
        "page": page,
        "names": names,
        "runs": made[:PER_PAGE],
        "all_runs": len(made),
        "asked": asked,
        "query": urlencode(asked),
        "parties": sorted(names.items(), key=lambda pair: pair[1]),
        "currencies": sorted({one.currency for one in (*found.due, *paid)}),
        "months": sorted({f"{one.at:%Y-%m}" for one in paid}, reverse=True),
        "changes": accounts.waiting(at),
    }
    return render(request, "payouts/pay_out.html", context)


def _pay(request: HttpRequest) -> HttpResponse:
    """Pay what was looked at, whatever the filter showed of it. Raises: BadInput where it is not said what that was."""
    seen = request.POST.get("seen", "")
    if not seen:
        raise BadInput("it is not said which payments were looked at", do="open the page Pay out and press its button")
    run = paying.pay_by_bank(datetime.now(UTC), viewer_of(request).account or "", seen=seen)
    said = f"{len(run.payments):,} payment{'s' * (len(run.payments) != 1)}: give the bank the file of each currency."
    messages.success(request, said if run.run else "Nothing went out.", extra_tags="yes")
    return redirect("payouts:pay-out")


def _asked(asked: dict[str, str], one: Due | Paid) -> bool:
    return asked["party"] in ("", one.party) and asked["currency"] in ("", one.currency)


def _csv(due: Iterable[Due], paid: Iterable[Paid], names: dict[str, str], of: str) -> HttpResponse:
    if of == "payments":
        made = (
            (one.payment, one.run, instant_text(one.at), names[one.party], one.currency, decimal(one.amount_micros))
            for one in paid
        )
        return as_csv("payments", PAID, made)
    rows = ((names[one.party], one.currency, decimal(one.amount_micros), one.to, one.because) for one in due)
    return as_csv("payable", DUE, rows)


def _file(run: str, currency: str) -> HttpResponse:
    """A run's file for the bank, in one currency: the same bytes each time."""
    name, content = next((one for one in paying.files(run) if f"-{currency}-" in one[0]), ("", b""))
    if not name:
        raise NotThere(f"`{run}` paid nothing in `{currency}`")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/xml", headers=headers)


urlpatterns = [path("statements/pay-out", pay_out, name="pay-out")]
