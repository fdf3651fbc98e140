"""From evidence to a statement: below the threshold integrity says *nothing found*, for a false accusation is worse.

On audio that is not in the index, the best window's evidence (nats) has an exponential tail above its 90th percentile:
  expected false matches of a file = 0.1 × windows × max(1, hours / REFERENCE_HOURS) × exp(−(nats − p90) / fold)
with p90 and fold by window length. The threshold is where that reaches TARGET_FALSE, but never below `least`. TAIL was
fitted on the development half of `eval/fingerprints.py` (soundtracks of five games and renders of scores): p90 and fold
(the larger of those above the 80th and the 90th percentile) to the strongest recording of *another* collection, which a
larger index has more of; `least` is 15 % or more above all that any excerpt reached, its own collection too, but for pairs
that the waveforms say share a sound or are versions (`eval/shared.py`). The rule for larger indexes is the pessimistic one:
every hour is another chance, so `expected_false` at a million hours is this index's times 1,000,000 / hours.

A tail read far beyond what was measured is a hope, so the stated *probability* does not rest on it. None of `asked`
excerpts reached `least`: by the rule of three at most 3 / asked do (95 % confidence). Beyond that chance is taken to fall
off only by a power of the evidence, the heaviest tail that fits the measured one (`power` is the lower 95 % bound of
Hill's exponent); a measured tail that is exponential falls faster. The rest is the prior, PRIOR_COPY (decision 0063).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

TARGET_FALSE = 1e-4  # false matches per file checked
SHARE = 0.1  # of unrelated excerpts, how many reach p90
PRIOR_COPY = 0.01  # of files checked, how many really hold an undeclared recording: for `probability`
REFERENCE_HOURS = 5.2
SHORTEST_S = 3.0


@dataclass(frozen=True)
class Tail:
    """What unrelated excerpts of one length reach: nats, but for `asked` (how many there were) and `power`."""

    window_s: float
    p90: float
    fold: float
    least: float
    asked: float
    power: float


TAIL = (
    Tail(3.0, 10.7, 1.8, 24.0, 1970, 5.3),
    Tail(5.0, 11.7, 2.2, 33.0, 2180, 5.1),
    Tail(10.0, 12.8, 2.6, 47.0, 1060, 4.3),
)


def expected_false(nats: float, window_s: float, windows: int, hours: float) -> float:
    """False matches at least this strong that one unrelated file of `windows` windows would get by chance."""
    tail = tail_at(window_s)
    return SHARE * _chances(windows, hours) * math.exp(min(50.0, (tail.p90 - nats) / tail.fold))


def threshold_nats(window_s: float, windows: int, hours: float) -> float:
    """The evidence from which a match is stated."""
    tail = tail_at(window_s)
    return max(tail.least, tail.p90 + tail.fold * math.log(SHARE * _chances(windows, hours) / TARGET_FALSE))


def probability(nats: float, window_s: float, tries: int, hours: float) -> float:
    """The least probability of a true match that what was measured supports.

    `tries`: at how many places of the file a match of this length could have begun, in windows.
    """
    tail = tail_at(window_s)
    beyond = math.pow(tail.least / max(nats, tail.least), tail.power)
    false = 3 / tail.asked * _chances(tries, hours) * beyond
    return PRIOR_COPY / (PRIOR_COPY + false)


def tail_at(window_s: float) -> Tail:
    """The tail at this window length, linear between the fitted lengths and constant outside them."""
    lengths = [row.window_s for row in TAIL]

    def at(values: list[float]) -> float:
        return float(np.interp(window_s, lengths, values))

    return Tail(
        window_s,
        at([row.p90 for row in TAIL]),
        at([row.fold for row in TAIL]),
        at([row.least for row in TAIL]),
        at([row.asked for row in TAIL]),
        at([row.power for row in TAIL]),
    )


def _chances(windows: int, hours: float) -> float:
    return max(1, windows) * max(1.0, hours / REFERENCE_HOURS)
