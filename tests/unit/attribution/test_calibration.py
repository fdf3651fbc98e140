"""Calibration's figures: a method that is right scores one, one that is wrong nothing, style alone nothing within a style."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from accord.attribution import calibration, measuring
from accord.attribution.calibration import Interval
from accord.attribution.measuring import Retrained, Scored

PIECES, WORKS, SUBSETS = 12, 24, 32
GROUPS = [f"g{n % 3}" for n in range(WORKS)]


def chance(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def made(noise: float, seed: int = 0) -> tuple[np.ndarray, Retrained]:
    """True effects of each work on each piece, and retrainings that show them with noise; eight owners of three works."""
    rng = chance(seed)
    effects = rng.exponential(0.01, (PIECES, WORKS))
    members = calibration.halves(WORKS, SUBSETS, 1)
    halves = 3.0 - np.stack([effects @ members.T + noise * rng.standard_normal((PIECES, SUBSETS)) for _ in range(3)])
    owners = np.asarray([[n // 3 == owner for n in range(WORKS)] for owner in range(8)])
    whole = 3.0 - np.tile(effects.sum(1), (2, 1))
    without = whole[:, :, None] + (effects @ owners.T)[None]
    return effects, Retrained(members, halves, whole, owners, without)


def test_the_score_is_scipys_spearman():
    """Piece by piece the LDS is scipy's rank correlation of summed scores and what was lost."""
    scores, (_, retrained) = chance(4).standard_normal((PIECES, WORKS)), made(0.01)
    plain = [spearmanr(scores[i] @ retrained.members.T, retrained.lost[i])[0] for i in range(PIECES)]
    assert calibration.lds(scores, retrained.members, retrained.lost) == pytest.approx(plain)


def test_the_truth_scores_one_and_chance_nothing():
    """Without noise the true effects score one with a ceiling of one; random scores have an interval around zero."""
    effects, retrained = made(0.0)
    found = calibration.interval(calibration.lds, effects, retrained.members, retrained.lost)
    assert found.value == pytest.approx(1.0) and calibration.ceiling(-retrained.halves) == pytest.approx((1.0, 1.0))
    wrong = calibration.interval(
        calibration.lds, chance(7).standard_normal(effects.shape), retrained.members, retrained.lost
    )
    assert wrong.low < 0.1 and wrong.high > -0.1


def test_knowing_the_style_alone_scores_nothing_within_a_style():
    """Where a style decides everything, its mean scores high over all and zero within; true effects score in both."""
    _, retrained = made(0.0)
    of = np.asarray([["g0", "g1", "g2"].index(g) for g in GROUPS])
    style = chance(3).standard_normal((PIECES, 3))[:, of]
    own = 0.3 * chance(5).standard_normal((PIECES, WORKS))
    lost = (style + own) @ retrained.members.T
    assert calibration.lds(style, retrained.members, lost).mean() > 0.6
    assert abs(calibration.within(style, retrained.members, lost, GROUPS).mean()) < 0.05
    assert calibration.within(own, retrained.members, lost, GROUPS).mean() > 0.8


def test_noise_lowers_the_ceiling():
    """The noisier the seeds, the less they agree, and the lower is what any method could score."""
    quiet, loud = (calibration.ceiling(-made(noise)[1].halves) for noise in (0.01, 0.2))
    assert quiet[0] > loud[0] and quiet[1] > loud[1] and all(c >= a for a, c in (quiet, loud))


def test_a_difference_of_a_method_to_itself_is_zero():
    """Paired on the same pieces and subsets; a better method is better with an interval above zero."""
    effects, retrained = made(0.02)
    members, lost = retrained.members, retrained.lost
    same = calibration.difference(calibration.lds, effects, effects, members, lost)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    assert calibration.difference(calibration.lds, effects, -effects, members, lost).low > 0


def test_money_error_is_the_part_that_goes_to_another_owner():
    """All to the wrong owner is one, by the true effect nothing; an owner whose loss would help gets nothing."""
    effects = np.asarray([[0.2, 0.0, -0.1], [0.1, 0.1, 0.0]])
    assert calibration.money_error(np.asarray([[0.0, 1.0, 0.0], [1.0, 1.0, 0.0]]), effects) == pytest.approx([1.0, 0.0])
    assert calibration.best_part(np.maximum(effects, 0), np.ones((2, 3)), effects) == 1.0
    assert calibration.best_part(np.asarray([[0, 1.0, 0]]), np.asarray([[1.0, 0, 0]]), np.asarray([[1.0, 0, 0]])) == 0.0


def test_a_good_method_is_followed_and_a_bad_one_is_not():
    """Calibrated on retrainings that show the method right, most of the money follows; on noise, none of it does."""
    effects, retrained = made(0.005)
    found = measuring.calibrate(scored(effects), retrained, "words", True, 1.0)[0]
    assert found.paid.lds.value > 0.8 and 300_000 < found.weight_ppm <= 1_000_000 * found.paid.lds.low
    assert found.money_error.value < found.money_error_pro_rata.value
    bad = measuring.calibrate(scored(chance(9).exponential(0.01, effects.shape)), retrained, "words", True, 1.0)[0]
    assert bad.weight_ppm == 0


def test_what_is_chosen_does_not_look_at_what_is_reported():
    """Other losses of the odd pieces change the report and not the choice."""
    effects, retrained = made(0.02)
    chosen = measuring.choose(scored(effects), retrained, np.arange(0, PIECES, 2))
    other = Retrained(retrained.members, retrained.halves.copy(), retrained.whole, retrained.owners, retrained.without)
    other.halves[:, 1::2] = chance(3).standard_normal(other.halves[:, 1::2].shape)
    assert measuring.calibrate(scored(effects), other, "words", True, 1.0)[1] == chosen


@pytest.mark.parametrize(
    ("score", "inside", "control", "best", "expected"),
    [
        ((0.5, 0.4, 0.6), (0.3, 0.25, 0.4), (0.0, -0.2, 0.2), 0.9, 250_000),
        ((0.5, 0.4, 0.6), (0.5, 0.45, 0.6), (0.0, -0.2, 0.2), 0.9, 400_000),
        ((0.5, 0.4, 0.6), (0.5, 0.45, 0.6), (0.0, -0.2, 0.2), 0.1, 100_000),
        ((0.5, 0.4, 0.6), (0.5, 0.45, 0.6), (0.0, -0.2, 0.4), 0.9, 0),
        ((0.5, 0.4, 0.6), (0.2, 0.0, 0.4), (0.0, -0.2, 0.2), 0.9, 0),
    ],
)
def test_the_formula_of_w(score, inside, control, best, expected):
    """The least of the two lower ends and of the part with the least error; zero where a control is reached."""
    assert calibration.weight_ppm(Interval(*score), Interval(*inside), [Interval(*control)], best) == expected


def scored(influence: np.ndarray) -> Scored:
    """Influence as given at one checkpoint, likeness by chance, tokens all the same."""
    likeness = chance(8).random(influence.shape)
    return Scored({(0, 0.1): influence, (1, 0.1): influence}, likeness, np.full(WORKS, 100), GROUPS, {})
