"""Weights of the spam signals, learned from what readers decided: a logistic model, calibrated. Pure; the seed is handed in.

Three kinds of rows: what was decided (one each); the accounts that show nothing, `quiet` of them, taken as honest (what shows
something and was never decided teaches nothing: nobody looked); and, for each signal, a few imagined decisions as DEFAULT would
have made them, which keep the weight of a signal that readers have seldom met near the one that was set by hand, and which real
decisions soon outweigh (a prior by data augmentation). The model's confidence is then corrected on rows it was not learned from
(Platt's sigmoid over FOLDS folds), which leaves the score a sum: slope and shift go into the weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

import numpy as np

from accord.integrity.spam_weights import DEFAULT, SIGNALS, Weights, features

LEAST_DECISIONS, LEAST_EACH = 60, 10  # ten for each weight, and of either outcome
FOLDS = 5
STRENGTH = 10.0  # scikit-learn's C: how little weights are pulled towards nothing
IMAGINED = 2.0  # decisions at each of IMAGINED_AT, a signal
IMAGINED_AT = (-2.0, 0.0, 2.0)  # log-odds by DEFAULT

Decided = tuple[Mapping[str, int], bool]  # values by signal, upheld
Array = Any


class NothingToLearn(Exception):
    """The decisions run against every signal."""


def learn(decided: Sequence[Decided], quiet: int, seed: int, name: str) -> Weights:
    """Weights named `name`; the same for the same rows in any order and the same seed.

    A sign speaks against an account or says nothing: a signal whose weight comes out below zero is left out with a weight of
    zero, and the others are learned again. Raises: NothingToLearn when none is left.
    """
    rows, upheld, often, fold, about = _rows(decided, quiet, seed)
    kept = np.arange(len(SIGNALS))
    while len(kept):
        used = np.isin(about, kept) | (about < 0)
        base, found = _fitted(rows[used][:, kept], upheld[used], often[used], fold[used])
        if (found >= 0).all():
            weights = dict.fromkeys(SIGNALS, 0.0) | {
                list(SIGNALS)[place]: round(float(one), 4) for place, one in zip(kept, found, strict=True)
            }
            won = sum(outcome for _, outcome in decided)
            return Weights(id=name, base=round(base, 4), weights=weights, learned_from=len(decided), upheld=won)
        kept = kept[found >= 0]
    raise NothingToLearn("the decisions run against every signal")


def _fitted(rows: Array, upheld: Array, often: Array, fold: Array) -> tuple[float, Array]:
    """(base, weights) of the calibrated model: its slope and shift are folded in."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import PredefinedSplit

    model = LogisticRegression(C=STRENGTH, max_iter=10_000, tol=1e-8)
    calibrated = CalibratedClassifierCV(model, method="sigmoid", cv=PredefinedSplit(fold), ensemble=False)
    calibrated.fit(rows, upheld, sample_weight=often)
    (fitted,) = calibrated.calibrated_classifiers_
    (sigmoid,) = fitted.calibrators
    slope, shift = -float(sigmoid.a_), -float(sigmoid.b_)
    return slope * float(fitted.estimator.intercept_[0]) + shift, slope * fitted.estimator.coef_[0]


def _rows(decided: Sequence[Decided], quiet: int, seed: int) -> tuple[Array, ...]:
    """(features, upheld, how often, fold, the signal that an imagined row is about or -1) of all three kinds of rows."""
    made = sorted((features(values), int(outcome)) for values, outcome in decided)
    folds = np.random.default_rng(seed).permutation(len(made)) % FOLDS
    real = [(row, outcome, 1.0, int(f), -1) for (row, outcome), f in zip(made, folds, strict=True)]
    silent = ([0.0] * len(SIGNALS), 0, float(quiet), -1)
    shared = [(row, y, n / FOLDS, f, about) for row, y, n, about in (silent, *_imagined()) for f in range(FOLDS)]
    return tuple(np.array(column) for column in zip(*real, *shared, strict=True))


def _imagined() -> list[tuple[list[float], int, float, int]]:
    """What DEFAULT says of each signal alone, as decisions that were sometimes made: (features, upheld, how often, signal)."""
    made = []
    for place, signal in enumerate(SIGNALS):
        for nats in IMAGINED_AT:
            row = [0.0] * len(SIGNALS)
            row[place] = (nats - DEFAULT.base) / DEFAULT.weights[signal]
            yes = 1 / (1 + exp(-nats))
            made += [(row, 1, IMAGINED * yes, place), (row, 0, IMAGINED * (1 - yes), place)]
    return made
