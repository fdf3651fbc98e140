"""What a draft is made of, for finance to look at before it approves: each statement that it would leave, and its lines."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role
from accord.payouts import drafted, queries
from accord.payouts.showing import line_page, statement_page


@audience(Role.FINANCE)
def show(request: HttpRequest, period: str, statement_id: str) -> HttpResponse:
    """What a party would be told if the draft were locked; once it is, the statement."""
    if period in {one.period for one in queries.periods()}:
        return redirect("payouts:statement", statement_id)
    document = drafted.statement(viewer_of(request), period, statement_id)
    return statement_page(request, document, _root(period, statement_id), draft=True)


@audience(Role.FINANCE)
def explain(request: HttpRequest, period: str, statement_id: str, line: int) -> HttpResponse:
    """One line of it, step by step, back to its listens."""
    if period in {one.period for one in queries.periods()}:
        return redirect("payouts:explain", statement_id, line)
    viewer = viewer_of(request)
    document = drafted.statement(viewer, period, statement_id)
    steps = drafted.explain(viewer, period, statement_id, line)
    return line_page(request, viewer, document, line, steps, _root(period, statement_id))


def _root(period: str, statement_id: str) -> str:
    return reverse("payouts:draft-statement", args=[period, statement_id])


urlpatterns = [
    path("statements/periods/<str:period>/<str:statement_id>", show, name="draft-statement"),
    path("statements/periods/<str:period>/<str:statement_id>/<int:line>", explain, name="draft-line"),
]
