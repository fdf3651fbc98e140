"""A whole catalogue's answer as a table for machines: what a copy starts from, before it follows the changes (pure)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from accord.clearance.records import CatalogueAnswer
from accord.terms import instant
from accord.terms.territory import TerritorySet


def of(answer: CatalogueAnswer, stands_at: str) -> pa.Table:
    """One row per asset: `asset`, `cleared` (where, as text), `territories` (how many), `mask_0` … (the set's words).

    The schema's metadata names use, feature, `known` (the journal position), `at` and `next`: the cursor (`stands_at`) from
    which the changes go on.
    """
    masks, number = np.unique(answer.masks, axis=0, return_inverse=True)
    sets = [TerritorySet.from_words(mask) for mask in masks]
    places = pa.array(number.reshape(-1))
    columns = {
        "asset": pa.array(answer.assets, pa.string()),
        "cleared": pa.array([one.text() for one in sets], pa.string()).take(places),
        "territories": pa.array([len(one) for one in sets], pa.int64()).take(places),
    }
    for word in range(answer.masks.shape[1]):
        columns[f"mask_{word}"] = pa.array(answer.masks[:, word])
    about = {"use": answer.use.value, "feature": answer.feature, "known": str(answer.known)}
    about |= {"at": instant.text(answer.at), "next": stands_at}
    return pa.table(columns).replace_schema_metadata(about)
