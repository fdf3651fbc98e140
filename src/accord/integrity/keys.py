"""Keys of the first tier: three or four peaks as one number of KEY_BITS bits, so rare that few of a large index agree.

- *Triples* (an anchor and two targets; the anchor's bin counts): for sound at its own pitch, tempo within about ±20 %.
- *Quads* (an anchor and three targets; only steps between them count, and gaps relative to the longest): for any pitch
  and tempo.

Peaks of the bass take no part: keys with them lost as much as they found. A reference has one key of each kind per anchor,
of its strongest targets. A query tries choices of a few more targets, and both neighbours of what lies near a rounding's
edge, as long as all that together is likely enough: what is past edges adds up, and so does how many targets are stronger
than those chosen. The parts of a key are mixed, so keys are spread evenly and say nothing by their order. (Measured:
docs/decisions/0060, 0088 and 0099.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.integrity.kernels import compiled, inlined
from accord.integrity.packing import I64, KEY_BITS
from accord.integrity.pairs import gap_cell
from accord.integrity.peaks import BASS_BINS, F32, Peaks

F64 = NDArray[np.float64]

STEP_BINS_MAX, GAP_FRAMES_MIN = 24, 2
EDGE = 0.25  # how near to a rounding's edge the other side is tried too (bins, cells)
DOUBT = 0.29  # how much of that all edges together may be, WEAKER less for each target that is stronger than one chosen
WEAKER = 0.05
RATIO_CELLS = 8.0
SPAN_FRAMES_MIN = 6
MOST_TARGETS = 8


@dataclass(frozen=True)
class Kind:
    """One kind of key: how many targets it has, how far they may be, which peaks take part in reference and query."""

    targets: int
    reach_frames: int
    stored_per_s: int
    asked_per_s: int
    asked_targets: int


TRIPLES = Kind(2, 43, 21, 60, 5)
QUADS = Kind(3, 64, 14, 40, 6)
KINDS = (TRIPLES, QUADS)


def stored_keys(peaks: Peaks, kind: Kind) -> tuple[I64, F32]:
    """(key, anchor frame) of a reference's peaks: at most one per anchor."""
    chosen = _treble(peaks.strongest(kind.stored_per_s))
    return _keys(chosen.frames, chosen.bins, chosen.strength, kind.targets, kind.targets, kind.reach_frames, 0.0, 0.0)


def asked_keys(peaks: Peaks, kind: Kind) -> tuple[I64, F32]:
    """(key, anchor frame) of a query's peaks: every choice among `asked_targets`, with doubts, that is likely enough."""
    chosen = _treble(peaks.strongest(kind.asked_per_s))
    return _keys(
        chosen.frames, chosen.bins, chosen.strength, kind.targets, kind.asked_targets, kind.reach_frames, EDGE, DOUBT
    )


def _treble(peaks: Peaks) -> Peaks:
    """Those from 140 Hz on."""
    high = peaks.bins >= BASS_BINS
    return Peaks(peaks.frames[high], peaks.bins[high], peaks.strength[high], peaks.rank[high], peaks.length)


@compiled
def _mixed(parts: int) -> int:
    """KEY_BITS bits of a 64-bit number, all parts of it stirred in (the finaliser of MurmurHash3, public domain)."""
    h = np.uint64(parts)
    h = (h ^ (h >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    h = (h ^ (h >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return np.int64((h ^ (h >> np.uint64(33))) & np.uint64((1 << KEY_BITS) - 1))  # type: ignore[return-value]


@compiled
def _strongest(frames: F32, bins: F32, strength: F32, anchor: int, reach: int, most: int, out: I64) -> int:
    """The strongest `most` targets of an anchor, in order of time, into `out`; returns how many."""
    count = 0
    for j in range(anchor + 1, len(frames)):
        gap = frames[j] - frames[anchor]
        if gap > reach:
            break
        if gap < GAP_FRAMES_MIN or abs(bins[j] - bins[anchor]) > STEP_BINS_MAX:
            continue
        if count < most:
            out[count] = j
            count += 1
            continue
        weakest = 0
        for k in range(1, count):
            if strength[out[k]] < strength[out[weakest]]:
                weakest = k
        if strength[j] > strength[out[weakest]]:
            for k in range(weakest, count - 1):
                out[k] = out[k + 1]
            out[count - 1] = j
    return count


@compiled
def _ranks(strength: F32, near: I64, found: int, out: I64) -> None:
    """How many of these targets are stronger than each (of equals the earlier is)."""
    for x in range(found):
        out[x] = 0
        for y in range(found):
            here, other = strength[near[x]], strength[near[y]]
            out[x] += other > here or (other == here and y < x)


@inlined
def _either(
    parts: I64, past: F64, count: int, size: int, value: float, edge: float, most: float, unit: float = 1.0
) -> int:
    """Put a value, rounded down, behind so many numbers, and behind each of them that may still pass so far over an edge the
    neighbour beyond the edge too, if that is near; returns how many there are then. Values are below `size`, and distances
    count `unit` times."""
    here, more = math.floor(value), count
    above = value - here > 0.5
    away = unit * (here + 1 - value if above else value - here)
    for p in range(count):
        if away < edge and past[p] + away <= most:
            parts[more], past[more] = parts[p] * size + here + (1 if above else -1), past[p] + away
            more += 1
        parts[p] = parts[p] * size + here
    return more


@compiled
def _triple(
    frames: F32, bins: F32, anchor: int, one: int, two: int, edge: float, most: float, parts: I64, past: F64
) -> int:
    """The numbers that a triple may be stored under, into `parts`; returns how many."""
    parts[0], past[0] = 0, 0.0
    count = _either(parts, past, 1, 1, bins[anchor] - BASS_BINS + 0.5, edge, most)
    for target in (one, two):
        count = _either(parts, past, count, 64, bins[target] - bins[anchor] + 32.5, edge, most)
    for target in (one, two):
        count = _either(parts, past, count, 32, gap_cell(frames[target] - frames[anchor]) + 1.0, edge, most)
    return count


@compiled
def _quad(
    frames: F32, bins: F32, anchor: int, one: int, two: int, three: int, edge: float, most: float, parts: I64, past: F64
) -> int:
    """The numbers that a quad may be stored under, into `parts`; returns how many."""
    span = frames[three] - frames[anchor]
    if span < SPAN_FRAMES_MIN:
        return 0
    parts[0], past[0], count = 0, 0.0, 1
    for target in (one, two, three):
        count = _either(parts, past, count, 64, bins[target] - bins[anchor] + 32.5, edge, most)
    for target in (one, two):
        ratio = RATIO_CELLS * (frames[target] - frames[anchor]) / span
        count = _either(parts, past, count, 16, ratio + 1.0, edge, most)
    return _either(parts, past, count, 16, 0.5 * gap_cell(span) + 1.0, edge, most, 2.0)


@compiled
def _keys(
    frames: F32, bins: F32, strength: F32, targets: int, choices: int, reach: int, edge: float, doubt: float
) -> tuple[I64, F32]:
    keys, anchors = np.empty(len(frames) * 8 + 64, np.int64), np.empty(len(frames) * 8 + 64, np.float32)
    near, ranks = np.empty(MOST_TARGETS, np.int64), np.empty(MOST_TARGETS, np.int64)
    parts, past, count = np.empty(64, np.int64), np.empty(64), 0
    for i in range(len(frames)):
        found = _strongest(frames, bins, strength, i, reach, choices, near)
        _ranks(strength, near, found, ranks)
        for x in range(found):
            for y in range(x + 1, found):
                for z in range(y + 1, found if targets == 3 else y + 2):
                    passed_over = ranks[x] + ranks[y] + (ranks[z] - 3 if targets == 3 else -1)
                    most = doubt - WEAKER * passed_over
                    if most < 0.0:
                        continue
                    if targets == 3:
                        many = _quad(frames, bins, i, near[x], near[y], near[z], edge, most, parts, past)
                    else:
                        many = _triple(frames, bins, i, near[x], near[y], edge, most, parts, past)
                    if count + many > len(keys):
                        keys = np.concatenate((keys, np.empty_like(keys)))
                        anchors = np.concatenate((anchors, np.empty_like(anchors)))
                    for p in range(many):
                        keys[count] = _mixed(parts[p])
                        anchors[count] = frames[i]
                        count += 1
    return keys[:count].copy(), anchors[:count].copy()
