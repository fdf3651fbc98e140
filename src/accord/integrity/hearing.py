"""The weights by which voices are heard, read once. Where they come from stands beside them, in NOTICE.txt."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accord.integrity import likeness

WEIGHTS = Path(__file__).parent / "weights" / "speaker.npz"


@lru_cache(maxsize=1)
def ears() -> likeness.Ears:
    """The network and the gate."""
    return likeness.ears(weights())


def weights() -> dict[str, NDArray[np.floating]]:
    """The arrays of the file by name."""
    with np.load(WEIGHTS) as file:
        return {name: file[name] for name in file.files}
