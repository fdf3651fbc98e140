"""Which code made the tables of facts: a mark kept beside them, and whether it is the code that runs (shell).

Tables are a cache of the journal. Code that turns facts into rows another way leaves those of before as they were, until
a rebuild makes them again; the mark is how a home knows that it was not.

Its limit: it is over the modules of projectors, and over those of the same room that they take something from, one step
deep. What these take in turn, and what comes from another room, may change without a word from here.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from accord.journal.models import JournalMaker
from accord.journal.queries import head, projected_models
from accord.journal.registry import projectors

BEHIND = (
    "the tables of this home were made by other code than runs now, and may say less than the same facts would today: "
    "stop what writes to it and run `accord journal rebuild`"
)
#: What facts and records hold is seen in what projectors read of them, and tables in their columns.
SEEN_OTHERWISE = ("facts", "models", "records")


@lru_cache(maxsize=1)
def mark() -> str:
    """SHA-256 over the projectors' code with what they take of their room, and over the columns of the rows."""
    running = sha256()
    for name in sorted({name for projector in projectors() for name in _used(projector.__module__)}):
        running.update(Path(str(sys.modules[name].__file__)).read_bytes())
    for model in projected_models():
        columns = [(field.attname, field.get_internal_type()) for field in model._meta.concrete_fields]
        running.update(repr((model._meta.db_table, columns)).encode())
    return running.hexdigest()


def _used(projecting: str) -> set[str]:
    """A room's module of projectors, and the modules of the room that it takes something from."""
    room = projecting.rpartition(".")[0]
    found = {projecting}
    for value in vars(sys.modules[projecting]).values():
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None) or ""
        if name.rpartition(".")[0] == room and name.rpartition(".")[2] not in SEEN_OTHERWISE:
            found.add(name)
    return found


def note() -> None:
    """All tables are as this code makes them."""
    row = JournalMaker(id=1, mark=mark())
    JournalMaker.objects.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=["mark"])


def behind() -> str:
    """What to tell whoever opens a home whose tables other code made; nothing where they are as they should be."""
    row = JournalMaker.objects.filter(id=1).first()
    if row is not None and row.mark == mark():
        return ""
    if head():
        return BEHIND
    note()  # nothing has happened yet: the tables are empty, as any code makes them
    return ""
