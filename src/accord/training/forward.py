"""The transformer's forward pass for one token, compiled: what `tests/oracle/transformer.py` says in numpy (pure).

Sums go along rows, so that a row is added at once to what is summed and no sum is put in another order than it is written in.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float32]

EPSILON = 1e-6
compiled: Any = njit(cache=True, nogil=True)


@compiled  # type: ignore[untyped-decorator]
def forward(
    x: Array,
    keys: Array,
    values: Array,
    slot: int,
    seen: int,
    leading: int,
    cos: Array,
    sin: Array,
    norm1: Array,
    qkv: Array,
    out: Array,
    norm2: Array,
    up: Array,
    down: Array,
    norm: Array,
    columns: Array,
    logits: Array,
) -> None:
    """Writes the `logits` (vocabulary,) after the token whose embedding `x` is; its key and value are kept in `slot`.

    `seen` tokens are attended to. `cos` and `sin` are (leading + 1, head width / 2): of the places that the leading tokens
    have now, and of this token's. Weights have their layers first; `columns` is the embedding (width, vocabulary). `x` is
    changed.
    """
    layers, width = norm1.shape
    read, asked = np.empty(width, np.float32), np.empty(3 * width, np.float32)
    wide, part = np.empty(4 * width, np.float32), np.empty(seen, np.float32)
    for i in range(layers):
        _norm(x, norm1[i], read)
        asked[:] = 0
        _add(read, qkv[i], asked)
        _attend(asked, keys[i], values[i], slot, leading, cos, sin, part, read)
        _add(read, out[i], x)
        _norm(x, norm2[i], read)
        wide[:] = 0
        _add(read, up[i], wide)
        for j in range(4 * width):
            wide[j] = max(wide[j], np.float32(0)) ** 2
        _add(wide, down[i], x)
    _norm(x, norm, read)
    logits[:] = 0
    _add(read, columns, logits)


@compiled  # type: ignore[untyped-decorator]
def _attend(
    asked: Array, keys: Array, values: Array, slot: int, leading: int, cos: Array, sin: Array, part: Array, found: Array
) -> None:
    """Writes what each head gathers, one after another (width,), from query, key and value of this token, `asked`."""
    heads, each, _ = keys.shape
    half, width = each // 2, heads * each
    found[:] = 0
    for h in range(heads):
        at = h * each
        query, key = asked[at : at + each], asked[width + at : width + at + each]
        _turn(query, cos[leading], sin[leading])
        if slot >= leading:
            _turn(key, cos[leading], sin[leading])
        for w in range(each):
            keys[h, w, slot] = key[w]
            values[h, slot, w] = asked[2 * width + at + w]
        part[:] = 0
        for w in range(each):
            for t in range(len(part)):
                part[t] += query[w] * keys[h, w, t]
        for t in range(min(leading, len(part))):
            part[t] = 0
            for w in range(half):
                left, right = keys[h, w, t], keys[h, half + w, t]
                part[t] += query[w] * (left * cos[t, w] - right * sin[t, w])
                part[t] += query[half + w] * (left * sin[t, w] + right * cos[t, w])
        _weigh(part, np.float32(each**-0.5))
        for t in range(len(part)):
            for w in range(each):
                found[at + w] += part[t] * values[h, t, w]


@compiled  # type: ignore[untyped-decorator]
def _weigh(part: Array, scale: float) -> None:
    """Scores become how much each counts; together one."""
    highest, whole = part[0], np.float32(0)
    for score in part:
        highest = max(highest, score)
    for t in range(len(part)):
        part[t] = exp((part[t] - highest) * scale)
        whole += part[t]
    for t in range(len(part)):
        part[t] /= whole


@compiled  # type: ignore[untyped-decorator]
def _add(x: Array, matrix: Array, to: Array) -> None:
    """`x` (rows,) times a matrix (rows, columns), added to `to`."""
    for i in range(len(x)):
        for j in range(len(to)):
            to[j] += x[i] * matrix[i, j]


@compiled  # type: ignore[untyped-decorator]
def _norm(x: Array, gain: Array, to: Array) -> None:
    """`x` at root mean square one, times the gain."""
    whole = np.float32(0)
    for value in x:
        whole += value * value
    scale = np.float32(1 / sqrt(whole / len(x) + EPSILON))
    for j in range(len(x)):
        to[j] = x[j] * scale * gain[j]


@compiled  # type: ignore[untyped-decorator]
def _turn(x: Array, cos: Array, sin: Array) -> None:
    """A vector turned to its place, pair by pair (Su et al. 2021)."""
    half = len(x) // 2
    for w in range(half):
        left, right = x[w], x[half + w]
        x[w] = left * cos[w] - right * sin[w]
        x[half + w] = left * sin[w] + right * cos[w]
