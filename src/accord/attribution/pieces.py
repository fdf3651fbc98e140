"""The pieces that a model is calibrated on: half of them free, half opened by two bars of a work it learned from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from accord.catalog.score import Score
from accord.training import tokens
from accord.training.generator import Request, ScoreModel
from accord.training.mixture import Mixture

BARS, OPENING = 8, 2
SEED = 7_000
METRES, KEYS = ((4, 4), (3, 4), (6, 8)), ("C major", "A minor")


def write(
    model: Mixture, works: Mapping[str, Score], count: int, report: Callable[[int], None] = lambda done: None
) -> list[NDArray[np.int64]]:
    """`count` pieces as tokens, BOS to EOS, with every voice that the model knows; the same every time."""
    generator, chance = ScoreModel(model), np.random.Generator(np.random.Philox(SEED))
    voices = (0,) * max(1, len(model.reach.keys() - {tokens.DRUM_VOICE}))
    usable = [work for _, work in sorted(works.items()) if tokens.is_metre(work.metre) and _opening(work).note_count]
    found = []
    for number in range(count):
        asked = Request(key=KEYS[number // 2 % 2], metre=METRES[number // 4 % 3], bars=BARS, seed=SEED + number)
        if number // 2 % 2 and usable:
            work = usable[int(chance.integers(len(usable)))]
            asked = replace(asked, key=work.key, metre=work.metre, phrase=_opening(work))
        else:
            asked = replace(asked, instruments=voices)
        found.append(tokens.encode(generator.generate(asked)).ids)
        report(number + 1)
    return found


def _opening(work: Score) -> Score:
    """Its first bars."""
    end = OPENING * work.bar_ticks
    tracks = (replace(t, notes=tuple(n for n in t.notes if n.end <= end)) for t in work.tracks)
    return replace(work, tracks=tuple(t for t in tracks if t.notes))
