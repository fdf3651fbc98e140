"""What may be asked of the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

import msgspec
from django.apps import apps
from django.db import connection

from accord.journal import tiles, tree
from accord.journal.facts import from_body
from accord.journal.keys import journal_key, log_folder, origin
from accord.journal.models import JournalCheckpoint, JournalEntry, Projected
from accord.journal.note import Checkpoint, open_checkpoint, verifier_key
from accord.journal.registry import Entry
from accord.terms.instant import parse
from accord.terms.refusal import NotThere


class Proof(msgspec.Struct, frozen=True):
    """That the fact at `position` is in the journal: leaf `position - 1` under `checkpoint`, by `path` (hex).

    `canonical` and `salt` open the commitment; they go only to those entitled to the fact.
    """

    position: int
    canonical: str
    salt: str
    path: tuple[str, ...]
    checkpoint: str


def head() -> int:
    """The last position; 0 when nothing has happened."""
    with connection.cursor() as cursor:  # every write asks this first
        cursor.execute(f"SELECT MAX(position) FROM {JournalEntry._meta.db_table}")  # noqa: S608  # the name is our own
        return cursor.fetchone()[0] or 0


def mark() -> tuple[int, bytes]:
    """The last position and its salted leaf, asked for at once: where they are as they were, nothing has happened since."""
    found = JournalEntry.objects.order_by("-position").values_list("position", "leaf").first()
    return (0, b"") if found is None else (found[0], bytes(found[1]))


def leaf(position: int) -> bytes:
    """The salted leaf of the entry at `position`, which tells it from any other that ever stood there; empty when there is none."""
    found = JournalEntry.objects.filter(position=position).values_list("leaf", flat=True).first()
    return b"" if found is None else bytes(found)


def entry(position: int) -> Entry:
    """The entry at `position`. Raises: NotThere."""
    row = JournalEntry.objects.filter(position=position).first()
    if row is None:
        raise NotThere(f"the journal has no position {position}", do=f"its head is {head()}")
    return as_entry(row)


def facts_of(kind: str | None = None, since: int = 0, until: int | None = None) -> Iterator[Entry]:
    """Entries after `since` (up to and with `until`), in order, of one kind or all."""
    rows = JournalEntry.objects.filter(position__gt=since).order_by("position")
    if kind is not None:
        rows = rows.filter(kind=kind)
    if until is not None:
        rows = rows.filter(position__lte=until)
    return (as_entry(row) for row in rows.iterator(chunk_size=2000))


def as_entry(row: JournalEntry) -> Entry:
    """The row as an entry, all of it read from the canonical text: the other columns are for finding it."""
    told = json.loads(row.canonical)
    kind, version = told["kind"], told["version"]
    return Entry(row.position, kind, version, told["actor"], parse(told["at"]), from_body(kind, version, told["body"]))


def latest_checkpoint() -> Checkpoint:
    """The newest published checkpoint. Raises: NotThere before the first."""
    row = JournalCheckpoint.objects.order_by("-size").first()
    if row is None:
        raise NotThere("the journal has published no checkpoint yet", do="run `accord journal checkpoint`")
    return open_checkpoint(row.note, verifier_key(origin(), journal_key()))


def inclusion(position: int, under: Checkpoint | None = None) -> Proof:
    """The proof that the fact at `position` stands under a published checkpoint, the newest where none is named.

    Raises: NotThere when the position is not yet under a checkpoint.
    """
    checkpoint = under or latest_checkpoint()
    row = JournalEntry.objects.filter(position=position).first()
    if row is None or position > checkpoint.size:
        raise NotThere(f"position {position} is not under a published checkpoint", do="run `accord journal checkpoint`")
    path = tree.inclusion(position - 1, checkpoint.size, tiles.reader(checkpoint.size, read_tile))
    return Proof(
        position, row.canonical, bytes(row.salt).hex(), tuple(digest.hex() for digest in path), checkpoint.note
    )


def consistency(old: int, new: int) -> list[str]:
    """The proof (hex digests) that the checkpoint of `old` facts is a prefix of that of `new`."""
    return [digest.hex() for digest in tree.consistency(old, new, tiles.reader(new, read_tile))]


def read_tile(path: str) -> bytes:
    """One tile from the log's folder. Raises: NotThere."""
    file = log_folder() / path
    if not file.is_file():
        raise NotThere(f"the log has no `{path}`", do="run `accord journal checkpoint`")
    return file.read_bytes()


def projected_models() -> list[type[Projected]]:
    """Every table of facts, in the order of the rooms."""
    return [model for model in apps.get_models() if issubclass(model, Projected)]


def table_digest() -> dict[str, str]:
    """Table → SHA-256 over its rows in key order: two instances with equal facts have equal digests (law 6)."""
    found, filled = {}, _filled([model._meta.db_table for model in projected_models()])
    for model in projected_models():
        if model._meta.db_table not in filled:
            found[model._meta.db_table] = sha256().hexdigest()
            continue
        names = sorted(field.attname for field in model._meta.concrete_fields)
        rows = sha256()
        for row in model.objects.order_by("pk").values_list(*names).iterator(chunk_size=2000):
            rows.update(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]).encode())
        found[model._meta.db_table] = rows.hexdigest()
    return found


def _filled(tables: list[str]) -> set[str]:
    """Those with any row, asked for at once: most are empty in a young instance, and each costs a question of its own."""
    if not tables:
        return set()
    names = [(table, connection.ops.quote_name(table)) for table in tables]
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name})" for table, name in names)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {table for (table,) in cursor.fetchall()}
