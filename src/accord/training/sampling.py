"""Drawing a score from the model token by token: what is likely, what the grammar allows, what the key favours (pure).

The model always writes for all the voices it learned; those that nobody asked for are played in its head and left out,
since a fiddle line changes when the bass it listens to is forbidden. A pitch that would end a run of notes of the set, longer
than the bound, is not drawn. Half of the model knows the mode only faintly, so
pitches are weighted by their place in the key, and the last bar is drawn again until the highest voice ends on the tonic.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from accord.catalog.score import MAJOR_PROFILE, MINOR_PROFILE, is_minor
from accord.training import tokens
from accord.training.grammar import Grammar, alphabet
from accord.training.memory import Known, Lines
from accord.training.mixture import Mixture, Reader
from accord.training.tokens import Encoded, Header, grid_metre

if TYPE_CHECKING:
    from accord.training.generator import Request

OLD_PITCH_WEIGHT = 0.25
#: Power of the key's profile that pitches are weighted by. Of 60 pieces asked for in minor of the demonstration's model,
#: 56 were heard in their key with it and 40 without it.
KEY_PULL = 0.75
ENDINGS = 8
#: The tonic's pitch class in normal form, where everything is in C major or A minor.
C, A = 0, 9


@dataclass
class Pen:
    """A sequence as far as it is written: the tokens, the grammar and the model that read them, and what may follow.

    `known` is what its lines may not hold.
    """

    model: Mixture
    grammar: Grammar
    reader: Reader
    ids: list[int]
    follows: NDArray[np.float64]
    known: Known | None = None
    lines: Lines = field(default_factory=Lines)

    def write(self, token: int) -> None:
        """Write one token."""
        self.grammar.take(token)
        if self.grammar.last == "Pitch":
            self.lines.take(self.grammar.voice, self.grammar.now, self.grammar.pitch)
        self.follows = self.reader.step(token)
        self.ids.append(token)

    def copy(self) -> Pen:
        """The same place, to go on from in another way."""
        return Pen(
            self.model,
            deepcopy(self.grammar),
            self.reader.copy(),
            list(self.ids),
            self.follows,
            self.known,
            self.lines.copy(),
        )


def write(
    model: Mixture, request: Request, phrase: Encoded | None, chance: np.random.Generator, known: Known | None = None
) -> list[int]:
    """The phrase, if any, then tokens drawn until the last bar ends, on the tonic if it can be."""
    opening = [int(t) for t in phrase.ids[2:-1]] if phrase else []
    begun = sum(1 for t in opening if t == alphabet().bar)
    bars = begun + request.bars if request.mode == "continue" else max(request.bars, begun)
    if opening and begun < bars:
        opening.append(alphabet().bar)  # the phrase's own bars stay as they are
    pen = _begun(model, request, Grammar(grid_metre(request.metre), tokens.VOICES, bars, True, model.reach), known)
    for token in opening:
        pen.write(token)
    while pen.grammar.bar < bars:
        pen.write(_draw(pen, request, chance))
    return _ended(pen, request, chance)


def vary(
    model: Mixture,
    request: Request,
    phrase: Encoded,
    header: Header,
    chance: np.random.Generator,
    known: Known | None = None,
) -> list[int]:
    """The phrase with some of its pitches drawn again; what the grammar then forbids is drawn again too, or left out."""
    own = [int(t) for t in phrase.ids[2:-1]]
    bars = sum(1 for t in own if t == alphabet().bar)
    grammar = Grammar(grid_metre(request.metre), len(header.voices), bars, header.kit is not None)
    pen = _begun(model, request, grammar, known)
    roles, skipping = alphabet().roles, False
    for token in own:
        role, mask = roles[token], pen.grammar.mask()
        skipping = (skipping and role in ("Pitch", "PitchDrum", "Duration")) or (role == "Program" and not mask[token])
        if skipping:
            continue
        again = role in ("Pitch", "PitchDrum") and _may_change(request, pen.grammar)
        if (again and chance.random() < request.strength) or not mask[token]:
            pen.follows[token] *= OLD_PITCH_WEIGHT
            token = _draw(pen, request, chance)
        pen.write(token)
    return [*pen.ids, alphabet().end]


def _begun(model: Mixture, request: Request, grammar: Grammar, known: Known | None) -> Pen:
    reader, ids = model.reader(), [tokens.special("BOS"), tokens.mode_token(request.key)]
    follows = [reader.step(token) for token in ids][-1]
    return Pen(model, grammar, reader, ids, follows, known)


def _ended(pen: Pen, request: Request, chance: np.random.Generator) -> list[int]:
    """The last bar, drawn up to ENDINGS times until the highest voice ends on the tonic."""
    lead, tonic = int(alphabet().voices[0]), A if is_minor(request.key) else C
    tried = pen
    for _ in range(ENDINGS):
        tried = pen.copy()
        while tried.ids[-1] != alphabet().end:
            tried.write(_draw(tried, request, chance))
        sung = tried.reader.read.pitches.get(lead)
        if not sung or alphabet().values[sung[-1]] % 12 == tonic:
            break
    return tried.ids


def _may_change(request: Request, grammar: Grammar) -> bool:
    in_bars = not request.only_bars or grammar.bar in request.only_bars
    return in_bars and (not request.only_voices or grammar.voice + 1 in request.only_voices)


def _draw(pen: Pen, request: Request, chance: np.random.Generator) -> int:
    """One token by its probability and its place in the key, among those allowed and likely."""
    weights = np.where(pen.grammar.mask(), pen.follows * _pull(is_minor(request.key)), 0.0)
    weights = _unknown(pen, weights)
    possible = np.flatnonzero(weights)
    weights = np.power(weights[possible] / weights.max(), 1.0 / max(request.temperature, 0.05))
    falling = np.argsort(-weights, kind="stable")
    order, summed = possible[falling], np.cumsum(weights[falling])
    kept = int(np.searchsorted(summed, min(request.nucleus, 1.0) * summed[-1])) + 1
    return int(order[min(np.searchsorted(summed[:kept], chance.random() * summed[kept - 1], side="right"), kept - 1)])


def _unknown(pen: Pen, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights without pitches that would end a run that stands in the set, unless no other is left."""
    if pen.known is None or pen.grammar.last != "Program" or pen.grammar.voice == tokens.DRUM_VOICE:
        return weights
    pitches = alphabet().pitches[weights[alphabet().pitches] > 0]
    line = pen.lines.of.get(pen.grammar.voice, [])
    standing = pitches[pen.known.forbids(line, pen.grammar.now, alphabet().values[pitches])]
    left = weights.copy()
    left[standing] = 0.0
    return left if left.any() else weights


@cache
def _pull(minor: bool) -> NDArray[np.float64]:
    """Weight of each token: of pitches by their place in C major or A minor (Krumhansl & Kessler 1982), of others one."""
    letters, found = alphabet(), np.ones(tokens.size())
    profile = np.asarray(MINOR_PROFILE if minor else MAJOR_PROFILE)
    places = (letters.values[letters.pitches] - (A if minor else C)) % 12
    found[letters.pitches] = (profile[places] / profile.mean()) ** KEY_PULL
    return found
