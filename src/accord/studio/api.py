"""The studio over HTTP: a creator sees the own sessions, takes and creations, and nobody else's."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Query, Router, Schema

from accord.parties.audience import audience, viewer_of
from accord.parties.viewer import Role
from accord.studio import actions, concepts, material, outside, permission, queries, use_policy, voting
from accord.studio.api_others import router as others_router
from accord.studio.asking import request_of
from accord.studio.boundaries import Boundary, UsePolicy
from accord.studio.plain import shown
from accord.studio.records import RemixSource
from accord.terms.refusal import BadInput, NotThere
from accord.terms.territory import TerritorySet
from accord.training.adapters import SoundRequest

router = Router(tags=["studio"])
router.add_router("", others_router)
MAKERS = (Role.CREATOR, Role.ARTIST)
SEERS = (*MAKERS, *queries.REVIEWERS)
STEMS: Any = Query(..., description="stems to hear, counted from 0; the others are muted")
#: What a model does with one's own MIDI.
OWN = {"continue": actions.continue_midi, "vary": actions.vary_midi}


class SessionIn(Schema):
    """Who sits down (a party you act for), in which feature."""

    creator: str
    feature: str


class PieceIn(Schema):
    """What to ask the model for; `midi` (base64) is your own phrase: opened with, continued or varied, by `mode`."""

    key: str | None = None
    metre: tuple[int, int] | None = None
    tempo_bpm: float | None = None
    instruments: tuple[int, ...] = ()
    bars: int = 8
    seed: int = 0
    mode: str = "new"
    midi: str | None = None
    played: bool = False
    prompt: str | None = None
    territory: str | None = None


class SoundIn(Schema):
    """What to ask an outside model for, in words; `outside` names which, otherwise the one registered last of those admitted."""

    words: str
    seconds: float = 10.0
    seed: int = 0
    outside: str | None = None
    territory: str | None = None


class SourceIn(Schema):
    """A clip to remix: seconds of a recording, stem, own take or creation; tempo and key correct what was estimated."""

    asset: str
    start_s: float = 0.0
    end_s: float | None = None
    offset_s: float = 0.0
    gain: float = 1.0
    tempo_bpm: float | None = None
    key: str | None = None


class ClipsIn(Schema):
    """Clips to mix; tempo and key of the mix are the first clip's unless given."""

    sources: list[SourceIn]
    tempo_bpm: float | None = None
    key: str | None = None
    territories: str | None = None


class RemixIn(ClipsIn):
    """Clips to mix, and what one says about it in one's own words."""

    prompt: str | None = None


class EditIn(Schema):
    """One edit: `transpose 2`, `tempo 96`, `trim 0 12.5`, `gain -3`."""

    edit: str


class BoundaryIn(Schema):
    """Words that a prompt may not hold, why, what is allowed instead, and who could allow it."""

    words: str
    because: str
    instead: str
    who: str


class UsePolicyIn(Schema):
    """Takes a day for a person and for everybody, and what prompts may not ask."""

    person_takes: int = 300
    feature_takes: int = 30_000
    boundaries: list[BoundaryIn] = []


class ConceptIn(Schema):
    """Two takes of one session, what to ask, and how many may vote."""

    first: str
    second: str
    question: str = ""
    audience: int = 40


class VaryIn(Schema):
    """Bars (counted from 1) and voices (by their stems' names) to write again; none means all."""

    bars: tuple[int, ...] = ()
    voices: tuple[str, ...] = ()
    seed: int = 0
    strength: float = 0.7


class SubmitIn(Schema):
    """The creation's title."""

    title: str = ""


@router.post("/studio/sessions", url_name="studio-open")
@audience(*MAKERS)
def open_session(request: HttpRequest, body: SessionIn) -> Any:
    """Sit down in a live feature."""
    viewer = viewer_of(request)
    if not viewer.acts_for(body.creator):
        raise NotThere(f"there is no party `{body.creator}` that you act for")
    return shown(queries.session(viewer, actions.open_session(body.creator, body.feature, now(), viewer.account or "")))


@router.get("/studio/sessions", url_name="studio-sessions")
@audience(*SEERS)
def sessions(request: HttpRequest) -> Any:
    """Your sessions, newest first."""
    return shown(queries.sessions(viewer_of(request)))


@router.get("/studio/sessions/{session}", url_name="studio-session")
@audience(*SEERS)
def session(request: HttpRequest, session: str) -> Any:
    """One session with its takes."""
    return shown(queries.session(viewer_of(request), session))


@router.post("/studio/sessions/{session}/pieces", url_name="studio-piece")
@audience(*MAKERS)
def piece(request: HttpRequest, session: str, body: PieceIn) -> Any:
    """A piece by the feature's model: new, or your own MIDI continued or varied."""
    viewer = viewer_of(request)
    _mine(request, session)
    midi = _midi(body.midi) if body.midi else None
    asked = request_of(body.dict(exclude={"midi", "played", "prompt", "territory", "mode"}), midi)
    args = (body.prompt, now(), viewer.account or "")
    if body.mode in OWN:
        if midi is None:
            raise BadInput(f"there is nothing to {body.mode}", why="no `midi` came with the request")
        take = OWN[body.mode](session, midi, asked, *args, territory=body.territory, played=body.played)
    elif body.mode == "new":
        take = actions.make(session, asked, *args, territory=body.territory, played=body.played)
    else:
        raise BadInput(f"the mode `{body.mode}` does not exist", do="use new, continue or vary")
    return shown(queries.take(viewer, take))


@router.post("/studio/sessions/{session}/sounds", url_name="studio-sound")
@audience(*MAKERS)
def sound(request: HttpRequest, session: str, body: SoundIn) -> Any:
    """Sound from words, by a model that was trained elsewhere and is admitted to the feature."""
    viewer = viewer_of(request)
    _mine(request, session)
    asked = SoundRequest(body.words, body.seconds, body.seed)
    take = outside.make(session, asked, now(), viewer.account or "", body.outside, body.territory)
    return shown(queries.take(viewer, take))


@router.post("/studio/sessions/{session}/remixes", url_name="studio-remix")
@audience(*MAKERS)
def remix(request: HttpRequest, session: str, body: RemixIn) -> Any:
    """A remix of cleared recordings, stems, own takes, and creations whose makers agree."""
    viewer = viewer_of(request)
    _mine(request, session)
    sources = tuple(RemixSource(**source.dict()) for source in body.sources)
    where = TerritorySet.parse(body.territories) if body.territories else None
    take = actions.remix(session, sources, now(), viewer.account or "", body.prompt, body.tempo_bpm, body.key, where)
    return shown(queries.take(viewer, take))


@router.post("/studio/sessions/{session}/matches", url_name="studio-match")
@audience(*MAKERS)
def match(request: HttpRequest, session: str, body: ClipsIn) -> Any:
    """How clips fit before they are mixed: what is known of each, what the mix does to it, and some seconds as MP3 (base64)."""
    _mine(request, session)
    sources = tuple(RemixSource(**source.dict()) for source in body.sources)
    where = TerritorySet.parse(body.territories) if body.territories else None
    return shown(actions.match(session, sources, now(), body.tempo_bpm, body.key, where))


@router.get("/studio/analysis/{asset}", url_name="studio-analysis")
@audience(*MAKERS)
def analysis(request: HttpRequest, asset: str, start_s: float = 0.0, end_s: float | None = None) -> Any:
    """What is known of a recording's tempo and key, how, and how surely; correct it in the remix."""
    source = RemixSource(asset=asset, start_s=start_s, end_s=end_s)
    found = material.assets_of((source,))
    permission.check_open(viewer_of(request), found[asset], now())
    return shown(material.analysis(material.clip(source, found)))


@router.get("/studio/takes/{take}", url_name="studio-take")
@audience(*SEERS)
def take(request: HttpRequest, take: str) -> Any:
    """One take."""
    return shown(queries.take(viewer_of(request), take))


@router.get("/studio/takes/{take}/audio", url_name="studio-take-audio")
@audience(*SEERS)
def take_audio(request: HttpRequest, take: str) -> HttpResponse:
    """The take's sound as WAV; refused while it is checked or held."""
    return HttpResponse(queries.listen(viewer_of(request), take), content_type="audio/wav")


@router.post("/studio/takes/{take}/edits", url_name="studio-edit")
@audience(*MAKERS)
def edit(request: HttpRequest, take: str, body: EditIn) -> Any:
    """An edit by hand, as a new take."""
    viewer = viewer_of(request)
    _mine(request, queries.take(viewer, take).session)
    return shown(queries.take(viewer, actions.edit(take, body.edit, now(), viewer.account or "")))


@router.post("/studio/takes/{take}/variations", url_name="studio-vary")
@audience(*MAKERS)
def vary(request: HttpRequest, take: str, body: VaryIn) -> Any:
    """Some bars or voices written again by the take's model, every other note kept, as a new take."""
    viewer = viewer_of(request)
    _mine(request, queries.take(viewer, take).session)
    args = (body.bars, body.voices, now(), viewer.account or "", body.seed, body.strength)
    return shown(queries.take(viewer, actions.vary_take(take, *args)))


@router.post("/studio/takes/{take}/choose", url_name="studio-choose")
@audience(*MAKERS)
def choose(request: HttpRequest, take: str) -> Any:
    """Choose this take over the session's others."""
    viewer = viewer_of(request)
    found = queries.take(viewer, take)
    _mine(request, found.session)
    actions.choose(found.session, take, now(), viewer.account or "")
    return shown(queries.take(viewer, take))


@router.post("/studio/sessions/{session}/undo", url_name="studio-undo")
@audience(*MAKERS)
def undo(request: HttpRequest, session: str) -> Any:
    """Go back to the take that the current one was made from."""
    viewer = viewer_of(request)
    _mine(request, session)
    return shown(queries.take(viewer, actions.undo(session, now(), viewer.account or "")))


@router.get("/studio/takes/{take}/stems/audio", url_name="studio-stems")
@audience(*SEERS)
def stems(request: HttpRequest, take: str, stem: list[int] = STEMS) -> HttpResponse:
    """Some stems of a take (counted from 0), added up, as WAV."""
    return HttpResponse(queries.listen_stems(viewer_of(request), take, stem), content_type="audio/wav")


@router.post("/studio/takes/{take}/export", url_name="studio-export")
@audience(*MAKERS)
def export(request: HttpRequest, take: str) -> HttpResponse:
    """Mix, stems and notes as a ZIP file, where the feature and the deals allow `export`."""
    viewer = viewer_of(request)
    _mine(request, queries.take(viewer, take).session)
    return HttpResponse(actions.export(take, now(), viewer.account or ""), content_type="application/zip")


@router.get("/studio/compare/{first}/{second}", url_name="studio-compare")
@audience(*SEERS)
def compare(request: HttpRequest, first: str, second: str) -> Any:
    """Two takes side by side."""
    return shown(queries.compare(viewer_of(request), first, second))


@router.post("/studio/takes/{take}/submit", url_name="studio-submit")
@audience(*MAKERS)
def submit(request: HttpRequest, take: str, body: SubmitIn) -> Any:
    """Submit a take as a creation; clearance is decided again."""
    viewer = viewer_of(request)
    _mine(request, queries.take(viewer, take).session)
    return shown(queries.creation(viewer, actions.submit(take, now(), viewer.account or "", body.title)))


@router.post("/studio/concepts", url_name="studio-concept-open")
@audience(*MAKERS)
def open_concept(request: HttpRequest, body: ConceptIn) -> Any:
    """Ask a small audience which of two takes it prefers; the answer holds the link's address."""
    viewer = viewer_of(request)
    for name in (body.first, body.second):
        _mine(request, queries.take(viewer, name).session)
    args = (body.first, body.second, body.question, body.audience, now(), viewer.account or "")
    return _standing(concepts.open_concept(*args))


@router.get("/studio/concepts/{concept}", url_name="studio-concept")
@audience(*MAKERS)
def concept(request: HttpRequest, concept: str) -> Any:
    """Your test, its votes so far, and the interval, which is valid however often you look."""
    _my_concept(request, concept)
    return _standing(concept)


@router.post("/studio/concepts/{concept}/close", url_name="studio-concept-close")
@audience(*MAKERS)
def close_concept(request: HttpRequest, concept: str) -> Any:
    """End your test."""
    _my_concept(request, concept)
    concepts.close(concept, now(), viewer_of(request).account or "")
    return _standing(concept)


def _my_concept(request: HttpRequest, concept: str) -> None:
    if not viewer_of(request).acts_for(concepts.by_id(concept).creator):
        raise NotThere(f"there is no concept test `{concept}`")


def _standing(concept: str) -> Any:
    found = concepts.by_id(concept)
    result = voting.standing(found.votes_first, found.votes)
    return {**shown(found), "path": f"/concepts/{concept}/{concepts.mark(concept)}", "result": shown(result)}


@router.get("/studio/policies/{feature}", url_name="studio-use-policy")
@audience(*SEERS, Role.MACHINE)
def use_policy_of(request: HttpRequest, feature: str) -> Any:
    """The use policy in force in a feature: takes a day, and what prompts may not ask."""
    return shown(use_policy.in_force(feature))


@router.post("/studio/policies/{feature}", url_name="studio-use-policy-publish")
@audience(Role.PRODUCT, Role.TRUST, Role.ADMIN)
def publish_use_policy(request: HttpRequest, feature: str, body: UsePolicyIn) -> Any:
    """Publish the next version of a feature's use policy."""
    bounds = tuple(Boundary(**one.dict()) for one in body.boundaries)
    wanted = UsePolicy(
        feature=feature, person_takes=body.person_takes, feature_takes=body.feature_takes, boundaries=bounds
    )
    return shown(use_policy.publish(wanted, now(), viewer_of(request).account or ""))


@router.get("/studio/creations", url_name="studio-creations")
@audience(*SEERS)
def creations(request: HttpRequest) -> Any:
    """Your creations, in the order they were submitted."""
    return shown(queries.creations(viewer=viewer_of(request)))


@router.get("/studio/creations/{creation}", url_name="studio-creation")
@audience(*SEERS)
def creation(request: HttpRequest, creation: str) -> Any:
    """One creation."""
    return shown(queries.creation(viewer_of(request), creation))


def _mine(request: HttpRequest, session: str) -> None:
    """Reviewers see sessions; only who acts for the creator works in them. Raises: NotThere."""
    viewer = viewer_of(request)
    if not viewer.acts_for(queries.session(viewer, session).creator):
        raise NotThere(f"there is no session `{session}` of yours")


def _midi(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise BadInput("`midi` is not base64", do="send the file's bytes in base64") from None
