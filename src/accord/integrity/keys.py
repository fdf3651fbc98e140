"""Keys of the first tier: three or four peaks as one number of KEY_BITS bits, so rare that few of a large index agree.

- *Triples* (an anchor and two targets; the anchor's bin counts): for sound at its own pitch, tempo within about ±20 %.
- *Quads* (an anchor and three targets; only steps between them count, and gaps relative to the longest): for any pitch
  and tempo.

A reference has one key of each kind per anchor, of its strongest targets. A query tries all choices of a few more
targets, and both neighbours of whatever lies near a rounding's edge. The parts of a key are mixed, so keys are spread
evenly and say nothing by their order. (Measured: docs/decisions/0060.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from accord.integrity.kernels import compiled
from accord.integrity.packing import I64, KEY_BITS
from accord.integrity.pairs import gap_cell
from accord.integrity.peaks import F32, Peaks

STEP_BINS_MAX, GAP_FRAMES_MIN = 24, 2
EDGE = 0.25  # how near to a rounding's edge the other side is tried too (bins, cells)
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


TRIPLES = Kind(2, 43, 99, 40, 5)
QUADS = Kind(3, 64, 13, 24, 5)
KINDS = (TRIPLES, QUADS)


def stored_keys(peaks: Peaks, kind: Kind) -> tuple[I64, F32]:
    """(key, anchor frame) of a reference's peaks: at most one per anchor."""
    chosen = peaks.strongest(kind.stored_per_s)
    return _keys(chosen.frames, chosen.bins, chosen.strength, kind.targets, kind.targets, kind.reach_frames, 0.0)


def asked_keys(peaks: Peaks, kind: Kind) -> tuple[I64, F32]:
    """(key, anchor frame) of a query's peaks: every choice among `asked_targets`, with doubts."""
    chosen = peaks.strongest(kind.asked_per_s)
    return _keys(chosen.frames, chosen.bins, chosen.strength, kind.targets, kind.asked_targets, kind.reach_frames, EDGE)


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
def _either(value: float, edge: float, half: float) -> tuple[int, int]:
    """The whole number below value + half, and the one beyond the edge when it is near, else the same."""
    here = math.floor(value + half)
    into = value + half - here
    return here, here + 1 if into > 1.0 - edge else (here - 1 if into < edge else here)


@compiled
def _triple(frames: F32, bins: F32, anchor: int, one: int, two: int, edge: float, parts: I64) -> int:
    """The numbers that a triple may be stored under, into `parts`; returns how many."""
    a = _either(bins[anchor], edge, 0.5)
    b = _either(bins[one] - bins[anchor], edge, 0.5)
    c = _either(bins[two] - bins[anchor], edge, 0.5)
    s = _either(gap_cell(frames[one] - frames[anchor]), edge, 0.0)
    t = _either(gap_cell(frames[two] - frames[anchor]), edge, 0.0)
    count = 0
    for i in range(1 if a[0] == a[1] else 2):
        for j in range(1 if b[0] == b[1] else 2):
            for k in range(1 if c[0] == c[1] else 2):
                for m in range(1 if s[0] == s[1] else 2):
                    for n in range(1 if t[0] == t[1] else 2):
                        steps = (a[i] * 64 + b[j] + 32) * 64 + c[k] + 32
                        parts[count] = (steps * 32 + s[m] + 1) * 32 + t[n] + 1
                        count += 1
    return count


@compiled
def _quad(frames: F32, bins: F32, anchor: int, one: int, two: int, three: int, edge: float, parts: I64) -> int:
    """The numbers that a quad may be stored under, into `parts`; returns how many."""
    span = frames[three] - frames[anchor]
    if span < SPAN_FRAMES_MIN:
        return 0
    b = _either(bins[one] - bins[anchor], edge, 0.5)
    c = _either(bins[two] - bins[anchor], edge, 0.5)
    d = _either(bins[three] - bins[anchor], edge, 0.5)
    r = _either(RATIO_CELLS * (frames[one] - frames[anchor]) / span, edge, 0.0)
    s = _either(RATIO_CELLS * (frames[two] - frames[anchor]) / span, edge, 0.0)
    t = _either(0.5 * gap_cell(span), 0.5 * edge, 0.0)
    count = 0
    for i in range(1 if b[0] == b[1] else 2):
        for j in range(1 if c[0] == c[1] else 2):
            for k in range(1 if d[0] == d[1] else 2):
                for m in range(1 if r[0] == r[1] else 2):
                    for n in range(1 if s[0] == s[1] else 2):
                        for o in range(1 if t[0] == t[1] else 2):
                            steps = ((b[i] + 32) * 64 + c[j] + 32) * 64 + d[k] + 32
                            parts[count] = ((steps * 16 + r[m] + 1) * 16 + s[n] + 1) * 16 + t[o] + 1
                            count += 1
    return count


@compiled
def _keys(
    frames: F32, bins: F32, strength: F32, targets: int, choices: int, reach: int, edge: float
) -> tuple[I64, F32]:
    keys, anchors = np.empty(len(frames) * 8 + 64, np.int64), np.empty(len(frames) * 8 + 64, np.float32)
    near, parts, count = np.empty(MOST_TARGETS, np.int64), np.empty(64, np.int64), 0
    for i in range(len(frames)):
        found = _strongest(frames, bins, strength, i, reach, choices, near)
        for x in range(found):
            for y in range(x + 1, found):
                for z in range(y + 1, found if targets == 3 else y + 2):
                    if targets == 3:
                        many = _quad(frames, bins, i, near[x], near[y], near[z], edge, parts)
                    else:
                        many = _triple(frames, bins, i, near[x], near[y], edge, parts)
                    if count + many > len(keys):
                        keys = np.concatenate((keys, np.empty_like(keys)))
                        anchors = np.concatenate((anchors, np.empty_like(anchors)))
                    for p in range(many):
                        keys[count] = _mixed(parts[p])
                        anchors[count] = frames[i]
                        count += 1
    return keys[:count].copy(), anchors[:count].copy()
