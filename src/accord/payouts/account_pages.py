"""Where a party is paid, and the changes of bank account that wait for finance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from accord.parties import accounts as sign_ins
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role, Viewer
from accord.payouts import accounts
from accord.payouts.changing import CURRENT
from accord.terms.refusal import BadInput, NotThere

PAID = (Role.ARTIST, Role.RIGHTSHOLDER, Role.CREATOR)
DONE = {
    "give": "Saved.",
    "confirm": "Confirmed: the change counts from its day on.",
    "stop": "Stopped: the account before stays.",
}


@audience(*PAID)
def account(request: HttpRequest) -> HttpResponse:
    """Where the viewer's parties are paid: the account as far as it may be shown, the change that waits, and a form."""
    viewer, at = viewer_of(request), datetime.now(UTC)
    if request.method == "POST":
        return _posted(request, viewer, at, "payouts:account", tuple(DONE))
    mine = sorted(viewer.parties)
    known = [(party, accounts.shown(viewer, party, at)) for party in mine]
    by = _by(both for _, both in known)
    context = {
        "accounts": known,
        "names": parties.names(mine),
        "by": {**by, viewer.account: "you"},
        "rule": CURRENT.said,
        "me": viewer.account,
    }
    return render(request, "payouts/account.html", context)


@audience(Role.FINANCE)
def changes(request: HttpRequest) -> HttpResponse:
    """The changes of bank account that wait: from where to where, who gave them, and whether somebody confirmed them."""
    viewer, at = viewer_of(request), datetime.now(UTC)
    if request.method == "POST":
        return _posted(request, viewer, at, "payouts:changes", ("confirm", "stop"))
    found = accounts.changes(at)
    by = _by(found.values())
    context = {"changes": sorted(found.items()), "names": parties.names(found), "rule": CURRENT.said}
    context |= {"by": {**by, viewer.account: "you"}, "me": viewer.account}
    return render(request, "payouts/changes.html", context)


def _posted(request: HttpRequest, viewer: Viewer, at: datetime, back: str, steps: tuple[str, ...]) -> HttpResponse:
    """Take one of `steps` and go back to the page."""
    party, step = request.POST.get("party", ""), request.POST.get("step", "give")
    if step not in steps:
        raise BadInput(f"`{step}` is no step here", do=f"one of {', '.join(steps)}")
    change = request.POST.get("change", "")
    if step == "confirm":
        accounts.confirm(party, change, at, viewer)
    elif step == "stop":
        accounts.stop(party, change, request.POST.get("because", ""), at, viewer)
    elif viewer.acts_for(party):
        holder, iban, bic = (request.POST.get(name, "") for name in ("holder", "iban", "bic"))
        accounts.give(party, holder, iban, bic, at, viewer.account or "")
    else:
        raise NotThere(f"there is no party `{party}`")
    messages.success(request, DONE[step], extra_tags="yes")
    return redirect(back)


def _by(found: Iterable[accounts.Shown]) -> dict[str, str]:
    """Who gave the accounts, and who confirmed them."""
    known = [one for both in found for one in (both.counts, both.waiting) if one]
    return offices({one.by for one in known} | {one.confirmed_by for one in known})


def offices(actors: set[str]) -> dict[str, str]:
    """Who took a step, as the office it acted for: accounts are private."""
    known = {one.id: one for one in sign_ins.all_accounts() if one.id in actors}
    words = {key: ", ".join(one.roles) for key, one in known.items()}
    return {actor: words.get(actor, "the command line" if actor == "cli" else actor) for actor in actors}


urlpatterns = [
    path("statements/account", account, name="account"),
    path("statements/account-changes", changes, name="changes"),
]
