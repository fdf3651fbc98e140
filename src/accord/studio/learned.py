"""Whose works a model learned from: who is in a take that it wrote, before anything of it is attributed (shell)."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import msgspec

from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind
from accord.training import queries as training

NAMED = 12


class Learned(msgspec.Struct, frozen=True):
    """How many works a model learned from, the NAMED writers (parties) of most of them, and how many writers more there are."""

    works: int
    writers: tuple[str, ...]
    more: int


def learned_from(model: str) -> Learned:
    """The works of the model's sealed set; as the catalogue had them when this process was first asked. Raises: NotThere."""
    seal = training.seal(training.model(model).seal)
    return _of_set(seal.digest, seal.id)


@lru_cache(maxsize=32)
def _of_set(_: str, seal: str) -> Learned:
    """By the digest of its manifest: a set never changes, and the page that shows this is open to everybody."""
    items = [item.asset for item in training.seal(seal).items]
    scores = catalog.assets(ids=items)
    related = catalog.assets(ids=sorted({parent for score in scores.values() for parent in score.parents}))
    works = {**related, **scores}.values()
    written = [work for work in works if work.kind is AssetKind.WORK]
    count = Counter(party for work in written for party in work.people("writer"))
    ranked = sorted(count, key=lambda party: (-count[party], party))
    return Learned(len(written), tuple(ranked[:NAMED]), max(0, len(ranked) - NAMED))
