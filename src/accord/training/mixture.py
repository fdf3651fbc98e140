"""The model that is served: half an n-gram whose counts carry works, half a transformer.

Held out by work, the mixture is better than either half; the n-gram half says for each token which works hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.training import contexts, packing
from accord.training.grammar import Reach
from accord.training.ngram import Level, NGram
from accord.training.transformer import Shape, Stream, Weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NGRAM_PART = 0.5
KIND = "accord.mixture.2"


@dataclass(frozen=True, slots=True)
class Mixture:
    """Both halves, `works`: the id of each work number in the n-gram's counts, and `reach`: what each voice does in them."""

    ngram: NGram
    shape: Shape
    weights: Weights
    works: tuple[str, ...]
    reach: Mapping[int, Reach]
    ngram_part: float = NGRAM_PART

    def reader(self) -> Reader:
        """A new sequence, before its first token."""
        return Reader(self, Stream(self.shape, self.weights))


@dataclass(slots=True)
class Reader:
    """A sequence as far as it was read."""

    model: Mixture
    stream: Stream
    read: contexts.Reader = field(default_factory=contexts.Reader)

    def copy(self) -> Reader:
        """The same place in the same sequence, to go on from in another way."""
        return Reader(self.model, self.stream.copy(), deepcopy(self.read))

    def step(self, token: int) -> Floats:
        """Read `token`; the probabilities of what follows, shape (vocabulary,)."""
        self.read.take(token)
        part = self.model.ngram_part
        network = np.exp(self.stream.step(token))
        counted = self.model.ngram.distribution(self.read.context())
        return np.asarray(part * counted + (1 - part) * network, np.float64)


def mixed_loss(counted: Floats, network: Floats, part: float = NGRAM_PART) -> Floats:
    """Loss of the mixture, in nats, from the losses of its halves token by token."""
    return np.asarray(-np.log(part * np.exp(-counted) + (1 - part) * np.exp(-network)), np.float64)


def to_bytes(model: Mixture) -> bytes:
    """The model as one file."""
    arrays: dict[str, NDArray[Any]] = {f"network.{name}": value for name, value in model.weights.items()}
    for k, level in enumerate(model.ngram.levels, start=1):
        for name in Level.__dataclass_fields__:
            arrays[f"ngram.{k}.{name}"] = getattr(level, name)
    s = model.shape
    values = {
        "kind": KIND,
        "order": model.ngram.order,
        "shape": [s.vocabulary, s.width, s.layers, s.heads, s.window],
        "works": list(model.works),
        "reach": [[voice, one.lowest, one.highest, one.at_once] for voice, one in model.reach.items()],
        "ngram_part": model.ngram_part,
    }
    return packing.pack(arrays, values)


def network_to(weights: Weights) -> bytes:
    """The network's weights alone: a checkpoint."""
    return packing.pack(weights, {})


def network_from(data: bytes) -> Weights:
    """The weights that `network_to` wrote. Raises: BadInput for anything else."""
    return packing.unpack(data)[0]


def from_bytes(data: bytes) -> Mixture:
    """The model that `to_bytes` wrote. Raises: BadInput for anything else."""
    arrays, values = packing.unpack(data)
    shape = Shape(*values["shape"])
    levels = tuple(
        Level(*(arrays[f"ngram.{k}.{name}"] for name in Level.__dataclass_fields__))
        for k in range(1, values["order"] + 1)
    )
    weights = {name.removeprefix("network."): a for name, a in arrays.items() if name.startswith("network.")}
    reach = {voice: Reach(*limits) for voice, *limits in values["reach"]}
    return Mixture(NGram(shape.vocabulary, levels), shape, weights, tuple(values["works"]), reach, values["ngram_part"])
