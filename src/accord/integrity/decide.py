"""From evidence to a statement: below the threshold integrity says *nothing found*, for a false accusation is worse.

On audio that is not in the index, the best window's evidence (nats) has an exponential tail above its 80th percentile:
  expected false matches of a file = 0.2 × windows × max(1, hours / REFERENCE_HOURS) × exp(−(nats − p80) / fold)
with p80 and fold by window length. The threshold is where that reaches TARGET_FALSE. TAIL was fitted on 254 negatives of
10 s and 130 of 5 s (renders of chorales and folk tunes with one SoundFont, game soundtracks, metronomic test music) and
holds on those of `eval/fingerprints.py`, which are others; it extrapolates from them by two to four powers of ten. The
rule for larger indexes is the pessimistic one: every hour is another chance.
"""

from __future__ import annotations

import math

TARGET_FALSE = 1e-4  # false matches per file checked
PRIOR_COPY = 0.01  # of files checked, how many really hold an undeclared recording: for `probability`
REFERENCE_HOURS = 1.0
SHORTEST_S = 3.0
TAIL = ((3.0, 17.5, 2.4), (5.0, 20.0, 2.6), (10.0, 25.0, 4.0))  # (window seconds, p80 in nats, e-fold in nats)


def expected_false(nats: float, window_s: float, windows: int, hours: float) -> float:
    """False matches at least this strong that one unrelated file of `windows` windows would get by chance."""
    p80, fold = _tail(window_s)
    return 0.2 * max(1, windows) * max(1.0, hours / REFERENCE_HOURS) * math.exp(min(50.0, (p80 - nats) / fold))


def threshold_nats(window_s: float, windows: int, hours: float) -> float:
    """The evidence from which a match is stated."""
    p80, fold = _tail(window_s)
    return p80 + fold * math.log(0.2 * max(1, windows) * max(1.0, hours / REFERENCE_HOURS) / TARGET_FALSE)


def probability(false_expected: float) -> float:
    """Posterior probability of a true match, at PRIOR_COPY true copies a file against the expected false ones."""
    return PRIOR_COPY / (PRIOR_COPY + false_expected)


def _tail(window_s: float) -> tuple[float, float]:
    """p80 and fold at this window length, linear between the fitted lengths and constant outside them."""
    below = TAIL[0]
    for above in TAIL:
        if window_s <= above[0]:
            span = above[0] - below[0]
            part = (window_s - below[0]) / span if span else 0.0
            part = max(0.0, part)
            return below[1] + part * (above[1] - below[1]), below[2] + part * (above[2] - below[2])
        below = above
    return below[1], below[2]
