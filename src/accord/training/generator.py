"""Generators of scores: the protocol every model here answers to, the request, and the embedded model behind it.

An outside model is an adapter with the same two members. A generator says what it can do in `capabilities`; asked for
more it refuses. Same seed, same model, same request: the same score.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil
from typing import Protocol

import numpy as np

from accord.catalog.score import TICKS_PER_QUARTER, Score, bar_ticks, tonic
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.training import sampling, tokens
from accord.training.grammar import alphabet
from accord.training.memory import Known
from accord.training.mixture import Mixture
from accord.training.tokens import Encoded, Header, Voice, is_metre

MODES = frozenset({"new", "continue", "vary"})
KIT = 128
MOST_BARS, MOST_NOTES, LONGEST_S = 64, 5_000, 600
LOWEST = 28  # E1
MOST_SEED = 2**53 - 1  # the largest integer that a fact can hold
#: Takes of one piece, when an instrument that was asked for had nothing to play, or a run of the set stands in it.
TRIES = 6


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a generator.

    `instruments` are General MIDI programs (0 to 127; 128 is a drum kit) from the highest voice to the lowest; none
    means the phrase's own, or a piano. `phrase` opens a new piece, is continued by `bars` more, or is varied: then
    `strength` is the part of its notes that may change, in `only_bars` and `only_voices` (counted from 1; none means
    everywhere). Of the tokens that may come, the likeliest that together have `nucleus` of the probability are drawn
    from (Holtzman et al. 2020), sharpened by a `temperature` below one.
    """

    key: str = "C major"
    metre: tuple[int, int] = (4, 4)
    tempo_bpm: float = 100.0
    instruments: tuple[int, ...] = ()
    bars: int = 8
    phrase: Score | None = None
    seed: int = 0
    mode: str = "new"
    temperature: float = 0.95
    nucleus: float = 0.9
    strength: float = 0.4
    only_bars: tuple[int, ...] = ()
    only_voices: tuple[int, ...] = ()
    title: str = ""


#: What a request steers by beyond the plain one, and the capability that it needs.
STEERS = {
    "key": "key", "metre": "metre", "tempo_bpm": "tempo", "instruments": "instruments", "phrase": "phrase",
    "seed": "seed", "only_bars": "bars", "only_voices": "voices",
}  # fmt: skip
PLAIN = Request()


class Generator(Protocol):
    """A model of scores."""

    @property
    def capabilities(self) -> frozenset[str]:
        """What it can do: modes (new, continue, vary) and steering (key, metre, tempo, instruments, phrase, seed)."""

    def generate(self, request: Request) -> Score:
        """Make one score. Raises: BadInput for a request it cannot follow."""


def check(request: Request, capabilities: frozenset[str]) -> None:
    """Raise BadInput for a request that makes no sense or that a generator with these capabilities cannot follow."""
    tonic(request.key)
    if request.mode not in MODES:
        raise BadInput(f"the mode `{request.mode}` does not exist", do="use new, continue or vary")
    for asked in (request.mode, *(STEERS[name] for name in STEERS if getattr(request, name) != getattr(PLAIN, name))):
        if asked not in capabilities:
            raise BadInput(f"this model cannot follow `{asked}`", why="it does not list it among its capabilities")
    if not 1 <= request.bars <= MOST_BARS:
        raise BadInput(f"`{request.bars}` bars cannot be made", do=f"ask for 1 to {MOST_BARS}")
    if not 20 <= request.tempo_bpm <= 300:
        raise BadInput(
            f"a tempo of `{request.tempo_bpm:g}` cannot be played", do="ask for 20 to 300 quarter notes a minute"
        )
    if not is_metre(request.metre):
        raise BadInput(
            f"the metre `{request.metre[0]}/{request.metre[1]}` is not known", do="ask for example for 3/4 or 6/8"
        )
    if not 0 <= request.seed <= MOST_SEED:
        raise BadInput(f"the seed `{request.seed}` is out of bounds", do=f"choose a whole number from 0 to {MOST_SEED}")
    if not (0 < request.temperature <= 2 and 0 < request.nucleus <= 1 and 0 <= request.strength <= 1):
        why = "temperature is above 0 and at most 2, nucleus above 0 and at most 1, strength from 0 to 1"
        raise BadInput("this cannot be drawn from", why=why)
    if any(not 0 <= program <= KIT for program in request.instruments):
        raise BadInput("an instrument is outside General MIDI", do="programs are 0 to 127, a drum kit is 128")
    _check_phrase(request)


def _check_phrase(request: Request) -> None:
    """A phrase that there is, that is not too long, and that does not make too long a piece."""
    phrase, mode = request.phrase, request.mode
    if mode != "new" and (phrase is None or not phrase.note_count):
        raise BadInput(f"there is nothing to {mode}", why="no phrase with notes came with the request")
    own = ceil(phrase.end / bar_ticks(request.metre)) if phrase is not None else 0
    if phrase is not None and (own > MOST_BARS or phrase.note_count > MOST_NOTES):
        raise BadInput(
            f"a phrase of {own} bars and {phrase.note_count:,} notes is too long",
            do=f"send at most {MOST_BARS} bars and {MOST_NOTES:,} notes",
        )
    bars = {"new": max(own, request.bars), "continue": own + request.bars, "vary": own}[mode]
    length_s = bars * bar_ticks(request.metre) / TICKS_PER_QUARTER * 60 / request.tempo_bpm
    if length_s > LONGEST_S:
        raise BadInput(f"a piece of {length_s:.0f} seconds is too long", do=f"make {LONGEST_S} seconds or fewer of it")


@dataclass(frozen=True)
class ScoreModel:
    """The embedded generator: a mixture sampled token by token under the grammar, so that what comes out is a score.

    Nothing leaves that holds a run of `known`: such a take is made again.
    """

    model: Mixture
    known: Known | None = None
    capabilities: frozenset[str] = field(
        default=MODES | {"key", "metre", "tempo", "instruments", "phrase", "seed", "bars", "voices"}
    )

    def generate(self, request: Request) -> Score:
        """Make one score as asked. Raises: BadInput; Refused when every take held a run of notes of the set."""
        check(request, self.capabilities)
        self._check_instruments(request.instruments)
        phrase = tokens.encode(_in_metre(request.phrase, request.metre)) if request.phrase else None
        header = _header(request, phrase)
        chance = np.random.Generator(np.random.Philox(request.seed))
        kept: Score | None = None
        for _ in range(TRIES):
            made = self._take(request, phrase, header, chance)
            if self.known is not None and self.known.in_piece(made, placed(request)):
                continue
            kept = made if kept is None else max(kept, made, key=lambda score: len(score.tracks))
            if len(kept.tracks) >= len(header.voices) + bool(header.kit):
                break
        if kept is None:
            raise Refused(by_heart(f"in {TRIES} takes it wrote"))
        return kept

    def _take(self, request: Request, phrase: Encoded | None, header: Header, chance: np.random.Generator) -> Score:
        if request.mode == "vary" and phrase is not None:
            return tokens.decode(sampling.vary(self.model, request, phrase, header, chance, self.known), header)
        made = tokens.decode(sampling.write(self.model, request, phrase, chance, self.known), header)
        return _with_own_notes(made, request, phrase) if phrase else _audible(made)

    def _check_instruments(self, programs: tuple[int, ...]) -> None:
        """Each instrument is a voice that some work of the set has; a voice that none has could only be silent."""
        voices = len(self.model.reach.keys() - {tokens.DRUM_VOICE})
        pitched = len([p for p in programs if p != KIT])
        if pitched > voices:
            why = f"no score that this model learned from has more than {voices} voices"
            raise BadInput(
                f"{pitched} instruments are too many", why=why, do=f"ask for at most {voices}, and a drum kit"
            )
        if KIT in programs and tokens.DRUM_VOICE not in self.model.reach:
            raise BadInput(
                "this model cannot play drums", why="no score that it learned from has any", do="leave 128 out"
            )


def by_heart(wrote: str) -> Refusal:
    """What is said of a piece in which more of a work stands than may leave; `wrote` says how it came about."""
    return Refusal(
        code="training.by-heart",
        because=f"{wrote} more notes in a row that stand in a work of its set than may leave",
        hint="choose another seed, or another phrase to open with",
    )


def _audible(made: Score) -> Score:
    """Notes below the double bass's lowest string an octave higher."""
    tracks = (
        t if t.drums else replace(t, notes=tuple(replace(n, pitch=n.pitch + 12 * (n.pitch < LOWEST)) for n in t.notes))
        for t in made.tracks
    )
    return replace(made, tracks=tuple(tracks))


def _with_own_notes(made: Score, request: Request, phrase: Encoded) -> Score:
    """What the creator brought stays as it was played; the grid and the plain loudness are for what follows it."""
    own = placed(request)
    if own is None:
        return made
    voices, kit = tokens.by_register(own)
    brought = {track.name: track.notes for track in (*voices, *([kit] if kit else []))}
    begins = sum(1 for token in phrase.ids if token == alphabet().bar) * made.bar_ticks  # a last note may ring on
    tracks = (
        replace(t, notes=(*brought.get(t.name, ()), *(n for n in t.notes if n.onset >= begins))) for t in made.tracks
    )
    return replace(made, tracks=tuple(tracks))


def placed(request: Request) -> Score | None:
    """The phrase in the metre and key that are asked for, as it stands in what is made; None without one."""
    if request.phrase is None:
        return None
    own = _in_metre(request.phrase, request.metre)
    return own.transposed(_moved_by(own.key, request.key))


def _moved_by(key: str, asked: str) -> int:
    """Semitones (−6 to 5) that bring a phrase of one key into another; relative keys share their notes."""
    return (tokens.normal_shift(key) - tokens.normal_shift(asked) + 6) % 12 - 6


def _in_metre(phrase: Score, metre: tuple[int, int]) -> Score:
    return Score(phrase.title, phrase.tempo_bpm, metre, phrase.key, phrase.tracks)


def _header(request: Request, phrase: Encoded | None) -> Header:
    """Voices by what was asked for, then by what the phrase has; the phrase's register is kept."""
    own = phrase.header if phrase else None
    programs = [p for p in request.instruments if p != KIT]
    if own:
        programs += [v.program for v in own.voices[len(programs) :]]
    programs = programs or [0]
    named = [own.voices[i].name if own and i < len(own.voices) else f"voice {i + 1}" for i in range(len(programs))]
    wants_kit = KIT in request.instruments
    shift = tokens.normal_shift(request.key)
    if own:
        shift = own.shift - _moved_by(own.key, request.key)
    return Header(
        title=request.title,
        tempo_bpm=request.tempo_bpm,
        metre=request.metre,
        key=request.key,
        voices=tuple(Voice(name, program) for name, program in zip(named, programs, strict=True)),
        kit=(own.kit if own else None) or (Voice("kit", 0, True) if wants_kit else None),
        shift=shift,
    )
