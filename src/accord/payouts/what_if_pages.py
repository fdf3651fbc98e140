"""Before signing: what a past period would have paid under the terms that a deal has on the table."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from accord.deals import queries as deals
from accord.metering import queries as metering
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.payouts import bound, queries, supposed
from accord.payouts.sheet import decimal
from accord.payouts.supposing import PLATFORM, UNMATCHED, Supposed, WhatIf

KINDS = ("earned", "guarantee", "payable")
CSV_COLUMNS = ("party", "currency", *(f"{kind}_{side}" for kind in KINDS for side in ("was", "would")))


@audience(Role.RIGHTSHOLDER, Role.FINANCE)
def what_if(request: HttpRequest) -> HttpResponse:
    """For finance what everybody would have got, for a licensor what itself would have got, beside what was.

    It is worked out by the button alone; the page, its link and its CSV show what was worked out last.
    """
    viewer = viewer_of(request)
    if request.method == "POST":
        asked = {name: request.POST.get(name, "") for name in ("deal", "period")}
        supposed.work_out(viewer, **asked, at=datetime.now(UTC))
        return redirect(f"{reverse('payouts:what-if')}?{urlencode(asked)}")
    deal, period = request.GET.get("deal", ""), request.GET.get("period", "")
    kept = supposed.kept(viewer, deal, period) if deal and period else None
    found = kept.found if kept else None
    names = parties.names(row.party for row in found.rows) if found else {}
    names |= {PLATFORM: "the platform", UNMATCHED: "unmatched until somebody claims it"}
    if found and request.GET.get("format") == "csv":
        return as_csv(f"what-if-{deal}-{period}", CSV_COLUMNS, (_csv_row(row, names) for row in found.rows))
    context = {
        "found": found,
        "at": kept.at if kept else None,
        "deal": deal,
        "period": period,
        "deals": _deals(viewer),
        "periods": _periods(viewer),
        "rows": [(row, names.get(row.party, row.party), _kinds(row)) for row in found.rows] if found else [],
        "changes": _changes(found) if found else [],
        "name": names.get(found.licensor, "the licensor") if found else "",
        "raises": bound.named(found.raises, found.licensor) if found else [],
    }
    return render(request, "payouts/what_if.html", context)


def _deals(viewer: Viewer) -> list[tuple[str, str]]:
    """The deals whose terms may be asked about, with what they are called: the newest first."""
    seen = deals.deals(SYSTEM if viewer.has(Role.FINANCE) else viewer)
    return [(one.id, f"{one.title} ({one.state})") for one in reversed(seen) if one.draft]


def _periods(viewer: Viewer) -> list[str]:
    """The closed periods, and for finance those that have revenue: the last first."""
    closed = {one.period for one in queries.periods()}
    return sorted(
        closed | ({one.period for one in metering.revenue()} if viewer.has(Role.FINANCE) else set()), reverse=True
    )


def _kinds(row: Supposed) -> list[tuple[str, int, int]]:
    return [(kind, getattr(row.got, f"{kind}_micros"), getattr(row.would, f"{kind}_micros")) for kind in KINDS]


def _changes(found: WhatIf) -> list[tuple[str, int]]:
    """(currency, what the licensor would have had more, earned and topped up) where it has anything."""
    return [
        (
            row.currency,
            row.would.earned_micros + row.would.guarantee_micros - row.got.earned_micros - row.got.guarantee_micros,
        )
        for row in found.rows
        if row.party == found.licensor
    ]


def _csv_row(row: Supposed, names: dict[str, str]) -> list[str]:
    amounts = [decimal(amount) for _, got, would in _kinds(row) for amount in (got, would)]
    return [names.get(row.party, row.party), row.currency, *amounts]


urlpatterns = [path("statements/what-if", what_if, name="what-if")]
