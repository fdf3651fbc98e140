"""From a creation to the graph of what it was made from, with what is not cleared any more (shell)."""

from __future__ import annotations

import msgspec

from accord.attribution.family import Family, family, touched
from accord.clearance import queries as clearance
from accord.parties.viewer import SYSTEM
from accord.studio import queries as studio
from accord.terms.instant import Instant
from accord.terms.use import Use


class Traced(msgspec.Struct, frozen=True):
    """A creation's graph, and the recordings in it that are cleared nowhere in its feature now, each with the takes it touches."""

    creation: str
    take: str
    family: Family
    withdrawn: tuple[tuple[str, tuple[str, ...]], ...]


def traced(creation: str, at: Instant) -> Traced:
    """The graph of a creation. Raises: NotThere."""
    found = studio.creation(SYSTEM, creation)
    takes = studio.takes()
    graph = family(takes, found.take)
    heard = [member.id for member in graph.members if member.kind == "recording"]
    answers = clearance.decide_many(heard, Use.REMIX, found.feature, at) if heard else {}
    inside = [takes[member.id] for member in graph.members if member.id in takes]
    gone = tuple((root, touched(inside, root)) for root in heard if not answers[root].cleared)
    return Traced(creation, found.take, graph, gone)


def touched_by(root: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(takes, creations) in which something of a recording or a model is heard, through any number of mixes."""
    takes = touched(studio.takes().values(), root)
    return takes, tuple(creation.id for creation in studio.creations() if creation.take in set(takes))
