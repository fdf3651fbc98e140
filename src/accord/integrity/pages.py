"""The review queue: cases with their evidence side by side, and a reader's decision, all by keyboard."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.catalog import audio
from accord.catalog import queries as catalog
from accord.catalog.score import name_of
from accord.clearance import queries as clearances
from accord.integrity import actions, duplicate_pages, found_alike, queries, rules, voice_pages, voices
from accord.integrity.records import (
    CATALOGUE_KINDS,
    HOLDS,
    OUTSIDE,
    Case,
    CaseKind,
    CaseState,
    Match,
    MelodyMatch,
    Outcome,
    VoiceMatch,
)
from accord.integrity.spam_weights import SIGNALS
from accord.integrity.spam_words import meaning, said, sentence
from accord.parties import accounts
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.ranges import ranged
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.terms.refusal import BadInput, NotThere, Refusal
from accord.vault import actions as vault
from accord.vault import private

#: Kinds about which only a reader's view is wanted: nothing is held by them, and nothing was refused.
STOP_NOTHING = (CaseKind.SPREE, CaseKind.SPAM, CaseKind.PLAYS, CaseKind.SAME_SOUND)
SEEN_BY = (Role.TRUST, Role.CREATOR, Role.ARTIST, Role.RIGHTSHOLDER)
BARS = 250
SHOWN_NOTES = 96
MOST_SAID = 10_000  # the tail was fitted on 54 scores: rarer than this nobody can say
CSV_COLUMNS = (
    "id",
    "kind",
    "subject",
    "because",
    "state",
    "outcome",
    "opened_at",
    "due",
    "decided_at",
    "remediation_s",
)
MEDIA = {"FLAC": "audio/flac", "MP3": "audio/mpeg", "OGG": "audio/ogg"}  # by libsndfile's name; the rest plays as WAV
ID = re.compile(r"\b(?:[a-z]{3,4}_[0-9]{6}|ref_[0-9a-f]{16})\b")
SAID = {
    "uphold": "Your decision stands in the journal: the finding is upheld. Its maker can appeal.",
    "dismiss": "Your decision stands in the journal: the finding is dismissed, and what it held is free.",
    "final": "The second reading stands in the journal, and closes the case.",
    "pass": "It goes on to another reader, who decides it. What it holds stays held.",
    "appeal": "Your appeal is in. Another reader decides.",
}
SUBJECT_COLOUR, OTHER_COLOUR, REST = "var(--accent)", "var(--who-0)", "var(--line)"


@audience(*SEEN_BY)
def queue(request: HttpRequest) -> HttpResponse:
    """The cases that concern the viewer, what is due first at the top."""
    viewer = viewer_of(request)
    state, kind = request.GET.get("state") or None, request.GET.get("kind") or None
    found = queries.cases(viewer, state=state, kind=kind)
    names = _named(viewer, found)
    if request.GET.get("format") == "csv":
        return as_csv("cases", CSV_COLUMNS, map(_csv_row, found))
    now = datetime.now(UTC)
    context = {
        "cases": found,
        "names": names,
        "state": state,
        "kind": kind,
        "states": list(CaseState),
        "kinds": list(CaseKind),
        "waiting": sum(case.state in (CaseState.OPEN, CaseState.APPEALED) for case in found),
        "now": now,
        "took": {case.id: case.remediation_s(now) for case in found},
        "pace": queries.time_to_remediation(viewer),
        "prompts": _refused(viewer) if viewer.has(Role.CREATOR) else [],
    }
    return render(request, "integrity/queue.html", context)


def _csv_row(case: Case) -> list[Any]:
    took = case.remediation_s(case.decided_at) if case.decided_at else None
    known = [case.id, case.kind, case.subject, case.because, case.state, case.outcome, case.opened_at, case.due]
    return [*known, case.decided_at, took]


def _refused(viewer: Viewer) -> list[dict[str, Any]]:
    """The viewer's refused prompts: what was asked of whom, and whether a reader can still be asked."""
    mine = [prompt for prompt in queries.refused_prompts(viewer) if viewer.acts_for(prompt.maker)]
    names = parties.names(prompt.person for prompt in mine)
    now = datetime.now(UTC)
    found = []
    for prompt in mine:
        case = queries.case_of(prompt.id)
        can = case is None and not prompt.allowed and now < prompt.keep_until
        found.append(
            {"prompt": prompt, "person": names.get(prompt.person, "somebody"), "case": case, "can_appeal": can}
        )
    return found


@audience(Role.CREATOR)
def appeal_prompt(request: HttpRequest, refusal: str) -> HttpResponse:
    """Ask for a reader of one's own refused prompt; leads to its case."""
    viewer = viewer_of(request)
    mine = next((p for p in queries.refused_prompts(viewer) if p.id == refusal and viewer.acts_for(p.maker)), None)
    if mine is None:
        raise NotThere(f"there is no refused prompt `{refusal}`")
    if request.method != "POST":
        return HttpResponseRedirect("/cases#prompts")
    case = actions.appeal_prompt(refusal, mine.maker, datetime.now(UTC), viewer.account or "")
    messages.success(request, "A reader looks at it and decides.", extra_tags="yes")
    return HttpResponseRedirect(f"/cases/{case}")


@audience(*SEEN_BY)
def show(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case: both waveforms with the matching spans, the pitch and tempo, what readers decided."""
    viewer = viewer_of(request)
    case = queries.case(viewer, case_id)
    reads = viewer.has(Role.TRUST) and case.kind not in CATALOGUE_KINDS
    mine, now = _appellants(viewer, case), datetime.now(UTC)
    late = case.appeal_until is not None and now >= case.appeal_until
    reader = viewer.account or ""
    may = reads and not isinstance(rules.may_decide(case, reader, viewer.parties), Refusal)
    context = {
        "case": case,
        "pairs": [_pair(case, number, match) for number, match in enumerate(case.evidence[:6])],
        "melodies": [_tune(match) for match in case.melodies[:6]],
        "signs": [(SIGNALS[s.signal], sentence(s), s) for s in case.suspicion.signs] if case.suspicion else [],
        "meaning": meaning(case.suspicion) if case.suspicion else "",
        "voices": [_voice(case, number, match) for number, match in enumerate(case.voices[:6])],
        "hears": viewer.has(Role.TRUST),
        "number": _number(case),
        "can_decide": may,
        "held": next((hold for hold in clearances.holds(case.subject) if hold.case == case.id), None),
        "holds": case.kind in HOLDS,
        "stops_nothing": case.kind in STOP_NOTHING,
        "second": case.state is CaseState.APPEALED,
        "can_pass": may and not isinstance(rules.may_pass_on(case, reader, viewer.parties), Refusal),
        "another_reads": reads and not may and case.state in (CaseState.OPEN, CaseState.APPEALED),
        "next": queries.next_case(viewer, case.id) if viewer.has(Role.TRUST) else None,
        "took": case.remediation_s(now),
        "can_appeal": bool(mine) and not late,
        "too_late": bool(mine) and late,
        "names": _named(viewer, [case]),
        "made_by": _maker(case),
        "prompt": next((p.text for p in queries.refused_prompts(viewer) if p.id == case.subject), None),
        "subject": _subject(viewer, case),
        "cluster": found_alike.cluster_of(case.subject) if viewer.has(Role.TRUST) else None,
    }
    return render(request, "integrity/case.html", context)


def _appellants(viewer: Viewer, case: Case) -> list[str]:
    """For whom the viewer may ask for a second reading: those whom the decision went against, in the order of their ids."""
    if case.state is not CaseState.DECIDED:
        return []
    return sorted(one for one in rules.concerned(case) if viewer.acts_for(one) or viewer.account == one)


def _named(viewer: Viewer, cases: list[Case]) -> dict[str, str]:
    """The names of the parties and the titles of the recordings and uploads that cases speak of."""
    spoken = {key for case in cases for key in (*case.also, case.maker, case.subject, *ID.findall(case.because))}
    spoken |= {
        key for case in cases if case.suspicion for s in case.suspicion.signs for key in (s.upload, s.other) if key
    }
    heard = {match.recording for case in cases for match in case.evidence}
    heard |= {match.work for case in cases for match in case.melodies}
    titles = queries.titles(spoken | heard)
    if any(key.startswith("upl_") for key in spoken):
        titles |= {upload.id: upload.title or "an upload without a title" for upload in queries.uploads(viewer)}
    return parties.names(key for key in spoken if key.startswith("pty_")) | titles


def _maker(case: Case) -> str:
    """Who made it, by name; an account that acts for nobody stays an account."""
    acts_for = [case.maker]
    if case.maker.startswith("acc_"):
        acts_for = [party for a in accounts.all_accounts() if a.id == case.maker for party in a.parties]
    return ", ".join(parties.names(acts_for).values()) or "an account"


def _subject(viewer: Viewer, case: Case) -> str:
    """What the case is about, in words."""
    if case.kind is CaseKind.SAME_SOUND:
        return f"the recording “{catalog.asset(case.subject).title}”"
    if case.subject.startswith("upl_"):
        found = {upload.id: upload.title for upload in queries.uploads(viewer)}
        return f"the upload “{found[case.subject]}”" if found.get(case.subject) else "an upload"
    kinds = {
        "cre": f"the plays of {case.subject}",
        "tak": "a take in the studio",
        "acc": "uploads of one account",
        "prf": "refused before anything was made",
    }
    return kinds.get(case.subject[:3], case.subject)


def _number(case: Case) -> tuple[str, str]:
    """The one number of a case, and what it counts: seconds that match, uploads at once, or parties concerned."""
    if case.evidence:
        longest = max(match.query_end_s - match.query_start_s for match in case.evidence)
        other = "another recording" if case.kind is CaseKind.SAME_SOUND else "a recording"
        outside = all(match.recording.startswith(OUTSIDE) for match in case.evidence)
        return f"{longest:.0f} s", f"of it match {'an outside recording' if outside else f'{other} in the catalogue'}"
    if case.melodies:
        return str(case.melodies[0].notes), "notes are those of a work’s melody"
    if case.suspicion:
        return said(case.suspicion), meaning(case.suspicion).removeprefix(said(case.suspicion))
    if case.voices:
        return f"{case.voices[0].end_s - case.voices[0].start_s:.0f} s", "of it have a voice like a protected one"
    if case.kind is CaseKind.SPREE:
        return str(len(case.also)), "uploads are concerned"
    if case.kind is CaseKind.PLAYS:
        return case.because.partition(" of its ")[0], "of its plays stand out"
    return str(len(case.also)), "other party is concerned" if len(case.also) == 1 else "other parties are concerned"


def _pair(case: Case, number: int, match: Match) -> dict[str, Any]:
    recording = catalog.assets([match.recording]).get(match.recording)
    return {
        "number": number,
        "match": match,
        "outside": match.recording.startswith(OUTSIDE),
        "title": recording.title
        if recording
        else queries.titles([match.recording]).get(match.recording, match.recording),
        "subject": _picture(case.audio, match.query_start_s, match.query_end_s, SUBJECT_COLOUR),
        "other": _picture(recording.audio if recording else None, match.ref_start_s, match.ref_end_s, OTHER_COLOUR),
        "differs": rules.change_of(match),
    }


def _tune(match: MelodyMatch) -> dict[str, Any]:
    """One melody match: the work's title and the notes that stand side by side, by name."""
    work = catalog.assets([match.work]).get(match.work)
    pairs = zip(match.query_pitches, match.work_pitches, strict=True)
    notes = [
        {"here": name_of(here), "there": name_of(there), "same": (here - there - match.semitones) % 12 == 0}
        for here, there in pairs
    ]
    up = match.semitones
    return {
        "match": match,
        "title": work.title if work else match.work,
        "notes": notes[:SHOWN_NOTES],
        "moved": f"{abs(up)} semitones {'higher' if up > 0 else 'lower'}" if up else "at the same pitch",
        "rarely": f"{min(MOST_SAID, round(1 / match.expected_false)):,}" if match.expected_false else f"{MOST_SAID:,}",
    }


def _voice(case: Case, number: int, match: VoiceMatch) -> dict[str, Any]:
    """One protected voice: the stretch that is like it, the score in words, and whether its sample is still there."""
    kept = queries.voice(SYSTEM, match.voice)
    return {
        "which": f"voice-{number}",
        "match": match,
        "said": voices.in_words(match),
        "subject": _picture(case.audio, match.start_s, match.end_s, SUBJECT_COLOUR),
        "sample": private.get_bytes(kept.sample) is not None,
    }


def _picture(digest: str | None, start_s: float, end_s: float, colour: str) -> dict[str, Any] | None:
    """Peaks and spans of a sound in the vault, the matching stretch coloured."""
    if digest is None:
        return None
    wave = queries.waveform(digest, BARS)
    spans = [
        (0.0, start_s, (("", REST, 1.0),)),
        (start_s, end_s, (("what matches", colour, 1.0),)),
        (end_s, wave.duration_s + 1, (("", REST, 1.0),)),
    ]
    peaks = [max(abs(low), abs(high)) for low, high in zip(wave.low, wave.high, strict=True)]
    return {"peaks": peaks, "duration_s": wave.duration_s, "spans": spans}


@audience(*SEEN_BY)
def act(request: HttpRequest, case_id: str) -> HttpResponse:
    """Decide (TRUST), appeal (whom the decision went against), or decide as second reader (TRUST, another person)."""
    viewer = viewer_of(request)
    case = queries.case(viewer, case_id)
    step, words, at = request.POST.get("step", ""), request.POST.get("because", ""), datetime.now(UTC)
    reader = viewer.account or ""
    if step in {"uphold", "dismiss"} and viewer.has(Role.TRUST):
        outcome = Outcome.UPHELD if step == "uphold" else Outcome.DISMISSED
        door = actions.decide_second if case.state is CaseState.APPEALED else actions.decide
        door(case.id, outcome, words, reader, at=at, actor=reader)
    elif step == "pass" and viewer.has(Role.TRUST):
        actions.pass_on(case.id, words, reader, at=at, actor=reader)
    elif step == "appeal" and (mine := _appellants(viewer, case)):
        actions.appeal(case.id, words, mine[0], at=at, actor=reader)
    else:
        raise BadInput(f"`{step}` is not something you can do with this case")
    final = case.state is CaseState.APPEALED and step in {"uphold", "dismiss"}
    messages.success(request, SAID["final"] if final else SAID[step], extra_tags="yes")
    return HttpResponseRedirect(f"/cases/{case.id}")


@audience(Role.TRUST)
def sound(request: HttpRequest, case_id: str, which: str) -> HttpResponse:
    """The held sound (`subject`), a matching recording (its number) or the sample of a voice (`voice-` and its number), for
    reviewers alone."""
    case = queries.case(viewer_of(request), case_id)
    if which.startswith("voice-"):
        return ranged(request, BytesIO(_sample(case, which)), MEDIA["FLAC"])
    digest = case.audio
    if which.isdigit() and int(which) < len(case.evidence):
        recording = case.evidence[int(which)].recording
        digest = catalog.asset(recording).audio
    elif which != "subject":
        raise NotThere(f"case `{case_id}` has no sound `{which}`")
    if digest is None:
        raise NotThere(f"there is no sound for `{which}`")
    path = vault.checked_path(digest)
    with path.open("rb") as file:
        return ranged(request, file, MEDIA.get(audio.probe(path).format, "audio/wav"))


def _sample(case: Case, which: str) -> bytes:
    """The sample of a protected voice of this case. Raises: NotThere, also once it was withdrawn."""
    number = which.removeprefix("voice-")
    if not number.isdigit() or int(number) >= len(case.voices):
        raise NotThere(f"case `{case.id}` has no sound `{which}`")
    data = private.get_bytes(queries.voice(SYSTEM, case.voices[int(number)].voice).sample)
    if data is None:
        raise NotThere("the voice was withdrawn, and its sample erased")
    return data


urlpatterns = [
    *voice_pages.urlpatterns,
    *duplicate_pages.urlpatterns,
    path("cases", queue, name="queue"),
    path("cases/prompts/<slug:refusal>", appeal_prompt, name="appeal-prompt"),
    path("cases/<slug:case_id>", show, name="case"),
    path("cases/<slug:case_id>/act", act, name="act"),
    path("cases/<slug:case_id>/sound/<slug:which>", sound, name="sound"),
]
