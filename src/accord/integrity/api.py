"""Integrity over HTTP: check a sound, hand in an upload, read cases, decide and appeal them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils.timezone import now
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from accord.catalog.api_claims import PAGES
from accord.catalog.score import from_midi
from accord.integrity import actions, checking, found_alike, queries, rules, tunes
from accord.integrity.records import CaseState, Outcome, ProtectedVoice
from accord.integrity.spam_words import sentence
from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import BadInput, NotThere

router = Router(tags=["integrity"])
CHECKERS = (Role.TRUST, Role.PRODUCT, Role.MACHINE, Role.ADMIN)
CONCERNED = (Role.TRUST, Role.ADMIN, Role.CREATOR, Role.ARTIST, Role.RIGHTSHOLDER)
UPLOADERS = (Role.CREATOR, Role.ARTIST, Role.MACHINE, Role.TRUST)
REVIEWERS = (Role.TRUST, Role.ADMIN)
VOICED = (Role.ARTIST, Role.TRUST, Role.ADMIN)
LARGEST_BYTES = 512 << 20


class DecisionIn(Schema):
    """A reader's decision: `upheld` or `dismissed`, and what was seen."""

    outcome: str
    because: str


class PassOnIn(Schema):
    """What is unclear about a case."""

    because: str


class AppealIn(Schema):
    """Why the decision is wrong; `by` is the party appealing, when the account acts for several."""

    statement: str
    by: str | None = None


@router.post("/checks", url_name="integrity-check")
@audience(*CHECKERS)
def check(request: HttpRequest, file: UploadedFile = File(...)) -> Any:
    """Which recordings are in this sound, and for trust and safety alone whose protected voices; nothing is recorded, no case
    is opened. `[]`: nothing found; `voices` is null where none were asked for."""
    data, name = bytes_of(file), file.name or "file"
    if not viewer_of(request).has(Role.TRUST):
        return {"matches": plain(queries.identify_file(data, name)), "voices": None}
    matches, heard = checking.look_into(data, name)
    return {"matches": plain(matches), "voices": plain(heard)}


@router.post("/checks/melody", url_name="integrity-check-melody")
@audience(*CHECKERS)
def check_melody(request: HttpRequest, file: UploadedFile = File(...)) -> Any:
    """Which works' melodies are in this MIDI file, and which of them are nobody's; nothing is recorded, no case is opened."""
    found = tunes.find_melodies(from_midi(bytes_of(file)))
    return {"melodies": plain(found), "explained": tunes.explained(found, frozenset())}


@router.get("/cases", url_name="integrity-cases")
@audience(*CONCERNED)
def cases(request: HttpRequest, state: str | None = None, kind: str | None = None) -> Any:
    """The cases that concern you (reviewers: all), what is due first at the top."""
    return plain(queries.cases(viewer_of(request), state=state, kind=kind))


@router.get("/cases/{case}", url_name="integrity-case")
@audience(*CONCERNED)
def case(request: HttpRequest, case: str) -> Any:
    """One case with its evidence and readings."""
    return plain(queries.case(viewer_of(request), case))


@router.post("/cases/{case}/decision", url_name="integrity-decide")
@audience(Role.TRUST)
def decide(request: HttpRequest, case: str, decision: DecisionIn) -> Any:
    """Read a case as its first or, after an appeal, its second reader."""
    viewer = viewer_of(request)
    reader = viewer.account or ""
    found = queries.case(viewer, case)
    door = actions.decide_second if found.state is CaseState.APPEALED else actions.decide
    return plain(door(case, outcome_of(decision.outcome), decision.because, reader, now(), reader))


@router.post("/cases/{case}/pass-on", url_name="integrity-pass-on")
@audience(Role.TRUST)
def pass_on(request: HttpRequest, case: str, unclear: PassOnIn) -> Any:
    """Leave a case that is too hard for one reader to another."""
    viewer = viewer_of(request)
    queries.case(viewer, case)
    return plain(actions.pass_on(case, unclear.because, viewer.account or "", now(), viewer.account or ""))


@router.post("/cases/{case}/appeal", url_name="integrity-appeal")
@audience(*CONCERNED)
def appeal(request: HttpRequest, case: str, appeal: AppealIn) -> Any:
    """Ask for a second reading of a decision that went against you."""
    viewer = viewer_of(request)
    found = queries.case(viewer, case)
    against = rules.concerned(found) & {*viewer.parties, viewer.account or ""}
    by = appeal.by or next(iter(sorted(against)), viewer.account or "")
    check_acts_for(viewer, by)
    return plain(actions.appeal(case, appeal.statement, by, now(), viewer.account or ""))


@router.get("/spam/signals", url_name="integrity-spam-signals")
@audience(*REVIEWERS)
def spam_signals(request: HttpRequest, account: str | None = None) -> Any:
    """What each upload shows of spam, one entry a signal: a number and a sentence (of one account's uploads, where asked)."""
    from accord.integrity import spam

    return [{**plain(sign), "says": sentence(sign)} for sign in spam.signs(account)]


@router.get("/spam/scores", url_name="integrity-spam-scores")
@audience(*REVIEWERS)
def spam_scores(request: HttpRequest) -> Any:
    """Every account whose uploads show something, the likeliest first, with what each signal adds; nothing is recorded."""
    from accord.integrity import spam

    return plain(spam.look())


@router.post("/spam/scores", url_name="integrity-spam-open")
@audience(Role.TRUST)
def spam_open(request: HttpRequest) -> Any:
    """Look through all uploads: opens cases, and brings those up to date that nobody has read. No upload is held by it."""
    from accord.integrity import spam

    opened, changed = spam.open_cases(spam.look(), now(), viewer_of(request).account or "")
    return {"opened": opened, "changed": changed}


@router.get("/spam/weights", url_name="integrity-spam-weights")
@audience(*REVIEWERS)
def spam_weights(request: HttpRequest) -> Any:
    """The weights in force, how many decisions of readers they were learned from (0: set by hand), and the last look through
    all uploads for cases (null: none yet)."""
    return weights_shown()


@router.get("/duplicates", url_name="integrity-duplicates")
@audience(*REVIEWERS)
def duplicates(request: HttpRequest, asset: str | None = None, page: int = PAGES) -> Any:
    """Recordings of the catalogue that hold the same sound, in clusters, the largest first, 50 a page: those of the last search,
    or the one that `asset` is in."""
    last = found_alike.last_search()
    count, found = found_alike.cluster_page(asset or "", page)
    return {
        "searched_at": last.at.isoformat() if last else None,
        "recordings": last.recordings if last else 0,
        "hours": last.hours if last else 0.0,
        "count": count,
        "page": page,
        "clusters": plain(found),
    }


@router.post("/uploads", url_name="integrity-upload")
@audience(*UPLOADERS)
def upload(request: HttpRequest, file: UploadedFile = File(...), title: str = Form(...), artist: str = Form("")) -> Any:
    """Hand in an upload; `cases` names the cases it became part of."""
    account = viewer_of(request).account or ""
    return plain(actions.receive_upload(account, bytes_of(file), title, now(), account, artist=artist))


@router.get("/uploads", url_name="integrity-uploads")
@audience(*UPLOADERS)
def uploads(request: HttpRequest) -> Any:
    """Your uploads (reviewers: all), newest first."""
    return plain(queries.uploads(viewer_of(request)))


@router.get("/uploads/{upload}", url_name="integrity-upload-one")
@audience(*UPLOADERS)
def one_upload(request: HttpRequest, upload: str) -> Any:
    """One upload and its cases."""
    return plain(queries.upload(viewer_of(request), upload))


@router.get("/refused-prompts", url_name="integrity-refused-prompts")
@audience(*CONCERNED)
def refused_prompts(request: HttpRequest) -> Any:
    """Your refused prompts (reviewers: all); texts are there for as long as an appeal is possible."""
    return plain(queries.refused_prompts(viewer_of(request)))


@router.post("/refused-prompts/{refusal}/appeal", url_name="integrity-appeal-prompt")
@audience(Role.CREATOR, Role.ARTIST)
def appeal_prompt(request: HttpRequest, refusal: str) -> Any:
    """Ask for a reader of a refused prompt; answers with the case."""
    viewer = viewer_of(request)
    mine = next((p for p in queries.refused_prompts(viewer) if p.id == refusal), None)
    if mine is None:
        raise NotThere(f"there is no refused prompt `{refusal}`")
    return {"case": actions.appeal_prompt(refusal, mine.maker, now(), viewer.account or "")}


@router.get("/voices", url_name="voices")
@audience(*VOICED)
def protected_voices(request: HttpRequest) -> Any:
    """The protected voices of those you act for (reviewers: all)."""
    return [voice_shown(voice) for voice in queries.voices(viewer_of(request))]


@router.post("/people/{person}/voices", url_name="voice-protect")
@audience(Role.ARTIST)
def protect(request: HttpRequest, person: str, file: UploadedFile = File(...), agreed: bool = Form(False)) -> Any:
    """Register your own voice, from your verified account: 20 seconds or more of you alone, without music. `agreed`: that a
    print of it is kept and compared with creations and uploads, and with what reviewers check, until you withdraw it."""
    viewer = viewer_of(request)
    check_acts_for(viewer, person)
    account, name = viewer.account or "", file.name or "the recording"
    return voice_shown(actions.protect_voice(person, bytes_of(file), agreed, now(), account, name))


@router.post("/voices/{voice}/withdrawal", url_name="voice-withdraw")
@audience(Role.ARTIST)
def withdraw_voice(request: HttpRequest, voice: str) -> Any:
    """Stop comparing with a voice of yours, at once; print and sample are erased."""
    viewer = viewer_of(request)
    check_acts_for(viewer, queries.voice(viewer, voice).person)
    actions.withdraw_voice(voice, now(), viewer.account or "")
    return voice_shown(queries.voice(viewer, voice))


def voice_shown(voice: ProtectedVoice) -> dict[str, Any]:
    """What is told of a protected voice: not where the private store keeps it."""
    shown = plain(voice)
    return {key: shown[key] for key in shown if key not in ("print", "sample")}


def weights_shown() -> dict[str, Any]:
    """The weights of the spam signals, where they come from, and when all uploads were last looked through by which weights."""
    held, last = queries.spam_weights(), queries.last_spam_run()
    columns = ("at", "uploads", "accounts", "weights")
    looked = {name: getattr(last, name) for name in columns} if last else None
    return {**plain(held), "origin": held.origin, "last_look": plain(looked)}


def outcome_of(text: str) -> Outcome:
    """An outcome by its word. Raises: BadInput."""
    try:
        return Outcome(text)
    except ValueError:
        raise BadInput(f"`{text}` is not an outcome", do="outcomes: upheld, dismissed") from None


def check_acts_for(viewer: Viewer, party: str) -> None:
    """Raises: NotThere unless the viewer is that account or acts for that party."""
    if party != viewer.account and not viewer.acts_for(party):
        raise NotThere(f"there is nobody `{party}` you act for")


def bytes_of(file: UploadedFile) -> bytes:
    """What was sent. Raises: BadInput for more than LARGEST_BYTES."""
    if (file.size or 0) > LARGEST_BYTES:
        raise BadInput(f"`{file.name}` is {file.size:,} bytes, more than {LARGEST_BYTES:,}", do="cut it")
    return bytes(file.read())


def plain(value: Any) -> Any:
    """Records as JSON values."""
    return msgspec.to_builtins(value, builtin_types=(datetime,))
