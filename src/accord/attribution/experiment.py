"""What is retrained for a calibration, and what came of it (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.attribution.calibration import Bools
from accord.attribution.measuring import DAMPINGS, Retrained
from accord.attribution.retraining import Proxy

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Effort:
    """How much is measured: random halves and seeds of each, pieces, owners left out and seeds of those."""

    subsets: int = 32
    seeds: int = 4
    pieces: int = 48
    owners: int = 8
    owner_seeds: int = 2
    dampings: tuple[float, ...] = DAMPINGS


@dataclass
class Experiment:
    """What is measured on, and what was measured so far: mean losses (pieces,) by retraining, scores by checkpoint."""

    proxy: Proxy
    pieces: Sequence[Ints]
    members: Bools
    owners: Bools
    effort: Effort
    done: dict[str, NDArray[Any]] = field(default_factory=dict)
    spent_s: float = 0.0

    def retrainings(self) -> list[tuple[str, Bools, int]]:
        """(name, present works, seed) of every retraining."""
        every = np.ones(len(self.proxy.works), np.bool_)
        e = self.effort
        whole = [(f"whole.{seed}", every, seed) for seed in range(1, e.owner_seeds + 1)]
        halves = [
            (f"half.{n}.{seed}", row, seed) for seed in range(1, e.seeds + 1) for n, row in enumerate(self.members)
        ]
        without = [
            (f"owner.{n}.{seed}", ~row, seed)
            for seed in range(1, e.owner_seeds + 1)
            for n, row in enumerate(self.owners)
        ]
        return [*whole, *halves, *without]

    def retrained(self) -> Retrained:
        """All that was retrained, put together."""
        e, found = self.effort, self.done
        halves = [[found[f"half.{n}.{s}"] for n in range(e.subsets)] for s in range(1, e.seeds + 1)]
        without = [[found[f"owner.{n}.{s}"] for n in range(len(self.owners))] for s in range(1, e.owner_seeds + 1)]
        whole = np.asarray([found[f"whole.{s}"] for s in range(1, e.owner_seeds + 1)])
        return Retrained(
            self.members, np.asarray(halves).swapaxes(1, 2), whole, self.owners, np.asarray(without).swapaxes(1, 2)
        )
