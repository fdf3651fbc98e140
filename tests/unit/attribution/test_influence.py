"""Influence and retraining: gradients as autograd has them, works added before anything else, the same every time."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra [lab] is not installed: networks are not looked into")

import torch

from accord.attribution import influence, retraining
from accord.attribution.influence import Factors
from accord.training import learning
from accord.training.transformer import Shape, initial

SHAPE = Shape(vocabulary=13, width=8, layers=1, heads=2, window=10)


def weights() -> dict[str, np.ndarray]:
    chance = np.random.default_rng(2)
    return {n: (w + 0.2 * chance.standard_normal(w.shape)).astype(np.float32) for n, w in initial(SHAPE, 1).items()}


def ids(seed: int, length: int = 24) -> np.ndarray:
    return np.concatenate(([1, 2], np.random.default_rng(seed).integers(3, 13, length)))


def gradient(sequences: list[np.ndarray]) -> np.ndarray:
    """The plain twin: autograd's gradient of the summed loss, the matrices end to end; of `embed` its use for the logits."""
    tensors = {n: torch.from_numpy(w).requires_grad_(True) for n, w in weights().items()}
    head = tensors["embed"].detach().clone().requires_grad_(True)
    given, follows, _ = learning.covering(sequences, SHAPE.window)
    logits = learning.forward(
        SHAPE, tensors, torch.from_numpy(given), lambda x, n: x @ (head.T if n == "embed" else tensors[n])
    )
    torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), torch.from_numpy(follows).flatten(), ignore_index=0, reduction="sum"
    ).backward()
    named = [tensors[f"0.{n}"].grad for n in ("qkv", "out", "up", "down")]
    return np.concatenate([g.numpy().ravel() for g in (*named, head.grad)])


def plain(works: list[list[np.ndarray]]) -> Factors:
    """Factors with every direction and no curvature."""
    whole = influence.condense(influence.look(SHAPE, weights(), works), 1.0, 10**9)
    return Factors(
        whole.shape,
        whole.weights,
        whole.inputs,
        whole.outputs,
        whole.kept,
        whole.scale * 0 + 1,
        whole.works / whole.scale,
    )


def test_gradients_are_those_of_autograd():
    """Without curvature, a work's score is the product of autograd's two gradients: turning to eigenvectors loses nothing."""
    works, piece = [[ids(1), ids(2)], [ids(3)]], ids(9)
    tokens = len(piece) - 1
    expected = [gradient(work) @ gradient([piece]) / tokens for work in works]
    assert plain(works).scores(piece) == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_every_token_is_covered_once():
    """Windows hold what follows each token exactly once, however long the sequence is."""
    for length in (2, 5, 8, 9, 17, 40):
        one = ids(length, length)
        _, follows, whose = learning.covering([one, one], SHAPE.window)
        told = np.concatenate([row[row > 0] for row in follows[whose == 1]])
        assert sorted(told) == sorted(one[1:])


def test_a_work_registered_in_ten_parts_counts_as_one():
    """Splitting a work into ten changes nothing: the scores of its cluster and of all others stay as they were."""
    parts, other = [ids(seed) for seed in range(10)], [ids(77)]
    whole = influence.condense(influence.look(SHAPE, weights(), [parts, other]), 0.1)
    divided = influence.condense(influence.look(SHAPE, weights(), [*([part] for part in parts), other]), 0.1, 10**9)
    every = influence.condense(influence.look(SHAPE, weights(), [parts, other]), 0.1, 10**9)
    piece = ids(5)
    scores = divided.scores(piece)
    assert every.scores(piece) == pytest.approx([scores[:10].sum(), scores[10]], rel=1e-3, abs=1e-5)
    assert len(whole.kept) <= influence.KEPT


def test_a_copied_work_has_the_most_influence_on_its_copy():
    """After learning, each of six works is the one that a copy of it owes the most to."""
    works = {f"w{n}": [ids(n, 40)] for n in range(6)}
    small = retraining.proxy(works, 13)
    learned = retraining.retrain(small, np.ones(6, np.bool_), 1, learning.Plan(steps=30, batch=4, warm_up=2, seed=1))
    held = influence.condense(influence.look(small.shape, learned.weights, small.sequences), 0.1)
    found = [int(held.scores(small.coded(works[w][0])).argmax()) for w in small.works]
    assert found == list(range(6))


def test_factors_are_read_as_they_were_written():
    """What the vault holds scores a piece exactly like what was prepared, and the same preparation gives the same bytes."""
    works = [[ids(1)], [ids(2)]]
    held = influence.condense(influence.look(SHAPE, weights(), works), 0.1, 50)
    data = influence.to_bytes([held], ["a", "b"])
    (read,), names = influence.from_bytes(data)
    assert names == ("a", "b") and len(read.kept) == 50
    assert np.array_equal(read.scores(ids(4)), held.scores(ids(4)))
    assert (
        influence.to_bytes([influence.condense(influence.look(SHAPE, weights(), works), 0.1, 50)], ["a", "b"]) == data
    )


def test_a_retraining_reads_present_works_alone():
    """Every window of every step belongs to a present work, and the same seed gives the same weights."""
    works = {f"w{n}": [np.concatenate(([1, 2], np.full(40, 3 + n)))] for n in range(6)}
    small = retraining.proxy(works, 13)
    present = np.asarray([True, False] * 3)
    how = retraining.plan(small, present, 1)
    draw = retraining._in_order(small, present, how)
    seen = {int(t) for step in range(40) for t in draw(step)[1].ravel() if t > 2}
    assert seen == {int(small.code[3 + n]) for n in (0, 2, 4)}
    first, again = (retraining.retrain(small, present, 1).weights for _ in range(2))
    assert all(np.array_equal(first[name], again[name]) for name in first)


def test_a_proxy_reads_the_same_first_tokens_however_a_work_is_registered():
    """Cut to what fits, in an order that the content gives; pieces lose tokens that no work has."""
    parts = [ids(1, 30), ids(2, 30)]
    one = retraining.proxy({"a": parts, "b": [ids(3, 100)]}, 13, 60)
    other = retraining.proxy({"b": [ids(3, 100)], "a": parts[::-1]}, 13, 60)
    assert int(one.lengths.sum()) <= 60 and list(one.lengths) == [30, 30]
    assert all(
        np.array_equal(x, y)
        for a, b in zip(one.sequences, other.sequences, strict=True)
        for x, y in zip(a, b, strict=True)
    )
    assert (one.coded(np.asarray([1, 2, 3, 0])) > 0).all()
