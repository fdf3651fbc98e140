"""How right attribution is, from retrainings: scores, their intervals, and how much of the money may follow it (pure).

The linear datamodelling score (LDS; Park et al. 2023): over random half-subsets of the works, how well the summed scores
of the present works rank what a piece really lost (Spearman), a mean over pieces. Arrays: `scores` (pieces, works),
`members` (subsets, works), `lost` (pieces, subsets): minus the loss of the network retrained on each subset.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

RESAMPLES = 400
#: Shares of the money that are tried for the least error: every twentieth.
STEPS = 20
PPM = 1_000_000


@dataclass(frozen=True)
class Interval:
    """A mean over pieces, and its 95 % interval when pieces and subsets are drawn again."""

    value: float
    low: float
    high: float


def halves(works: int, count: int, seed: int) -> Bools:
    """(count, works): random subsets with half of the works each."""
    chance = np.random.Generator(np.random.Philox(seed))
    found = np.zeros((count, works), np.bool_)
    for row in found:
        row[chance.permutation(works)[: works // 2]] = True
    return found


def standardised(scores: Floats, tokens: Ints | None = None) -> Floats:
    """Each piece's scores with mean zero and deviation one over the works, or over their tokens (works,); zero where they are
    all the same."""
    sizes = np.ones(scores.shape[1]) if tokens is None else np.maximum(tokens, 1).astype(np.float64)
    sizes = sizes / sizes.sum()
    centred = scores - (scores * sizes).sum(1, keepdims=True)
    spread = np.sqrt((centred**2 * sizes).sum(1, keepdims=True))
    return np.asarray(np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 1e-12), np.float64)


def summed(influence: Sequence[Floats], tokens: Ints | None) -> Floats:
    """Influence over checkpoints, each standardised: by token of a work where its `tokens` are told, else by work."""
    sizes = 1.0 if tokens is None else np.maximum(tokens, 1).astype(np.float64)
    return np.asarray(sum(standardised(one / sizes, tokens) for one in influence), np.float64)


def combined(influence: Floats, likeness: Floats, part: float, tokens: Ints | None = None) -> Floats:
    """`part` influence and the rest likeness, each standardised, and the whole again."""
    both = part * standardised(influence, tokens) + (1 - part) * standardised(likeness, tokens)
    return standardised(both, tokens)


def lds(scores: Floats, members: Bools, lost: Floats) -> Floats:
    """Spearman's correlation of predicted and actual for each piece, (pieces,)."""
    return _correlations(rankdata(scores @ members.T, axis=1), rankdata(lost, axis=1))


def within(scores: Floats, members: Bools, lost: Floats, groups: Sequence[str]) -> Floats:
    """The same once what the number of present works of each group explains is taken out of both: style alone scores nothing."""
    counts = [members[:, np.asarray([g == name for g in groups])].sum(1) for name in sorted(set(groups))]
    explained = np.column_stack([np.ones(len(members)), *counts[1:]]).astype(np.float64)
    keep = np.eye(len(members)) - explained @ np.linalg.pinv(explained)
    left = [_left(told, keep) for told in (scores @ members.T, lost)]
    return _correlations(*(rankdata(one, axis=1) for one in left))


def _left(told: Floats, keep: Floats) -> Floats:
    """What is left of each row; nothing where it is all explained but for the last digits of a float."""
    left = told @ keep
    small = np.linalg.norm(left, axis=1) < 1e-9 * np.linalg.norm(told, axis=1)
    return np.where(small[:, None], 0.0, left)


Measure = Callable[[Floats, Bools, Floats], Floats]


def interval(measure: Measure, scores: Floats, members: Bools, lost: Floats, seed: int = 1) -> Interval:
    """A measure's mean over pieces with its bootstrap interval, pieces and subsets drawn with replacement."""
    drawn = [float(measure(*given).mean()) for given in _resampled(scores[None], members, lost, seed)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Interval(float(measure(scores, members, lost).mean()), float(low), float(high))


def difference(measure: Measure, one: Floats, other: Floats, members: Bools, lost: Floats, seed: int = 1) -> Interval:
    """How much more one method scores than another on the same pieces and subsets."""

    def apart(both: Floats, m: Bools, y: Floats) -> float:
        return float((measure(both[0], m, y) - measure(both[1], m, y)).mean())

    both = np.stack((one, other))
    drawn = [apart(*given) for given in _resampled(both, members, lost, seed, together=True)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Interval(apart(both, members, lost), float(low), float(high))


def ceiling(lost: Floats) -> tuple[float, float]:
    """(agreement of two seeds, ceiling): the LDS that the truth itself would have against the mean of these seeds.

    `lost` is (seeds, pieces, subsets). The ceiling is the root of the mean's reliability (Spearman and Brown).
    """
    ranks = rankdata(lost, axis=2)
    pairs = [_correlations(ranks[a], ranks[b]).mean() for a in range(len(ranks)) for b in range(a)]
    agreed = max(0.0, float(np.mean(pairs)))
    seeds = len(lost)
    return agreed, float(np.sqrt(seeds * agreed / (1 + (seeds - 1) * agreed)))


def money_error(shares: Floats, effects: Floats) -> Floats:
    """For each piece the part of the money that goes to another owner than by retrained effect; both (pieces, owners)."""
    right = normal(np.maximum(effects, 0.0))
    return np.asarray(0.5 * np.abs(normal(shares) - right).sum(1), np.float64)


def normal(shares: Floats) -> Floats:
    """Rows that sum to one; a row of nothing is shared equally."""
    whole = shares.sum(1, keepdims=True)
    return np.asarray(np.where(whole > 0, shares / np.where(whole > 0, whole, 1), 1 / shares.shape[1]), np.float64)


def best_part(attributed: Floats, pro_rata: Floats, effects: Floats) -> float:
    """The part of the money by attribution with the least money error; of equal ones the smallest."""
    parts = [step / STEPS for step in range(STEPS + 1)]
    a, p = normal(attributed), normal(pro_rata)
    errors = [float(money_error(part * a + (1 - part) * p, effects).mean()) for part in parts]
    return parts[int(np.argmin(errors))]


def weight_ppm(score: Interval, inside: Interval, controls: Sequence[Interval], best: float) -> int:
    """w in millionths: the least of the score's lower end, the within-style score's lower end, and the part with the
    least money error; zero where the score's interval reaches a control's, or the within-style score's reaches zero.
    """
    reached = any(score.low <= control.high for control in controls) or inside.low <= 0
    return 0 if reached else int(PPM * max(0.0, min(score.low, inside.low, best, 1.0)))


def _resampled(scores: Floats, members: Bools, lost: Floats, seed: int, together: bool = False):  # type: ignore[no-untyped-def]
    chance = np.random.Generator(np.random.Philox(seed))
    for _ in range(RESAMPLES):
        pieces = chance.integers(0, lost.shape[0], lost.shape[0])
        subsets = chance.integers(0, len(members), len(members))
        drawn = scores[:, pieces]
        yield drawn if together else drawn[0], members[subsets], lost[np.ix_(pieces, subsets)]


def _correlations(one: Floats, other: Floats) -> Floats:
    """Pearson's correlation row by row; zero where a row does not vary."""
    a, b = one - one.mean(1, keepdims=True), other - other.mean(1, keepdims=True)
    size = np.sqrt((a * a).sum(1) * (b * b).sum(1))
    return np.asarray(np.divide((a * b).sum(1), size, out=np.zeros(len(a)), where=size > 1e-9), np.float64)
