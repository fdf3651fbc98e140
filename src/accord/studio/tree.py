"""The takes of a session as a tree: what was made from what, each branch in the order it was made. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from accord.studio.records import Take


def branches(takes: Sequence[Take]) -> list[tuple[Take, int]]:
    """(take, depth) from the roots down, each take directly before those made from it; every take once."""
    here = {take.id for take in takes}
    below: dict[str | None, list[Take]] = defaultdict(list)
    for take in takes:
        below[take.parent if take.parent in here else None].append(take)
    return list(_down(below, None, 0))


def current(takes: Sequence[Take]) -> Take | None:
    """The take that its creator stands on: the one that they made or chose last."""
    return max(takes, key=lambda take: take.stood, default=None)


def _down(below: dict[str | None, list[Take]], parent: str | None, depth: int) -> Iterator[tuple[Take, int]]:
    for take in below[parent]:
        yield take, depth
        yield from _down(below, take.id, depth + 1)
