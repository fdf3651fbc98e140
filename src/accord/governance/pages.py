"""The launch board: every feature, what it lacks, its policy and split, and who has signed off."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.governance import actions, queries
from accord.governance.records import Feature, Office
from accord.parties.audience import audience, viewer_of
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import Refusal

CSV_COLUMNS = ("id", "name", "state", "uses", "territories", "commercial", "sources_ppm", "model_ppm", "cocreator_ppm")
OFFICES = {Role.LEGAL: Office.LEGAL, Role.PRODUCT: Office.PRODUCT, Role.TRUST: Office.TRUST, Role.COMMS: Office.COMMS}


@audience(Role.PUBLIC)
def board(request: HttpRequest) -> HttpResponse:
    """Every feature with its state and, before launch, what is missing; by state, also as CSV."""
    viewer = viewer_of(request)
    state = request.GET.get("state", "")
    known = list(queries.features().values())
    found = [feature for feature in known if state in ("", feature.state)]
    if request.GET.get("format") == "csv":
        return as_csv("features", CSV_COLUMNS, (_csv_row(feature) for feature in found))
    context = {
        "rows": [{"feature": feature, "gaps": _gaps(feature) if viewer.staff else ()} for feature in found],
        "live": sum(feature.live for feature in found),
        "count": len(found),
        "state": state,
        "states": sorted({str(feature.state) for feature in known}),
    }
    return render(request, "governance/board.html", context)


def _csv_row(feature: Feature) -> list[object]:
    split = feature.split
    shares = (split.sources_ppm, split.model_ppm, split.cocreator_ppm) if split else ("", "", "")
    uses = " ".join(sorted(feature.uses))
    return [feature.id, feature.name, feature.state, uses, feature.territories.text(), feature.commercial, *shares]


@audience(Role.PUBLIC)
def show(request: HttpRequest, feature_id: str) -> HttpResponse:
    """One feature: purpose, policy, split, sign-offs, history."""
    feature = queries.feature(feature_id)
    counting = {sign.office: sign.at for sign in feature.sign_offs if _counts(sign, feature)}
    attempts = queries.attempts(feature_id)
    context = {
        "feature": feature,
        "offices": [{"office": office, "given": counting.get(office)} for office in Office],
        "ready": bool(feature.policy and feature.split),
        "mine": _mine(viewer_of(request), list(counting)),
        "gaps": _gaps(feature) if viewer_of(request).staff else (),
        "attempts": attempts,
        "last": attempts[-1] if attempts else None,
        "consultations": queries.consultations(feature_id),
        "reason": queries.suspension_reason(feature_id),
    }
    return render(request, "governance/feature.html", context)


@audience(Role.LEGAL, Role.PRODUCT, Role.TRUST, Role.COMMS)
def sign_off(request: HttpRequest, feature_id: str) -> HttpResponse:
    """Give an office's yes; which office follows from the account's role."""
    viewer = viewer_of(request)
    office = next((each for each in Office if each.value == request.POST.get("office")), None)
    if request.method == "POST" and any(viewer.has(role) and OFFICES[role] is office for role in OFFICES):
        actions.sign_off(feature_id, office, datetime.now(UTC), viewer.account or "")
    return HttpResponseRedirect(f"/features/{feature_id}")


def _counts(sign: object, feature: Feature) -> bool:
    versions = (getattr(sign, "policy_version", 0), getattr(sign, "split_version", 0))
    return versions == (feature.policy_version, feature.split_version)


def _mine(viewer: Viewer, counting: list[Office]) -> list[Office]:
    return [office for role, office in OFFICES.items() if viewer.has(role) and office not in counting]


def _gaps(feature: Feature) -> tuple[Refusal, ...]:
    """What a launch would lack, by the counts of the last attempt (a new attempt counts the catalogue again)."""
    last = queries.attempts(feature.id)
    works, recordings = (last[-1].cleared_works, last[-1].cleared_recordings) if last else (0, 0)
    return queries.launch_gaps(feature.id, works, recordings, datetime.now(UTC))


urlpatterns = [
    path("features", board, name="board"),
    path("features/<slug:feature_id>", show, name="show"),
    path("features/<slug:feature_id>/sign-off", sign_off, name="sign-off"),
]
