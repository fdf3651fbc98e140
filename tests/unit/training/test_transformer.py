"""The transformer: torch learns what numpy serves, and a stop in between changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from tests.oracle import transformer as oracle

from accord.training import transformer
from accord.training.transformer import Shape, Stream, names

SHAPE = Shape(vocabulary=11, width=16, layers=2, heads=2, window=12)


def sequences() -> list[np.ndarray]:
    chance = np.random.default_rng(3)
    return [np.concatenate(([1], chance.integers(3, 11, 30), [2])) for _ in range(4)]


def learned(steps: int = 6, seed: int = 5):  # type: ignore[no-untyped-def]
    pytest.importorskip("torch", reason="the extra [lab] is not installed")
    from accord.training import learning

    plan = learning.Plan(steps=steps, batch=3, warm_up=2, seed=seed)
    return learning, plan, learning.start(SHAPE, plan)


def test_probabilities_sum_to_one_beyond_the_window() -> None:
    """After more tokens than the window holds, the next token's probabilities still sum to one."""
    stream = Stream(SHAPE, transformer.initial(SHAPE, 1))
    for token in range(30):
        found = stream.step(token % 11)
    assert np.exp(found).sum() == pytest.approx(1.0)


def test_the_compiled_pass_is_the_plain_one() -> None:
    """Within the window, at its edge and far beyond it, the compiled pass says what the plain one says."""
    chance = np.random.default_rng(4)
    weights = {name: (chance.standard_normal(size) * 0.4).astype(np.float32) for name, size in names(SHAPE).items()}
    ids = [int(t) for t in chance.integers(0, 11, 40)]
    stream = Stream(SHAPE, weights)
    found = [stream.step(token) for token in ids]
    for read in (1, 2, 3, 11, 12, 13, 14, 40):
        assert found[read - 1] == pytest.approx(oracle.log_probabilities(SHAPE, weights, ids[:read]), abs=2e-4), read


def test_serving_equals_torch() -> None:
    """Token by token in serving and at once in torch, the learned weights give the same losses."""
    learning, plan, start = learned()
    weights = learning.learn(SHAPE, sequences(), plan, start).weights
    ids = sequences()[0][: SHAPE.window]
    assert transformer.loss(SHAPE, weights, ids) == pytest.approx(learning.losses(SHAPE, weights, ids), abs=1e-5)


def test_learning_lowers_the_loss() -> None:
    """On a sequence that repeats, 150 steps bring the loss well below chance."""
    learning, plan, start = learned(150)
    ids = np.asarray([1] + [3, 4, 5, 6] * 8 + [2])
    weights = learning.learn(SHAPE, [ids], plan, start).weights
    assert learning.losses(SHAPE, weights, ids).mean() < 0.5 * np.log(11)


def test_a_stop_in_between_changes_nothing() -> None:
    """Stopped after three steps and resumed, learning ends with the very same weights."""
    learning, plan, start = learned()
    saved = []
    through = learning.learn(SHAPE, sequences(), plan, start, lambda p, loss: saved.append(p), report_every=3)
    resumed = learning.learn(SHAPE, sequences(), plan, saved[0])
    assert saved[0].step == 3
    assert all(np.array_equal(through.weights[n], resumed.weights[n]) for n in through.weights)


def test_the_seed_decides_the_weights() -> None:
    """The same seed twice gives equal weights, another seed gives others."""
    learning, plan, start = learned()
    other = learned(seed=6)
    first, again = (learning.learn(SHAPE, sequences(), plan, start).weights for _ in range(2))
    different = learning.learn(SHAPE, sequences(), other[1], other[2]).weights
    assert all(np.array_equal(first[n], again[n]) for n in first)
    assert not np.array_equal(first["embed"], different["embed"])


def test_the_beginning_stays_in_view_beyond_the_window() -> None:
    """With one layer, what follows thirty tokens is what torch says after the leading two and the last that fit."""
    torch = pytest.importorskip("torch", reason="the extra [lab] is not installed")
    from accord.training import learning

    shape = Shape(vocabulary=11, width=16, layers=1, heads=2, window=12)
    weights = {name: value + np.float32(0.05) for name, value in transformer.initial(shape, 1).items()}
    ids = np.random.default_rng(3).integers(3, 11, 30)
    for length in (1, 2, 3, 12, 13, 30):
        stream = Stream(shape, weights)
        served = [stream.step(int(token)) for token in ids[:length]][-1]
        seen = np.concatenate((ids[:2], ids[2:length][-(shape.window - 2) :]))[:length]
        logits = learning.forward(
            shape, {n: torch.from_numpy(v) for n, v in weights.items()}, torch.from_numpy(seen)[None]
        )
        assert served == pytest.approx(torch.log_softmax(logits[0, -1], -1).numpy(), abs=1e-5)


def test_a_window_begins_with_its_sequence_and_learns_nothing_false() -> None:
    """Every window starts with its sequence's first two tokens; what follows them is learned only where it does follow."""
    learning, plan, _ = learned()
    told = [np.concatenate(([1, 3 + i], ids[2:])) for i, ids in enumerate(sequences())]
    stream, bounds = learning._joined(told)
    beginnings = {tuple(ids[:2]): ids for ids in told}
    for step in range(8):
        for given, follows in zip(*learning._windows(stream, bounds, plan, step, SHAPE.window), strict=True):
            whole = "".join(chr(int(t)) for t in beginnings[tuple(given[:2])])
            assert "".join(chr(int(t)) for t in follows[2:]).rstrip("\0") in whole
            assert (follows[1] == 0) or chr(int(follows[1])) == whole[2]


def test_a_copy_goes_its_own_way() -> None:
    """A copied stream reads on without changing the one it was copied from."""
    stream = Stream(SHAPE, transformer.initial(SHAPE, 1))
    for token in range(20):
        stream.step(token % 11)
    copied = stream.copy()
    copied.step(5)
    assert np.array_equal(copied.copy().step(7), copied.step(7))
    assert np.array_equal(stream.copy().step(3), stream.step(3))
