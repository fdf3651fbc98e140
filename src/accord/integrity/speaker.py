"""Whose voice it sounds like, as a direction in 256 dimensions: mel energies through a recurrent network. Pure NumPy.

The network is the speaker encoder of Resemblyzer 0.1.4 (generalised end-to-end loss, Wan et al. 2018): three LSTM layers
of 256 over 160 frames of 40 mel energies, then a rectified linear layer, scaled to length 1. Two stretches of speech
are alike by the cosine of their directions. Where its weights come from stands in `weights/NOTICE.txt`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]

RATE_HZ = 16_000
WINDOW, HOP, BANDS = 400, 160, 40  # samples of a frame and from one to the next, mel bands
FRAMES = 160  # of one partial: 1.6 s
HIDDEN, LAYERS = 256, 3
BATCH = 64  # partials taken through the network at once
LINEAR_HZ, LINEAR_STEP_HZ, LOG_STEP = 1000.0, 200 / 3, np.log(6.4) / 27  # Slaney's mel scale


@dataclass(frozen=True)
class Layer:
    """One LSTM layer, rows in the order input, forget, output, candidate; the three gates' rows are halved, since
    σ(x) = (1 + tanh(x/2)) / 2."""

    from_input: F32  # (inputs, 4·HIDDEN)
    from_state: F32  # (HIDDEN, 4·HIDDEN)
    bias: F32  # (4·HIDDEN,)


@dataclass(frozen=True)
class Network:
    """The layers, and the last linear one: matrix (HIDDEN, 256) and bias."""

    layers: tuple[Layer, ...]
    matrix: F32
    bias: F32


def network(weights: Mapping[str, NDArray[np.floating]]) -> Network:
    """The network of arrays named as PyTorch names them (`lstm.weight_ih_l0` …, rows input, forget, cell, output)."""
    return Network(
        tuple(_layer(weights, number) for number in range(LAYERS)),
        np.ascontiguousarray(weights["linear.weight"].T, np.float32),
        np.asarray(weights["linear.bias"], np.float32),
    )


def _layer(weights: Mapping[str, NDArray[np.floating]], number: int) -> Layer:
    order = np.r_[0 : 2 * HIDDEN, 3 * HIDDEN : 4 * HIDDEN, 2 * HIDDEN : 3 * HIDDEN]
    scale = np.r_[np.full(3 * HIDDEN, 0.5), np.ones(HIDDEN)].astype(np.float32)
    read = {
        part: np.asarray(weights[f"lstm.{part}_l{number}"], np.float32)[order]
        for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    }
    return Layer(
        np.ascontiguousarray((read["weight_ih"] * scale[:, None]).T),
        np.ascontiguousarray((read["weight_hh"] * scale[:, None]).T),
        (read["bias_ih"] + read["bias_hh"]) * scale,
    )


def mel_energies(samples: F32) -> F32:
    """Energies in 40 mel bands of each 10 ms of a sound at RATE_HZ, shape (frames, BANDS); no logarithm is taken.

    Frame i is centred on sample i·HOP; beyond its ends the sound is silence. Hann window, power spectrum.
    """
    if not len(samples):
        return np.zeros((0, BANDS), np.float32)
    half = WINDOW // 2
    padded = np.pad(np.asarray(samples, np.float32), (half, half))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    found = np.empty((len(frames), BANDS), np.float32)
    for first in range(0, len(frames), 2048):
        spectrum = np.fft.rfft(frames[first : first + 2048] * _hann())
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        found[first : first + 2048] = power @ _filters()
    return found


@lru_cache(maxsize=1)
def _hann() -> F32:
    """The periodic Hann window."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


@lru_cache(maxsize=1)
def _filters() -> F32:
    """Triangles between neighbouring mel points, each of area 1 in Hz; shape (WINDOW/2 + 1, BANDS)."""
    edges = _hz(np.linspace(_mel(0.0), _mel(RATE_HZ / 2), BANDS + 2))
    bins = np.linspace(0, RATE_HZ / 2, WINDOW // 2 + 1)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    return (np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)).astype(np.float32)


def _mel(hz: float) -> float:
    corner = LINEAR_HZ / LINEAR_STEP_HZ
    return float(hz / LINEAR_STEP_HZ if hz < LINEAR_HZ else corner + np.log(hz / LINEAR_HZ) / LOG_STEP)


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    corner = LINEAR_HZ / LINEAR_STEP_HZ
    return np.where(mel < corner, mel * LINEAR_STEP_HZ, LINEAR_HZ * np.exp(LOG_STEP * (mel - corner)))


def directions(net: Network, mels: F32) -> F32:
    """The direction of each partial: (partials, FRAMES, BANDS) → (partials, 256), each of length 1."""
    parts = [_directions(net, mels[first : first + BATCH]) for first in range(0, len(mels), BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, len(net.bias)), np.float32)


def _directions(net: Network, mels: F32) -> F32:
    x = np.ascontiguousarray(mels.transpose(1, 0, 2), np.float32)
    for layer in net.layers:
        x = _run(layer, x)
    raw = np.maximum(x[-1] @ net.matrix + net.bias, 0)
    return np.asarray(raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-12), np.float32)


def _run(layer: Layer, x: F32) -> F32:
    """The states of a layer over time: (frames, partials, inputs) → (frames, partials, HIDDEN)."""
    frames, count, inputs = x.shape
    drive = (x.reshape(-1, inputs) @ layer.from_input + layer.bias).reshape(frames, count, 4 * HIDDEN)
    state, cell = np.zeros((count, HIDDEN), np.float32), np.zeros((count, HIDDEN), np.float32)
    states = np.empty((frames, count, HIDDEN), np.float32)
    for frame in range(frames):
        bent = np.tanh(drive[frame] + state @ layer.from_state)
        gates = 0.5 + 0.5 * bent[:, : 3 * HIDDEN]
        cell = gates[:, HIDDEN : 2 * HIDDEN] * cell + gates[:, :HIDDEN] * bent[:, 3 * HIDDEN :]
        state = gates[:, 2 * HIDDEN :] * np.tanh(cell)
        states[frame] = state
    return states
