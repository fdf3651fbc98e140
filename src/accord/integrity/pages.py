"""The review queue: cases with their evidence side by side, and a reader's decision, all by keyboard."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.catalog import queries as catalog
from accord.integrity import actions, queries
from accord.integrity.records import Case, CaseKind, CaseState, Match, Outcome
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role
from accord.terms.refusal import BadInput, NotThere
from accord.vault import actions as vault

SEEN_BY = (Role.TRUST, Role.CREATOR, Role.ARTIST, Role.RIGHTSHOLDER)
BARS = 250
SUBJECT_COLOUR, OTHER_COLOUR, REST = "var(--no)", "var(--who-0)", "var(--line)"


@audience(*SEEN_BY)
def queue(request: HttpRequest) -> HttpResponse:
    """The cases that concern the viewer, what is due first at the top."""
    viewer = viewer_of(request)
    state, kind = request.GET.get("state") or None, request.GET.get("kind") or None
    found = queries.cases(viewer, state=state, kind=kind)
    context = {
        "cases": found,
        "state": state,
        "kind": kind,
        "states": list(CaseState),
        "kinds": list(CaseKind),
        "waiting": sum(case.state in (CaseState.OPEN, CaseState.APPEALED) for case in found),
        "now": datetime.now(UTC),
    }
    return render(request, "integrity/queue.html", context)


@audience(*SEEN_BY)
def show(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case: both waveforms with the matching spans, the pitch and tempo, what readers decided."""
    viewer = viewer_of(request)
    case = queries.case(viewer, case_id)
    reads = viewer.has(Role.TRUST) and case.kind not in (CaseKind.CLAIM_CONFLICT, CaseKind.CLAIM_EVIDENCE)
    context = {
        "case": case,
        "pairs": [_pair(case, number, match) for number, match in enumerate(case.evidence[:6])],
        "can_decide": reads and case.state is CaseState.OPEN,
        "can_second": reads and case.state is CaseState.APPEALED,
        "can_appeal": case.state is CaseState.DECIDED and (viewer.acts_for(case.maker) or viewer.account == case.maker),
        "names": parties.names([case.maker]),
    }
    return render(request, "integrity/case.html", context)


def _pair(case: Case, number: int, match: Match) -> dict[str, Any]:
    recording = catalog.assets([match.recording]).get(match.recording)
    return {
        "number": number,
        "match": match,
        "title": recording.title if recording else match.recording,
        "subject": _picture(case.audio, match.query_start_s, match.query_end_s, SUBJECT_COLOUR),
        "other": _picture(recording.audio if recording else None, match.ref_start_s, match.ref_end_s, OTHER_COLOUR),
        "tempo_percent": (match.tempo_factor - 1) * 100,
    }


def _picture(digest: str | None, start_s: float, end_s: float, colour: str) -> dict[str, Any] | None:
    """Peaks and spans of a sound in the vault, the matching stretch coloured."""
    if digest is None:
        return None
    wave = queries.waveform(digest, BARS)
    spans = [
        (0.0, start_s, (("", REST, 1.0),)),
        (start_s, end_s, (("the matching stretch", colour, 1.0),)),
        (end_s, wave.duration_s + 1, (("", REST, 1.0),)),
    ]
    peaks = [max(abs(low), abs(high)) for low, high in zip(wave.low, wave.high, strict=True)]
    return {"peaks": peaks, "duration_s": wave.duration_s, "spans": spans}


@audience(*SEEN_BY)
def act(request: HttpRequest, case_id: str) -> HttpResponse:
    """Decide (TRUST), appeal (the maker), or decide as second reader (TRUST, another person)."""
    viewer = viewer_of(request)
    case = queries.case(viewer, case_id)
    step, words, at = request.POST.get("step", ""), request.POST.get("because", ""), datetime.now(UTC)
    reader = viewer.account or ""
    if step in {"uphold", "dismiss"} and viewer.has(Role.TRUST):
        outcome = Outcome.UPHELD if step == "uphold" else Outcome.DISMISSED
        door = actions.decide_second if case.state is CaseState.APPEALED else actions.decide
        door(case.id, outcome, words, reader, at=at, actor=reader)
    elif step == "appeal" and (viewer.acts_for(case.maker) or viewer.account == case.maker):
        actions.appeal(case.id, words, case.maker, at=at, actor=reader)
    else:
        raise BadInput(f"`{step}` is not something you can do with this case")
    return HttpResponseRedirect(f"/cases/{case.id}")


@audience(Role.TRUST)
def sound(request: HttpRequest, case_id: str, which: str) -> HttpResponse:
    """The held sound (`subject`) or a matching recording (its number), for reviewers alone."""
    case = queries.case(viewer_of(request), case_id)
    digest = case.audio
    if which.isdigit() and int(which) < len(case.evidence):
        recording = case.evidence[int(which)].recording
        digest = catalog.asset(recording).audio
    elif which != "subject":
        raise NotThere(f"case `{case_id}` has no sound `{which}`")
    if digest is None:
        raise NotThere(f"there is no sound for `{which}`")
    return HttpResponse(vault.read(digest), content_type="audio/wav")


urlpatterns = [
    path("cases", queue, name="queue"),
    path("cases/<slug:case_id>", show, name="case"),
    path("cases/<slug:case_id>/act", act, name="act"),
    path("cases/<slug:case_id>/sound/<slug:which>", sound, name="sound"),
]
