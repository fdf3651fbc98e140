"""What each de-duplicated work is predicted to be worth to a creation, by what was prepared and chosen for its model (shell)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from accord.attribution import calibration, influence
from accord.attribution.measuring import Choice
from accord.training.records import Calibration, Model
from accord.vault import actions as vault

METHOD = "by influence and likeness"


def of(
    model: Model, ids: NDArray[np.int64], likeness: Mapping[str, float], tokens: Mapping[str, int]
) -> dict[str, float]:
    """De-duplicated work → its predicted effect in nats on the loss of a piece's tokens (BOS to EOS), by its sealed `tokens`: a
    work has the same in one part or in ten. Under a calibration of before that was measured so, each work counts once.

    Raises: ValueError for a model that is not calibrated: a mistake of the caller; BadInput without torch.
    """
    if model.calibration is None or model.factors is None:
        raise ValueError(f"{model.id} is not calibrated")
    factors, works = _factors(model.factors)
    sizes = np.asarray([tokens[work] for work in works]) if model.calibration.by_token else None
    scores = calibration.summed([one.scores(ids)[None].astype(np.float64) for one in factors], sizes)
    alike = np.asarray([[likeness[work] for work in works]])
    whole = calibration.combined(scores, alike, model.calibration.part_ppm / calibration.PPM, sizes)
    return dict(zip(works, choice_of(model.calibration).effects(whole, sizes)[0].tolist(), strict=True))


def choice_of(measured: Calibration) -> Choice:
    """What a calibration chose."""
    part = measured.part_ppm / calibration.PPM
    return Choice(measured.checkpoints, measured.damping, part, measured.level, measured.slope)


@lru_cache(maxsize=2)
def _factors(digest: str) -> tuple[tuple[influence.Factors, ...], tuple[str, ...]]:
    return influence.from_bytes(vault.read(digest))
