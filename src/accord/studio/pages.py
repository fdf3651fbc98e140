"""The studio's pages: sit down, make or remix, listen to takes that passed their check, compare two, submit one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind
from accord.catalog.score import transposed_key
from accord.clearance import queries as clearance
from accord.governance import queries as governance
from accord.parties import queries as parties
from accord.parties.audience import audience, viewer_of
from accord.parties.ranges import ranged
from accord.parties.spreadsheet import as_csv
from accord.parties.viewer import Role, Viewer
from accord.studio import actions, concept_pages, concepts, others_pages, outside, outward, queries, remix_form
from accord.studio.api import OWN
from accord.studio.asking import metre, number, programs, request_of, whole, whole_numbers
from accord.studio.descent import is_creation, models_of, recordings
from accord.studio.others import Other, others
from accord.studio.phrase import from_words
from accord.studio.picture import picture, titles
from accord.studio.records import Session, Take, TakeState
from accord.studio.rules import of_nothing
from accord.studio.stopped import refused
from accord.studio.telling import told
from accord.studio.tree import branches, current
from accord.terms.refusal import BadInput, NotThere
from accord.terms.use import Use
from accord.training import outsiders
from accord.training.adapters import SoundRequest
from accord.training.generator import Request

KEYS = [transposed_key(f"C {mode}", semitones) for mode in ("major", "minor") for semitones in range(12)]
METRES = ("4/4", "3/4", "2/4", "2/2", "6/8", "9/8", "12/8", "5/4")
#: General MIDI programs from high to low, as voices are given out.
INSTRUMENTS = {
    73: "flute",
    71: "clarinet",
    40: "violin",
    56: "trumpet",
    0: "piano",
    24: "guitar",
    48: "strings",
    42: "cello",
    32: "double bass",
    128: "drums",
}
#: The keys that a phrase is played on, from the middle C up.
PIANO = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B", "C", "C♯", "D", "D♯")
LARGEST_MIDI = 256 << 10
#: Creations of others that the form lists; its link leads to all of them.
LISTED = 50


@audience(Role.CREATOR)
def sittings(request: HttpRequest) -> HttpResponse:
    """The creator's sessions, and the features one can sit down in."""
    viewer = viewer_of(request)
    if request.method == "POST":
        creator = next(iter(sorted(viewer.parties)), None)
        if creator is None:
            raise NotThere("your account acts for nobody who could make something")
        made = actions.open_session(creator, request.POST.get("feature", ""), datetime.now(UTC), viewer.account or "")
        return HttpResponseRedirect(f"/studio/{made}")
    features = [f for f in governance.features().values() if f.live and f.uses & {Use.TRAIN, Use.REMIX}]
    names = {feature.id: feature.name for feature in governance.features().values()}
    asked = request.GET.get("feature", "")
    found = [one for one in queries.sessions(viewer) if asked in ("", one.feature)]
    if request.GET.get("format") == "csv":
        rows = ([one.id, names[one.feature], one.at, len(one.takes), _clear(one)] for one in found)
        return as_csv("sessions", ("session", "feature", "began", "takes", "clear"), rows)
    context = {
        "sessions": [{"session": one, "clear": _clear(one)} for one in found],
        "asked": asked,
        "features": features,
        "names": names,
        "takes": sum(len(one.takes) for one in found),
    }
    return render(request, "studio/sittings.html", context)


def _clear(session: Session) -> int:
    return sum(take.state is TakeState.CLEAR for take in session.takes)


@audience(Role.CREATOR, Role.TRUST, Role.PRODUCT)
def sitting(request: HttpRequest, session_id: str) -> HttpResponse:
    """One session: what to make next, and its takes."""
    viewer = viewer_of(request)
    return _sitting(request, viewer, queries.session(viewer, session_id), {})


def _sitting(request: HttpRequest, viewer: Viewer, session: Session, more: Mapping[str, object]) -> HttpResponse:
    """The session's page, with `more` on it: a form as it was filled in, and what it led to."""
    feature = governance.feature(session.feature)
    remixes, at = Use.REMIX in feature.uses, datetime.now(UTC)
    submitted = queries.handed_in(take.id for take in session.takes)
    stopped = refused(session.takes, at, submitted)
    theirs, more_others = _others(request, session) if remixes else ([], False)
    writes, now = Use.TRAIN in feature.uses or not remixes, current(session.takes)
    own = [t for t in session.takes if remixes and not of_nothing(t, t.id) and t.state is TakeState.CLEAR]
    over = stopped.keys() | refused([take for take in own if take.id in submitted], at).keys()
    own = [take for take in own if take.id not in over]
    context = {
        "slots": remix_form.laid(request.GET.get("lay", ""), now.id if now and writes and now in own else ""),
        "session": session,
        "feature": feature,
        "takes": list(reversed(session.takes)),
        "tree": branches(session.takes),
        "current": now,
        "remixes": remixes,
        "writes": writes,
        "sources": _sources(session.feature) if remixes else [],
        "own_takes": own,
        "others": theirs,
        "more_others": more_others,
        "makers": parties.names({one.maker for one in theirs}),
        "keys": KEYS,
        "metres": METRES,
        "instruments": INSTRUMENTS,
        "key_names": PIANO,
        "names": _names(session),
        "called": _called(session),
        "submitted": submitted,
        "stopped": stopped,
        "unheard": {take.id for take in session.takes if queries.holds_on(take)},
        "stays": outward.stays(feature),
        "outside": outsiders.models(session.feature),
        "may_make": viewer.acts_for(session.creator) and feature.live,
        "clear": _clear(session),
        **more,
    }
    page = render(request, "studio/sitting.html", context)
    # Back from a refusal finds the form as it was filled in
    page.headers["Cache-Control"] = "private, no-cache"
    return page


def _others(request: HttpRequest, session: Session) -> tuple[list[Other], bool]:
    """The newest creations of others for the form, with those that it names already, and whether there are more."""
    at = datetime.now(UTC)
    newest = others(session.feature, session.creator, at, most=LISTED + 1)
    named = {request.GET.get("lay", ""), *(request.POST.get(f"asset_{slot.name}", "") for slot in remix_form.EMPTY)}
    missing = {name for name in named if is_creation(name)} - {one.creation for one in newest[:LISTED]}
    older = others(session.feature, session.creator, at, of=missing) if missing else []
    listed = [*newest[:LISTED], *older]
    return listed, bool({one.creation for one in newest} - {one.creation for one in listed})


def _called(session: Session) -> dict[str, str]:
    """Takes by their place in the session: take 1 is the first that was made."""
    return {take.id: f"Take {number}" for number, take in enumerate(session.takes, start=1)}


def _names(session: Session) -> dict[str, str]:
    """Names and titles of everything the takes of a session speak of."""
    takes = session.takes
    assets = {a for t in takes for a in recordings(t.lineage)} | {a.asset for t in takes for a in t.analyses}
    models = {model: _model_called(model) for model in {model for take in takes for model in models_of(take)}}
    laid = {one.id: one.title for one in queries.creations({s.asset for t in takes for s in t.made_from})}
    return parties.names([d.by for t in takes for d in t.made_by]) | titles(assets) | laid | models | _called(session)


def _model_called(model: str) -> str:
    elsewhere = outsiders.find(model)
    return f"the outside model {elsewhere.called}" if elsewhere else "the model"


def _sources(feature: str) -> list[tuple[str, str, str]]:
    """(id, title, where) of the recordings cleared for a remix now, those cleared widest first."""
    found = catalog.assets(kind=AssetKind.RECORDING)
    answers = clearance.decide_many(list(found), Use.REMIX, feature, datetime.now(UTC))
    return [
        (asset.id, asset.title, answers[asset.id].cleared.named())
        for asset in sorted(found.values(), key=lambda a: (-len(answers[a.id].cleared), a.title))
        if answers[asset.id].cleared
    ]


@audience(Role.CREATOR)
def make(request: HttpRequest, session_id: str) -> HttpResponse:
    """Make a take from the form: a new piece, a continuation or variation of one's own MIDI, or a remix."""
    viewer = viewer_of(request)
    _own(viewer, session_id)
    work = _piece(request, session_id, viewer.account or "")

    def made(progress: actions.Progress) -> str:
        return f"/studio/{session_id}#{work(progress)}"

    return told(request, made)


@audience(Role.CREATOR)
def match(request: HttpRequest, session_id: str) -> HttpResponse:
    """How the recordings of the form fit, to be heard before a take is made of them; the form stays filled in."""
    viewer, form = viewer_of(request), request.POST
    _own(viewer, session_id)
    clips, tempo, key = remix_form.sources(form.dict()), number(form.get("tempo")), form.get("key") or None
    found = actions.match(session_id, clips, datetime.now(UTC), tempo, key)
    session = queries.session(viewer, session_id)
    more = {
        "match": found,
        "match_sound": b64encode(found.sound).decode(),
        "match_names": titles({clip.asset for clip in clips})
        | {one.id: one.title for one in queries.creations({clip.asset for clip in clips})}
        | _called(session),
        "slots": remix_form.slots(form.dict()),
        "filled": form,
    }
    return _sitting(request, viewer, session, more)


def _piece(request: HttpRequest, session_id: str, actor: str) -> Callable[[actions.Progress], str]:
    """What the form asks for, ready to be made. Raises: BadInput."""
    at, form = datetime.now(UTC), request.POST
    prompt = form.get("prompt")
    if form.get("kind") == "sound":
        asked = SoundRequest(form.get("words", ""), number(form.get("seconds")) or 10.0, whole(form.get("seed")) or 0)
        return lambda say: outside.make(session_id, asked, at, actor, form.get("outside") or None, progress=say)
    if form.get("kind") == "remix":
        clips, tempo, key = remix_form.sources(form.dict()), number(form.get("tempo")), form.get("key") or None
        return lambda say: actions.remix(session_id, clips, at, actor, prompt, tempo, key, progress=say)
    midi, played = _own_midi(request), bool(form.get("notes", "").strip())
    wanted = _asked(request, midi)
    if form.get("kind") in OWN:
        if midi is None:
            raise BadInput("this needs a phrase of yours", do="play one, write its notes, or choose a .mid file")
        doing = OWN[form["kind"]]
        return lambda say: doing(session_id, midi, wanted, prompt, at, actor, progress=say, played=played)
    return lambda say: actions.make(session_id, wanted, prompt, at, actor, progress=say, played=played)


def _own_midi(request: HttpRequest) -> bytes | None:
    """The creator's phrase: a file, or the notes they played or wrote down here."""
    upload = request.FILES.get("midi")
    if upload is not None and (upload.size or 0) > LARGEST_MIDI:
        raise BadInput(f"`{upload.name}` is too large for a phrase", do="choose a .mid file of at most 256 KiB")
    if upload is not None:
        return bytes(upload.read())
    form = request.POST
    if not form.get("notes", "").strip():
        return None
    tempo, beats = number(form.get("tempo")) or 100.0, metre(form.get("metre")) or (4, 4)
    if not 20 <= tempo <= 300:
        raise BadInput(f"a tempo of `{tempo:g}` cannot be played", do="ask for 20 to 300 quarter notes a minute")
    return from_words(form["notes"], tempo, beats, form.get("key") or None).to_midi()


def _own(viewer: Viewer, session_id: str) -> None:
    """Reviewers see sessions; only who acts for the creator works in them. Raises: NotThere."""
    if not viewer.acts_for(queries.session(viewer, session_id).creator):
        raise NotThere(f"there is no session `{session_id}` of yours")


def _asked(request: HttpRequest, midi: bytes | None) -> Request:
    """The form's settings; what it leaves open is the MIDI's own, or the usual."""
    form = request.POST
    settings = {
        "key": form.get("key") or None,
        "metre": metre(form.get("metre")),
        "tempo_bpm": number(form.get("tempo")),
        "instruments": programs(form.getlist("instruments")),
        "bars": whole(form.get("bars")),
        "seed": whole(form.get("seed")),
    }
    return request_of(settings, midi)


@audience(Role.CREATOR)
def act(request: HttpRequest, session_id: str, take_id: str) -> HttpResponse:
    """Choose, undo, vary, edit, export or submit a take."""
    viewer = viewer_of(request)
    take = queries.take(viewer, take_id)
    if take.session != session_id:
        raise NotThere(f"session `{session_id}` has no take `{take_id}`")
    _own(viewer, take.session)
    at, actor, step = datetime.now(UTC), viewer.account or "", request.POST.get("step", "")
    if step == "choose":
        actions.choose(take.session, take.id, at, actor)
        return HttpResponseRedirect(f"/studio/{session_id}#{take.id}")
    elif step == "undo":
        return HttpResponseRedirect(f"/studio/{session_id}#{actions.undo(take.session, at, actor)}")
    elif step == "export":
        data = actions.export(take.id, at, actor)
        return HttpResponse(
            data, content_type="application/zip", headers={"Content-Disposition": 'attachment; filename="take.zip"'}
        )
    elif step == "vary":
        form = request.POST
        bars, voices, seed = (
            whole_numbers(form.get("bars")),
            tuple(form.getlist("voices")),
            whole(form.get("seed")) or 0,
        )

        def again(say: actions.Progress) -> str:
            return f"/studio/{session_id}#{actions.vary_take(take.id, bars, voices, at, actor, seed, progress=say)}"

        return told(request, again)
    elif step == "edit":
        change = request.POST.get("edit", "")
        return told(
            request, lambda say: f"/studio/{session_id}#{actions.edit(take.id, change, at, actor, progress=say)}"
        )
    elif step == "submit":
        creation = actions.submit(take.id, at, actor, request.POST.get("title", ""))
        messages.success(request, "Handed in. It is attributed and released next.", extra_tags="yes")
        return HttpResponseRedirect(f"/creations/{creation}")
    raise BadInput(f"`{step}` is not something to do with a take", do="choose, undo, vary, edit, export or submit")


@audience(Role.CREATOR, Role.TRUST, Role.PRODUCT)
def compare(request: HttpRequest, session_id: str) -> HttpResponse:
    """Two takes side by side, each with its player."""
    viewer = viewer_of(request)
    session = queries.session(viewer, session_id)
    first, second = request.GET.get("a", ""), request.GET.get("b", "")
    if {first, second} - _called(session).keys():
        raise NotThere(f"this session has no takes `{first}` and `{second}` to compare")
    found = queries.compare(viewer, first, second)
    pair: list[Take] = [queries.take(viewer, first), queries.take(viewer, second)]
    known = [take.figures.loudness_lufs for take in pair if take.figures]
    quieter = min(known) if len(known) == len(pair) else None
    stopped = refused(pair, datetime.now(UTC))
    context = {
        "session": session,
        "comparison": found,
        "pair": [(take, picture(take.audio, take.duration_s, take.lineage, take.model)) for take in pair],
        "names": _names(session),
        "feature": governance.feature(session.feature).name,
        "quieter": quieter,
        "may_ask": viewer.acts_for(session.creator) and not stopped and all(t.state is TakeState.CLEAR for t in pair),
        "unheard": {take.id for take in pair if queries.holds_on(take)},
        "smallest": concepts.SMALLEST,
        "largest": concepts.LARGEST,
    }
    return render(request, "studio/compare.html", context)


@audience(Role.CREATOR, Role.TRUST)
def sound(request: HttpRequest, take_id: str) -> HttpResponse:
    """A take's sound, once its check is done; a held one only for reviewers. `?stem=0&stem=2`: only these of its stems;
    `?lufs=-16`: no louder than that."""
    viewer, asked = viewer_of(request), request.GET
    if "stem" in asked:
        data = queries.listen_stems(viewer, take_id, [whole(word) or 0 for word in asked.getlist("stem")])
    else:
        data = queries.listen(viewer, take_id, number(asked.get("lufs")))
    return ranged(request, BytesIO(data), "audio/wav")


urlpatterns = [
    *concept_pages.urlpatterns,
    *others_pages.urlpatterns,
    path("studio", sittings, name="sittings"),
    path("studio/takes/<slug:take_id>/sound", sound, name="sound"),
    path("studio/<slug:session_id>", sitting, name="sitting"),
    path("studio/<slug:session_id>/make", make, name="make"),
    path("studio/<slug:session_id>/match", match, name="match"),
    path("studio/<slug:session_id>/compare", compare, name="compare"),
    path("studio/<slug:session_id>/takes/<slug:take_id>", act, name="act"),
]
