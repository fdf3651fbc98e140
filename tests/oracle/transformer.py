"""The transformer's forward pass as one would write it down: numpy, every token read anew from the beginning of its view."""

from __future__ import annotations

import numpy as np

from accord.training.forward import EPSILON
from accord.training.transformer import LEADING, Array, Shape, Weights, rotary


def log_probabilities(shape: Shape, weights: Weights, ids: list[int]) -> Array:
    """Log-probabilities (float64) of what follows the last of `ids`, which are read one by one."""
    s = shape
    kept = [(np.zeros((0, s.heads, s.head_width)),) * 2 for _ in range(shape.layers)]
    for at, token in enumerate(ids):
        x = weights["embed"][token].astype(np.float64)
        view = [*range(min(LEADING, at + 1)), *range(max(LEADING, at + 1 - (s.window - LEADING)), at + 1)]
        moved = max(0, at + 1 - s.window)
        places = np.asarray([t + moved if t < LEADING else t for t in view])
        for i in range(s.layers):
            q, k, v = (norm(x, weights[f"{i}.norm1"]) @ weights[f"{i}.qkv"]).reshape(3, s.heads, s.head_width)
            kept[i] = tuple(np.concatenate((old, new[None])) for old, new in zip(kept[i], (k, v), strict=True))  # type: ignore[assignment]
            keys = np.stack([turned(s, kept[i][0][t], place) for t, place in zip(view, places, strict=True)])
            scores = (
                np.einsum("hw,thw->ht", turned(s, q, places[-1] if at >= LEADING else at), keys) / s.head_width**0.5
            )
            scores = np.exp(scores - scores.max(axis=1, keepdims=True))
            scores /= scores.sum(axis=1, keepdims=True)
            x = x + np.einsum("ht,thw->hw", scores, kept[i][1][view]).reshape(s.width) @ weights[f"{i}.out"]
            x = x + np.maximum(norm(x, weights[f"{i}.norm2"]) @ weights[f"{i}.up"], 0) ** 2 @ weights[f"{i}.down"]
    logits = norm(x, weights["norm"]) @ weights["embed"].T
    return np.asarray(logits - logits.max() - np.log(np.exp(logits - logits.max()).sum()))


def norm(x: Array, gain: Array) -> Array:
    """A vector at root mean square one, times the gain."""
    return np.asarray(x / np.sqrt(np.mean(x * x) + EPSILON) * gain)


def turned(shape: Shape, x: Array, place: int) -> Array:
    """The heads' vectors (heads, head width) turned to a place."""
    cos, sin = rotary(shape, np.asarray([place]))
    left, right = np.split(x, 2, axis=-1)
    return np.concatenate((left * cos - right * sin, left * sin + right * cos), axis=-1)
