"""Which recording embodies which work (pure).

By ISWC first. Without one, by title and writers: the same folded title, the same set of writers, and exactly one such work.
A work with another ISWC than the recording's delivery states is never a match, however alike the rest is.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Hint(msgspec.Struct, frozen=True):
    """What a delivery said about a work in a recording; `title` is a key of the folded title."""

    recording: str
    iswc: str | None
    title: str
    writers: frozenset[str]


class Named(msgspec.Struct, frozen=True):
    """What a work is known by."""

    work: str
    iswc: str | None
    titles: frozenset[str]
    writers: frozenset[str]


class Match(msgspec.Struct, frozen=True, order=True):
    """A recording embodies a work, and how that was found."""

    recording: str
    work: str
    method: str


def matches(hints: Iterable[Hint], works: Iterable[Named]) -> list[Match]:
    """Every match between the hints and the works, each once, in the order of recordings."""
    known = list(works)
    by_iswc = {named.iswc: named for named in known if named.iswc}
    by_title: dict[tuple[str, frozenset[str]], list[Named]] = {}
    for named in known:
        for title in named.titles:
            by_title.setdefault((title, named.writers), []).append(named)
    found = set()
    for hint in hints:
        if hint.iswc and hint.iswc in by_iswc:
            found.add(Match(hint.recording, by_iswc[hint.iswc].work, "iswc"))
        elif hint.writers:
            alike = [n for n in by_title.get((hint.title, hint.writers), ()) if not (hint.iswc and n.iswc)]
            if len(alike) == 1:
                found.add(Match(hint.recording, alike[0].work, "title-and-writers"))
    return sorted(found)
