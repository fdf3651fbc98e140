"""Who turns which fact into rows: `@projects(FactClass)` in a room's `project.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from accord.journal.facts import NAMES, Fact
from accord.terms.instant import Instant


class Entry(msgspec.Struct, frozen=True):
    """One place in the journal: `position` counts from 1 without gaps."""

    position: int
    kind: str
    version: int
    actor: str
    at: Instant
    fact: Any


Projector = Callable[[Entry, Any], None]
F = TypeVar("F", bound=Fact)
_projectors: dict[str, list[Projector]] = {}


def projects(*facts: type[Fact]) -> Callable[[Projector], Projector]:
    """Declare that the function turns these facts into rows. Projectors of one fact run in the order of the rooms."""

    def declare(function: Projector) -> Projector:
        for kind, _ in {NAMES[cls] for cls in facts}:
            known = _projectors.setdefault(kind, [])
            if not any(p.__module__ == function.__module__ and p.__name__ == function.__name__ for p in known):
                known.append(function)
        return function

    return declare


def projectors() -> list[Projector]:
    """Every function that turns facts into rows."""
    return [projector for mine in _projectors.values() for projector in mine]


def project(entry: Entry) -> None:
    """Run every projector of the entry's fact. A fact that no room projects stays in the journal alone."""
    for projector in _projectors.get(entry.kind, ()):
        projector(entry, entry.fact)
