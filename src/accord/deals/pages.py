"""The deal desk: every licence with its state, its terms clause by clause, its drafts and its timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.deals import actions, queries
from accord.deals.records import Clause, Deal, DealState, Ratchet, Step
from accord.governance import queries as governance
from accord.parties import accounts
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role, Viewer
from accord.terms import money
from accord.terms.refusal import BadInput

CSV_COLUMNS = ("id", "title", "licensor", "state", "first_day", "first_day_after", "rate_ppm", "approved_by")
#: The steps of a deal's timeline as people say them.
STEPS = {
    "opened": "The talks began",
    "terms": "Terms drafted",
    "approve legal": "Approved for legal",
    "approve product": "Approved for product",
    "sign licensor": "Signed for the licensor",
    "sign platform": "Signed for the platform",
    "activate": "Brought into force",
    "expire": "Ran out",
    "favoured": "Its most-favoured clause was touched by a later deal",
}
SEEN_BY = (Role.RIGHTSHOLDER, Role.LICENSING, Role.LEGAL, Role.PRODUCT)
RAISED = {
    "rate_ppm": "the rate",
    "featured_artist_ppm": "what featured artists are paid direct",
    "fee_per_use_micros": "the fee for each use",
    "fee_per_training_run_micros": "the fee for each training run",
}


@audience(*SEEN_BY)
def desk(request: HttpRequest) -> HttpResponse:
    """The deals the viewer may see, filtered by state and words; what waits for a step stands first."""
    state, words = request.GET.get("state") or None, request.GET.get("q", "").strip().casefold()
    seen = queries.deals(viewer_of(request), state=state)
    names = parties.names([deal.licensor for deal in seen])
    found = [deal for deal in seen if words in f"{deal.title} {names[deal.licensor]}".casefold()]
    if request.GET.get("format") == "csv":
        return as_csv("deals", CSV_COLUMNS, (_csv_row(deal, names) for deal in found))
    context = {
        "rows": sorted(((_waits_for(deal), deal) for deal in found), key=lambda row: not row[0]),
        "names": names,
        "states": list(DealState),
        "state": state,
        "q": request.GET.get("q", "").strip(),
        "active": sum(deal.state is DealState.ACTIVE for deal in found),
    }
    return render(request, "deals/desk.html", context)


@audience(*SEEN_BY)
def show(request: HttpRequest, deal_id: str) -> HttpResponse:
    """One deal. Another licensor's is not there."""
    viewer = viewer_of(request)
    deal = queries.deal(viewer, deal_id)
    drafts = {draft.digest: f"draft {draft.number}" for draft in queries.drafts(viewer, deal_id)}
    context = {
        "deal": deal,
        "terms": deal.draft.terms if deal.draft else None,
        "steps": [_step(step, drafts) for step in deal.timeline],
        "named": parties.names(_chosen(deal)),
        "clauses": [(clause, _conditions(clause)) for clause in deal.draft.terms.clauses] if deal.draft else [],
        "ratchets": [_raised(ratchet) for ratchet in queries.ratchets(viewer, deal_id)],
        "name": parties.names([deal.licensor]).get(deal.licensor, deal.licensor),
        "features": {feature.id: feature.name for feature in governance.features().values()},
        "by": _offices({step.actor for step in deal.timeline}),
        "waits_for": _waits_for(deal),
        "doors": _doors(viewer, deal),
        "own": viewer.has(Role.RIGHTSHOLDER) and viewer.acts_for(deal.licensor),
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
    read = request.POST.get("draft", "")
    door(datetime.now(UTC), viewer.account or "", int(read) if read.isdecimal() and len(read) < 9 else None)
    messages.success(request, f"Done: {words[0].lower()}{words[1:]}.", extra_tags="yes")
    return HttpResponseRedirect(f"/deals/{deal_id}")


def _csv_row(deal: Deal, names: dict[str, str]) -> list[object]:
    terms = deal.draft.terms if deal.draft else None
    rate = terms.remuneration.rate_ppm if terms else ""
    dates = (terms.starts, terms.ends) if terms else ("", "")
    return [deal.id, deal.title, names[deal.licensor], deal.state, *dates, rate, " ".join(deal.approvals)]


def _step(step: Step, drafts: dict[str, str]) -> tuple[str, str, Step]:
    """A step in words, with the draft it was about or the reason it had; what raised a favoured deal stands above."""
    detail = "" if step.what == "favoured" else drafts.get(step.detail, step.detail)
    return STEPS.get(step.what, step.what), detail, step


def _conditions(clause: Clause) -> str:
    """What a grant asks of whoever uses it, in words."""
    asked = clause.conditions
    said = [
        f"credit “{asked.credit_line}”" if asked.credit_line else "",
        "no export" if asked.no_export else "",
        "not for sale" if asked.non_commercial else "",
        "for one version of a model" if asked.model_version_bound else "",
        f"at most {asked.monthly_cap} a month" if asked.monthly_cap else "",
    ]
    return "; ".join(filter(None, said)) or "none"


def _chosen(deal: Deal) -> set[str]:
    """The parties that clauses name when they say which part of the catalogue they mean."""
    clauses = deal.draft.terms.clauses if deal.draft else ()
    return {key for clause in clauses for key in clause.selection.ids if key.startswith("pty_")}


def _raised(ratchet: Ratchet) -> tuple[str, str, str]:
    """(what, what it is here, what a later deal pays) of a most-favoured clause that a later deal touched."""
    shown = _percent if ratchet.term.endswith("_ppm") else money.text
    return RAISED.get(ratchet.term, ratchet.term), shown(ratchet.now), shown(ratchet.better)


def _percent(parts: int) -> str:
    return f"{parts / 10_000:g} %"


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


Door = tuple[str, str, Callable[[datetime, str, int | None], object]]


def _doors(viewer: Viewer, deal: Deal) -> list[Door]:
    """The steps open to this viewer: (key, words on the button, what it does)."""
    doors: list[Door] = []
    for role, office in ((Role.LEGAL, "legal"), (Role.PRODUCT, "product")):
        if viewer.has(role) and deal.state is DealState.NEGOTIATION and office not in deal.approvals and deal.draft:
            words = f"Approve draft {deal.draft.number} for {office}"
            doors.append(
                (f"approve-{office}", words, lambda at, by, n, o=office: actions.approve(deal.id, o, at, by, read=n))
            )
    if deal.state is DealState.APPROVED:
        if viewer.acts_for(deal.licensor) and "licensor" not in deal.signatures:
            doors.append(
                ("sign", "Sign for the licensor", lambda at, by, n: actions.sign(deal.id, "licensor", at, by, read=n))
            )
        if viewer.has(Role.LICENSING) and "platform" not in deal.signatures:
            doors.append(
                (
                    "countersign",
                    "Sign for the platform",
                    lambda at, by, n: actions.sign(deal.id, "platform", at, by, read=n),
                )
            )
    if viewer.has(Role.LICENSING) and deal.state is DealState.SIGNED:
        doors.append(("activate", "Bring it into force", lambda at, by, _: actions.activate(deal.id, at, by)))
    return doors


urlpatterns = [
    path("deals", desk, name="desk"),
    path("deals/<slug:deal_id>", show, name="show"),
    path("deals/<slug:deal_id>/act", act, name="act"),
]
