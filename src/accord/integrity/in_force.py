"""The index in force: which recordings of which segments count, kept in each process and followed (shell).

Before each search a process asks the journal for its last entry; only where that is another than last time are tables read,
and of those the rows that changed since. So a search costs what changed, not what there is, and what is withdrawn, taken
anew or delivered holds from the next search on in every process: nobody has to be told.
A segment is opened when something counts in it, and closed when nothing does any more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accord.catalog import queries as catalog
from accord.integrity.index import Index, Segment
from accord.integrity.models import FingerprintRow, SegmentRow
from accord.integrity.packing import I64
from accord.integrity.records import OUTSIDE, reference_of
from accord.journal import queries as journal

Opened = Callable[[str], Segment]


class Told(NamedTuple):
    """What rows say: the segment that each recording counts in ("": in none any more), and the position of the journal that
    first named each segment."""

    where: Mapping[str, str]
    firsts: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Part:
    """A segment that was opened, where each recording is in it (number; frames), and which of them count."""

    segment: Segment
    numbers: Mapping[str, int]
    lengths: I64
    live: NDArray[np.bool_]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The recordings that count, in order."""
        return tuple(compress((placed.recording for placed in self.segment.placed), self.live.tolist()))

    def counting(self, digest: str, where: Mapping[str, str]) -> Part:
        """The same where these recordings count in the segments that are named, of which this is `digest`; itself where all
        did so before."""
        live = self.live.copy()
        for name in where.keys() & self.numbers.keys():  # walks through the fewer
            live[self.numbers[name]] = where[name] == digest
        return self if np.array_equal(live, self.live) else replace(self, live=live)


@dataclass(frozen=True)
class Held:
    """What a process searches, as of the journal's entry `mark`; `firsts`: when each segment was first named."""

    mark: tuple[int, bytes]
    firsts: Mapping[str, int]
    parts: Mapping[str, Part]
    index: Index


Read = Callable[[Held | None], Told]


class Following:
    """One index in force, its segments opened in one way, and its rows read in one: all, or what changed since what is held.
    Several threads may share it."""

    def __init__(self, opened: Opened, read: Read | None = None) -> None:
        self.opened = opened
        self.read = read or of_the_catalogue
        self.held: Held | None = None
        self.lock = threading.Lock()

    def now(self) -> tuple[Index, tuple[str, ...]]:
        """The index, and the digests of the segments that it is made of, in order. Raises: what opening a segment does."""
        with self.lock:
            mark = journal.mark()
            if self.held is None or self.held.mark != mark:
                self.held = followed(self.held, mark, self.opened, self.read)
            return self.held.index, tuple(self.held.parts)

    def counting(self, segments: Iterable[str]) -> dict[str, frozenset[str]]:
        """Of these segments those in which anything counts, and what does."""
        self.now()
        parts = self.held.parts if self.held else {}
        return {digest: frozenset(parts[digest].names) for digest in segments if digest in parts}


def followed(before: Held | None, mark: tuple[int, bytes], opened: Opened, read: Read) -> Held:
    """What holds at least up to `mark`, from what was held; where that is of another past, only the open files are used.

    What changes while this reads may be in it already; it is read again next time. Rows are read before segments, so that
    each segment that a row names is known.
    """
    if before is not None and journal.leaf(before.mark[0]) == before.mark[1]:
        where, new = read(before)
        return _made(mark, {**new, **before.firsts}, before.parts, where, opened, before.index)
    where, firsts = read(None)
    open_now = before.parts if before is not None else {}
    none = {
        digest: replace(part, live=np.zeros_like(part.live)) for digest, part in open_now.items() if digest in firsts
    }
    return _made(mark, firsts, none, where, opened)


def of_the_catalogue(before: Held | None) -> Told:
    """What the rows say of the catalogue's recordings and of outside sounds."""
    if before is not None:
        where = _changed(before)
        return Told(where, _firsts(before.mark[0]))
    rows = FingerprintRow.objects.filter(withdrawn=False).values_list("asset", "segment")
    return Told(dict(rows), _firsts(0))


def _changed(before: Held) -> dict[str, str]:
    """Recording → the segment it counts in now, or "", for what changed since: withdrawn, taken, or outside no more."""
    rows = FingerprintRow.objects.filter(position__gt=before.mark[0])
    since = list(rows.values_list("asset", "segment", "withdrawn", "audio"))
    delivered = {reference_of(audio) for asset, _, _, audio in since if not asset.startswith(OUTSIDE)}
    outside = {name for part in before.parts.values() for name in delivered if name in part.numbers}
    standing = catalog.in_chunks(FingerprintRow.objects.filter(withdrawn=False), "asset", outside)
    where = dict.fromkeys(outside, "") | {row.asset: row.segment for row in standing}
    return where | {asset: "" if withdrawn else segment for asset, segment, withdrawn, _ in since}


def _firsts(since: int) -> dict[str, int]:
    """Segment → the position that first named it, of those that were named after `since`."""
    rows = SegmentRow.objects.filter(id__gt=since).order_by("-id")
    return dict(rows.values_list("segment", "id"))


def _made(
    mark: tuple[int, bytes],
    firsts: Mapping[str, int],
    parts: Mapping[str, Part],
    where: Mapping[str, str],
    opened: Opened,
    index: Index | None = None,
) -> Held:
    """With these recordings counting in the segments where they do now; the index is the same where they did before."""
    new = {digest for digest in where.values() if digest in firsts and digest not in parts}
    known = dict(parts) | {digest: _opened(opened(digest)) for digest in sorted(new)}
    made = {digest: known[digest].counting(digest, where) for digest in sorted(known, key=firsts.__getitem__)}
    kept = {digest: part for digest, part in made.items() if part.live.any()}
    if index is None or list(kept.items()) != list(parts.items()):
        index = laid(kept.values())
    return Held(mark, firsts, kept, index)


def _opened(segment: Segment) -> Part:
    numbers = {placed.recording: number for number, placed in enumerate(segment.placed)}
    lengths = np.array([placed.length for placed in segment.placed], np.int64)
    return Part(segment, numbers, lengths, np.zeros(len(lengths), np.bool_))


def laid(parts: Iterable[Part]) -> Index:
    """One index of what counts in these parts, in order (`index_of` of the same says what is right)."""
    parts = list(parts)
    bases = np.cumsum([0, *(part.segment.length for part in parts)], dtype=np.int64)
    nothing = np.zeros(0, np.int64)
    starts = [part.segment.starts[part.live] + base for part, base in zip(parts, bases[:-1], strict=True)]
    return Index(
        tuple(part.segment for part in parts),
        bases,
        tuple(chain.from_iterable(part.names for part in parts)),
        np.concatenate([nothing, *starts]),
        np.concatenate([nothing, *(part.lengths[part.live] for part in parts)]),
    )
