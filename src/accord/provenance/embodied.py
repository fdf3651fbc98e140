"""Assets together with everything they embody, read from the catalogue in a few queries (shell)."""

from __future__ import annotations

from collections.abc import Iterable

from accord.catalog import queries as catalog
from accord.catalog.records import Asset


def assets_with_parents(ids: Iterable[str]) -> dict[str, Asset]:
    """`ids` and, generation by generation, what they are made of: stem → recording → works → tunes."""
    found: dict[str, Asset] = {}
    wanted = sorted(set(ids))
    while wanted:
        found.update(catalog.assets(ids=wanted))
        wanted = sorted({parent for asset in found.values() for parent in asset.parents} - found.keys())
        if wanted and not catalog.assets(ids=wanted):
            break
    return found
