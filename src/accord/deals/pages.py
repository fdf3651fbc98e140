"""The deal desk: every licence with its state, its terms clause by clause, its drafts and its timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.deals import actions, queries
from accord.deals.records import Deal, DealState
from accord.governance import queries as governance
from accord.parties import accounts
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import BadInput

CSV_COLUMNS = ("id", "title", "licensor", "state", "first_day", "first_day_after", "rate_ppm", "approved_by")
SEEN_BY = (Role.RIGHTSHOLDER, Role.LICENSING, Role.LEGAL, Role.PRODUCT)


@audience(*SEEN_BY)
def desk(request: HttpRequest) -> HttpResponse:
    """The deals the viewer may see, filtered by state."""
    state = request.GET.get("state") or None
    found = queries.deals(viewer_of(request), state=state)
    names = parties.names([deal.licensor for deal in found])
    if request.GET.get("format") == "csv":
        return as_csv("deals", CSV_COLUMNS, (_csv_row(deal, names) for deal in found))
    context = {
        "deals": found,
        "names": names,
        "states": list(DealState),
        "state": state,
        "active": sum(deal.state is DealState.ACTIVE for deal in found),
    }
    return render(request, "deals/desk.html", context)


@audience(*SEEN_BY)
def show(request: HttpRequest, deal_id: str) -> HttpResponse:
    """One deal. Another licensor's is not there."""
    viewer = viewer_of(request)
    deal = queries.deal(viewer, deal_id)
    context = {
        "deal": deal,
        "terms": deal.draft.terms if deal.draft else None,
        "drafts": queries.drafts(viewer, deal_id),
        "ratchets": queries.ratchets(viewer, deal_id),
        "name": parties.names([deal.licensor]).get(deal.licensor, deal.licensor),
        "features": {feature.id: feature.name for feature in governance.features().values()},
        "by": _offices({step.actor for step in deal.timeline}),
        "waits_for": _waits_for(deal),
        "doors": _doors(viewer, deal),
    }
    return render(request, "deals/deal.html", context)


@audience(*SEEN_BY)
def act(request: HttpRequest, deal_id: str) -> HttpResponse:
    """Take the next step that the viewer's office allows: approve, sign or activate."""
    viewer = viewer_of(request)
    deal = queries.deal(viewer, deal_id)
    step = request.POST.get("step", "")
    door = {key: run for key, _, run in _doors(viewer, deal)}.get(step)
    if request.method != "POST" or door is None:
        raise BadInput(f"`{step}` is not a step you can take on this deal now")
    words = {key: said for key, said, _ in _doors(viewer, deal)}[step]
    door(datetime.now(UTC), viewer.account or "")
    messages.success(request, f"Done: {words[0].lower()}{words[1:]}.", extra_tags="yes")
    return HttpResponseRedirect(f"/deals/{deal_id}")


def _csv_row(deal: Deal, names: dict[str, str]) -> list[object]:
    terms = deal.draft.terms if deal.draft else None
    rate = terms.remuneration.rate_ppm if terms else ""
    dates = (terms.starts, terms.ends) if terms else ("", "")
    return [deal.id, deal.title, names[deal.licensor], deal.state, *dates, rate, " ".join(deal.approvals)]


def _offices(actors: set[str]) -> dict[str, str]:
    """Who took a step, as the office or party it acted for: accounts are private."""
    known = {found.id: found for found in accounts.all_accounts() if found.id in actors}
    named = parties.names({party for found in known.values() for party in found.parties})
    words = {
        key: ", ".join(named[party] for party in found.parties) or "the platform (" + ", ".join(found.roles) + ")"
        for key, found in known.items()
    }
    return words | {actor: "the demonstration" for actor in actors if actor == "demonstration"}


def _waits_for(deal: Deal) -> str:
    """Whose step is next, in words; empty when nobody's is."""
    if deal.state is DealState.NEGOTIATION:
        missing = [office for office in ("legal", "product") if office not in deal.approvals]
        return " and ".join(missing) + " to approve the draft" if deal.draft else "licensing to draft the terms"
    if deal.state is DealState.APPROVED:
        missing = [side for side in ("licensor", "platform") if side not in deal.signatures]
        return "the " + " and the ".join(missing) + " to sign"
    return "licensing to bring it into force" if deal.state is DealState.SIGNED else ""


Door = tuple[str, str, Callable[[datetime, str], object]]


def _doors(viewer: Viewer, deal: Deal) -> list[Door]:
    """The steps open to this viewer: (key, words on the button, what it does)."""
    doors: list[Door] = []
    for role, office in ((Role.LEGAL, "legal"), (Role.PRODUCT, "product")):
        if viewer.has(role) and deal.state is DealState.NEGOTIATION and office not in deal.approvals and deal.draft:
            words = f"Approve draft {deal.draft.number} for {office}"
            doors.append((f"approve-{office}", words, lambda at, by, o=office: actions.approve(deal.id, o, at, by)))
    if deal.state is DealState.APPROVED:
        if viewer.acts_for(deal.licensor) and "licensor" not in deal.signatures:
            doors.append(("sign", "Sign for the licensor", lambda at, by: actions.sign(deal.id, "licensor", at, by)))
        if viewer.has(Role.LICENSING) and "platform" not in deal.signatures:
            doors.append(
                ("countersign", "Sign for the platform", lambda at, by: actions.sign(deal.id, "platform", at, by))
            )
    if viewer.has(Role.LICENSING) and deal.state is DealState.SIGNED:
        doors.append(("activate", "Bring it into force", lambda at, by: actions.activate(deal.id, at, by)))
    return doors


urlpatterns = [
    path("deals", desk, name="desk"),
    path("deals/<slug:deal_id>", show, name="show"),
    path("deals/<slug:deal_id>/act", act, name="act"),
]
