"""The manifest of a sealed set: canonical JSON (RFC 8785) of its items and exclusions; its hash is the seal (pure)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import rfc8785

from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet
from accord.training.records import Excluded, SealedItem

FORMAT = "accord.seal.1"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a seal fixes, in order of asset id."""

    format: str
    feature: str
    territories: str
    items: tuple[SealedItem, ...]
    excluded: tuple[Excluded, ...]


def write(feature: str, territories: TerritorySet, items: Sequence[SealedItem], excluded: Sequence[Excluded]) -> bytes:
    """The manifest as bytes; the same set gives the same bytes."""
    held = Manifest(
        format=FORMAT,
        feature=feature,
        territories=territories.text(),
        items=tuple(sorted(items, key=lambda item: item.asset)),
        excluded=tuple(sorted(excluded, key=lambda one: one.asset)),
    )
    return rfc8785.dumps(msgspec.to_builtins(held))


def read(data: bytes) -> Manifest:
    """The manifest that `write` wrote. Raises: BadInput for anything else."""
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as error:
        raise BadInput("this is not the manifest of a sealed set", why=str(error)) from error
    if found.format != FORMAT:
        raise BadInput(f"the manifest's format is `{found.format}`", do=f"only `{FORMAT}` is read here")
    return found
