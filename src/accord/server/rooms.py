"""The rooms in the order the music flows (DESIGN: the house)."""

from __future__ import annotations

import os
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


def present() -> list[str]:
    """The rooms that are there."""
    wanted = os.environ.get("ACCORD_ROOMS", "").split(",") if os.environ.get("ACCORD_ROOMS") else ROOMS
    return [room for room in ROOMS if room in wanted and _has_init(room)]


def _has_init(room: str) -> bool:
    spec = find_spec(f"accord.{room}")
    return spec is not None and spec.origin is not None


def furniture(name: str) -> list[tuple[str, ModuleType]]:
    """(room, module) for each room that has a module of this name, in order."""
    return [(room, import_module(f"accord.{room}.{name}")) for room in present() if find_spec(f"accord.{room}.{name}")]
