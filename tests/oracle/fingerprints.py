"""Plain twins of the fingerprint kernels: peaks of a spectrum, pairs, keys, votes, the Hough transform and the scan, in the dumbest way."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations, product

import numpy as np

from accord.integrity import bass, keys, pairs, scan, search, shortlist, voting
from accord.integrity.packing import I64
from accord.integrity.peaks import (
    BASS_BINS,
    BINS,
    BINS_PER_OCTAVE,
    F32,
    FRAMES_PER_S,
    HOP,
    POWER_FLOOR,
    RATE_HZ,
    TREBLE_HZ,
    WINDOW,
    Peaks,
)

Rows = list[tuple[int, ...]]


def level(samples: F32, frame: int, bin_: int) -> float:
    """The logarithm of the power in one band of one frame: a triangle over a plain Fourier transform; in the bass the sum of
    the sound itself, turned back at the band's own pitch, under a window of so many of its periods."""
    if bin_ < BASS_BINS:
        hertz = bass.LOWEST_HZ * 2 ** (bin_ / BINS_PER_OCTAVE)
        size, middle = bass.PERIODS / hertz * RATE_HZ, frame * HOP + WINDOW // 2
        near = (
            np.arange(max(0, math.ceil(middle - size / 2)), min(len(samples), math.floor(middle + size / 2) + 1))
            - middle
        )
        window = (0.5 + 0.5 * np.cos(2 * np.pi * near / size)) * 4 / size
        turned = samples[near + middle] * window * np.exp(2j * np.pi * hertz * near / RATE_HZ)
        return math.log(abs(np.sum(turned)) ** 2 + float(POWER_FLOOR))
    turn = 2 * np.pi * np.arange(WINDOW) / WINDOW
    sound = samples[frame * HOP : frame * HOP + WINDOW].astype(np.float64) * (0.5 - 0.5 * np.cos(turn))
    step_hz, centre = RATE_HZ / WINDOW, TREBLE_HZ * 2 ** ((bin_ - BASS_BINS) / BINS_PER_OCTAVE)
    width = max(centre * (2 ** (1 / BINS_PER_OCTAVE) - 1), step_hz)
    power = 0.0
    for k in range(int((centre - width) / step_hz), int((centre + width) / step_hz) + 2):
        amplitude = abs(np.sum(sound * np.exp(-1j * k * turn))) * 4 / WINDOW
        power += max(0.0, 1 - abs(k * step_hz - centre) / width) * amplitude**2
    return math.log(power + float(POWER_FLOOR))


def tops(level: F32, salient: F32, reach: int, bass_reach: int, saliency_min: float, level_min: float) -> Rows:
    """(frame, bin) of what is higher than its eight neighbours (of equals the last) and most salient within reach."""
    found = []
    for t in range(1, level.shape[0] - 1):
        for b in range(1, level.shape[1] - 1):
            around = [(u, c) for u in (t - 1, t, t + 1) for c in (b - 1, b, b + 1) if (u, c) != (t, b)]
            higher = all(level[t, b] > level[at] or (at < (t, b) and level[t, b] == level[at]) for at in around)
            away = bass_reach if b < BASS_BINS else reach
            near = salient[max(0, t - away) : t + away + 1, max(0, b - away) : b + away + 1]
            if salient[t, b] >= saliency_min and level[t, b] >= level_min and higher and salient[t, b] >= near.max():
                found.append((t, b))
    return found


def pairs_of(frames: I64, bins: F32, classes: I64) -> Rows:
    """(bucket, number of the anchor) of each peak with its two strongest targets, of equals the earlier."""
    found = []
    for i, (frame, bin_) in enumerate(zip(frames.tolist(), bins.tolist(), strict=True)):
        targets = [
            (-int(classes[j]), j)
            for j in range(len(frames))
            if pairs.GAP_FRAMES_MIN <= frames[j] - frame <= pairs.GAP_FRAMES_MAX
            and abs(bins[j] - bin_) <= pairs.STEP_BINS_MAX
        ]
        for _, j in sorted(targets)[: pairs.TARGETS]:
            cell = min(pairs.GAP_CELLS - 1, int(pairs.gap_cell(float(frames[j] - frame))))
            step = round(float(bins[j]) - bin_) + pairs.STEP_BINS_MAX
            found.append(((step * pairs.GAP_CELLS + cell) * BINS + min(BINS - 1, round(bin_)), i))
    return found


def pair_votes(
    asked: search.Asked, index_pairs: Rows, weights: tuple[list[int], list[int]], pad: int
) -> Counter[tuple[int, int]]:
    """(frame unit, shift or −1 when still) → votes: every pair of the index against every probe of the query."""
    votes: Counter[tuple[int, int]] = Counter()
    probes = [
        (bucket, int(asked.frames[e]), int(asked.places[e]) / search.PARTS)
        for bucket in range(pairs.BUCKETS)
        for e in range(asked.offsets[bucket], asked.offsets[bucket + 1])
    ]
    for number, (bucket, frame, bin_) in enumerate(index_pairs):
        for other, at, place in probes:
            away = bin_ - place
            if bucket // BINS == other // BINS and abs(bucket - other) <= search.SHIFT_BINS:
                offset = frame + pad - at
                shift = min(2 * search.SHIFT_BINS, max(0, int(away + search.SHIFT_BINS + 1.5) - 1))
                votes[offset // search.SHIFTED_UNIT, shift] += weights[1][number]
                if abs(away) < search.GATE_BINS:
                    votes[offset // search.STILL_UNIT, -1] += weights[0][number]
    return votes


def keys_of(query: Peaks, kind: keys.Kind, choices: int, edge: float, doubt: float) -> set[tuple[int, float]]:
    """(key, anchor's frame) of every choice of targets and of sides of the edges near which it lies that is likely enough."""
    found, frames, bins = set(), query.frames, query.bins
    for anchor in range(len(query)):
        near = [
            j
            for j in range(anchor + 1, len(query))
            if keys.GAP_FRAMES_MIN <= frames[j] - frames[anchor] <= kind.reach_frames
            and abs(bins[j] - bins[anchor]) <= keys.STEP_BINS_MAX
        ]
        rank = {j: place for place, j in enumerate(sorted(near, key=lambda j: -query.strength[j]))}
        for targets in combinations([j for j in near if rank[j] < choices], kind.targets):
            weaker = sum(rank[j] for j in targets) - sum(range(kind.targets))
            for number, past in numbers_of(query, anchor, targets, edge):
                if past <= doubt - keys.WEAKER * weaker:
                    found.add((int(keys._mixed(number)), float(frames[anchor])))
    return found


def numbers_of(query: Peaks, anchor: int, targets: tuple[int, ...], edge: float) -> list[tuple[int, float]]:
    """(number, how far over edges) of a triple or a quad: all its sides."""
    steps = [(64, float(query.bins[j] - query.bins[anchor]) + 32.5, 1.0) for j in targets]
    gaps = [float(query.frames[j] - query.frames[anchor]) for j in targets]
    if len(targets) == 2:
        parts = [
            (1, float(query.bins[anchor]) - BASS_BINS + 0.5, 1.0),
            *steps,
            *((32, pairs.gap_cell(gap) + 1, 1.0) for gap in gaps),
        ]
    elif gaps[-1] < keys.SPAN_FRAMES_MIN:
        return []
    else:
        ratios = [(16, keys.RATIO_CELLS * gap / gaps[-1] + 1, 1.0) for gap in gaps[:-1]]
        parts = [*steps, *ratios, (16, 0.5 * pairs.gap_cell(gaps[-1]) + 1, 2.0)]
    sides = []
    for _, value, unit in parts:
        below, above = unit * (value - math.floor(value)), unit * (math.floor(value) + 1 - value)
        over = [(-1, below)] if below < min(edge, above) else [(1, above)] if above < edge else []
        sides.append([(0, 0.0), *over])
    made = []
    for chosen in product(*sides):
        number = 0
        for (size, value, _), (side, _) in zip(parts, chosen, strict=True):
            number = number * size + math.floor(value) + side
        made.append((number, sum(past for _, past in chosen)))
    return made


def votes(postings: Rows, asked: Rows, length: int, before: int) -> Counter[int]:
    """Cell (counted from `before` ahead) → votes of the first tier: every posting of every key that is asked."""
    scale = min(1.0, voting.WEIGHED_HOURS * 3600 * FRAMES_PER_S / max(1, length))
    counted: Counter[int] = Counter()
    for key, cell in asked:
        places = [place for its, place in postings if its == key]
        if len(places) * scale <= voting.COMMON:
            for place in places:
                at = place - cell + before
                counted[at] = min(255, counted[at] + int(voting.UNIT / (1 + len(places) * scale) + 0.5))
    return counted


def fullest(counters: list[int], most: int) -> Rows:
    """(− votes, cell) of the fullest places, in order: of each SPAN_CELLS the best, the first of equals."""
    wide = shortlist.SPAN_CELLS
    blocks = [range(at, at + wide) for at in range(0, (len(counters) - wide) // wide * wide, wide)]
    places = sorted(min((-sum(counters[at : at + wide]), at) for at in block) for block in blocks)
    return [place for place in places if place[0] < 0][:most]


def support(
    window: tuple[float, float, float], query: list[tuple[float, float]], length: int, stored: Rows, steps: int
) -> tuple[float, ...]:
    """(at, tempo, shift, support) of one window, at so many tempi each way: every stored peak against every peak of the query at every tempo."""
    begin, wide, shift = window
    low, middle = begin + length / 2 - search.SLACK_FRAMES, length / 2
    cells = int(wide + 2 * search.SLACK_FRAMES + 2 * search.STILL_UNIT) // 2 + 1
    counted: Counter[tuple[int, int]] = Counter()
    first, last = int(low - search.QUERY_SPREAD * middle), int(low + 2 * cells + search.QUERY_SPREAD * middle)
    near = [(frame, bin_) for frame, bin_ in stored if first <= frame < last]
    for frame, bin_ in near:
        for at, place in query:
            for step in range(2 * steps + 1):
                tempo = 1 + (step - steps) * search.TEMPO_STEP
                cell = 0.5 * (frame - low - tempo * (at - middle))
                if (
                    abs(place - (bin_ - shift)) <= search.GATE_BINS
                    and 0 <= bin_ - shift + 0.5 < BINS
                    and 0 <= cell < cells
                ):
                    counted[step, int(cell)] += 1
    inside = sum(abs(frame - low - cells) < middle for frame, _ in near)
    every = [(step, cell) for step in range(2 * steps + 1) for cell in range(cells)]
    both = {at: counted[at] + counted[at[0], at[1] + 1] for at in every}
    step, cell = max(every, key=lambda at: both[at]) if any(both.values()) else (0, 0)
    return (
        low + 2 * cell + 2,
        1 + (step - steps) * search.TEMPO_STEP,
        shift,
        max(both.values()) / math.sqrt(inside + 20),
    )


def steps_of(nats: float) -> int:
    """What one peak says, as the scan counts it: whole steps, and no more than it counts."""
    return max(-scan.MOST, min(scan.MOST, round(scan.UNIT * nats)))


def summed(worth: list[list[int]], stored: Rows, begin: int, halves: int) -> int:
    """What all stored peaks say together when the query begins at this frame, so many half bins below them."""
    length, total = len(worth[0]), 0
    for frame, bin_ in stored:
        t, half = frame - begin, int(2 * bin_) - halves
        if 0 <= t < length and 0 <= half < len(worth):
            total += worth[half][length - 1 - t]
    return total


def fullest_windows(votes: list[list[int]], window: int, most: int) -> list[tuple[int, int, int]]:
    """(votes, row, column) of the fullest stretch of `window` rows that begins in each `window` rows, a vote counted twice
    and once in the columns beside its own; the fullest first, and of equals the earlier block, its first row, its last column."""
    found = []
    for block in range(max(0, (len(votes) - window) // window)):
        best = (0, 0, 0)
        for row in range(block * window, (block + 1) * window):
            sums = [0, *(sum(votes[row + k][c] for k in range(window)) for c in range(len(votes[0]))), 0]
            full = [2 * sums[c + 1] + sums[c] + sums[c + 2] for c in range(len(votes[0]))]
            if max(full) > best[0]:
                best = max(full), row, max(c for c, v in enumerate(full) if v == max(full))
        found.append(best)
    return [best for best in sorted(found, key=lambda best: -best[0])[:most] if best[0]]
