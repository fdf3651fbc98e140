"""Plain twins of integrity: the score of an alignment, the votes of a pair, the way of a case, in the dumbest way."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, combinations, pairwise, product

from accord.integrity import alignment, melody_keys
from accord.integrity.index import Index
from accord.integrity.loudness import LEVELS, LOUDS, THERE, UNHEARD
from accord.integrity.melody import Line
from accord.integrity.melody_worth import USUAL_RATIOS, USUAL_STEPS
from accord.integrity.peaks import BINS, Peaks
from accord.integrity.score import (
    CHANCE_MOST,
    CROWD_FLOOR,
    CROWD_POWER,
    FACTORS,
    INNER_PART,
    MISS_CHANCE,
    OUTER_PART,
    SHARES,
    TOLD,
    TOLD_BINS,
    chances,
)
from accord.integrity.search import Alignment
from accord.integrity.weighing import INNER_BINS, INNER_FRAMES, MOMENT_FRAMES, MOMENT_NATS, OUTER_BINS, OUTER_FRAMES

#: Every road a case may take, as words of steps, from open to closed.
ROADS = {("decide", "lapse"), ("decide", "appeal", "decide again")}


def nats(query: Peaks, index: Index, alignment: Alignment) -> float:
    """The evidence of an alignment: every reference peak against every query peak, then moments summed and capped."""
    owner = index.owner(alignment.at)
    start, end = index.starts[owner], index.starts[owner] + index.lengths[owner]
    best, says = 0.0, Says(query)
    for q in (float(share) for share in SHARES):
        moments: dict[int, float] = {}
        for frame, bin_ in zip(*(part.tolist() for part in index.peaks_of(owner)), strict=True):
            t = 0.5 * query.length + (frame - alignment.at) / alignment.tempo
            b = bin_ - alignment.shift
            if not (start <= frame < end and 0 <= t < query.length and 0 <= b <= BINS - 1):
                continue
            moment = int(t) // MOMENT_FRAMES
            moments[moment] = moments.get(moment, 0.0) + says.gain(t, b, q)
        total = sum(MOMENT_NATS * (1 - math.exp(-m / MOMENT_NATS)) if m > 0 else m for m in moments.values())
        best = max(best, total)
    return best


class Says:
    """What one peak of a recording says, when a query is aligned with it so that it falls on a frame and a bin."""

    def __init__(self, query: Peaks) -> None:
        self.query, self.by_chance, self.loud, self.likely = query, chances(query), loudness(query), likely(query)

    def gain(self, t: float, b: float, q: float) -> float:
        """Nats, for a share q of the recording."""
        column = min(BINS - 1, round(b))
        state, peak = _state(self.query, t, b)
        here = self.loud[min(self.query.length - 1, int(t + 0.5))][column]
        there = sum(THERE) if here == UNHEARD else float(THERE[here]) * LOUDS
        inner, outer = (min(CHANCE_MOST, self.likely[peak] * float(part[column])) for part in self.by_chance)
        if state == "inner":
            return math.log((INNER_PART * q + (1 - q) * inner) / inner)
        if state == "outer":
            return math.log((OUTER_PART * q + (1 - q) * outer) / outer)
        return math.log(q * there / MISS_CHANCE + 1 - q)


def likely(query: Peaks) -> list[float]:
    """How likely a hit of each peak is by chance, against any peak of its bin: the nearest of FACTORS."""
    rows = [min(query.length - 1, max(0, round(t))) for t in query.frames.tolist()]
    counts = Counter(rows)
    edges = [0, *range(query.length), query.length - 1]
    near = [sum(counts[edges[u + k]] for k in range(3)) / 3 for u in range(query.length)]
    mean = max(sum(near) / len(near), 1e-6)
    out = []
    for number, row in enumerate(rows):
        factor = ((near[row] + CROWD_FLOOR * mean) / ((1 + CROWD_FLOOR) * mean)) ** CROWD_POWER
        if query.salience is not None:
            factor /= TOLD[min(len(TOLD) - 1, int(len(TOLD) * stronger(query, number)))]
        step = round(math.log(factor / FACTORS[0]) / math.log(FACTORS[1] / FACTORS[0]))
        out.append(float(FACTORS[min(len(FACTORS) - 1, max(0, step))]))
    return out


def stronger(query: Peaks, number: int) -> float:
    """Of the peaks in a peak's bin and beside it, itself too, the share that is stronger; of equals half."""
    bins, strength = query.bins.tolist(), query.strength.tolist()
    near = [s for b, s in zip(bins, strength, strict=True) if abs(b - bins[number]) <= TOLD_BINS]
    return sum((s > strength[number]) + 0.5 * (s == strength[number]) for s in near) / len(near)


def loudness(query: Peaks) -> list[list[int]]:
    """The class of every place: its rank in its bin, then that rank's in its frame, among places that no peak is near."""
    if query.salience is None:
        return [[UNHEARD] * BINS for _ in range(query.length)]
    peaks = list(zip(query.frames.tolist(), query.bins.tolist(), strict=True))
    free = [[True] * BINS for _ in range(query.length)]
    for u in range(query.length):
        for b in (b for t, b in peaks if abs(t - u) <= OUTER_FRAMES):
            free[u] = [still and abs(b - c) > OUTER_BINS for c, still in enumerate(free[u])]
    values = standing(query.salience.tolist())
    bins = [ranks([row[c] for row in values], [row[c] for row in free], LEVELS) for c in range(BINS)]
    return [ranks([bins[c][u] for c in range(BINS)], free[u], LOUDS) for u in range(query.length)]


def standing(values: list[list[int]]) -> list[list[int]]:
    """Each place's saliency less what the most salient place of the nine around and on it is above it."""
    around = [
        [max(max(row[max(0, c - 1) : c + 2]) for row in values[max(0, u - 1) : u + 2]) for c in range(BINS)]
        for u in range(len(values))
    ]
    return [[max(0, 2 * v - most) for v, most in zip(*rows, strict=True)] for rows in zip(values, around, strict=True)]


def ranks(values: list[int], free: list[bool], steps: int) -> list[int]:
    """In which of `steps` equal parts of the free values each value's middle place among them lies."""
    among = sorted(value for value, counts in zip(values, free, strict=True) if counts)
    middles = [bisect_left(among, value) + bisect_right(among, value) for value in values]
    return [min(steps - 1, steps * middle // (2 * max(1, len(among)))) for middle in middles]


def _state(query: Peaks, t: float, b: float) -> tuple[str, int]:
    """How a peak there is hit, and by which: the first of those that hit it best, in order of frames and bins."""
    found, peak = "miss", -1
    rows = enumerate(zip(query.frames.tolist(), query.bins.tolist(), strict=True))
    for number, (frame, bin_) in sorted(rows, key=lambda row: (round(row[1][0]), round(row[1][1]))):
        dt, db = abs(frame - t), abs(bin_ - b)
        if dt <= INNER_FRAMES and db <= INNER_BINS:
            return "inner", number
        if dt <= OUTER_FRAMES and db <= OUTER_BINS and peak < 0:
            found, peak = "outer", number
    return found, peak


def melody_nats(
    query: Line,
    query_time: list[float],
    work: Line,
    time: list[float],
    worth: tuple[list[float], list[float]],
    way: tuple[int, float, float],
) -> float:
    """The evidence along a line: for each note of the work every note of the query is asked whether it stands for it."""
    shift, slope, offset = way
    best = nats = 0.0
    before, run, tight, timely = -1, 0, False, list[int]()
    for i in range(len(work)):
        gaps = [time[k + 1] - time[k] for k in (i, i - 1) if 0 <= k < len(time) - 1]
        at, slack = offset + slope * time[i], alignment.SLACK * slope * min(gaps)
        ahead = at + slope * (gaps[0] if i < len(time) - 1 else gaps[-1]) - slack
        if not query_time[0] - slack <= at <= query_time[-1] + slack:
            continue
        there = [j for j, t in enumerate(query_time) if at - slack <= t]
        agree = [j for j in there if query_time[j] < ahead and (query.pitch[j] - work.pitch[i] - shift) % 12 == 0]
        if not agree:
            in_time = query_time[there[0]] <= at + slack
            nats -= alignment.CHANGED if in_time else alignment.LEFT_OUT
            before, run, tight, timely = there[0] if in_time else before, 0, False, []
            continue
        here, begins = agree[0], nats <= 0
        if begins:
            nats, run, tight, timely = 0.0, 0, False, []
        put_in = [] if begins else [query.pitch[j] for j in range(before + 1, here)]
        late = query_time[here] > at + slack
        nats += (
            alignment.KEPT
            + min(alignment.MOST_STEP if run else alignment.MOST_ALONE, worth[0][i])
            - alignment.LATE * late
        )
        if put_in:
            beside = all(
                min(_apart(p, query.pitch[before]), _apart(p, query.pitch[here])) <= alignment.TONE for p in put_in
            )
            nats -= alignment.ORNAMENTED if beside else alignment.PUT_IN
        if worth[1] and run > 1 and tight and not put_in:
            same = query.ratio[here] == work.ratio[i]
            nats += min(alignment.MOST_RATIO, worth[1][i]) if same else -alignment.OTHER_RATIO
        elif worth[1] and len(timely) > 1 and not late:
            nats += alignment.BETWEEN * min(alignment.MOST_RATIO, worth[1][i])
        timely = [] if late else [*timely, i]
        before, run, tight = here, run + 1, run > 0 and not put_in and not late
        best = max(best, nats)
    return best


def melody_worth(lines: Sequence[Line]) -> tuple[list[float], list[float]]:
    """What every note says: for each note the passages of other works are counted again, context by context."""
    notes = [(number, at) for number, line in enumerate(lines) for at in range(len(line))]
    taken = [[0, *((b - a) % 12 for a, b in pairwise(line.pitch.tolist()))] for line in lines]
    kind = [line.ratio.tolist() for line in lines]
    first: dict[tuple[tuple[int, int], ...], tuple[int, int]] = {}
    for number, at in notes:
        first.setdefault(_passage(taken[number], kind[number], at), (number, at))
    holder = {(n, at): first[_passage(taken[n], kind[n], at)][0] for n, at in notes}
    usual = [-math.log(part) for part in USUAL_STEPS]
    pitch, rhythm = [], []
    for n, at in notes:
        others = [note for note in first.values() if holder[note] != holder[n, at]]
        step = usual[taken[n][at]] if at else sum(usual) / 12
        ratio = -math.log(USUAL_RATIOS[kind[n][at]]) if at > 1 else 0.0
        pitch.append(_after_others(step, taken, (n, at), others, range(1, min(at - 1, 4) + 1), 1))
        rhythm.append(_after_others(ratio, kind, (n, at), others, range(min(at - 2, 4) + 1), 2))
    return pitch, rhythm


def _passage(taken: list[int], kind: list[int], at: int) -> tuple[tuple[int, int], ...]:
    """The 16 steps and ratios that end at a note; of fewer, the first note too, which no step leads to."""
    return tuple((taken[k], kind[k]) if k else (-1, -1) for k in range(max(0, at - 15), at + 1))


def _after_others(
    nats: float, sign: list[list[int]], note: tuple[int, int], others: list[tuple[int, int]], deep: range, begins: int
) -> float:
    """The nats of a note, corrected by what the others do after as much as it has before it, ever deeper."""
    n, at = note
    for before in deep:
        among = [
            sign[o][k] == sign[n][at]
            for o, k in others
            if k - before >= begins and sign[o][k - before : k] == sign[n][at - before : at]
        ]
        smoothed = 200.0 if before == deep.start else 10.0
        nats = -math.log((sum(among) + smoothed * math.exp(-nats)) / (len(among) + smoothed))
    return nats


def _apart(one: int, other: int) -> int:
    return min((one - other) % 12, (other - one) % 12)


def hidden(query: Line, keys: list[int], most: int) -> list[tuple[int, int, int]]:
    """(place in the keys, first note, last note) of any five notes, each within reach of the one before, that have a key."""
    found = []
    for a in range(len(query)):
        for jumps in product(range(1, melody_keys.REACH + 1), repeat=melody_keys.RUN):
            five = [a, *(a + far for far in accumulate(jumps))]
            if five[-1] < len(query):
                key = melody_keys.runs(query.pitch[five], query.onset[five])[0]
                places = [place for place, one in enumerate(keys) if one == key]
                found += [(place, a, five[-1]) for place in places if len(places) <= most]
    return found


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


def rivals(links: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int]]:
    """Recordings linked to two that are not linked to each other, and no copy of both, one by one: (middle, one, other)."""
    linked = {frozenset(link[:2]): link[2] for link in links}
    numbers = sorted({number for link in links for number in link[:2]})
    return [
        (middle, one, other)
        for middle in numbers
        for one, other in combinations([n for n in numbers if frozenset((n, middle)) in linked], 2)
        if frozenset((one, other)) not in linked
        and not (linked[frozenset((one, middle))] and linked[frozenset((other, middle))])
    ]


def standing_links(links: list[tuple[int, int, int, int]], mixes: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """The links that stand, struck out one after the other: beside each mix, then around each family of mash-ups."""
    copy, strength = ({frozenset(link[:2]): link[at] for link in links} for at in (2, 3))
    out, with_copy = set(), set()
    for middle, one, other in mixes:
        first, last = frozenset((middle, one)), frozenset((middle, other))
        out.add(first if strength[first] < strength[last] else last)
        if copy[first] or copy[last]:
            with_copy.add(middle)
    mash_ups = {middle for middle, _, _ in mixes} - with_copy
    groups = [set(group) for group in gathered([(a, b) for a, b, is_copy, _ in links if is_copy])]
    alone = [{n} for n in mash_ups if not any(n in group for group in groups)]
    families = [group for group in groups + alone if group & mash_ups]
    mixed = set().union(*families)
    for family in families:
        outward = [
            (-strength[pair], min(pair - family), min(pair & family), pair)
            for pair in strength
            if pair & family and not (pair - family) & mixed and pair - family
        ]
        out |= {entry[3] for entry in sorted(outward, key=lambda entry: entry[:3])[1:]}
    out |= {pair for pair in strength if not copy[pair] and pair <= mixed}
    return sorted((one, other) for one, other, _, _ in links if frozenset((one, other)) not in out)
