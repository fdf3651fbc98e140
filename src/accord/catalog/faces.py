"""Whose colour an asset wears in pictures and lists: the person one hears in it first, else its first writer (shell)."""

from __future__ import annotations

from collections.abc import Iterable

from accord.catalog import queries
from accord.catalog.records import Asset

#: In this order: a voice or an instrument one hears, then who wrote it.
ROLES = ("featured", "vocalist", "writer")


def faces(asset_ids: Iterable[str]) -> dict[str, str]:
    """Asset → party. What names nobody itself wears the colour of what it is made of: a stem its recording's, a score
    its work's. An asset of nobody, such as an old tune, is left out."""
    found: dict[str, str] = {}
    above = {one: (one,) for one in asset_ids}
    while above:
        known = queries.assets({asset for some in above.values() for asset in some})
        at = {one: [known[asset] for asset in some if asset in known] for one, some in above.items()}
        found |= {one: party for one, assets in at.items() if (party := _first(assets))}
        up = {one: tuple(p for a in assets for p in a.parents) for one, assets in at.items() if one not in found}
        above = {one: parents for one, parents in up.items() if parents}
    return found


def _first(assets: Iterable[Asset]) -> str | None:
    return next((party for asset in assets for role in ROLES for party in asset.people(role)), None)
