"""What stands beside the pools, for finance: currency rates, unmatched money, escrow, lump sums."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from accord.metering.periods import parse
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role
from accord.payouts import bound, escrow, lump_sums, matching, rates
from accord.payouts.account_pages import offices
from accord.payouts.sheet import decimal
from accord.payouts.unmatched import CURRENT
from accord.terms.instant import text as instant_text

#: How a deal says that its participants share in a lump sum.
SHARED_BY = {
    "equal": "each asset the same",
    "attribution": "by what each asset earned under the deal",
    "usage": "by how often each asset was played under the deal",
}
KINDS = {"settlement": "a settlement, paid by the platform", "breakage": "an advance kept by the licensor"}


@audience(Role.FINANCE)
def currency_rates(request: HttpRequest) -> HttpResponse:
    """What was declared for a period, or for all: each table's newest version, and those it took the place of."""
    every = rates.declared()
    period = parse(request.GET["period"]).text if request.GET.get("period") else ""
    found = [one for one in reversed(every) if period in ("", one.period)]
    if request.GET.get("format") == "csv":
        columns = ["table", "period", "version", "currency", "worth", "into", "source", "of", "id"]
        lines = (
            (
                *(one.table, one.period, one.version, rate.currency, rates.worth(rate.rate), one.currency),
                *(one.source, one.on.isoformat(), one.id),
            )
            for one in found
            for rate in one.rates
        )
        return as_csv("rates", columns, lines)
    newest = {(one.table, one.period): one.id for one in every}
    context = {
        "period": period,
        "periods": sorted({one.period for one in every}, reverse=True),
        "counting": sum(one.id in newest.values() for one in found),
        "tables": [
            (one, one.id in newest.values(), [(rate.currency, rates.worth(rate.rate)) for rate in one.rates])
            for one in found
        ],
    }
    return render(request, "payouts/rates.html", context)


@audience(Role.FINANCE)
def unmatched(request: HttpRequest) -> HttpResponse:
    """What waits for somebody to claim it: of which close, how old, and from when the rule gives it out."""
    at, found = datetime.now(UTC), matching.unmatched()
    if request.GET.get("format") == "csv":
        columns = ["asset", "feature", "period", "since", "days", "given_out_from", "currency", "amount"]
        lines = (
            (
                *(one.asset, one.feature, one.period, instant_text(one.since), (at - one.since).days),
                *(instant_text(one.until), one.currency, decimal(one.amount_micros)),
            )
            for one in found
        )
        return as_csv("unmatched", columns, lines)
    sums: Counter[str] = Counter()
    for one in found:
        sums[one.currency] += one.amount_micros
    context = {
        "sums": sorted(sums.items()),
        "waiting": [(one, (at - one.since).days, one.until <= at) for one in found],
        "titles": bound.titles({one.asset for one in found}),
        "features": bound.features(),
        "rule": CURRENT,
    }
    return render(request, "payouts/unmatched.html", context)


@audience(Role.FINANCE)
def in_escrow(request: HttpRequest) -> HttpResponse:
    """What stands in escrow: to whose name, for what, since when; what is no longer disputed is released here."""
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("escrow", "party", "because")}
        actor = viewer_of(request).account or ""
        escrow.release(given["escrow"], given["party"], given["because"], datetime.now(UTC), actor)
        messages.success(request, "Released: the next close pays it.", extra_tags="yes")
        return redirect("payouts:escrow")
    found = escrow.standing()
    names, titles = parties.names({one.party for one in found}), bound.titles({one.asset for one in found})
    if request.GET.get("format") == "csv":
        columns = ["account", "party", "asset", "since", "disputed", "currency", "amount"]
        lines = (
            (
                *(one.account, names[one.party], titles.get(one.asset, one.asset), instant_text(one.since)),
                *("; ".join(one.disputed), one.currency, decimal(one.amount_micros)),
            )
            for one in found
        )
        return as_csv("escrow", columns, lines)
    sums: Counter[str] = Counter()
    for one in found:
        sums[one.currency] += one.amount_micros
    context = {"sums": sorted(sums.items()), "held": found, "names": names, "titles": titles}
    return render(request, "payouts/escrow.html", context)


@audience(Role.FINANCE)
def lump_sum_list(request: HttpRequest) -> HttpResponse:
    """Settlements and advances kept: how much, under which deal, why, and how its participants share in it."""
    found = lump_sums.recorded()
    names = parties.names({part.party for one in found for part in one.parts})
    if request.GET.get("format") == "csv":
        columns = ["lump_sum", "kind", "deal", "at", "because", "by", "currency", "amount", "party", "part"]
        lines = (
            (
                *(one.lump_sum, one.kind, one.deal, instant_text(one.at), one.because, one.by, one.currency),
                *(decimal(one.amount_micros), *part),
            )
            for one in found
            for part in [(names[p.party], decimal(p.amount_micros)) for p in one.parts] or [("", "")]
        )
        return as_csv("lump-sums", columns, lines)
    context = {
        "lump_sums": [(one, KINDS[one.kind], SHARED_BY[one.by]) for one in found],
        "names": names,
        "deals": bound.deals({one.deal for one in found}, ""),
        "who": offices({one.actor for one in found}),
    }
    return render(request, "payouts/lump_sums.html", context)


urlpatterns = [
    path("statements/rates", currency_rates, name="rates"),
    path("statements/unmatched", unmatched, name="unmatched"),
    path("statements/escrow", in_escrow, name="escrow"),
    path("statements/lump-sums", lump_sum_list, name="lump-sums"),
]
