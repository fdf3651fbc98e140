"""What a creation was made from, as a graph: takes, the takes in them, and the recordings, model and person at its roots. Pure.

An edge leads from what was made to what it was made from, with its part of what is heard there. The shares at a node are
exact (second by second through every mix) and sum to one; a node that nothing is heard in has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

import msgspec
from msgspec import structs

from accord.attribution import lineage, mixing
from accord.studio.descent import inside, is_creation, roots
from accord.studio.records import SourceSpan, Take
from accord.terms.refusal import BadInput


class Member(msgspec.Struct, frozen=True):
    """A node: a take, somebody else's creation, or a root (recording, model or person); `depth` is its longest way from the
    creation."""

    id: str
    kind: str
    depth: int
    shares: tuple[tuple[str, Fraction], ...] = ()


class Descent(msgspec.Struct, frozen=True):
    """`made` was made from `source`, which has this part of what is heard in it; `how` is the kind of take."""

    made: str
    source: str
    part: Fraction
    how: str


class Family(msgspec.Struct, frozen=True):
    """The graph of one take, from itself (first) to its roots."""

    members: tuple[Member, ...]
    descents: tuple[Descent, ...]


def family(takes: Mapping[str, Take], start: str) -> Family:
    """The graph below `start`; `takes` are by their own ids, and by the ids of creations that were laid in.

    Raises: BadInput when a take would be made from itself: only forged facts say so.
    """
    depths: dict[str, int] = {}
    _reach(takes, start, 0, depths, ())
    members = [_member(takes, name, depth) for name, depth in sorted(depths.items(), key=lambda at: (at[1], at[0]))]
    descents = [d for name in depths if name in takes for d in _descents(takes, name)]
    return Family(tuple(members), tuple(descents))


def touched(takes: Mapping[str, Take], root: str) -> tuple[str, ...]:
    """Those of `takes` in which something of `root` (a recording, a model, a take, a creation) is heard, however deep, in order.

    A take is heard in what it was edited to; a creation is its take. `takes` are by their own ids and those of creations.
    """
    itself = {root, takes[root].id} if root in takes else {root}
    names = set(itself)
    while more := {n for n, take in takes.items() if {take.id, take.parent} & names} - names:
        names |= more
    return tuple(n for n, take in takes.items() if n not in itself and (n in names or _hears(take, names)))


def _hears(take: Take, names: set[str]) -> bool:
    return take.model in names or not names.isdisjoint(
        (*inside(take.lineage), *(s.asset for s in take.lineage if s.gain))
    )


def _reach(takes: Mapping[str, Take], name: str, depth: int, depths: dict[str, int], way: tuple[str, ...]) -> None:
    if name in way:
        raise BadInput(
            f"{name} would be made from itself", why=f"by way of {' and '.join(way[way.index(name) + 1 :]) or name}"
        )
    if depths.get(name, -1) >= depth:
        return
    depths[name] = depth
    for descent in _descents(takes, name) if name in takes else ():
        _reach(takes, descent.source, depth + 1, depths, (*way, name))


def _member(takes: Mapping[str, Take], name: str, depth: int) -> Member:
    if name not in takes:
        kinds = {"mdl": "model", "omd": "model", "pty": "person"}
        return Member(name, kinds.get(name[:3], "recording"), depth, ((name, Fraction(1)),))
    kind = "take" if name == takes[name].id else "creation"
    return Member(name, kind, depth, tuple(_shares(takes, takes[name]).items()))


def _descents(takes: Mapping[str, Take], name: str) -> list[Descent]:
    take = takes[name]
    if name != take.id:  # how somebody else came to it, take by take, is theirs alone
        heard = roots(take)
        laid = (structs.replace(s, asset=(s.piece or s.asset, *filter(is_creation, s.through))[-1]) for s in heard)
        found = _unfolded(takes, heard, _parts(laid))
        return [Descent(name, source, part, take.kind.value) for source, part in found.items()]
    if take.parent is not None and take.parent in takes:
        return [Descent(name, take.parent, Fraction(1), take.kind.value)]
    parts = _parts(take.made_from) if take.made_from else _shares(takes, take)
    return [Descent(name, source, part, take.kind.value) for source, part in parts.items()]


def _shares(takes: Mapping[str, Take], take: Take) -> dict[str, Fraction]:
    """The roots of one take: by what is heard, and notes by who wrote them."""
    if take.lineage or take.model is None:
        return _unfolded(takes, take.lineage, mixing.shares(take.lineage))
    own = Fraction(take.own.notes, take.own.of) if take.own else Fraction(0)
    return {who: part for who, part in ((take.creator, own), (take.model, 1 - own)) if part}


def _unfolded(
    takes: Mapping[str, Take], heard: Iterable[SourceSpan], parts: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """`parts` of what is `heard`, with the roots of each piece in its place; a piece that is not here is all its model's."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    wrote = {span.piece: span.asset for span in heard if span.piece is not None}
    for name, part in parts.items():
        alone = {wrote.get(name, name): Fraction(1)}
        for root, of in (_shares(takes, takes[name]) if name in wrote and name in takes else alone).items():
            found[root] += part * of
    return dict(sorted(found.items()))


def _parts(spans: Iterable[SourceSpan]) -> dict[str, Fraction]:
    return lineage.shares([lineage.span(s.asset, s.from_s, s.to_s, s.gain) for s in spans])
