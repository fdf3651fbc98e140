"""Has anything been written since? Two counters in a small file that every process of a host maps (shell).

A writer raises `begun` before it commits, with the writer's lock held, and `ended` once the commit has returned. A
reader that finds both equal to what it found before it last read the tables knows, without asking the database, that
nothing was committed since. The order is what makes it safe at any instant:

- killed before the commit: nothing was written; `begun` stays ahead, and readers ask the database until the next write;
- killed between commit and `ended`: the same, and nobody was answered;
- a reader never sees a commit that was answered with counters from before it, for `ended` came before the answer.

The file is a cache: missing or torn, it is made anew and readers ask the database.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from pathlib import Path

from django.conf import settings

SIZE = 16  # two unsigned 64-bit counters: begun, ended


class Pulse:
    """The counters of one instance on one host."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        if os.fstat(self._descriptor).st_size < SIZE:
            os.ftruncate(self._descriptor, SIZE)
        self._ending = threading.Lock()
        # one aligned eight-byte store or load each: neither is ever seen half written
        self._counters = memoryview(mmap.mmap(self._descriptor, SIZE)).cast("Q")

    def settled(self) -> int | None:
        """The number of the last write, when none is under way; None when one is, or was left behind by a kill."""
        begun, ended = self._counters[0], self._counters[1]
        return begun if begun == ended else None

    def begin(self) -> int:
        """A write is about to commit: call with the writer's lock held. Returns its number."""
        number = self._counters[0] + 1
        self._counters[0] = number
        return number

    def end(self, number: int) -> None:
        """Its transaction is over, either way."""
        with self._ending:  # the next writer may have begun, and even ended, before us
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX)
            try:
                self._counters[1] = max(self._counters[1], number)
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN)


_pulses: dict[Path, Pulse] = {}


def pulse() -> Pulse:
    """The pulse of this process's instance."""
    home = settings.ACCORD_HOME
    if home not in _pulses:
        _pulses[home] = Pulse(Path(home) / "pulse")
    return _pulses[home]
