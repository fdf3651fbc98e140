"""Recordings and works find each other, whichever was delivered first (shell)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from accord.catalog import facts, queries
from accord.catalog.matching import Hint, Named, matches
from accord.catalog.models import HintRow, WorkTitleRow
from accord.catalog.records import Asset
from accord.catalog.rows import title_key
from accord.journal.actions import Writer


def link(journal: Writer, recordings: Sequence[str] = (), works: Sequence[str] = ()) -> int:
    """Write down every match that these recordings or these works make new; returns how many."""
    hints = [*_hints("recording", recordings), *_hints_for_works(works)]
    named = {n.work: n for n in [*_named(works), *_named(_works_for_hints(hints))]}
    found = matches(hints, named.values())
    standing = queries.assets({match.recording for match in found})
    new = [match for match in found if match.work not in standing[match.recording].parents]
    for match in new:
        journal.append(facts.WorkMatched(recording=match.recording, work=match.work, method=match.method))
    return len(new)


def stated(recordings: Iterable[str]) -> dict[str, set[Hint]]:
    """Recording → what its newest description says about works in it, for those that say anything."""
    found: dict[str, set[Hint]] = {}
    for hint in _hints("recording", recordings):
        found.setdefault(hint.recording, set()).add(hint)
    return found


def as_hints(recording: str, said: Iterable[facts.WorkHint]) -> set[Hint]:
    """What a message says about works in a recording, as `stated` gives it back."""
    return {Hint(recording, hint.iswc, title_key(hint.title), frozenset(hint.writers)) for hint in said}


def unnamed(recordings: Iterable[str]) -> list[tuple[Asset, Asset]]:
    """(recording, work) matched though the recording's description names other works. Nothing is unmatched for it."""
    hints = _hints("recording", recordings)
    named: dict[str, set[str]] = {}
    for match in matches(hints, _named(_works_for_hints(hints))):
        named.setdefault(match.recording, set()).add(match.work)
    standing = queries.assets(named)
    works = queries.assets(work for asset in standing.values() for work in asset.parents)
    return [(asset, works[work]) for r, asset in standing.items() for work in asset.parents if work not in named[r]]


def _hints(field: str, keys: Iterable[str]) -> list[Hint]:
    return [
        Hint(row.recording, row.iswc, row.title, frozenset(filter(None, row.writers.split(","))))
        for row in queries.in_chunks(HintRow.objects.order_by("key"), field, keys)
    ]


def _hints_for_works(works: Sequence[str]) -> list[Hint]:
    named = _named(works)
    by_iswc = _hints("iswc", [n.iswc for n in named if n.iswc])
    return [*by_iswc, *_hints("title", [title for n in named for title in n.titles])]


def _works_for_hints(hints: Iterable[Hint]) -> list[str]:
    wanted = list(hints)
    by_iswc = queries.find_many(f"iswc:{hint.iswc}" for hint in wanted if hint.iswc)
    rows = queries.in_chunks(WorkTitleRow.objects.all(), "title", [hint.title for hint in wanted if hint.writers])
    return [*by_iswc.values(), *(row.work for row in rows)]


def _named(works: Iterable[str]) -> list[Named]:
    return [
        Named(
            asset.id, asset.identifier("iswc"), frozenset({title_key(asset.title)}), frozenset(asset.people("writer"))
        )
        for asset in queries.assets(works).values()
    ]
