"""The doors in: append facts under the writer lock, publish checkpoints, verify, rebuild."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import groupby

import msgspec
from django.db import connection, transaction

from accord.journal import leases, makers, tiles, tree
from accord.journal.durable import write_durably
from accord.journal.facts import NAMES, Fact, canonical, from_body, to_body
from accord.journal.keys import journal_key, journal_verifier, log_folder, origin
from accord.journal.models import JournalCheckpoint, JournalEntry
from accord.journal.note import Checkpoint, open_checkpoint, sign_checkpoint
from accord.journal.pulse import pulse
from accord.journal.queries import as_entry, head, projected_models, read_tile
from accord.journal.registry import Entry, project
from accord.terms import instant
from accord.terms.instant import Instant, utc
from accord.terms.refusal import BadInput, NotThere

WRITER_LOCK = 0x6163636F7264  # "accord": the advisory lock's number on PostgreSQL
_open = threading.local()


class Writer:
    """An open transaction on the journal, for one actor at one instant."""

    def __init__(self, actor: str, at: Instant, shared: dict[str, int], rooms: set[str]) -> None:
        self.actor, self.at, self._shared, self._rooms = actor, utc(at), shared, rooms
        if not 1900 <= self.at.year < 3000:
            raise BadInput(f"`{self.at.isoformat()}` is outside the calendar", do="give a year from 1900 to 2999")

    @property
    def head(self) -> int:
        """The last position, those of this transaction included."""
        return self._shared[""]

    def mint(self, prefix: str) -> str:
        """A new id from the position of the fact that will name it: the same facts always carry the same ids."""
        key = f"{prefix}_{self.head + 1:06d}"
        again = self._shared.get(key, 0)
        self._shared[key] = again + 1
        return f"{key}_{again + 1}" if again else key

    def append(self, fact: Fact) -> Entry:
        """Write `fact` at the next position and turn it into rows at once."""
        kind, version = NAMES[type(fact)]
        text = canonical(kind, version, self.actor, self.at, to_body(fact))
        salt = os.urandom(32)
        position = self.head + 1
        JournalEntry.objects.create(
            position=position,
            kind=kind,
            version=version,
            actor=self.actor,
            at=self.at,
            canonical=text.decode(),
            salt=salt,
            leaf=tree.leaf_hash(tree.commitment(salt, text)),
        )
        self._shared[""] = position
        self._rooms.add(kind.partition(".")[0])
        # what is projected is what was written: a rebuild reads the same text, so it cannot come to other rows (law 6)
        written = from_body(kind, version, json.loads(text)["body"])
        entry = Entry(position, kind, version, self.actor, self.at, written)
        project(entry)
        return entry


@contextmanager
def writing(actor: str, at: Instant) -> Iterator[Writer]:
    """Take the writer lock and one transaction; an inner call joins the outer one.

    Only one writer in the world is inside at a time, so what it reads cannot change before it appends (law 4), and
    positions have no gaps. Any exception undoes everything.
    """
    outer: tuple[dict[str, int], set[str]] | None = getattr(_open, "shared", None)
    if outer is not None:
        yield Writer(actor, at, *outer)
        return
    with announced() as rooms:
        _open.shared = {"": head()}, rooms
        try:
            yield Writer(actor, at, *_open.shared)
        finally:
            del _open.shared


@contextmanager
def announced() -> Iterator[set[str]]:
    """One transaction with the writer's lock, after which every process that keeps copies knows that something was written:
    those of this host by the pulse, those of others by their leases on the rooms it is about, which the block names.

    For facts, and for what is none but is kept elsewhere too (accounts and keys).
    """
    within = connection.in_atomic_block
    number = None
    rooms: set[str] = set()
    try:
        with transaction.atomic():
            lock_writer()
            number = pulse().begin()
            if within:  # somebody else's transaction decides when it is over; undone, the next write says so
                transaction.on_commit(partial(_over, number, rooms))
            yield rooms
            leases.call(rooms)
    finally:
        if number is not None and not within:
            pulse().end(number)
    if not within:
        leases.wait_until_applied(rooms)


def _over(number: int, rooms: set[str]) -> None:
    pulse().end(number)
    leases.wait_until_applied(rooms)


def lock_writer() -> None:
    """Wait for every other writer. SQLite's BEGIN IMMEDIATE (see settings) has already done it there."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITER_LOCK])


def publish(mend: bool = False) -> Checkpoint:
    """Write the tiles that are new and sign a checkpoint of everything so far. Nothing new: the last one again.

    A crash between tiles and checkpoint leaves tiles that the next call writes again with the same bytes. `mend` writes
    every tile again, lost and damaged ones too.
    """
    with transaction.atomic():
        lock_writer()
        size = head()
        last = JournalCheckpoint.objects.order_by("-size").first()
        _write_tiles(0 if last is None or mend else last.size, size)
        if last is not None and last.size == size:
            return open_checkpoint(last.note, journal_verifier())
        root = tree.root(size, tiles.reader(size, read_tile))
        checkpoint = sign_checkpoint(origin(), size, root, journal_key())
        JournalCheckpoint.objects.create(size=size, root=root.hex(), note=checkpoint.note)
        write_durably(log_folder() / "checkpoint", checkpoint.note.encode())
    return checkpoint


def _write_tiles(old: int, new: int) -> None:
    for level, number, width in tiles.changed(old, new):
        first = number * tiles.WIDTH
        if level == 0:
            rows = _rows(first, width)
            leaves = [bytes(row.leaf) for row in rows]
            data = tiles.entries([tree.commitment(bytes(row.salt), row.canonical.encode()) for row in rows])
            write_durably(log_folder() / tiles.path("entries", number, width), data)
        else:
            below = [read_tile(tiles.path(level - 1, first + at)) for at in range(width)]
            leaves = [tree.root_of([tile[i : i + 32] for i in range(0, len(tile), 32)]) for tile in below]
        write_durably(log_folder() / tiles.path(level, number, width), b"".join(leaves))


def _rows(first: int, width: int) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(position__gt=first, position__lte=first + width).order_by("position"))


class Verdict(msgspec.Struct, frozen=True):
    """What a verification of the journal found: `faults` is empty when everything holds."""

    size: int
    root: str
    checkpoints: int
    faults: tuple[str, ...]


def verify(progress: Callable[[int, int], None] | None = None) -> Verdict:
    """Recompute the tree from the facts and compare it with leaves, tiles and every checkpoint's signature."""
    faults: list[str] = []
    leaves: list[bytes] = []
    size = head()
    for row in JournalEntry.objects.order_by("position").iterator(chunk_size=2000):
        leaf = tree.leaf_hash(tree.commitment(bytes(row.salt), row.canonical.encode()))
        if row.position != len(leaves) + 1:
            faults.append(f"position {len(leaves) + 1} is missing")
            break
        if leaf != bytes(row.leaf):
            faults.append(f"the fact at position {row.position} is not the one that was written")
        elif not _columns_agree(row):
            faults.append(f"the columns of the fact at position {row.position} say something else than the fact")
        leaves.append(leaf)
        if progress and row.position % 500 == 0:
            progress(row.position, size)
    notes = JournalCheckpoint.objects.order_by("size")
    for row in notes:
        try:
            checkpoint = open_checkpoint(row.note, journal_verifier())
        except BadInput as bad:
            faults.append(f"the checkpoint of {row.size} facts: {bad}")
            continue
        if checkpoint.size > len(leaves) or tree.root_of(leaves[: checkpoint.size]) != checkpoint.root:
            faults.append(f"the checkpoint of {row.size} facts has another root than the facts")
    if notes and not faults:
        faults += _faulty_tiles(leaves[: notes[len(notes) - 1].size])
    return Verdict(size, tree.root_of(leaves).hex(), len(notes), tuple(faults))


def _columns_agree(row: JournalEntry) -> bool:
    """Whether the columns that a fact is found by say what its text says."""
    try:
        told = json.loads(row.canonical)
        said = (told["kind"], told["version"], told["actor"], instant.parse(told["at"]))
    except (ValueError, KeyError, TypeError, BadInput):
        return False
    return said == (row.kind, row.version, row.actor, row.at)


def _faulty_tiles(leaves: list[bytes]) -> list[str]:
    """The published tiles that are lost, or are not what the facts under the last checkpoint make them."""
    faults: list[str] = []
    hashes = leaves
    for level, found in groupby(tiles.changed(0, len(leaves)), key=lambda tile: tile[0]):
        if level:
            full = range(0, len(hashes) - tiles.WIDTH + 1, tiles.WIDTH)
            hashes = [tree.root_of(hashes[first : first + tiles.WIDTH]) for first in full]
        for _, number, width in found:
            first = number * tiles.WIDTH
            expected = {tiles.path(level, number, width): b"".join(hashes[first : first + width])}
            if level == 0:
                facts = [tree.commitment(bytes(row.salt), row.canonical.encode()) for row in _rows(first, width)]
                expected[tiles.path("entries", number, width)] = tiles.entries(facts)
            faults += [fault for path, data in expected.items() if (fault := _faulty_tile(path, data))]
    return faults


def _faulty_tile(path: str, expected: bytes) -> str:
    try:
        same = read_tile(path) == expected
    except NotThere:
        return f"`{path}` is lost; `accord journal checkpoint` writes it again"
    return "" if same else f"`{path}` is not what the facts make it; `accord journal checkpoint` writes it again"


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Drop every table of facts and make it again from the journal, in one transaction. Returns the facts replayed."""
    with announced():
        for model in projected_models():
            model.objects.all()._raw_delete(model.objects.db)
        size = head()
        for row in JournalEntry.objects.order_by("position").iterator(chunk_size=2000):
            project(as_entry(row))
            if progress and row.position % 200 == 0:
                progress(row.position, size)
        makers.note()
    return size
