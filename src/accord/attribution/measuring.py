"""From retrainings and scores to a calibration: choose on one half of the pieces, report on the other (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from accord.attribution import calibration
from accord.attribution.calibration import Interval, Measure
from accord.training.records import Calibration, Method, Score

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

DAMPINGS = (0.001, 0.01, 0.1, 1.0)
#: Parts of influence in the combination that are tried; the rest is likeness.
PARTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Retrained:
    """What was retrained, and what each piece lost there: mean loss in nats a token.

    `members` (subsets, works), `halves` (seeds, pieces, subsets), `whole` (owner seeds, pieces): on the whole set;
    `owners` (owner, works): whose works were left out, and `without` (owner seeds, pieces, owners).
    """

    members: Bools
    halves: Floats
    whole: Floats
    owners: Bools
    without: Floats

    @property
    def lost(self) -> Floats:
        """Minus the mean over seeds, (pieces, subsets)."""
        return np.asarray(-self.halves.mean(0), np.float64)


@dataclass(frozen=True)
class Scored:
    """What each method says, (pieces, works) each: influence by checkpoint and damping, likeness, and others by name.

    `tokens` are what each work has in the set; `groups` is each work's style.
    """

    influence: Mapping[tuple[int, float], Floats]
    likeness: Floats
    tokens: Ints
    groups: Sequence[str]
    others: Mapping[str, Floats]

    def summed(self, checkpoints: int, damping: float) -> Floats:
        """Influence by token over the last so many checkpoints, each standardised."""
        numbers = sorted({n for n, _ in self.influence})[-checkpoints:]
        return calibration.summed([self.influence[n, damping] for n in numbers], self.tokens)

    def combined(self, checkpoints: int, damping: float, part: float) -> Floats:
        """`part` of that and the rest likeness."""
        return calibration.combined(self.summed(checkpoints, damping), self.likeness, part, self.tokens)


@dataclass(frozen=True)
class Choice:
    """What was chosen, and the effect in nats of a standardised score: `level + slope · score`.

    What is retrained has about as many tokens of each work, and the score is by token: so that is the effect of a work of the
    usual size, and a work in the set has it as often as its tokens go into that size.
    """

    checkpoints: int
    damping: float
    part: float
    level: float = 0.0
    slope: float = 1.0

    def effects(self, scores: Floats, tokens: Ints | None = None) -> Floats:
        """The predicted effect of each work on a piece's mean loss, never below zero; by the size of each where that is told."""
        sizes = 1.0 if tokens is None else tokens / tokens.mean()
        return np.asarray(np.maximum(0.0, self.level + self.slope * scores) * sizes, np.float64)


def choose(scored: Scored, retrained: Retrained, pieces: Ints) -> Choice:
    """The checkpoints, damping and combination with the best score on `pieces`; of equal ones the first tried."""
    numbers = len({n for n, _ in scored.influence})
    dampings = sorted({d for _, d in scored.influence})
    best, found = -2.0, Choice(numbers, dampings[0], 1.0)
    for checkpoints, damping, part in product(sorted({1, max(1, numbers // 2), numbers}), dampings, PARTS):
        scores = scored.combined(checkpoints, damping, part)[pieces]
        value = float(calibration.lds(scores, retrained.members, retrained.lost[pieces]).mean())
        if value > best + 1e-12:
            best, found = value, Choice(checkpoints, damping, part)
    return _in_nats(found, scored, retrained, pieces)


def _in_nats(found: Choice, scored: Scored, retrained: Retrained, pieces: Ints) -> Choice:
    """The effect of a score by least squares; the mean effect of a work from what half of them are worth together."""
    scores = scored.combined(found.checkpoints, found.damping, found.part)[pieces]
    predicted, lost = scores @ retrained.members.T, retrained.lost[pieces]
    x, y = predicted - predicted.mean(1, keepdims=True), lost - lost.mean(1, keepdims=True)
    slope = float((x * y).sum() / max(float((x * x).sum()), 1e-12))
    missing = float((~retrained.members).sum(1).mean())
    level = float((-lost.mean() - retrained.whole[:, pieces].mean()) / missing)
    return Choice(found.checkpoints, found.damping, found.part, max(0.0, level), max(0.0, slope))


def calibrate(
    scored: Scored, retrained: Retrained, words: str, is_proxy: bool, cpu_s: float
) -> tuple[Calibration, Choice]:
    """Choose on the even pieces, measure on the odd ones, and say how much of the money may follow."""
    pieces = np.arange(scored.likeness.shape[0])
    chosen_on, reported = pieces[::2], pieces[1::2]
    choice = choose(scored, retrained, chosen_on)
    paid = scored.combined(choice.checkpoints, choice.damping, choice.part)
    members, lost = retrained.members, retrained.lost[reported]

    def measured(name: str, scores: Floats) -> Method:
        of = (scores[reported], members, lost)
        within = _within(scored.groups)
        return Method(
            name, _score(calibration.interval(calibration.lds, *of)), _score(calibration.interval(within, *of))
        )

    pro_rata = np.tile(scored.tokens.astype(np.float64), (len(pieces), 1))
    chance = np.random.Generator(np.random.Philox(11)).standard_normal(paid.shape)
    influence = scored.summed(choice.checkpoints, choice.damping)
    methods = [measured("influence and likeness, combined", paid), measured("influence (EK-FAC)", influence)]
    methods.append(measured("likeness (tf-idf)", scored.likeness))
    methods += [measured(name, scores) for name, scores in scored.others.items()]
    controls = [measured("control: by sealed tokens", pro_rata), measured("control: at random", chance)]
    over = calibration.difference(calibration.lds, paid[reported], scored.likeness[reported], members, lost)
    agreement, ceiling = calibration.ceiling(-retrained.halves[:, reported])
    best = _best(choice, paid, pro_rata, retrained, chosen_on)
    weight = calibration.weight_ppm(
        _interval(methods[0].lds), _interval(methods[0].within), [_interval(c.lds) for c in controls], best
    )
    followed = _errors(choice, paid, pro_rata, retrained, reported, weight / calibration.PPM)
    by_tokens = _errors(choice, paid, pro_rata, retrained, reported, 0.0)
    found = Calibration(
        retrained=words, is_proxy=is_proxy, works=members.shape[1], subsets=len(members), seeds=len(retrained.halves),
        chosen_on=len(chosen_on), reported=len(reported), checkpoints=choice.checkpoints, damping=choice.damping,
        part_ppm=round(choice.part * calibration.PPM), level=round(choice.level, 9), slope=round(choice.slope, 9),
        methods=(*methods, *controls), over_likeness=_score(over), agreement=round(agreement, 4), ceiling=round(ceiling, 4),
        owners=len(retrained.owners), best_ppm=round(best * calibration.PPM), weight_ppm=weight, cpu_s=round(cpu_s, 1),
        by_token=True, money_error=_mean(followed), money_error_pro_rata=_mean(by_tokens), money_error_over=_mean(followed - by_tokens),
    )  # fmt: skip
    return found, choice


def by_owner(scores: Floats, owners: Bools) -> Floats:
    """Shares of works added for each owner, (pieces, owners)."""
    return np.asarray(scores @ owners.T, np.float64)


def _effects(retrained: Retrained, pieces: Ints) -> Floats:
    """What each piece lost without each owner, (pieces, owners)."""
    return np.asarray((retrained.without - retrained.whole[:, :, None]).mean(0)[pieces], np.float64)


def _best(choice: Choice, paid: Floats, pro_rata: Floats, retrained: Retrained, pieces: Ints) -> float:
    attributed = by_owner(choice.effects(paid), retrained.owners)[pieces]
    tokens = by_owner(pro_rata, retrained.owners)[pieces]
    return calibration.best_part(attributed, tokens, _effects(retrained, pieces))


def _errors(
    choice: Choice, paid: Floats, pro_rata: Floats, retrained: Retrained, pieces: Ints, weight: float
) -> Floats:
    """Piece by piece the money error of paying `weight` by attribution and the rest by tokens."""
    attributed = calibration.normal(by_owner(choice.effects(paid), retrained.owners)[pieces])
    tokens = calibration.normal(by_owner(pro_rata, retrained.owners)[pieces])
    return calibration.money_error(weight * attributed + (1 - weight) * tokens, _effects(retrained, pieces))


def _mean(errors: Floats) -> Score:
    """The mean over pieces, with its interval over pieces; every call draws the same ones."""
    chance = np.random.Generator(np.random.Philox(5))
    drawn = [errors[chance.integers(0, len(errors), len(errors))].mean() for _ in range(calibration.RESAMPLES)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Score(round(float(errors.mean()), 4), round(float(low), 4), round(float(high), 4))


def _within(groups: Sequence[str]) -> Measure:
    return lambda scores, members, lost: calibration.within(scores, members, lost, groups)


def _score(found: Interval) -> Score:
    return Score(round(found.value, 4), round(found.low, 4), round(found.high, 4))


def _interval(score: Score) -> Interval:
    return Interval(score.value, score.low, score.high)
