"""How much one address may make us write in a minute: what counts without a sign-in is counted within bounds (shell).

What is kept is a number for a keyed hash of the address, in this process's memory, until the minute is over; the key is
drawn anew with the process. Beyond MOST_ADDRESSES in a minute nothing more is counted: that is no reader's doing.
"""

from __future__ import annotations

from hashlib import blake2b
from secrets import token_bytes
from threading import Lock

MOST_STEPS = 30
MOST_ADDRESSES = 2_000

_key, _lock = token_bytes(32), Lock()
_steps: dict[bytes, int] = {}
_minute = 0


def admits(address: str, minute: int) -> bool:
    """Whether one more step of `address` in `minute` (of any clock) is to be counted."""
    global _minute
    who = blake2b(address.encode(), key=_key, digest_size=16).digest()
    with _lock:
        if minute != _minute:
            _minute = minute
            _steps.clear()
        made = _steps.get(who, 0)
        if made >= MOST_STEPS or (not made and len(_steps) >= MOST_ADDRESSES):
            return False
        _steps[who] = made + 1
    return True
