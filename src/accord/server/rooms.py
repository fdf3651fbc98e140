"""The rooms in the order the music flows (DESIGN: the house)."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

ROOMS = (
    "journal",
    "vault",
    "engine",
    "parties",
    "catalog",
    "governance",
    "deals",
    "participation",
    "clearance",
    "training",
    "integrity",
    "studio",
    "attribution",
    "provenance",
    "metering",
    "payouts",
    "insights",
    "portal",
)


def furniture(name: str) -> list[tuple[str, ModuleType]]:
    """(room, module) for each room that has a module of this name, in order."""
    return [(room, import_module(f"accord.{room}.{name}")) for room in ROOMS if find_spec(f"accord.{room}.{name}")]
