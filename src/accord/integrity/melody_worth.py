"""What each note of a work's melody tells: how rarely the other works go on so, after up to four steps before, in nats. Pure.

What everybody plays says little. One step's odds begin with those of old tunes and are corrected by what the catalogue does after
one step, after the last two, three and four (each smoothed by the one before: MacKay and Peto 1995), so a phrase that
is a formula of the trade is worth little as a whole, though each of its steps may be rare after the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.integrity.kernels import compiled
from accord.integrity.melody import RATIOS, Line, steps

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

#: Steps modulo 12, and duration ratios, of 91 old tunes (the development half of `eval/melodies.py`), and how many steps
#: behind each step they stand for: so that a catalogue of few works does not call its own tunes what everybody plays.
USUAL_STEPS = (0.102, 0.08, 0.173, 0.059, 0.05, 0.061, 0.004, 0.042, 0.067, 0.097, 0.189, 0.079)
USUAL_RATIOS = (0.006, 0.052, 0.069, 0.01, 0.714, 0.017, 0.085, 0.033, 0.014)
USUAL_COUNT = 200.0
SMOOTHED = 10.0  # passages of which one step less is known, beside those counted
#: What is counted: steps after so many others, and ratios, of which none need go before.
TABLES = (
    *(("ratios", 0), ("steps", 1)),  # where what is usual comes in
    *(("ratios", 1), ("steps", 2), ("ratios", 2), ("steps", 3), ("ratios", 3), ("steps", 4), ("ratios", 4)),
)
PASSAGE = 16  # steps; where so many in a row are the same it is one tune, counted once


def worth(
    catalogue: Sequence[Line], beside: Sequence[NDArray[np.unsignedinteger[Any]]] = ()
) -> tuple[F64, F64, tuple[I64, ...]]:
    """(pitch, rhythm) information of each note in nats, the lines end to end, and all counts. None is held against the work that it is of.

    The same PASSAGE steps count once, for the first work that has them: a tune that is there in many settings is not what
    everybody plays. A first note's pitch is worth the mean step; the first two notes' rhythm nothing. `beside`: the counts of
    other lines, which count too.
    """
    taken, kind, place = _end_to_end(catalogue)
    counted, holder = _held(_passages(taken, kind, place), [len(line) for line in catalogue])
    by = np.argsort(holder, kind="stable")
    usual_steps, usual_ratios = -np.log(USUAL_STEPS), -np.log(USUAL_RATIOS)
    pitch = np.where(place > 0, usual_steps[taken], usual_steps.mean())
    rhythm = np.where(place > 1, usual_ratios[kind], 0.0)
    tables = []
    for number, (signs, before) in enumerate(TABLES):
        nats, sign, first, kinds = (pitch, taken, 1, 12) if signs == "steps" else (rhythm, kind, 2, RATIOS)
        table = beside[number].astype(np.int64) if beside else np.zeros(kinds ** (before + 1), np.int64)
        smoothed = SMOOTHED if number > 1 else USUAL_COUNT
        _learn(nats, _contexts(sign, place, before, first, kinds), table, kinds, by, holder, counted, smoothed)
        tables.append(table)
    return pitch, rhythm, tuple(tables)


def _end_to_end(catalogue: Sequence[Line]) -> tuple[I64, I64, I64]:
    """(step to it, 0 for a first note; class of ratio; place in its line) of every note."""
    empty = [np.zeros(0, np.int64)]
    taken = np.concatenate(empty + [np.append(0, steps(line)) for line in catalogue])
    place = np.concatenate(empty + [np.arange(len(line)) for line in catalogue])
    return taken, np.concatenate(empty + [line.ratio for line in catalogue]), place


def _passages(taken: I64, kind: I64, place: I64) -> NDArray[np.uint64]:
    """A number for the PASSAGE steps and ratios that end at each note, or as many as there are in its line."""
    sign = np.where(place > 0, taken * RATIOS + kind + 1, 0).astype(np.uint64)
    mixed = np.zeros(len(sign), np.uint64)
    for back in reversed(range(PASSAGE)):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + np.where(place >= back, np.roll(sign, back), np.uint64(0))
    return mixed


def _held(passages: NDArray[np.uint64], lengths: Sequence[int]) -> tuple[NDArray[np.bool_], I64]:
    """(whether a note is the first that ends its passage, the line that has that first) of every note."""
    _, first, same = np.unique(passages, return_index=True, return_inverse=True)
    counted = np.zeros(len(passages), bool)
    counted[first] = True
    return counted, np.repeat(np.arange(len(lengths)), lengths)[first[same]]


def _contexts(sign: I64, place: I64, before: int, first: int, kinds: int) -> I64:
    """Each note's sign behind those of so many notes before it, as one number; −1 where there are not so many from `first` on."""
    mixed = np.zeros(len(sign), np.int64)
    for back in reversed(range(before + 1)):
        mixed = mixed * kinds + np.roll(sign, back)
    return np.where(place >= first + before, mixed, -1)


@compiled
def _learn(
    nats: F64,
    context: I64,
    all_next: I64,
    kinds: int,
    by: I64,
    holder: I64,
    counted: NDArray[np.bool_],
    smoothed: float,
) -> None:
    """Correct the nats by what the other holders do in each context, and add to `all_next` what these do; `by` has the notes
    in order of their holder."""
    for i in range(len(context)):
        if counted[i] and context[i] >= 0:
            all_next[context[i]] += 1
    all_in = all_next.reshape(-1, kinds).sum(axis=1)
    own_next, own_in = np.zeros_like(all_next), np.zeros_like(all_in)
    begin = 0
    while begin < len(by):
        end = begin
        while end < len(by) and holder[by[end]] == holder[by[begin]]:
            own = context[by[end]]
            if counted[by[end]] and own >= 0:
                own_next[own] += 1
                own_in[own // kinds] += 1
            end += 1
        for k in range(begin, end):
            i, own = by[k], context[by[k]]
            if own >= 0:
                others, among = all_next[own] - own_next[own], all_in[own // kinds] - own_in[own // kinds]
                nats[i] = -np.log((others + smoothed * np.exp(-nats[i])) / (among + smoothed))
        for k in range(begin, end):
            own = context[by[k]]
            if own >= 0:
                own_next[own] = own_in[own // kinds] = 0
        begin = end
