"""Answering from memory on several hosts: a lease says until when, and how far, a process has followed the journal (shell).

On one host the pulse tells every process that something was written. Between hosts that share a PostgreSQL database each
process that answers from memory holds a lease: a row with the position it has applied and the instant until which it may
answer without asking. A writer whose facts it follows gives its own answer only when every lease has applied them or has
run out. The order of a renewal is what makes it safe:

1. the lease is made longer in the database: from here on writers wait for it;
2. whatever was committed by then is applied;
3. the position is written into the lease, and the holder trusts it until the time counted from *before* the first step,
   by a clock that also runs while the process is stopped or the machine sleeps.

A holder that is paused finds its lease run out and answers nothing until it has renewed it; one that was killed delays
writers by what was left of its lease, once.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q
from django.db.models.functions import Now

from accord.journal.models import JournalLease
from accord.journal.queries import head

LENGTH_S = 3.0
#: Of its length, how much a holder trusts: clocks of two machines may run at rates that differ a little.
TRUSTED = 0.9
#: A holder looks this often, and at once when a writer calls.
LOOK_S = 0.25
CHANNEL = "accord_journal"
FORGOTTEN_AFTER = timedelta(hours=1)
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
log = logging.getLogger(__name__)


class Lease:
    """One process's lease on what it has applied of some rooms' facts. `apply` applies everything committed before it is
    called and returns the position it has come to."""

    def __init__(self, rooms: Iterable[str], apply: Callable[[], int], length_s: float = LENGTH_S) -> None:
        self.holder = uuid4().hex
        self._rooms, self._apply, self._length_s = ",".join(sorted(rooms)), apply, length_s
        self._until = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._hold, name="lease", daemon=True)

    def start(self) -> None:
        """Follow the journal in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Give the lease back, so that no writer waits for it."""
        self._over.set()
        self._thread.join()

    @property
    def holds(self) -> bool:
        """Whether this process may answer from memory now."""
        return time.clock_gettime(_CLOCK) < self._until

    def _hold(self) -> None:
        caught_up = False
        try:
            while not self._over.is_set():
                try:
                    if not caught_up:  # reading everything takes its time, and no writer should wait for that
                        self._apply()
                        caught_up = True
                    self._renew()
                    _until_called(LOOK_S)
                except (DatabaseError, InterfaceError) as lost:  # it runs out by itself; others are not kept waiting
                    log.warning("the lease is not renewed: %s", lost)
                    connection.close()
                    self._over.wait(LOOK_S)
            self._until = 0.0
            JournalLease.objects.filter(holder=self.holder).delete()
        finally:
            connection.close()

    def _renew(self) -> None:
        since = time.clock_gettime(_CLOCK)
        ends = Now() + timedelta(seconds=self._length_s)
        mine = JournalLease.objects.filter(holder=self.holder)
        if not mine.update(expires=ends):
            JournalLease.objects.filter(expires__lt=Now() - FORGOTTEN_AFTER).delete()
            JournalLease.objects.create(holder=self.holder, rooms=self._rooms, applied=0, expires=ends)
        applied = self._apply()
        mine.filter(applied__lt=applied).update(applied=applied)
        self._until = since + self._length_s * TRUSTED


def between_hosts() -> bool:
    """Whether other hosts may read and write this database; an SQLite file is one host's."""
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def call(rooms: Iterable[str]) -> None:
    """Call every holder, once this transaction has committed, if it is about any room."""
    if rooms and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(os.getpid())])


def wait_until_applied(rooms: Iterable[str]) -> None:
    """Return when every lease on any of these rooms has applied what is committed by now, or has run out."""
    if not rooms or not between_hosts():
        return
    about, position = Q(), head()
    for room in rooms:
        about |= Q(rooms__contains=room)
    behind = JournalLease.objects.filter(about, applied__lt=position, expires__gt=Now())
    while behind.exists():
        time.sleep(0.002)


def _until_called(most_s: float) -> None:
    """Wait for a writer's call, but no longer than this."""
    if connection.vendor != "postgresql":
        time.sleep(most_s)
        return
    connection.ensure_connection()
    with connection.wrap_database_errors:  # the driver is asked itself
        connection.connection.execute(f"LISTEN {CHANNEL}")
        for _ in connection.connection.notifies(timeout=most_s, stop_after=1):
            return
