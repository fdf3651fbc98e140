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
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import BadInput

SEEN_BY = (Role.RIGHTSHOLDER, Role.LICENSING, Role.LEGAL, Role.PRODUCT)


@audience(*SEEN_BY)
def desk(request: HttpRequest) -> HttpResponse:
    """The deals the viewer may see, filtered by state."""
    state = request.GET.get("state") or None
    found = queries.deals(viewer_of(request), state=state)
    context = {
        "deals": found,
        "names": parties.names([deal.licensor for deal in found]),
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
    door(datetime.now(UTC), viewer.account or "")
    messages.success(request, f"Done: {step}", extra_tags="yes")
    return HttpResponseRedirect(f"/deals/{deal_id}")


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
