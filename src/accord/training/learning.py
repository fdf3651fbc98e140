"""Learning the transformer's weights with torch on the CPU (extra `[lab]`), in steps that can be stopped and resumed.

AdamW, a warm-up and a cosine, batches of windows drawn by the seed and the step alone: the state after step n is the
same whether learning ran through or was resumed at any step before. One torch thread: on shared cores two are slower.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.terms.refusal import BadInput
from accord.training.forward import EPSILON
from accord.training.transformer import LEADING, Shape, Weights, initial, rotary

Ints = NDArray[np.int64]
#: (input, name of the weights) → output, both torch tensors.
Linear = Callable[[Any, str], Any]
#: Step → a batch: token ids and what follows each, both (batch, window); 0 where nothing is to be learned.
Draw = Callable[[int], tuple[Ints, Ints]]

#: A run keeps its weights at so many places, evenly apart; the last is its end.
CHECKPOINTS = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """How to learn: steps of `batch` windows, the highest learning rate, weight decay, and the seed of every draw."""

    steps: int = 240
    batch: int = 16
    rate: float = 3e-3
    warm_up: int = 20
    decay: float = 0.05
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """Where learning stands: steps done, the weights, and the optimiser's two moments by weight name.

    `kept` are the weights at each checkpoint passed. `spent_s` are the CPU-seconds so far, told by whoever keeps it: nothing here looks at a clock.
    """

    step: int
    weights: Weights
    first: Weights
    second: Weights
    spent_s: float = 0.0
    kept: tuple[Weights, ...] = ()


def start(shape: Shape, plan: Plan) -> Progress:
    """Before the first step."""
    weights = initial(shape, plan.seed)
    empty = {name: np.zeros_like(value) for name, value in weights.items()}
    return Progress(0, weights, empty, {name: value.copy() for name, value in empty.items()})


def learn(
    shape: Shape,
    sequences: Sequence[Ints],
    plan: Plan,
    at: Progress,
    report: Callable[[Progress, float], None] = lambda progress, loss: None,
    report_every: int = 20,
    draw: Draw | None = None,
) -> Progress:
    """Learn from `at` to the plan's last step; `report` gets a resumable progress and the mean loss (nats) since the last.

    `draw` says what each step learns from, where it is not windows at random. Raises: BadInput when torch is not installed.
    """
    torch = lab()
    tensors = {n: torch.from_numpy(v.copy()).requires_grad_(True) for n, v in at.weights.items()}
    first = {n: torch.from_numpy(v.copy()) for n, v in at.first.items()}
    second = {n: torch.from_numpy(v.copy()) for n, v in at.second.items()}
    draw = draw or _at_random(sequences, plan, shape.window)
    marks, kept = checkpoints(plan.steps), at.kept
    losses: list[float] = []
    step = at.step
    while step < plan.steps:
        given, follows = (torch.from_numpy(a) for a in draw(step))
        logits = forward(shape, tensors, given)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), follows.flatten(), ignore_index=0)
        for tensor in tensors.values():
            tensor.grad = None
        loss.backward()
        step += 1
        _adam(torch, tensors, first, second, plan, step)
        losses.append(float(loss.detach()))
        kept += (_plain(tensors),) if step in marks else ()
        if step % report_every == 0 or step == plan.steps:
            report(_progress(step, tensors, first, second, kept), sum(losses) / len(losses))
            losses = []
    return _progress(step, tensors, first, second, kept)


def checkpoints(steps: int) -> frozenset[int]:
    """The steps after which a run's weights are kept, its end left out."""
    return frozenset(steps * part // CHECKPOINTS for part in range(1, CHECKPOINTS)) - {0, steps}


def losses(shape: Shape, weights: Weights, ids: Ints) -> NDArray[np.float64]:
    """Negative log probability in nats of each token after the first, in windows that overlap by half (torch)."""
    torch = lab()
    tensors = {n: torch.from_numpy(v) for n, v in weights.items()}
    found = np.zeros(len(ids) - 1)
    half = shape.window // 2
    with torch.no_grad():
        for begin in range(0, max(1, len(ids) - 1 - half), half):
            piece = torch.from_numpy(_window(ids, begin, shape.window))[None]
            scores = torch.log_softmax(forward(shape, tensors, piece[:, :-1])[0], -1)
            each = -scores.gather(1, piece[0, 1:, None])[:, 0].numpy()
            skip = half if begin else 0  # the first half was scored with more context by the window before
            found[begin + skip : begin + len(each)] = each[skip:]
    return found


def covering(sequences: Sequence[Ints], window: int) -> tuple[Ints, Ints, Ints]:
    """Windows that hold every token of the sequences once: tokens, what follows each (0: nothing), and whose window it is.

    Each opens with its sequence's leading tokens, as learning and serving see them.
    """
    begins = [(n, b) for n, ids in enumerate(sequences) for b in range(0, max(1, len(ids) - 3), window - LEADING)]
    given, follows = (np.zeros((len(begins), window), np.int64) for _ in range(2))
    for row, (n, begin) in enumerate(begins):
        fill(given[row], follows[row], sequences[n], begin)
    return given, follows, np.asarray([n for n, _ in begins], np.int64)


def fill(given: Ints, follows: Ints, ids: Ints, begin: int) -> None:
    """Write one window that begins there into two rows of zeros.

    What follows the leading tokens is learned at the sequence's beginning alone.
    """
    piece = _window(ids, begin, len(given))
    given[: len(piece) - 1], follows[: len(piece) - 1] = piece[:-1], piece[1:]
    if begin:
        follows[:LEADING] = 0


def forward(shape: Shape, tensors: dict[str, Any], ids: Any, linear: Linear | None = None) -> Any:
    """Logits (batch, tokens, vocabulary) of token ids (batch, tokens).

    `linear` multiplies an input by the weights of a name instead (the transposed `embed` for the logits): attribution
    looks at what goes in and what comes back there.
    """
    torch = lab()
    by = linear or (lambda x, name: x @ (tensors[name].T if name == "embed" else tensors[name]))
    batch, length = ids.shape
    turns = [torch.from_numpy(a).to(tensors["embed"].device) for a in rotary(shape, np.arange(length))]
    x = tensors["embed"][ids]
    for i in range(shape.layers):
        qkv = by(_norm(torch, x, tensors[f"{i}.norm1"]), f"{i}.qkv").view(batch, length, 3, shape.heads, -1)
        q, k, v = (part.transpose(1, 2) for part in qkv.unbind(2))
        seen = torch.nn.functional.scaled_dot_product_attention(
            _turn(torch, q, *turns), _turn(torch, k, *turns), v, is_causal=True
        )
        x = x + by(seen.transpose(1, 2).reshape(batch, length, shape.width), f"{i}.out")
        up = torch.relu(by(_norm(torch, x, tensors[f"{i}.norm2"]), f"{i}.up"))
        x = x + by(up * up, f"{i}.down")
    return by(_norm(torch, x, tensors["norm"]), "embed")


def lab() -> Any:
    """torch, with one thread. Raises: BadInput where the extra [lab] is not installed."""
    try:
        import torch
    except ModuleNotFoundError:
        raise BadInput(
            "models can neither learn nor be looked into here",
            why="torch is not installed",
            do="install the extra: pip install 'accord[lab]'",
        ) from None
    torch.set_num_threads(1)
    return torch


def _at_random(sequences: Sequence[Ints], plan: Plan, window: int) -> Draw:
    stream, bounds = _joined(sequences)
    return lambda step: _windows(stream, bounds, plan, step, window)


def _joined(sequences: Sequence[Ints]) -> tuple[Ints, Ints]:
    """All sequences end to end, and where each begins."""
    lengths = np.asarray([len(ids) for ids in sequences], np.int64)
    return np.concatenate([np.asarray(s, np.int64) for s in sequences]), np.concatenate(([0], np.cumsum(lengths)))


def _windows(stream: Ints, bounds: Ints, plan: Plan, step: int, window: int) -> tuple[Ints, Ints]:
    """A batch for this step: tokens, and what follows each (PAD, 0, where nothing is to be learned).

    A window stays inside its sequence.
    """
    chance = np.random.Generator(np.random.Philox(key=[plan.seed, step]))
    found, follows = (np.zeros((plan.batch, window), np.int64) for _ in range(2))
    for row, at in enumerate(chance.integers(0, len(stream), plan.batch)):
        which = int(np.searchsorted(bounds, at, side="right")) - 1
        ids = stream[bounds[which] : bounds[which + 1]]
        begin = max(0, min(int(at - bounds[which]), len(ids) - window - 1))
        fill(found[row], follows[row], ids, begin)
    return found, follows


def _window(ids: Ints, begin: int, window: int) -> Ints:
    """`window` tokens and one: the leading ones, then those from `begin` on, as serving sees them."""
    return np.concatenate((ids[:LEADING], ids[begin + LEADING : begin + window + 1]))


def _adam(
    torch: Any, tensors: dict[str, Any], first: dict[str, Any], second: dict[str, Any], plan: Plan, step: int
) -> None:
    """One AdamW step (Loshchilov & Hutter 2019), written out so that its whole state is two arrays a weight."""
    rate = plan.rate * _schedule(plan, step)
    with torch.no_grad():
        for name, tensor in tensors.items():
            first[name].mul_(0.9).add_(tensor.grad, alpha=0.1)
            second[name].mul_(0.98).addcmul_(tensor.grad, tensor.grad, value=0.02)
            if tensor.dim() > 1:
                tensor.mul_(1 - rate * plan.decay)
            size = (second[name] / (1 - 0.98**step)).sqrt_().add_(1e-8)
            tensor.addcdiv_(first[name] / (1 - 0.9**step), size, value=-rate)


def _schedule(plan: Plan, step: int) -> float:
    if step < plan.warm_up:
        return step / plan.warm_up
    done = (step - plan.warm_up) / max(1, plan.steps - plan.warm_up)
    return 0.05 + 0.95 * 0.5 * (1 + cos(pi * done))


def _progress(
    step: int, tensors: dict[str, Any], first: dict[str, Any], second: dict[str, Any], kept: tuple[Weights, ...]
) -> Progress:
    return Progress(step, _plain(tensors), _plain(first), _plain(second), kept=kept)


def _plain(held: dict[str, Any]) -> Weights:
    return {name: value.detach().numpy().copy() for name, value in held.items()}


def _norm(torch: Any, x: Any, gain: Any) -> Any:
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + EPSILON) * gain


def _turn(torch: Any, x: Any, cosine: Any, sine: Any) -> Any:
    half = x.shape[-1] // 2
    left, right = x[..., :half], x[..., half:]
    return torch.cat((left * cosine - right * sine, left * sine + right * cosine), -1)
