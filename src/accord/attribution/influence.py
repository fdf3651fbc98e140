"""Influence by EK-FAC: how much each work moved the network towards a piece, by the curvature at a few checkpoints (torch).

The influence of a work on a piece is g_piece · H⁻¹ · g_work (Koh & Liang 2017), summed over checkpoints: to first order,
what the piece's loss would gain if the work had not been there. H is approximated by eigenvalue-corrected Kronecker
factors (George et al. 2018; Grosse et al. 2023): for each weight matrix the eigenvectors of the second moments of what
goes in and of what comes back, and along each pair of them the mean square of the gradients, damped by a part of its mean.

Gradients are added per de-duplicated work before anything else, so that a work registered in ten parts counts as one.
Of each checkpoint only the directions with the most of the works' gradients are kept: they are what a vault can hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.training import learning, packing
from accord.training.transformer import Shape, Weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

CHUNK = 16  # windows looked at together
SAMPLE = 200  # windows whose second moments the eigenvectors are taken of, evenly apart
KEPT = 10_000  # directions kept of a checkpoint
KIND = "accord.influence.1"


@dataclass(frozen=True)
class Looked:
    """One checkpoint looked at: its eigenvectors, the mean square of the gradients along them, and each work's gradient.

    By weight matrix: `inputs` (in, in), `outputs` (out, out), `squares` (in, out), `works` (works, in, out); torch.
    """

    shape: Shape
    weights: Mapping[str, Any]
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    squares: Mapping[str, Any]
    works: Mapping[str, Any]


@dataclass(frozen=True)
class Factors:
    """What is kept of one checkpoint: `kept` directions of all matrices laid end to end, their `scale`, and the works along them.

    `scale` is one over the root of the damped curvature; `works` (works, kept) is scaled by it already.
    """

    shape: Shape
    weights: Weights
    inputs: Weights
    outputs: Weights
    kept: Ints
    scale: Floats
    works: Floats

    def scores(self, ids: Ints) -> Floats:
        """The influence of each work on the mean loss of a piece's tokens. Raises: BadInput without torch."""
        return self.of(gradient(self.shape, self.weights, self.inputs, self.outputs, ids))

    def of(self, gradient: Floats) -> Floats:
        """The same for a piece whose gradient is known."""
        return np.asarray(self.works @ (gradient[self.kept] * self.scale), np.float32)


def gradient(shape: Shape, weights: Weights, inputs: Weights, outputs: Weights, ids: Ints) -> Floats:
    """A piece's gradient of its tokens' mean loss along every pair of eigenvectors, all matrices end to end."""
    torch = learning.lab()
    given, follows, _ = learning.covering([ids], shape.window)
    found = []
    for name, (x, back) in _look(shape, _tensors(torch, weights), given, follows).items():
        turned = x @ torch.from_numpy(inputs[name]), back @ torch.from_numpy(outputs[name])
        found.append(torch.einsum("bti,bto->io", *turned).flatten())
    return np.asarray(torch.cat(found).numpy() / max(1, int((follows > 0).sum())), np.float32)


def look(shape: Shape, weights: Weights, works: Sequence[Sequence[Ints]]) -> Looked:
    """Look at one checkpoint through the sequences of each work. Raises: BadInput without torch."""
    torch = learning.lab()
    tensors = _tensors(torch, weights)
    whose = np.repeat(np.arange(len(works)), [len(sequences) for sequences in works])
    given, follows, which = learning.covering([ids for sequences in works for ids in sequences], shape.window)
    owner = torch.from_numpy(whose[which])
    inputs, outputs = _eigenvectors(shape, tensors, *(some[:: -(-len(given) // SAMPLE)] for some in (given, follows)))
    squares: dict[str, Any] = {}
    summed: dict[str, Any] = {}
    for chunk in _chunks(given):
        for name, (x, back) in _look(shape, tensors, given[chunk], follows[chunk]).items():
            each = torch.einsum("bti,bto->bio", x @ inputs[name], back @ outputs[name])
            if name not in summed:
                squares[name], summed[name] = torch.zeros(each.shape[1:]), torch.zeros(len(works), *each.shape[1:])
            squares[name] += (each * each).sum(0) / len(given)
            summed[name].index_add_(0, owner[chunk], each)
    return Looked(shape, tensors, inputs, outputs, squares, summed)


def condense(looked: Looked, damping: float, most: int = KEPT) -> Factors:
    """Keep the directions in which the works' gradients are largest against the damped curvature."""
    torch = learning.lab()
    curved = torch.cat([(s + damping * s.mean()).flatten() for s in looked.squares.values()])
    energy = torch.cat([(w * w).sum(0).flatten() for w in looked.works.values()]) / curved
    kept = torch.sort(torch.topk(energy, min(most, len(energy))).indices).values
    scale = torch.rsqrt(curved[kept])
    works = torch.cat([w.flatten(1) for w in looked.works.values()], 1)[:, kept] * scale
    return Factors(
        looked.shape,
        _plain(looked.weights),
        _plain(looked.inputs),
        _plain(looked.outputs),
        kept.numpy(),
        scale.numpy(),
        works.numpy(),
    )


def to_bytes(factors: Sequence[Factors], works: Sequence[str]) -> bytes:
    """The factors of every checkpoint, and the works in their order, as one file."""
    arrays: dict[str, NDArray[Any]] = {}
    for number, one in enumerate(factors):
        for part in ("weights", "inputs", "outputs"):
            arrays |= {f"{number}.{part}.{name}": value for name, value in getattr(one, part).items()}
        arrays |= {f"{number}.{part}": getattr(one, part) for part in ("kept", "scale", "works")}
    s = factors[0].shape
    size = [s.vocabulary, s.width, s.layers, s.heads, s.window]
    return packing.pack(arrays, {"kind": KIND, "count": len(factors), "shape": size, "clusters": list(works)})


def from_bytes(data: bytes) -> tuple[tuple[Factors, ...], tuple[str, ...]]:
    """The factors and works that `to_bytes` wrote. Raises: BadInput for anything else."""
    arrays, values = packing.unpack(data)
    shape = Shape(*values["shape"])

    def part(prefix: str) -> Weights:
        return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}

    def one(n: int) -> Factors:
        sides = part(f"{n}.weights."), part(f"{n}.inputs."), part(f"{n}.outputs.")
        return Factors(shape, *sides, arrays[f"{n}.kept"], arrays[f"{n}.scale"], arrays[f"{n}.works"])

    return tuple(one(n) for n in range(values["count"])), tuple(values["clusters"])


def _look(shape: Shape, tensors: Mapping[str, Any], given: Ints, follows: Ints) -> dict[str, tuple[Any, Any]]:
    """What goes into each weight matrix and what comes back from the summed loss, each (windows, tokens, width)."""
    torch = learning.lab()
    seen: dict[str, tuple[Any, Any]] = {}

    def through(x: Any, name: str) -> Any:
        y = (x @ (tensors[name].T if name == "embed" else tensors[name])).requires_grad_()
        y.retain_grad()
        seen[name] = (x, y)
        return y

    logits = learning.forward(shape, dict(tensors), torch.from_numpy(given), through)
    target = torch.from_numpy(follows).flatten()
    torch.nn.functional.cross_entropy(logits.flatten(0, 1), target, ignore_index=0, reduction="sum").backward()
    return {name: (x.detach(), y.grad) for name, (x, y) in seen.items()}


def _eigenvectors(
    shape: Shape, tensors: Mapping[str, Any], given: Ints, follows: Ints
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The axes of both sides of every weight matrix. What the curvature is along them is taken of every window, later."""
    torch = learning.lab()
    moments: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for chunk in _chunks(given):
        for name, pair in _look(shape, tensors, given[chunk], follows[chunk]).items():
            for held, side in zip(moments, pair, strict=True):
                flat = side.flatten(0, 1)
                held[name] = held.get(name, 0) + flat.T @ flat
    inputs, outputs = ({name: torch.linalg.eigh(m).eigenvectors for name, m in held.items()} for held in moments)
    return inputs, outputs


def _chunks(given: Ints) -> list[slice]:
    return [slice(begin, begin + CHUNK) for begin in range(0, len(given), CHUNK)]


def _tensors(torch: Any, weights: Weights) -> dict[str, Any]:
    return {name: torch.from_numpy(value) for name, value in weights.items()}


def _plain(held: Mapping[str, Any]) -> Weights:
    return {name: value.contiguous().numpy() for name, value in held.items()}
