"""Generators of scores: the protocol every model here answers to, the request, and the embedded model behind it.

An outside model is an adapter with the same two members. A generator says what it can do in `capabilities`; asked for
more it refuses. Same seed, same model, same request: the same score.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from accord.catalog.score import Score, tonic
from accord.terms.refusal import BadInput
from accord.training import tokens
from accord.training.grammar import Grammar, alphabet
from accord.training.mixture import Mixture, Reader
from accord.training.tokens import Encoded, Header, Voice, grid_metre

MODES = frozenset({"new", "continue", "vary"})
KIT = 128
MOST_BARS = 64
OLD_PITCH_WEIGHT = 0.25


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
    if request.mode not in capabilities:
        raise BadInput(f"this model cannot `{request.mode}`", why="it does not list it among its capabilities")
    if request.mode != "new" and (request.phrase is None or not request.phrase.note_count):
        raise BadInput(f"there is nothing to {request.mode}", why="no phrase with notes came with the request")
    if request.phrase is not None and request.phrase.bars > MOST_BARS:
        raise BadInput(f"a phrase of {request.phrase.bars} bars is too long", do=f"send at most {MOST_BARS} bars")
    if not 1 <= request.bars <= MOST_BARS:
        raise BadInput(f"`{request.bars}` bars cannot be made", do=f"ask for 1 to {MOST_BARS}")
    if not 20 <= request.tempo_bpm <= 300:
        raise BadInput(
            f"a tempo of `{request.tempo_bpm}` cannot be played", do="ask for 20 to 300 quarter notes a minute"
        )
    if grid_metre(request.metre) != request.metre and request.metre[1] != 2:
        raise BadInput(
            f"the metre `{request.metre[0]}/{request.metre[1]}` is not known", do="ask for example for 3/4 or 6/8"
        )
    if any(not 0 <= program <= KIT for program in request.instruments):
        raise BadInput("an instrument is outside General MIDI", do="programs are 0 to 127, a drum kit is 128")
    if len([p for p in request.instruments if p != KIT]) > tokens.VOICES:
        raise BadInput(f"{len(request.instruments)} instruments are too many", do=f"ask for at most {tokens.VOICES}")


@dataclass(frozen=True)
class ScoreModel:
    """The embedded generator: a mixture sampled token by token under the grammar, so that what comes out is a score."""

    model: Mixture
    capabilities: frozenset[str] = field(
        default=MODES | {"key", "metre", "tempo", "instruments", "phrase", "seed", "bars", "voices"}
    )

    def generate(self, request: Request) -> Score:
        """Make one score as asked. Raises: BadInput."""
        check(request, self.capabilities)
        phrase = tokens.encode(_in_metre(request.phrase, request.metre)) if request.phrase else None
        header = _header(request, phrase)
        chance = np.random.Generator(np.random.Philox(request.seed))
        if request.mode == "vary" and phrase is not None:
            ids = _vary(self.model, request, phrase, header, chance)
        else:
            ids = _write(self.model, request, phrase, header, chance)
        made = tokens.decode(ids, header)
        return _with_own_notes(made, request, phrase) if phrase and request.mode != "vary" else made


def _with_own_notes(made: Score, request: Request, phrase: Encoded) -> Score:
    """What the creator brought stays as it was played; the grid and the plain loudness are for what follows it."""
    if request.phrase is None:
        return made
    own = _in_metre(request.phrase, request.metre)
    own = own.transposed(_moved_by(own.key, request.key))
    voices, kit = tokens.by_register(own)
    brought = {track.name: track.notes for track in (*voices, *([kit] if kit else []))}
    begins = own.bars * made.bar_ticks
    tracks = (
        replace(t, notes=(*brought.get(t.name, ()), *(n for n in t.notes if n.onset >= begins))) for t in made.tracks
    )
    return replace(made, tracks=tuple(tracks))


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


def _grammar(request: Request, header: Header, bars: int) -> Grammar:
    return Grammar(grid_metre(request.metre), len(header.voices), bars, drums=header.kit is not None)


def _write(
    model: Mixture, request: Request, phrase: Encoded | None, header: Header, chance: np.random.Generator
) -> list[int]:
    """The phrase, if any, then tokens drawn until the last bar ends."""
    opening = [int(t) for t in phrase.ids[2:-1]] if phrase else []
    begun = sum(1 for t in opening if t == alphabet().bar)
    bars = begun + request.bars if request.mode == "continue" else max(request.bars, begun)
    if opening and begun < bars:
        opening.append(alphabet().bar)  # the phrase's own bars stay as they are
    grammar, reader = _grammar(request, header, bars), model.reader()
    ids = [tokens.special("BOS"), tokens.mode_token(request.key)]
    follows = _read(reader, ids)
    for token in opening:
        follows = _follow(grammar, reader, token)
        ids.append(token)
    while ids[-1] != alphabet().end:
        token = _draw(follows, grammar.mask(), request, chance)
        follows = _follow(grammar, reader, token)
        ids.append(token)
    return ids


def _vary(model: Mixture, request: Request, phrase: Encoded, header: Header, chance: np.random.Generator) -> list[int]:
    """The phrase with some of its pitches drawn again; what the grammar then forbids is drawn again too, or left out."""
    own = [int(t) for t in phrase.ids[2:-1]]
    grammar, reader = _grammar(request, header, sum(1 for t in own if t == alphabet().bar)), model.reader()
    ids = [tokens.special("BOS"), tokens.mode_token(request.key)]
    follows, roles, skipping = _read(reader, ids), alphabet().roles, False
    for token in own:
        role, mask = roles[token], grammar.mask()
        skipping = (skipping and role in ("Pitch", "PitchDrum", "Duration")) or (role == "Program" and not mask[token])
        if skipping:
            continue
        again = role in ("Pitch", "PitchDrum") and _may_change(request, grammar) and chance.random() < request.strength
        if again or not mask[token]:
            weighted = follows.copy()
            weighted[token] *= OLD_PITCH_WEIGHT
            token = _draw(weighted, mask, request, chance)
        follows = _follow(grammar, reader, token)
        ids.append(token)
    return [*ids, alphabet().end]


def _may_change(request: Request, grammar: Grammar) -> bool:
    in_bars = not request.only_bars or grammar.bar in request.only_bars
    return in_bars and (not request.only_voices or grammar.voice + 1 in request.only_voices)


def _read(reader: Reader, ids: list[int]) -> NDArray[np.float64]:
    found = np.zeros(0)
    for token in ids:
        found = reader.step(token)
    return found


def _follow(grammar: Grammar, reader: Reader, token: int) -> NDArray[np.float64]:
    grammar.take(token)
    return reader.step(token)


def _draw(follows: NDArray[np.float64], mask: NDArray[np.bool_], request: Request, chance: np.random.Generator) -> int:
    """One token by its probability among those allowed and likely."""
    weights = np.where(mask, follows, 0.0)
    weights = np.power(weights / weights.max(), 1.0 / max(request.temperature, 0.05))
    order = np.argsort(-weights, kind="stable")
    summed = np.cumsum(weights[order])
    kept = int(np.searchsorted(summed, min(request.nucleus, 1.0) * summed[-1])) + 1
    return int(order[min(np.searchsorted(summed[:kept], chance.random() * summed[kept - 1], side="right"), kept - 1)])
