"""The door for usage over HTTP: the bytes of a batch in, the bytes of its answer out, whatever server carries them.

Batches that arrive while one is being committed wait and are committed together, so many senders share one fsync.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec
from django.db import DatabaseError

from accord.metering import plain
from accord.metering.actions import PLACES, Batch, checked, count, hashed
from accord.metering.reading import read_batch
from accord.metering.records import IngestReport
from accord.terms.instant import Instant

LARGEST_BATCH = 10_000
NOT_KEPT = (OSError, DatabaseError)  # the disk is full, the database is away: a commit that did not happen


class _Waiting:
    """A batch on its way, and what became of it."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.report: IngestReport | None = None
        self.fault: BaseException | None = None


class Together:
    """One commit at a time in this process; whoever gets the turn commits for all who wait."""

    def __init__(self, commit: Callable[[list[Batch]], list[IngestReport]]) -> None:
        self._commit = commit
        self._waiting: list[_Waiting] = []
        self._list, self._turn = threading.Lock(), threading.Lock()

    def send(self, batch: Batch) -> IngestReport:
        """Returns once the batch is durable. Raises: what the commit raised; then none of it is kept."""
        mine = _Waiting(batch)
        with self._list:
            self._waiting.append(mine)
        with self._turn:
            if mine.report is None and mine.fault is None:
                self._run()
        if mine.fault is not None:
            raise mine.fault
        assert mine.report is not None  # it was ours to run, or whoever had the turn before us ran it
        return mine.report

    def _run(self) -> None:
        with self._list:
            taken, self._waiting = self._waiting, []
        try:
            for one, report in zip(taken, self._commit([one.batch for one in taken]), strict=True):
                one.report = report
        except BaseException as fault:  # noqa: BLE001  # raised again to each sender: nothing of theirs was kept
            for one in taken:
                one.report, one.fault = None, fault


_together = Together(count)


def read(body: bytes, account: str, at: Instant) -> Batch:
    """A body as a batch: at once when it is one of the plain ones that come all day, else line by line."""
    table = plain.read(body, LARGEST_BATCH, PLACES, at)
    if table is None:
        return checked(read_batch(body, f"urn:accord:{account}", LARGEST_BATCH), at, account, own_sources=True)
    return Batch(hashed(table), (), at, account, own_sources=True)


def take(body: bytes, account: str, at: Instant) -> bytes:
    """A JSON array of events in, `{"accepted", "duplicates", "rejected", "segments"}` out, once they are durable.

    Events without a source are the account's own. Raises: BadInput for a body that is no array of at most 10,000 events.
    """
    return msgspec.json.encode(_together.send(read(body, account, at)))
