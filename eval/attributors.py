"""What an installed peer finds on the same network: kronfluence's EK-FAC (PyPI), when it is there. Never needed by a test.

Install it outside the project's environment, beside it: `pip install --no-deps --target FOLDER kronfluence accelerate
einops einconv opt_einsum psutil`, and run with FOLDER in PYTHONPATH. It looks into the last checkpoint, works and pieces
in the same windows, and is added up by work and by piece as ours is.
"""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.attribution.retraining import Proxy
from accord.training import learning
from accord.training.transformer import Weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: The damping of kronfluence's own examples: a tenth of the mean eigenvalue.
DAMPING = None
BATCH = 32


def installed() -> bool:
    """Whether kronfluence and what it needs are there."""
    return all(find_spec(name) for name in ("kronfluence", "accelerate", "einops", "einconv", "opt_einsum"))


def kronfluence(of: Proxy, weights: Weights, pieces: list[Ints]) -> Floats:
    """(pieces, works): its predicted influence of each work on each piece's log-likelihood, by EK-FAC."""
    from kronfluence.analyzer import Analyzer, prepare_model
    from kronfluence.arguments import FactorArguments, ScoreArguments

    learning.lab()
    flat = [(work, ids) for work, held in enumerate(of.sequences) for ids in held]
    train, whose_work = _windows([ids for _, ids in flat], of.shape.window)
    works = np.asarray([work for work, _ in flat])[whose_work]
    query, whose_piece = _windows(pieces, of.shape.window)
    task = _task(of)
    model = prepare_model(_network(of, weights), task)
    with tempfile.TemporaryDirectory() as folder:
        analyzer = Analyzer("proxy", model, task, cpu=True, output_dir=str(Path(folder)), disable_tqdm=True)
        analyzer.fit_all_factors("factors", train, per_device_batch_size=BATCH, factor_args=FactorArguments("ekfac"))
        analyzer.compute_pairwise_scores(
            "scores", "factors", query, train, per_device_query_batch_size=BATCH, per_device_train_batch_size=BATCH,
            score_args=ScoreArguments(damping_factor=DAMPING),
        )  # fmt: skip
        found = analyzer.load_pairwise_scores("scores")["all_modules"].double().numpy()
    by_piece = np.zeros((len(pieces), found.shape[1]))
    np.add.at(by_piece, whose_piece, found)
    summed = np.zeros((len(pieces), len(of.works)))
    np.add.at(summed.T, works, by_piece.T)
    return summed


def _windows(sequences: list[Ints], window: int) -> tuple[Any, Ints]:
    torch = learning.lab()
    given, follows, whose = learning.covering(sequences, window)
    return torch.utils.data.TensorDataset(torch.from_numpy(given), torch.from_numpy(follows)), whose


def _network(of: Proxy, weights: Weights) -> Any:
    """The proxy as a module whose matrices are `Linear` layers, so that they can be looked into; all else is fixed."""
    torch = learning.lab()

    class Network(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.fixed = {name: torch.from_numpy(value) for name, value in weights.items()}
            self.of_name = {}
            self.layers = torch.nn.ModuleList()
            for name in (n for n, value in weights.items() if value.ndim == 2):
                kept = self.fixed[name] if name == "embed" else self.fixed[name].T
                layer = torch.nn.Linear(kept.shape[1], kept.shape[0], bias=False)
                layer.weight = torch.nn.Parameter(kept.clone().contiguous())
                self.of_name[name] = len(self.layers)
                self.layers.append(layer)

        def forward(self, ids: Any) -> Any:
            return learning.forward(of.shape, self.fixed, ids, lambda x, name: self.layers[self.of_name[name]](x))

    return Network()


def _task(of: Proxy) -> Any:
    """Sums of token losses; labels drawn from the network for the curvature, as EK-FAC asks."""
    torch = learning.lab()
    from kronfluence.task import Task

    def loss(logits: Any, follows: Any) -> Any:
        flat = logits.flatten(0, 1)
        return torch.nn.functional.cross_entropy(flat, follows.flatten(), ignore_index=0, reduction="sum")

    class Music(Task):  # type: ignore[misc]
        def compute_train_loss(self, batch: Any, model: Any, sample: bool = False) -> Any:
            given, follows = batch
            logits = model(given)
            if sample:
                drawn = torch.distributions.Categorical(logits=logits.detach()).sample()
                follows = torch.where(follows > 0, drawn.clamp(min=1), 0)
            return loss(logits, follows)

        def compute_measurement(self, batch: Any, model: Any) -> Any:
            given, follows = batch
            return loss(model(given), follows)

    return Music()
