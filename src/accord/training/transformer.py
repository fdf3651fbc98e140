"""A small autoregressive transformer over score tokens: its shape, its weights, and its forward pass in numpy.

Pre-norm blocks (RMSNorm), causal attention with rotary positions (Su et al. 2021), a squared-ReLU layer, tied embeddings.
Attention sees the first two tokens of a sequence (its beginning and its mode) and the last that fit into the `window`, so
that a long piece does not forget its mode (attention sinks, Xiao et al. 2023). Learning is done by torch (`learning.py`,
extra `[lab]`); serving needs numpy only, one token at a time with cached keys and values, which at this size is faster
than torch and has no thread of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Weights = dict[str, Array]

EPSILON = 1e-6
ROTARY_BASE = 10_000.0
#: Tokens at the beginning of a sequence that always stay in view, right before the others.
LEADING = 2
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
    """One sequence being read or written: `step` takes a token and gives log-probabilities of the next, float64 (vocabulary,)."""

    shape: Shape
    weights: Weights
    position: int = 0
    keys: list[Array] = field(default_factory=list)
    values: list[Array] = field(default_factory=list)

    def __post_init__(self) -> None:
        s = self.shape
        if not self.keys:
            self.keys = [np.zeros((s.heads, s.window, s.head_width), np.float32) for _ in range(s.layers)]
            self.values = [np.zeros((s.heads, s.window, s.head_width), np.float32) for _ in range(s.layers)]

    def step(self, token: int) -> NDArray[np.float64]:
        """Read `token`; the log-probabilities of what follows."""
        w = self.weights
        x = w["embed"][token]
        first = max(0, self.position + 1 - self.shape.window)
        turns = rotary(self.shape, np.asarray([*range(first, first + LEADING), self.position]))
        for i in range(self.shape.layers):
            x = x + self._attend(i, _norm(x, w[f"{i}.norm1"]), *turns) @ w[f"{i}.out"]
            up = np.maximum(_norm(x, w[f"{i}.norm2"]) @ w[f"{i}.up"], 0.0)
            x = x + (up * up) @ w[f"{i}.down"]
        self.position += 1
        logits = (_norm(x, w["norm"]) @ w["embed"].T).astype(np.float64)
        logits -= logits.max()
        found: NDArray[np.float64] = logits - np.log(np.exp(logits).sum())
        return found

    def copy(self) -> Stream:
        """The same place in the same sequence; what is read from here on is not shared."""
        keys, values = ([a.copy() for a in held] for held in (self.keys, self.values))
        return Stream(self.shape, self.weights, self.position, keys, values)

    def _attend(self, layer: int, x: Array, cos: Array, sin: Array) -> Array:
        s = self.shape
        q, k, v = (x @ self.weights[f"{layer}.qkv"]).reshape(3, s.heads, s.head_width)
        slot, seen = self._slot(), min(self.position + 1, s.window)
        keys, values = self.keys[layer], self.values[layer]
        keys[:, slot], values[:, slot] = k if slot < LEADING else _turn(k, cos[-1], sin[-1]), v
        leading = _turn(keys[:, :LEADING], cos[:LEADING], sin[:LEADING])[:, :seen]
        turned = np.concatenate((leading, keys[:, LEADING:seen]), axis=1)
        scores = np.einsum("hw,htw->ht", _turn(q, cos[-1], sin[-1]), turned) / np.float32(s.head_width**0.5)
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        found: Array = np.einsum("ht,htw->hw", scores, values[:, :seen]).reshape(s.width)
        return found

    def _slot(self) -> int:
        """Where the current token is kept: the leading ones for good, the others in turn."""
        beyond = self.position - LEADING
        return self.position if beyond < 0 else LEADING + beyond % (self.shape.window - LEADING)


def loss(shape: Shape, weights: Weights, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Negative log probability in nats of each token after the first, read one by one as in serving."""
    stream = Stream(shape, weights)
    return np.asarray([-stream.step(int(now))[following] for now, following in pairwise(ids)])


def _norm(x: Array, gain: Array) -> Array:
    found: Array = x / np.sqrt(np.mean(x * x) + np.float32(EPSILON)) * gain
    return found


def _turn(x: Array, cos: Array, sin: Array) -> Array:
    half = x.shape[-1] // 2
    left, right = x[..., :half], x[..., half:]
    return np.concatenate((left * cos - right * sin, left * sin + right * cos), axis=-1)
