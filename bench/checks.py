"""What a check asks of the tables before it listens, as more recordings are fingerprinted.

    .venv/bin/python bench/checks.py [--scale small|full] [--json FILE]

The index is filled with silent made-up recordings, 50,000 to a segment file and a fact, so that what is timed is finding
out which recordings count, not listening. Then: a check with nothing new, one after a recording was withdrawn, one after a
recording was taken in. And what the public question by sound (`/v1/verify`) asks, as more is released: each of RELEASES
brings a file of its own, as releases do, and they are merged as they come; beside it every release's own file read each
time, as the plain twin in `tests/oracle` does. Median CPU milliseconds in one process (on PostgreSQL, by DATABASE_URL, the
server's are not in it), the rows that were read, and the time beside that of the smallest index in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["ACCORD_HOME"] = tempfile.mkdtemp()

import accord

accord.open()

import msgspec
from django.db import connection
from django.db.models.sql import compiler
from tests.unit.integrity.music import song
from tests.unit.integrity.scenes import recording, silent
from tests.unit.provenance import released_files

from accord.integrity import actions, fingerprinting, queries
from accord.integrity.facts import FingerprintLine, RecordingsFingerprinted
from accord.integrity.in_force import Following
from accord.integrity.index import merge
from accord.integrity.segment import load, pack, unpack
from accord.journal.actions import writing
from accord.provenance import found
from accord.provenance.facts import ReleaseWithdrawn
from accord.provenance.models import ReleaseRow
from accord.vault import actions as vault

SIZES = {"small": (1_000, 10_000, 100_000), "full": (1_000, 10_000, 100_000, 1_000_000)}
AT, ACTOR = datetime(2026, 7, 1, tzinfo=UTC), "bench"
RELEASES = {"small": (100, 1_000, 4_000), "full": (100, 1_000, 10_000)}
A_SEGMENT, TIMES = 50_000, 9
GOAL = 3.0
Figures = dict[str, tuple[float, int]]


def fill(first: int, last: int) -> None:
    """Recordings number `first` up to `last`, each A_SEGMENT of them a segment and a fact that names it."""
    for start in range(first, last, A_SEGMENT):
        names = [f"rec_x{number:09}" for number in range(start, min(start + A_SEGMENT, last))]
        lines = (FingerprintLine(asset=name, audio=f"sha256:{name}", duration_s=2.0, peaks=0) for name in names)
        said = RecordingsFingerprinted(
            segment=vault.put(pack(silent(names))), method=fingerprinting.METHOD, recordings=tuple(lines), postings=0
        )
        with writing(actor=ACTOR, at=AT) as journal:
            journal.append(said)


@contextmanager
def rows_read() -> Iterator[list[int]]:
    """Counts the rows that the tables give, as they are read."""
    read, given = [0], compiler.cursor_iter

    def counting(*words: Any) -> Iterator[Any]:
        for rows in given(*words):
            read[0] += len(rows)
            yield rows

    with patch.object(compiler, "cursor_iter", counting):
        yield read


def timed(look: Callable[[], object]) -> tuple[float, int]:
    """(CPU milliseconds, rows read) of one look."""
    with rows_read() as read:
        began = time.process_time()
        look()
        return 1000 * (time.process_time() - began), read[0]


def measured(size: int) -> Figures:
    """Each kind of check in an index of this size, and what a takedown takes itself; (median milliseconds, most rows)."""
    found: dict[str, list[tuple[float, int]]] = {"the first after all that": [timed(queries.index)]}
    found["a process that starts"] = [timed(Following(lambda digest: load(vault.checked_path(digest))).now)]
    assert f"rec_x{size - 1:09}" in queries.index().recordings
    for number in range(TIMES):
        gone = f"rec_x{size - 1 - number:09}"
        takedown = partial(actions.withdraw, gone, "", AT, ACTOR)
        found.setdefault("a takedown itself", []).append(timed(takedown))
        found.setdefault("after a takedown", []).append(timed(queries.index))
        assert gone not in queries.index().recordings
    for number in range(3):
        new = recording(f"New {size} {number}", song(number, 4))
        actions.index_recording(new, AT, ACTOR)
        found.setdefault("after one taken in", []).append(timed(queries.index))
        assert new in queries.index().recordings
    found["nothing new"] = [timed(queries.index) for _ in range(TIMES)]
    return {what: (statistics.median(ms for ms, _ in each), max(n for _, n in each)) for what, each in found.items()}


def issued(number: int) -> None:
    """A release with a file of its own."""
    name = f"rel_x{number:09}"
    said = msgspec.structs.replace(
        released_files.release(()),
        release=name,
        creation=f"cre_x{number:09}",
        fingerprint=vault.put(pack(silent([name]))),
    )
    with writing(actor=ACTOR, at=AT) as journal:
        journal.append(said)


def release(first: int, last: int) -> None:
    """Releases number `first` up to `last`, merged after every hundred."""
    for number in range(first, last):
        issued(number)
        if number % 100 == 99:
            found.merge_due(AT, ACTOR)


def released(size: int) -> Figures:
    """A question by sound among so many releases: what it reads to know which there are."""
    asked: dict[str, list[tuple[float, int]]] = {"nothing new": [timed(found.index) for _ in range(TIMES)]}
    assert len(found.index().recordings) == size
    for number in range(3):
        issued(new := size + 10**8 + number)
        asked.setdefault("after one more", []).append(timed(found.index))
        with writing(actor=ACTOR, at=AT) as journal:
            journal.append(ReleaseWithdrawn(release=f"rel_x{new:09}", reason=""))
        asked.setdefault("after one fewer", []).append(timed(found.index))
    assert len(found.index().recordings) == size
    asked["every file read each time"] = [timed(every_file)]
    return {what: (statistics.median(ms for ms, _ in each), max(n for _, n in each)) for what, each in asked.items()}


def every_file() -> None:
    """The same index of each release's own file."""
    rows = ReleaseRow.objects.filter(withdrawn=None).order_by("position")
    merge([unpack(vault.read(row.fingerprint)) for row in rows])


def table(
    things: str, sizes: tuple[int, ...], add: Callable[[int, int], None], ask: Callable[[int], Figures]
) -> list[dict[str, Any]]:
    """A line for each kind of question among so many things, beside that among the fewest; printed."""
    have, least, rows = 0, Figures(), []
    for size in sizes:
        add(have, size)
        have = size
        for what, (took, read) in ask(size).items():
            times = took / least.setdefault(what, (took, read))[0]
            print(f"{size:>9,} {things}, {what:<25} {took:>9.2f} ms {read:>9,} rows {times:>8.1f} times", flush=True)
            goal = GOAL if what == "nothing new" else None
            met = None if goal is None else times <= goal
            figure = f"a check among {size} {things}, {what}, times that among {sizes[0]}"
            rows.append({"figure": figure, "value": times, "unit": "times", "goal": goal, "met": met, "n": TIMES})
    return rows


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scale", choices=sorted(SIZES), default="small")
    options.add_argument("--json", type=Path)
    told = options.parse_args()
    print(f"tables in {connection.vendor}")
    rows = table("recordings", SIZES[told.scale], fill, measured)
    rows += table("releases", RELEASES[told.scale], release, released)
    if told.json:
        told.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
