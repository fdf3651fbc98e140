"""Chapters 6 to 8: a model is trained on what was cleared; people make things with it and with recordings; copies are caught."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.catalog.score import Note, Score, Track, from_midi
from accord.clearance import queries as clearance
from accord.demo.stage import ACTOR, Stage, day, named
from accord.integrity import actions as integrity
from accord.integrity import queries as cases
from accord.parties.viewer import SYSTEM
from accord.studio import actions as studio
from accord.studio import queries as studio_queries
from accord.studio.records import RemixSource, TakeState
from accord.studio.rendering import decode, encode
from accord.terms.refusal import Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import actions as training
from accord.training.generator import Request
from accord.training.learning import Plan
from accord.vault import actions as vault

#: The successor learns for fewer steps, to keep the demonstration short; its card says so.
SHORTER = Plan(steps=60)
SERVED = TerritorySet.of("DE", "FR", "GB", "US")
PIECES = (
    ("Kettle Lane", Request(key="D major", metre=(4, 4), tempo_bpm=112, instruments=(73, 24, 42), bars=16, seed=3)),
    ("Harbour Light", Request(key="G major", metre=(3, 4), tempo_bpm=96, instruments=(40, 0, 42), bars=16, seed=5)),
    ("Slow Water", Request(key="E minor", metre=(3, 4), tempo_bpm=72, instruments=(71, 48, 42), bars=12, seed=8)),
    ("Morning Reel", Request(key="A major", metre=(4, 4), tempo_bpm=120, instruments=(40, 24), bars=16, seed=13)),
)
PROMPTS = {"Kettle Lane": "a bright reel for the kitchen", "Slow Water": "an air for the queen, in E minor"}


def train(stage: Stage) -> None:
    """Seal what is cleared in four territories and train the small model on it; it goes live for `compose`."""
    at = day("2026-06-26")
    seal = training.seal_set("compose", SERVED, at, ACTOR, _candidates())
    stage.say(
        f"sealed for {SERVED.text()}: {len(seal.items)} scores in {len(seal.clusters)} clusters, {len(seal.excluded)} left out"
    )
    reasons: dict[str, int] = {}
    for left_out in seal.excluded:
        reasons[left_out.code] = reasons.get(left_out.code, 0) + 1
    for code, count in sorted(reasons.items(), key=lambda pair: -pair[1])[:4]:
        example = next(e for e in seal.excluded if e.code == code)
        stage.say(named(f"  · {count} × {code}: for example “{example.title}”: {example.because}"))
    with stage.working("training") as bar:
        model = training.train(seal.id, 1, bar, at=at, actor=ACTOR)
    training.promote(model.id, day("2026-06-27"), ACTOR)
    stage.kept |= {"seal": seal, "model": model}
    _describe(stage, model)


def _candidates() -> list[str]:
    """The demonstration's own settings, and what intake holds, so that the set's card names that too.

    The bare encodings of old tunes stay out: nobody could be paid for what a model makes of them.
    """
    scores = catalog.assets(kind=AssetKind.SCORE).values()
    return [asset.id for asset in scores if asset.demonstration or asset.intake_holds]


def _describe(stage: Stage, model: Any) -> None:
    losses = model.losses
    stage.say(f"model {model.id}: {model.parameters:,} parameters, trained in {model.trained_s:.0f} CPU-s")
    if losses:
        stage.say(
            f"  held-out loss, nats a token: n-gram {losses.ngram:.3f}, network {losses.network:.3f}, "
            f"mixture {losses.mixture:.3f} ({losses.clusters} works held out)"
        )
    stage.say("  model card, data card and Croissant name the seal, the licences, every count and exclusion")


def make(stage: Stage) -> None:
    """Robin makes pieces, a continuation and a variation of a tune of their own, and remixes."""
    session = studio.open_session(stage.kept["party"]["robin"], "compose", day("2026-06-28"), _robin(stage))
    takes: dict[str, str] = {}
    own = own_tune().to_midi()
    with stage.working("making", len(PIECES) + 9) as bar:
        for number, (title, request) in enumerate(PIECES):
            takes[title] = studio.make(
                session, request, PROMPTS.get(title), day("2026-06-28", 13 + number), _robin(stage)
            )
            bar(number + 1)
        request = Request(key="C major", tempo_bpm=100, instruments=(0, 42), bars=8, seed=21)
        takes["Robin's Tune, Continued"] = studio.continue_midi(
            session, own, request, None, day("2026-06-29"), _robin(stage)
        )
        takes["Robin's Tune, Varied"] = studio.vary_midi(session, own, request, None, day("2026-06-30"), _robin(stage))
        stage.kept["blend_session"] = _remixes(stage, takes, bar)
        mixed = _mixed(stage, session, takes["Robin's Tune, Continued"])
        takes[mixed[0]] = mixed[1]
        bar(len(PIECES) + 9)
    stage.kept["takes"] = takes
    _compare(stage, takes)
    _prompt_refused(stage, session)


def _remixes(stage: Stage, takes: dict[str, str], bar: Any) -> str:
    session = studio.open_session(stage.kept["party"]["robin"], "blend", day("2026-07-01"), _robin(stage))
    pairs = _pairs(cleared(day("2026-07-01")))
    for number, (first, second) in enumerate(pairs):
        sources = (
            RemixSource(asset=first.id, start_s=0, end_s=20, offset_s=0, gain=1.0),
            RemixSource(asset=second.id, start_s=0, end_s=20, offset_s=10, gain=1.0 if number % 2 else 0.5),
        )
        take = studio.remix(session, sources, day("2026-07-02", 8 + number), _robin(stage), territories=SERVED)
        takes[f"{_short(first)} × {_short(second)}"] = take
        bar(len(PIECES) + 3 + number)
    return session


def _mixed(stage: Stage, session: str, piece: str) -> tuple[str, str]:
    """(title, take): Robin's tune as the model continued it, and a recording that is cleared for that in `compose`."""
    recording = cleared(day("2026-07-03"), "compose")[0]
    sources = (
        RemixSource(asset=piece, start_s=0, end_s=16),
        RemixSource(asset=recording.id, start_s=0, end_s=12, offset_s=8, gain=0.7),
    )
    take = studio.remix(session, sources, day("2026-07-03", 9), _robin(stage), territories=SERVED)
    return f"Robin's Tune × {_short(recording)}", take


def _pairs(recordings: list[Asset]) -> list[tuple[Asset, Asset]]:
    """Five pairs, each of two companies, so that every rightsholder is heard."""
    by_company: dict[str, list[Asset]] = {}
    for recording in recordings:
        by_company.setdefault(recording.delivered_by or "", []).append(recording)
    companies = sorted(by_company)
    turns = [(n % len(companies), (n + 1 + n // len(companies)) % len(companies)) for n in range(5)]
    return [(by_company[companies[a]][n], by_company[companies[b]][-1 - n]) for n, (a, b) in enumerate(turns)]


def cleared(at: Any, feature: str = "blend") -> list[Asset]:
    """Recordings cleared for a remix in a feature wherever the demonstration serves."""
    recordings = catalog.assets(kind=AssetKind.RECORDING)
    answers = clearance.decide_many(list(recordings), Use.REMIX, feature, at)
    return [
        asset for asset in recordings.values() if answers[asset.id].covers(SERVED) and (asset.duration_s or 0) >= 20
    ]


def _short(asset: Asset) -> str:
    return asset.title.split("(")[0].split(",")[0].strip()


def _compare(stage: Stage, takes: dict[str, str]) -> None:
    found = studio_queries.takes(takes.values())
    rows = []
    for title, take_id in takes.items():
        take = found[take_id]
        fit = take.figures
        loud = f"{fit.loudness_lufs:.1f} LUFS" if fit else "–"
        sure = min((a.tempo_confidence for a in take.analyses), default=None)
        beats = f"{fit.beat_offset_ms:.0f} ms" if fit and fit.beat_offset_ms is not None else "–"
        rows.append(
            [
                title,
                take.kind,
                f"{take.duration_s:.0f} s",
                loud,
                beats,
                f"{sure:.0%}" if sure is not None else "–",
                take.state,
            ]
        )
    stage.table(["take", "made as", "length", "loudness", "beats apart", "tempo sure", "check"], rows, {2})


def _prompt_refused(stage: Stage, session: str) -> None:
    try:
        studio.make(session, PIECES[0][1], "a waltz in the style of Ilse Varga", day("2026-07-03"), _robin(stage))
    except Refused as no:
        stage.say(named("prompt refused before anything was made: " + no.refusal.sentence()))
        return
    raise AssertionError("the demonstration expects this prompt to be refused")


def own_tune() -> Score:
    """Robin's own tune: four bars in C major, written for the demonstration."""
    steps = [60, 64, 67, 64, 65, 69, 72, 69, 67, 71, 74, 71, 72, 67, 64, 60]
    notes = tuple(Note(480 * n, 460, pitch, 84) for n, pitch in enumerate(steps))
    return Score("Robin's Tune", 100.0, (4, 4), "C major", (Track("piano", 0, notes),))


def copies(stage: Stage) -> None:
    """Sam passes a catalogue recording off as an upload, sends a spree, and copies a recording into a creation."""
    victim = cleared(day("2026-07-06"))[0]
    samples, rate = decode(vault.read(victim.audio or ""))
    sam = stage.kept["party"]["sam"]
    upload = integrity.receive_upload(
        sam, encode(samples, rate, "wav"), "My Own Song", day("2026-07-06"), ACTOR, artist="Sam"
    )
    stage.say(f"an upload called “My Own Song” is “{victim.title}” under another name: case {', '.join(upload.cases)}")
    opened = _spree(stage)
    stage.say(f"an upload spree of one account: case {', '.join(opened)}")
    _copy(stage, victim)


def _spree(stage: Stage) -> list[str]:
    """Many short noises by one account within an hour."""
    rng = np.random.default_rng(9)
    found: list[str] = []
    with stage.working("an upload spree", 30) as bar:
        for number in range(30):
            noise = (rng.standard_normal((44100 * 2, 2)) * 0.05).astype(np.float32)
            at = day("2026-07-07").replace(minute=number)
            upload = integrity.receive_upload(
                stage.kept["account"]["sam"], encode(noise, 44100, "wav"), f"Sleep Sound {number}", at, ACTOR
            )
            found += [case for case in upload.cases if case not in found]
            bar(number + 1)
            if found:
                break
    return found


def _copy(stage: Stage, victim: Asset) -> None:
    """Sam sends a recording's own notes in as “mine”, then with every eighth moved, and asks for a variation that changes nothing."""
    sam = stage.kept["party"]["sam"]
    session = studio.open_session(sam, "compose", day("2026-07-08"), ACTOR)
    scores = [
        a for a in catalog.assets(kind=AssetKind.SCORE).values() if set(a.parents) & set(victim.parents) and a.score
    ]
    midi = vault.read(scores[-1].score or "")
    asked = Request(key="C major", bars=8, seed=2, strength=0.0)
    try:
        studio.vary_midi(session, midi, asked, None, day("2026-07-08"), ACTOR)
    except Refused as refused:
        stage.say(f"its notes sent in as a phrase of Sam's own are refused: {refused.refusal.because}")
    take_id = studio.vary_midi(session, _disguised(midi), asked, None, day("2026-07-08"), ACTOR)
    take = studio_queries.take(SYSTEM, take_id)
    if take.state is not TakeState.HELD:
        raise AssertionError("the demonstration expects this take to be held")
    case = cases.case(SYSTEM, take.case or "")
    match = case.evidence[0]
    stage.say(
        f"a take that copies “{victim.title}” is held before anyone hears it: case {case.id}, "
        f"{match.query_start_s:.0f}–{match.query_end_s:.0f} s of it is {match.ref_start_s:.0f}–{match.ref_end_s:.0f} s there"
    )
    reader = stage.kept["account"]["reviewer"]
    integrity.decide(
        case.id, "upheld", "the same notes played the same way, start to end", reader, day("2026-07-09"), reader
    )
    stage.say(f"a reviewer upheld it on 9 July: {cases.case(SYSTEM, case.id).state}")


def _disguised(midi: bytes) -> bytes:
    """The same music with every eighth note of each voice an octave elsewhere, so that no long run of it stands."""
    score = from_midi(midi)
    tracks = [
        replace(track, notes=tuple(_moved(note) if at % 8 == 7 else note for at, note in enumerate(track.notes)))
        for track in score.tracks
    ]
    return replace(score, tracks=tuple(tracks)).to_midi()


def _moved(note: Note) -> Note:
    return replace(note, pitch=note.pitch + (12 if note.pitch < 72 else -12))


def _robin(stage: Stage) -> str:
    return str(stage.kept["account"]["robin"])


def after_revocation(stage: Stage) -> None:
    """What the strictest deal demands of the model, and its successor, sealed without the work that was taken back."""
    for line in training.apply_revocations(day("2026-08-15"), ACTOR):
        stage.say(named(f"  · {line}"))
    seal = training.seal_set("compose", SERVED, day("2026-08-20"), ACTOR, _candidates())
    before = stage.kept["seal"]
    stage.say(f"a new set is sealed on 20 August: {len(seal.items)} scores ({len(before.items)} before)")
    with stage.working("training the successor") as bar:
        model = training.train(seal.id, 2, bar, at=day("2026-08-20"), actor=ACTOR, plan=SHORTER)
    training.promote(model.id, day("2026-08-25"), ACTOR)
    stage.kept["successor"] = model
    stage.say(
        f"model {model.id} takes over on 25 August; what {stage.kept['model'].id} made stays released and keeps paying"
    )
