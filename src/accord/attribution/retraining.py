"""A small network of the served model's family, retrained on parts of a set: what the pieces would have lost without them (torch).

The proxy reads the first tokens of every de-duplicated work, over the tokens that occur. Every retraining goes through
the windows of the whole set in one and the same shuffled order and leaves out those of absent works, so that two
retrainings of one seed differ by what they read and by little else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from accord.training import learning
from accord.training.learning import Draw, Plan, Progress
from accord.training.transformer import LEADING, Shape, Weights

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

TOKENS = 51_200
PASSES = 2
BATCH, RATE, WARM_UP = 8, 3e-3, 10
WIDTH, LAYERS, HEADS, WINDOW = 64, 2, 4, 128


@dataclass(frozen=True)
class Proxy:
    """The works that are read, each as its sequences over a compact vocabulary, `code`: token → its number there (0: none)."""

    works: tuple[str, ...]
    sequences: tuple[tuple[Ints, ...], ...]
    code: Ints

    @property
    def shape(self) -> Shape:
        """The network's shape: 0.11 to 0.13 million parameters."""
        return Shape(int(self.code.max()) + 1, WIDTH, LAYERS, HEADS, WINDOW)

    @property
    def lengths(self) -> Ints:
        """Tokens read of each work."""
        return np.asarray([sum(map(len, held)) for held in self.sequences], np.int64)

    def coded(self, ids: Ints) -> Ints:
        """A piece as the proxy reads it; tokens that no work has are left out."""
        found: Ints = self.code[ids]
        return found[found > 0]


def proxy(sequences: Mapping[str, Sequence[Ints]], vocabulary: int, most: int = TOKENS) -> Proxy:
    """A proxy for a set: as many first tokens of every work, the same for each, as `most` in all allow."""
    works = tuple(sorted(sequences))
    lengths = [sum(map(len, sequences[work])) for work in works]
    each = max(n for n in range(1, max(lengths) + 1) if sum(min(n, length) for length in lengths) <= most or n == 1)
    cut = [_first(sequences[work], each) for work in works]
    used = np.unique(np.concatenate([ids for held in cut for ids in held]))
    code = np.zeros(vocabulary, np.int64)
    code[used] = np.arange(1, len(used) + 1)
    return Proxy(works, tuple(tuple(code[ids] for ids in held) for held in cut), code)


def plan(of: Proxy, members: Bools, seed: int) -> Plan:
    """As many steps as read the present works `PASSES` times."""
    steps = max(1, round(PASSES * int(of.lengths[members].sum()) / (BATCH * WINDOW)))
    return Plan(steps=steps, batch=BATCH, rate=RATE, warm_up=min(WARM_UP, steps), seed=seed)


def retrain(of: Proxy, members: Bools, seed: int, how: Plan | None = None) -> Progress:
    """Learn from the present works alone. Raises: BadInput without torch; ValueError when none is present."""
    if not members.any():
        raise ValueError("there is nothing to retrain on")
    how = how or plan(of, members, seed)
    return learning.learn(of.shape, (), how, learning.start(of.shape, how), draw=_in_order(of, members, how))


def losses(of: Proxy, weights: Weights, pieces: Sequence[Ints]) -> NDArray[np.float64]:
    """Mean loss in nats of each piece's tokens, (pieces,)."""
    torch = learning.lab()
    tensors = {name: torch.from_numpy(value) for name, value in weights.items()}
    given, follows, whose = learning.covering([of.coded(ids) for ids in pieces], of.shape.window)
    target = torch.from_numpy(follows)
    with torch.no_grad():
        logits = learning.forward(of.shape, tensors, torch.from_numpy(given)).transpose(1, 2)
        each = torch.nn.functional.cross_entropy(logits, target, ignore_index=0, reduction="none").sum(1).numpy()
    summed, counted = (np.bincount(whose, part, len(pieces)) for part in (each, (follows > 0).sum(1)))
    return np.asarray(summed / np.maximum(counted, 1), np.float64)


def _in_order(of: Proxy, members: Bools, how: Plan) -> Draw:
    """The windows of present works, epoch by epoch in the order that the seed gives all of them."""
    flat = [(work, ids) for work, held in enumerate(of.sequences) for ids in held]
    places = [
        (n, begin) for n, (_, ids) in enumerate(flat) for begin in range(0, max(1, len(ids) - 3), WINDOW - LEADING)
    ]
    rows: list[tuple[int, int]] = []
    epochs = count()

    def draw(step: int) -> tuple[Ints, Ints]:
        while len(rows) < (step + 1) * how.batch:
            rows.extend(_epoch(flat, places, members, how.seed, next(epochs)))
        given, follows = (np.zeros((how.batch, WINDOW), np.int64) for _ in range(2))
        for row, (n, begin) in enumerate(rows[step * how.batch : (step + 1) * how.batch]):
            learning.fill(given[row], follows[row], flat[n][1], begin)
        return given, follows

    return draw


def _epoch(
    flat: Sequence[tuple[int, Ints]], places: Sequence[tuple[int, int]], members: Bools, seed: int, number: int
) -> list[tuple[int, int]]:
    """One pass: every window, moved by up to half its length, in a shuffled order, those of absent works left out."""
    chance = np.random.Generator(np.random.Philox(key=[seed, number]))
    moved = chance.integers(-WINDOW // 2, WINDOW // 2, len(places))
    found = []
    for at in chance.permutation(len(places)):
        n, begin = places[at]
        if members[flat[n][0]]:
            found.append((n, int(max(0, min(begin + moved[at], len(flat[n][1]) - WINDOW - 1)))))
    return found


def _first(sequences: Sequence[Ints], most: int) -> list[Ints]:
    """The first tokens of a work, over its sequences in an order that does not depend on who registered them."""
    found: list[Ints] = []
    for ids in sorted(sequences, key=lambda one: one.tobytes()):
        left = most - sum(map(len, found))
        if left > 0:
            found.append(ids[:left])
    return found
