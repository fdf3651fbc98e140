"""Identify: which recordings of an index are in this sound, where, how pitched, how fast, and how surely.

Sound longer than a window is heard in windows of 10 s every 5 s. A window's strong candidate is followed into the
neighbouring windows as long as the same line (tempo, pitch, place) goes on; its ends are where the summed evidence is
largest. Matches are taken strongest first (declared sources before all), and the peaks that one explains no longer
count for the next: two versions of one recording are one match, two recordings at once are two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import soxr
from numpy.typing import NDArray

from accord.integrity.decide import SHORTEST_S, expected_false, probability, threshold_nats
from accord.integrity.index import Index
from accord.integrity.peaks import BINS_PER_OCTAVE, FRAMES_PER_S, I32, QUERY, RATE_HZ, Peaks, find_peaks
from accord.integrity.records import Evidence, Match
from accord.integrity.scan import candidates
from accord.integrity.score import Heard, Scored, evidence, hear, score, trace, weigh, worth
from accord.integrity.search import Alignment

WINDOW_FRAMES = 430
STRIDE_FRAMES = 215
KEPT_WINDOWS = 64  # of a query are held ready for scoring: those of some five minutes
WEIGHED = 8
FOLLOW_NATS = 10.0
FOLLOW_FRAMES = 6.0
FOLLOW_BINS = 1.0
SPAN_SHARE = 3  # index in SHARES: evidence is summed for a half present recording when ends are sought


@dataclass(frozen=True)
class Window:
    """One stretch of the query: its first frame, its length in frames, and its peaks: their first number in the whole, and how many.

    Made ready for scoring it is large (some 0.6 MB), so that is done when it is asked for, and kept for a while.
    """

    first: int
    length: int
    offset: int
    peaks: int
    hear: Callable[[int], Heard]

    @property
    def heard(self) -> Heard:
        """Itself, ready for scoring."""
        return self.hear(self.first)

    @property
    def middle(self) -> float:
        """Frame of the whole query at the middle of this window."""
        return self.first + 0.5 * self.length


def identify(
    samples: NDArray[np.float32], rate_hz: int, index: Index, declared: frozenset[str] = frozenset()
) -> list[Match]:
    """Matches in samples of shape (frames,) or (frames, channels), strongest evidence first; [] is *nothing found*."""
    mono = samples.mean(axis=1, dtype=np.float32) if samples.ndim == 2 else samples
    if rate_hz != RATE_HZ:
        mono = soxr.resample(mono, rate_hz, RATE_HZ, quality="HQ")
    return identify_peaks(find_peaks(np.asarray(mono, np.float32), QUERY), index, declared)


def identify_peaks(query: Peaks, index: Index, declared: frozenset[str] = frozenset()) -> list[Match]:
    """Matches of a query given by its peaks (density QUERY)."""
    if query.length < SHORTEST_S * FRAMES_PER_S or not index.recordings:
        return []
    windows = windows_of(query)
    return stated(windows, [best_per_recording(window.heard, index) for window in windows], index, declared)


def stated(
    windows: list[Window], found: list[list[Scored]], index: Index, declared: frozenset[str] = frozenset()
) -> list[Match]:
    """The matches among what was found in each window: those above the threshold, and not explained by stronger ones."""
    window_s = windows[0].length / FRAMES_PER_S
    least = threshold_nats(window_s, len(windows), index.hours)
    strong = [(number, scored) for number, row in enumerate(found) for scored in row if scored.nats >= least]
    strong.sort(key=lambda pair: (index.recordings[index.owner(pair[1].alignment.at)] not in declared, -pair[1].nats))
    spent = np.zeros(windows[-1].offset + windows[-1].peaks, np.int32)
    matches: list[Match] = []
    lines: list[dict[int, Scored]] = []
    for number, scored in strong:
        if any(_same_line(line.get(number), scored) for line in lines):
            continue
        still = weigh(windows[number].heard, index, scored.alignment, _marks(windows[number], spent))
        nats = evidence(windows[number].heard, index, still) if still.nats >= least else 0.0
        if nats < least:
            continue
        line = follow(windows, number, scored, index)
        lines.append(line)
        matches.append(_match(windows, line, still, nats, index))
        _spend(windows, line, index, spent)
    return matches


def windows_of(query: Peaks) -> list[Window]:
    """The query in windows of WINDOW_FRAMES every STRIDE_FRAMES, the last one ending with the query."""
    last = max(0, query.length - WINDOW_FRAMES)

    @lru_cache(maxsize=KEPT_WINDOWS)
    def heard(first: int) -> Heard:
        return hear(query.between(first, first + WINDOW_FRAMES))

    def window(first: int) -> Window:
        begin, end = np.searchsorted(query.frames, [first, first + WINDOW_FRAMES]).tolist()
        return Window(first, max(1, min(WINDOW_FRAMES, query.length - first)), begin, end - begin, heard)

    return [window(first) for first in (*range(0, last, STRIDE_FRAMES), last)]


def best_per_recording(heard: Heard, index: Index) -> list[Scored]:
    """The candidates of one window, scored; of each recording only the strongest. The WEIGHED strongest at a first look
    are refined to the end."""
    looked = [score(heard, index, candidate, 1) for candidate in candidates(heard, index)]
    best: dict[int, Scored] = {}
    for first in sorted(looked, key=lambda s: -s.nats)[:WEIGHED]:
        scored = score(heard, index, first.alignment)
        owner = index.owner(scored.alignment.at)
        if owner not in best or best[owner].nats < scored.nats:
            best[owner] = scored
    return list(best.values())


def follow(windows: list[Window], number: int, scored: Scored, index: Index) -> dict[int, Scored]:
    """The windows, by number, in which the line of this one goes on, each with its own refined alignment."""
    line = {number: scored}
    owner = index.owner(scored.alignment.at)
    for step in (1, -1):
        here = number
        while 0 <= here + step < len(windows):
            a = line[here].alignment
            at = a.at + a.tempo * (windows[here + step].middle - windows[here].middle)
            if index.owner(at) != owner:
                break
            found = score(windows[here + step].heard, index, Alignment(at, a.tempo, a.shift, 0.0))
            near = abs(found.alignment.at - at) <= FOLLOW_FRAMES and abs(found.alignment.shift - a.shift) <= FOLLOW_BINS
            if found.nats < FOLLOW_NATS or not near:
                break
            here += step
            line[here] = found
    return line


def _same_line(known: Scored | None, scored: Scored) -> bool:
    if known is None:
        return False
    a, b = known.alignment, scored.alignment
    return abs(a.at - b.at) <= 2 * FOLLOW_FRAMES and abs(a.shift - b.shift) <= 2 * FOLLOW_BINS


def _match(windows: list[Window], line: dict[int, Scored], best: Scored, nats: float, index: Index) -> Match:
    low, high = min(line), max(line)
    first, last = line[low].alignment, line[high].alignment
    start = windows[low].first + _ends(windows[low], first, index)[0]
    end = windows[high].first + _ends(windows[high], last, index)[1]
    ref_start = first.at + first.tempo * (start - windows[low].middle)
    ref_end = last.at + last.tempo * (end - windows[high].middle)
    owner = index.owner(best.alignment.at)
    base, length = int(index.starts[owner]), int(index.lengths[owner])
    window_s = windows[0].length / FRAMES_PER_S
    false = expected_false(nats, window_s, len(windows), index.hours)
    tempo = (ref_end - ref_start) / (end - start) if high > low else best.alignment.tempo
    return Match(
        recording=index.recordings[owner],
        query_start_s=_seconds(start),
        query_end_s=_seconds(end),
        ref_start_s=_seconds(min(max(0.0, ref_start - base), length)),
        ref_end_s=_seconds(min(ref_end - base, length)),
        pitch_factor=round(2.0 ** (-best.alignment.shift / BINS_PER_OCTAVE), 5),
        tempo_factor=round(float(tempo), 5),
        evidence=Evidence(
            nats=round(nats, 3),
            hits=best.hits,
            peaks=best.peaks,
            chance=round(best.chance, 3),
            share=best.share,
            expected_false=float(f"{false:.3e}"),
        ),
        probability=round(probability(nats, window_s, len(windows) - len(line) + 1, index.hours), 6),
    )


def _ends(window: Window, alignment: Alignment, index: Index) -> tuple[float, float]:
    """Frames of the window between which the summed evidence is largest."""
    frames, states, columns, peaks = trace(window.heard, index, alignment)
    if not len(frames):
        return 0.0, float(window.length)
    order = np.argsort(frames, kind="stable")
    gains = worth(window.heard, frames[order], states[order], columns[order], peaks[order], SPAN_SHARE)
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    lowest = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - lowest))
    begin = int(np.argmin(sums[: end + 1]))
    edge = float(window.length)
    start_frame = float(frames[order][begin]) if begin < len(order) else 0.0
    end_frame = float(frames[order][max(begin, end - 1)])
    # a line that fills the window to its last peaks runs to the window's edge
    return (0.0 if begin == 0 else start_frame), (edge if end == len(order) else end_frame)


def _spend(windows: list[Window], line: dict[int, Scored], index: Index, spent: I32) -> None:
    """Mark the query's peaks that this match explains."""
    for number, scored in line.items():
        hit = trace(windows[number].heard, index, scored.alignment)[3]
        spent[windows[number].offset + hit[hit >= 0]] = 1


def _marks(window: Window, spent: I32) -> I32:
    return spent[window.offset : window.offset + window.peaks]


def _seconds(frames: float) -> float:
    return round(float(frames) / FRAMES_PER_S, 3)
