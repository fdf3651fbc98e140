"""Paying by the bank, for finance: what would go out and what cannot, the runs that were made, and their files."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role
from accord.payouts import accounts, paying
from accord.terms.refusal import NotThere


@audience(Role.FINANCE)
def pay_out(request: HttpRequest) -> HttpResponse:
    """What is payable, to whom and where, and the button that pays it; every run, and (`run=…&currency=…`) its files."""
    at = datetime.now(UTC)
    if request.method == "GET" and "run" in request.GET:
        return _file(request.GET["run"], request.GET.get("currency", ""))
    if request.method == "POST":
        run = paying.pay_by_bank(at, viewer_of(request).account or "", seen=request.POST.get("seen", ""))
        said = (
            f"{len(run.payments):,} payment{'s' * (len(run.payments) != 1)}: give the bank the file of each currency."
        )
        messages.success(request, said if run.run else "Nothing went out.", extra_tags="yes")
        return redirect("payouts:pay-out")
    found = paying.look(at)
    going: Counter[str] = Counter()
    for one in found.due:
        going[one.currency] += 0 if one.because else one.amount_micros
    made = paying.sums_of_runs()
    context = {
        "look": found,
        "sums": sorted((currency, micros) for currency, micros in going.items() if micros),
        "due": sorted(found.due, key=lambda one: (bool(one.because), -one.amount_micros, one.party)),
        "names": parties.names(one.party for one in found.due),
        "runs": [(run, when, count, sorted(made[run].items())) for run, when, count in reversed(paying.runs())],
        "changes": accounts.waiting(at),
    }
    return render(request, "payouts/pay_out.html", context)


def _file(run: str, currency: str) -> HttpResponse:
    """A run's file for the bank, in one currency: the same bytes each time."""
    name, content = next((one for one in paying.files(run) if f"-{currency}-" in one[0]), ("", b""))
    if not name:
        raise NotThere(f"`{run}` paid nothing in `{currency}`")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/xml", headers=headers)


urlpatterns = [path("statements/pay-out", pay_out, name="pay-out")]
