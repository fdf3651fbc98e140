"""What a model is to write, and writing a part of a take again: which bars and voices, all else note for note as it was (shell)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accord.catalog.score import Score, Track, from_midi
from accord.studio.known import check_phrase
from accord.studio.records import Take, TakeKind
from accord.terms.refusal import BadInput
from accord.training import tokens
from accord.training.generator import Request, placed
from accord.vault import actions as vault


@dataclass(frozen=True)
class Order:
    """What a model is to write: as asked, in words if any, by which model and where; `parent` is the take it varies."""

    request: Request
    kind: TakeKind
    prompt: str | None = None
    model: str | None = None
    territory: str | None = None
    played: bool = False
    parent: Take | None = None


def score_of(take: Take) -> Score:
    """The notes of a take. Raises: BadInput for a remix."""
    if take.midi is None or take.model is None:
        raise BadInput(
            f"take {take.id} cannot be written again",
            why="it has no notes of a model: it is sound",
            do="edit it, or make another",
        )
    return from_midi(vault.read(take.midi))


def request_of(score: Score, bars: tuple[int, ...], voices: tuple[str, ...], seed: int, strength: float) -> Request:
    """The request that varies `bars` (counted from 1) and `voices` (by name) of `score`; none means all. Raises: BadInput."""
    pitched, _ = tokens.by_register(score)
    named = {track.name: number for number, track in enumerate(pitched, start=1)}
    for voice in voices:
        if voice not in named:
            raise BadInput(f"there is no voice `{voice}` to write again", do=f"name {' or '.join(named)}")
    for bar in bars:
        if not 1 <= bar <= score.bars:
            raise BadInput(f"there is no bar {bar}", why=f"the take has {score.bars} bars")
    return Request(
        key=score.key, metre=score.metre, tempo_bpm=score.tempo_bpm, phrase=score, mode="vary", seed=seed,
        strength=strength, only_bars=bars, only_voices=tuple(named[voice] for voice in voices), title=score.title,
    )  # fmt: skip


def kept(varied: Score, request: Request, parent: Take | None) -> Score:
    """`varied` where it was asked for, the take's own notes everywhere else; what varies no take as it is."""
    if parent is None or request.phrase is None:
        return varied
    before, after = request.phrase, {track.name: track for track in varied.tracks}
    pitched, _ = tokens.by_register(before)
    chosen = {t.name for i, t in enumerate(pitched, start=1) if not request.only_voices or i in request.only_voices}
    tracks = (
        _spliced(track, after[track.name], request) if track.name in chosen and track.name in after else track
        for track in before.tracks
    )
    return replace(before, tracks=tuple(tracks))


def brought(request: Request, parent: Take | None, creator: str) -> Score | None:
    """The notes that the creator brought and that are theirs, in the key of what is made. Raises: Refused (see `known`)."""
    if parent is not None:
        return from_midi(vault.read(parent.own.midi)) if parent.own else None
    if request.phrase is None:
        return None
    return placed(replace(request, phrase=check_phrase(request.phrase, creator)))


def in_words(request: Request, score: Score) -> str:
    """What is written again: `bars 3 and 4 of the flute`."""
    pitched, _ = tokens.by_register(score)
    bars = [str(bar) for bar in request.only_bars]
    named = [pitched[number - 1].name for number in request.only_voices if number <= len(pitched)]
    what = f"bar{'s' if len(bars) > 1 else ''} {' and '.join(bars)}" if bars else "every bar"
    return f"{what} of {' and '.join(named) or 'every voice'}"


def _spliced(before: Track, after: Track, request: Request) -> Track:
    """One voice: the bars asked for from `after`, the others from `before`."""
    bar = request.phrase.bar_ticks if request.phrase else 1

    def asked(onset: int) -> bool:
        return not request.only_bars or onset // bar + 1 in request.only_bars

    old = [note for note in before.notes if not asked(note.onset)]
    return replace(before, notes=tuple(old + [note for note in after.notes if asked(note.onset)]))
