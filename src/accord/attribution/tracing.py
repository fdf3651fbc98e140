"""From a creation to the graph of what it was made from, with what is not cleared any more (shell)."""

from __future__ import annotations

import msgspec

from accord.attribution.family import Family, family, touched
from accord.clearance import queries as clearance
from accord.parties.viewer import SYSTEM
from accord.studio import leave, serving
from accord.studio import queries as studio
from accord.studio.descent import creations_in
from accord.terms.instant import Instant
from accord.terms.use import Use


class Traced(msgspec.Struct, frozen=True):
    """A creation's graph, and what nothing new may be made with, each with the takes and creations of the graph it touches:
    recordings in it that are cleared nowhere in its feature now, models that serve it no more, and creations whose makers do
    not agree any more."""

    creation: str
    take: str
    family: Family
    withdrawn: tuple[tuple[str, tuple[str, ...]], ...]
    taken_back: tuple[tuple[str, tuple[str, ...]], ...] = ()


def traced(creation: str, at: Instant) -> Traced:
    """The graph of a creation. Raises: NotThere."""
    found = studio.creation(SYSTEM, creation)
    every, takes = {one.id: one for one in studio.creations()}, studio.takes()
    takes |= {name: takes[one.take] for name, one in every.items()}
    graph = family(takes, found.take)
    heard = [member.id for member in graph.members if member.kind == "recording"]
    answers = clearance.decide_many(heard, Use.REMIX, found.feature, at) if heard else {}
    inside = {member.id: takes[member.id] for member in graph.members if member.id in takes}
    ended = [m.id for m in graph.members if m.kind == "model" and not serving.serves_now(m.id, found.feature, at)]
    silent_roots = [root for root in heard if not answers[root].cleared]
    gone = tuple((root, touched(inside, root)) for root in (*silent_roots, *ended))
    others = [every[name] for name in creations_in(found.lineage)]
    agreed = leave.standing(found.feature, at, [one.id for one in others])
    silent = [one.id for one in others if one.id not in agreed and one.creator != found.creator]
    return Traced(creation, found.take, graph, gone, tuple((name, touched(inside, name)) for name in silent))


def touched_by(root: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(takes, creations) in which something of a recording, a model, a take or a creation is heard, through any number of
    mixes and edits."""
    takes = studio.takes()
    found = touched(takes | {one.id: takes[one.take] for one in studio.creations()}, root)
    return tuple(name for name in found if name in takes), tuple(name for name in found if name not in takes)
