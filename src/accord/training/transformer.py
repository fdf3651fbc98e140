"""A small autoregressive transformer over score tokens: its shape, its weights, and a sequence read through it.

Pre-norm blocks (RMSNorm), causal attention with rotary positions (Su et al. 2021), a squared-ReLU layer, tied embeddings.
Attention sees the first two tokens of a sequence (its beginning and its mode) and the last that fit into the `window`, so
that a long piece does not forget its mode (attention sinks, Xiao et al. 2023). Learning is done by torch (`learning.py`,
extra `[lab]`); serving reads one token at a time with cached keys and values in a compiled loop (`forward.py`), which at this
size is faster than torch and has no thread of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from accord.training.forward import forward

Array = NDArray[np.float32]
Weights = dict[str, Array]

ROTARY_BASE = 10_000.0
#: Tokens at the beginning of a sequence that always stay in view, right before the others.
LEADING = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes: vocabulary, width, layers, heads, and the window of tokens that attention sees."""

    vocabulary: int
    width: int = 128
    layers: int = 4
    heads: int = 4
    window: int = 256

    @property
    def head_width(self) -> int:
        """Width of one head; even, since rotary positions turn pairs."""
        return self.width // self.heads


def names(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Every weight by name, with its shape."""
    d = shape.width
    found: dict[str, tuple[int, ...]] = {"embed": (shape.vocabulary, d), "norm": (d,)}
    for i in range(shape.layers):
        found |= {f"{i}.norm1": (d,), f"{i}.qkv": (d, 3 * d), f"{i}.out": (d, d)}
        found |= {f"{i}.norm2": (d,), f"{i}.up": (d, 4 * d), f"{i}.down": (4 * d, d)}
    return found


def parameters(shape: Shape) -> int:
    """Number of parameters."""
    return sum(int(np.prod(size)) for size in names(shape).values())


def initial(shape: Shape, seed: int) -> Weights:
    """Weights before learning: norms one, residual outputs zero, all else normal; the seed decides every number."""
    chance = np.random.Generator(np.random.Philox(seed))
    found: Weights = {}
    for name, size in names(shape).items():
        if "norm" in name:
            found[name] = np.ones(size, np.float32)
        elif name.endswith(("out", "down")):
            found[name] = np.zeros(size, np.float32)
        else:
            scale = 0.02 if name == "embed" else size[0] ** -0.5
            found[name] = (chance.standard_normal(size) * scale).astype(np.float32)
    return found


def rotary(shape: Shape, positions: NDArray[np.int64]) -> tuple[Array, Array]:
    """Cosine and sine, each (positions, head width / 2)."""
    half = shape.head_width // 2
    speed = ROTARY_BASE ** (-np.arange(half) / half)
    angle = positions[:, None] * speed[None, :]
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


@dataclass
class Stream:
    """One sequence being read or written: `step` takes a token and gives log-probabilities of the next, float64 (vocabulary,).

    `keys` are (layers, heads, head width, window), each turned to its place but the leading ones, which move along with the
    window; `values` are (layers, heads, window, head width).
    """

    shape: Shape
    weights: Weights
    position: int = 0
    keys: Array = field(default_factory=lambda: np.empty(0, np.float32))
    values: Array = field(default_factory=lambda: np.empty(0, np.float32))
    packed: tuple[Array, ...] = ()

    def __post_init__(self) -> None:
        s = self.shape
        if not self.packed:
            self.keys = np.zeros((s.layers, s.heads, s.head_width, s.window), np.float32)
            self.values = np.zeros((s.layers, s.heads, s.window, s.head_width), np.float32)
            self.packed = packed(s, self.weights)

    def step(self, token: int) -> NDArray[np.float64]:
        """Read `token`; the log-probabilities of what follows."""
        s = self.shape
        first = max(0, self.position + 1 - s.window)
        turns = rotary(s, np.asarray([*range(first, first + LEADING), self.position]))
        seen, slot = min(self.position + 1, s.window), self._slot()
        x, logits = self.weights["embed"][token].copy(), np.empty(s.vocabulary, np.float32)
        forward(x, self.keys, self.values, slot, seen, LEADING, *turns, *self.packed, logits)
        self.position += 1
        found: NDArray[np.float64] = logits.astype(np.float64)
        found -= found.max()
        found -= np.log(np.exp(found).sum())
        return found

    def copy(self) -> Stream:
        """The same place in the same sequence; what is read from here on is not shared."""
        return Stream(self.shape, self.weights, self.position, self.keys.copy(), self.values.copy(), self.packed)

    def _slot(self) -> int:
        """Where the current token is kept: the leading ones for good, the others in turn."""
        beyond = self.position - LEADING
        return self.position if beyond < 0 else LEADING + beyond % (self.shape.window - LEADING)


def packed(shape: Shape, weights: Weights) -> tuple[Array, ...]:
    """The weights as `forward` takes them: each kind as one array, its layers first, and the embedding by columns."""
    kinds = ("norm1", "qkv", "out", "norm2", "up", "down")
    layers = (np.stack([weights[f"{i}.{kind}"] for i in range(shape.layers)]) for kind in kinds)
    return (*layers, weights["norm"].copy(), np.ascontiguousarray(weights["embed"].T))


def loss(shape: Shape, weights: Weights, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Negative log probability in nats of each token after the first, read one by one as in serving."""
    stream = Stream(shape, weights)
    return np.asarray([-stream.step(int(now))[following] for now, following in pairwise(ids)])
