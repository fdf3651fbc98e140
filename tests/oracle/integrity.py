"""Plain twins of integrity: the score of an alignment, the votes of a pair, the way of a case, in the dumbest way."""

from __future__ import annotations

import math
from collections import Counter

from accord.integrity import alignment
from accord.integrity.index import Index
from accord.integrity.melody import Line
from accord.integrity.peaks import BINS, Peaks
from accord.integrity.score import CHANCE_MOST, CROWDS, INNER_PART, SHARES, chances, crowds
from accord.integrity.search import Alignment
from accord.integrity.weighing import INNER_BINS, INNER_FRAMES, MOMENT_FRAMES, MOMENT_NATS, OUTER_BINS, OUTER_FRAMES

#: Every road a case may take, as words of steps, from open to closed.
ROADS = {("decide", "lapse"), ("decide", "appeal", "decide again")}


def nats(query: Peaks, index: Index, alignment: Alignment) -> float:
    """The evidence of an alignment: every reference peak against every query peak, then moments summed and capped."""
    by_chance = chances(query)
    owner = index.owner(alignment.at)
    start, end = index.starts[owner], index.starts[owner] + index.lengths[owner]
    best, crowded = 0.0, crowds(query)
    for q in (float(share) for share in SHARES):
        moments: dict[int, float] = {}
        for frame, bin_ in zip(*(part.tolist() for part in index.peaks_of(owner)), strict=True):
            t = 0.5 * query.length + (frame - alignment.at) / alignment.tempo
            b = bin_ - alignment.shift
            if not (start <= frame < end and 0 <= t < query.length and 0 <= b <= BINS - 1):
                continue
            column = min(BINS - 1, round(b))
            state = _state(query, t, b)
            gain = math.log(1 - q)
            crowd = CROWDS[crowded[min(len(crowded) - 1, round(t))]]
            inner, outer = (min(CHANCE_MOST, crowd * float(part[column])) for part in by_chance)
            if state == "inner":
                gain = math.log((INNER_PART * q + (1 - q) * inner) / inner)
            elif state == "outer":
                gain = math.log(((1 - INNER_PART) * q + (1 - q) * outer) / outer)
            moment = int(t) // MOMENT_FRAMES
            moments[moment] = moments.get(moment, 0.0) + gain
        total = sum(MOMENT_NATS * (1 - math.exp(-m / MOMENT_NATS)) if m > 0 else m for m in moments.values())
        best = max(best, total)
    return best


def _state(query: Peaks, t: float, b: float) -> str:
    found = "miss"
    for frame, bin_ in zip(query.frames.tolist(), query.bins.tolist(), strict=True):
        dt, db = abs(frame - t), abs(bin_ - b)
        if dt <= INNER_FRAMES and db <= INNER_BINS:
            return "inner"
        if dt <= OUTER_FRAMES and db <= OUTER_BINS:
            found = "outer"
    return found


def melody_nats(query: Line, work: Line, worth: tuple[list[float], list[float]], shift: int) -> float:
    """The evidence of two melodies at one transposition: every cell of the table by its definition, no traceback."""
    table: dict[tuple[int, int], tuple[float, bool]] = {}
    for i in range(len(work)):
        for j in range(len(query)):
            before, noted = table.get((i - 1, j - 1), (0.0, False))
            if (query.pitch[j] - work.pitch[i]) % 12 == shift % 12:
                gain = alignment.KEPT + min(alignment.MOST_STEP if noted else alignment.MOST_ALONE, worth[0][i])
                if noted and query.ratio[j] == work.ratio[i]:
                    gain += min(alignment.MOST_RATIO, worth[1][i])
                elif noted:
                    gain -= alignment.OTHER_RATIO
            else:
                gain = -alignment.CHANGED
            both = before + gain
            gap = max(
                table.get((i, j - 1), (0.0, False))[0] - alignment.PUT_IN,
                table.get((i - 1, j), (0.0, False))[0] - alignment.LEFT_OUT,
            )
            top = max(both, gap, 0.0)
            table[i, j] = (top, top > 0.0 and top == both)
    return max((nats for nats, _ in table.values()), default=0.0)


def alike(rows: list[tuple[int, int, int]], common: int, floor: int) -> list[tuple[int, int, int, int]]:
    """Pairs worth weighing, in plain loops: rows are (key, recording, cell); returns (one, other, apart, votes)."""
    held = set(rows)
    counts = Counter(key for key, _, _ in held)
    votes: dict[tuple[int, int], Counter[int]] = {}
    for key, one, cell in held:
        for its, other, place in held:
            if its == key and one < other and counts[key] <= common:
                votes.setdefault((one, other), Counter())[place - cell] += 1
    found = []
    for (one, other), places in sorted(votes.items()):
        both = {at: places[at] + places[at + 1] for near in places for at in (near - 1, near)}
        most = max(both.values())
        if most >= floor:
            found.append((one, other, min(at for at, full in both.items() if full == most), most))
    return found


def gathered(links: list[tuple[int, int]]) -> list[list[int]]:
    """Connected groups, each walked from its lowest."""
    left, groups = {number for link in links for number in link}, []
    while left:
        group, ways = set(), [min(left)]
        while ways:
            here = ways.pop()
            if here in left:
                left.remove(here)
                group.add(here)
                ways += [b if a == here else a for a, b in links if here in (a, b)]
        groups.append(sorted(group))
    return groups
