"""Whose works a model learned from: who is in a take that it wrote, before anything of it is attributed (shell)."""

from __future__ import annotations

from collections import Counter

import msgspec

from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind
from accord.training import queries as training


class Learned(msgspec.Struct, frozen=True):
    """How many works a model learned from, and their writers (parties), those of most works first."""

    works: int
    writers: tuple[str, ...]


def learned_from(model: str) -> Learned:
    """The works of the model's sealed set. Raises: NotThere."""
    items = [item.asset for item in training.seal(training.model(model).seal).items]
    scores = catalog.assets(ids=items)
    related = catalog.assets(ids=sorted({parent for score in scores.values() for parent in score.parents}))
    works = {**related, **scores}.values()
    written = [work for work in works if work.kind is AssetKind.WORK]
    count = Counter(party for work in written for party in work.people("writer"))
    ranked = sorted(count, key=lambda party: (-count[party], party))
    return Learned(len(written), tuple(ranked))
