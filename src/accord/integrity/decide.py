"""From evidence to a statement: below the threshold integrity says *nothing found*, for a false accusation is worse.

On audio that is not in the index, the best window's evidence (nats) has an exponential tail above its 90th percentile:
  expected false matches of a file = 0.1 × windows × max(1, hours / REFERENCE_HOURS) × exp(−(nats − p90) / fold)
with p90 and fold by window length. The threshold is where that reaches TARGET_FALSE, but never below `least`. TAIL was
fitted on the development half of `eval/fingerprints.py` (soundtracks of five games and renders of scores): p90 and fold
to the strongest recording of *another* collection, which a larger index has more of; `least` is above all that tracks of
one's own collection reached, which share loops and sounds. The rule for larger indexes is the pessimistic one: every hour
is another chance, so `expected_false` at a million hours is this index's times 1,000,000 / hours.
"""

from __future__ import annotations

import math

import numpy as np

TARGET_FALSE = 1e-4  # false matches per file checked
SHARE = 0.1  # of unrelated excerpts, how many reach p90
PRIOR_COPY = 0.01  # of files checked, how many really hold an undeclared recording: for `probability`
REFERENCE_HOURS = 5.2
SHORTEST_S = 3.0
#: (window seconds, p90 in nats, e-fold in nats, least in nats)
TAIL = ((3.0, 14.0, 2.2, 26.0), (5.0, 14.0, 2.7, 32.0), (10.0, 18.0, 3.6, 46.0))


def expected_false(nats: float, window_s: float, windows: int, hours: float) -> float:
    """False matches at least this strong that one unrelated file of `windows` windows would get by chance."""
    p90, fold, _ = _tail(window_s)
    return SHARE * max(1, windows) * max(1.0, hours / REFERENCE_HOURS) * math.exp(min(50.0, (p90 - nats) / fold))


def threshold_nats(window_s: float, windows: int, hours: float) -> float:
    """The evidence from which a match is stated."""
    p90, fold, least = _tail(window_s)
    chances = SHARE * max(1, windows) * max(1.0, hours / REFERENCE_HOURS)
    return max(least, p90 + fold * math.log(chances / TARGET_FALSE))


def probability(false_expected: float) -> float:
    """Posterior probability of a true match, at PRIOR_COPY true copies a file against the expected false ones."""
    return PRIOR_COPY / (PRIOR_COPY + false_expected)


def _tail(window_s: float) -> tuple[float, float, float]:
    """p90, fold and least at this window length, linear between the fitted lengths and constant outside them."""
    lengths = [row[0] for row in TAIL]
    p90, fold, least = (float(np.interp(window_s, lengths, [row[k] for row in TAIL])) for k in (1, 2, 3))
    return p90, fold, least
