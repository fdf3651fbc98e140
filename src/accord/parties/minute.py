"""How often anybody may do a thing in a minute, where no fact says so: counted within bounds, in memory (shell).

What is kept is a number for a keyed hash of who it was, in this process's memory, until the minute is over; the key is
drawn anew with the process.
"""

from __future__ import annotations

from hashlib import blake2b
from secrets import token_bytes
from threading import Lock


class Minute:
    """What was done in the minute that is on: `most` times by one, and by no more than `most_people`."""

    def __init__(self, most: int, most_people: int = 2_000) -> None:
        self.most, self.most_people = most, most_people
        self._key, self._lock = token_bytes(32), Lock()
        self._done: dict[bytes, int] = {}
        self._now = 0

    def admits(self, who: str, minute: int) -> bool:
        """Whether `who` (an address, a party) may do it once more in `minute` (of any clock); if so it is counted."""
        known = blake2b(who.encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            if minute != self._now:
                self._now = minute
                self._done.clear()
            done = self._done.get(known, 0)
            if done >= self.most or (not done and len(self._done) >= self.most_people):
                return False
            self._done[known] = done + 1
        return True
