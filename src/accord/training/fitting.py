"""Fitting the mixture to a corpus: measured on held-out clusters, then counted once more on everything.

The network never sees the held-out clusters, and reads the rarer mode more often than its share. The n-gram is measured
without them and then counted on the whole set, so that every sealed work can be found in its lineage. Contents that are
byte for byte the same are learned once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.training import contexts, learning, mixture, ngram, reach, rules, tokens
from accord.training.grammar import alphabet
from accord.training.learning import Plan, Progress
from accord.training.mixture import Mixture
from accord.training.records import Losses
from accord.training.transformer import Shape, Weights

Ints = NDArray[np.int64]

ORDER = 6
BATCH = 10
TOKENS_TO_READ = 650_000
SHAPE = Shape(vocabulary=0, width=96, layers=3, heads=4, window=256)

#: (done, total, words): how far a run is.
Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Corpus:
    """Token sequences by asset, and each asset's cluster."""

    sequences: Mapping[str, Ints]
    clusters: Mapping[str, str]


@dataclass(frozen=True)
class Fitted:
    """A model with its held-out losses, the clusters those were measured on, the steps taken, and checkpoints before the end."""

    model: Mixture
    losses: Losses | None
    held_out: tuple[str, ...]
    steps: int
    checkpoints: tuple[Weights, ...] = ()


def shape() -> Shape:
    """The embedded model's shape over this vocabulary: about 0.37 million parameters."""
    return Shape(tokens.size(), SHAPE.width, SHAPE.layers, SHAPE.heads, SHAPE.window)


def plan(seed: int, steps: int | None = None) -> Plan:
    """The usual plan: as many steps as read the set number of tokens."""
    return Plan(steps=steps or TOKENS_TO_READ // (BATCH * SHAPE.window), batch=BATCH, seed=seed)


def fit(
    corpus: Corpus,
    how: Plan,
    size: Shape,
    begun: Progress | None = None,
    keep: Callable[[Progress], None] = lambda progress: None,
    report: Report = lambda done, total, words: None,
) -> Fitted:
    """Fit both halves. `begun` is a run to go on with, `keep` gets its state to save. Raises: BadInput without torch."""
    distinct = _distinct(corpus)
    counts = {c: sum(len(corpus.sequences[a]) for a in distinct if corpus.clusters[a] == c) for c in _clusters(corpus)}
    held = frozenset(rules.held_out(tuple(counts), counts, how.seed))
    learned = _balanced([corpus.sequences[a] for a in distinct if corpus.clusters[a] not in held])

    def step(progress: Progress, loss: float) -> None:
        keep(progress)
        report(progress.step, how.steps, f"network: {loss:.3f} nats a token on what it learns from")

    end = learning.learn(size, learned, how, begun or learning.start(size, how), step)
    counted = _counted(enumerate(corpus.sequences[a] for a in distinct), size.vocabulary)
    model = Mixture(counted, size, end.weights, tuple(distinct), reach.of(corpus.sequences[a] for a in distinct))
    losses = _losses(corpus, distinct, held, model)
    return Fitted(model, losses, tuple(sorted(held)), end.step, end.kept)


def _balanced(sequences: list[Ints]) -> list[Ints]:
    """The rarer mode's sequences repeated until it is about half as frequent as the other: else it is not learned at all."""
    major, minor = (
        [ids for ids in sequences if (ids[1] == alphabet().minor) == is_minor] for is_minor in (False, True)
    )
    few, many = sorted((major, minor), key=len)
    return many + few * max(1, round(len(many) / 2 / len(few))) if few else many


def _losses(corpus: Corpus, distinct: Sequence[str], held: frozenset[str], model: Mixture) -> Losses | None:
    """Held-out loss of each half and of both, with an n-gram that has not seen the held-out clusters."""
    apart = [corpus.sequences[a] for a in distinct if corpus.clusters[a] in held]
    seen = [(i, corpus.sequences[a]) for i, a in enumerate(distinct) if corpus.clusters[a] not in held]
    if not apart:
        return None
    counted = _counted(seen, model.shape.vocabulary)
    by_count = np.concatenate([counted.loss(contexts.of(ids), ids[1:]) for ids in apart])
    by_network = np.concatenate([learning.losses(model.shape, model.weights, ids) for ids in apart])
    return Losses(
        ngram=round(float(by_count.mean()), 6),
        network=round(float(by_network.mean()), 6),
        mixture=round(float(mixture.mixed_loss(by_count, by_network).mean()), 6),
        clusters=len(held),
        tokens=len(by_count),
    )


def _counted(works: Iterable[tuple[int, Ints]], vocabulary: int) -> ngram.NGram:
    return ngram.count(((work, contexts.of(ids), ids[1:]) for work, ids in works), ORDER, vocabulary)


def _distinct(corpus: Corpus) -> list[str]:
    """Assets in order, each content once."""
    seen: dict[bytes, str] = {}
    for asset in sorted(corpus.sequences):
        seen.setdefault(corpus.sequences[asset].tobytes(), asset)
    return sorted(seen.values())


def _clusters(corpus: Corpus) -> list[str]:
    return sorted(set(corpus.clusters.values()))
