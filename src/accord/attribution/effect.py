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


def of(model: Model, ids: NDArray[np.int64], likeness: Mapping[str, float]) -> dict[str, float]:
    """De-duplicated work → its predicted effect in nats on the loss of a piece's tokens (BOS to EOS).

    Raises: ValueError for a model that is not calibrated: a mistake of the caller; BadInput without torch.
    """
    if model.calibration is None or model.factors is None:
        raise ValueError(f"{model.id} is not calibrated")
    factors, works = _factors(model.factors)
    scores = sum(calibration.standardised(one.scores(ids)[None].astype(np.float64)) for one in factors)
    alike = np.asarray([[likeness[work] for work in works]])
    whole = calibration.combined(np.asarray(scores), alike, model.calibration.part_ppm / calibration.PPM)
    return dict(zip(works, choice_of(model.calibration).effects(whole)[0].tolist(), strict=True))


def choice_of(measured: Calibration) -> Choice:
    """What a calibration chose."""
    part = measured.part_ppm / calibration.PPM
    return Choice(measured.checkpoints, measured.damping, part, measured.level, measured.slope)


@lru_cache(maxsize=2)
def _factors(digest: str) -> tuple[tuple[influence.Factors, ...], tuple[str, ...]]:
    return influence.from_bytes(vault.read(digest))
