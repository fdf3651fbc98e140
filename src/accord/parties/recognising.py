"""Viewers behind API keys, kept while nothing was said or changed that they rest on (shell).

Whatever takes something from a key or its account beats the journal's pulse, so a key that was stopped is not recognised
again on this host; on other hosts it is for `MOST_S` at most.
"""

from __future__ import annotations

import time
from hashlib import sha256

import msgspec

from accord.journal.pulse import pulse
from accord.parties.accounts import viewer_of_key
from accord.parties.viewer import Viewer

MOST_S = 1.0
MOST_KEPT = 10_000


class _Known(msgspec.Struct, frozen=True):
    viewer: Viewer
    beat: int
    until: float


_known: dict[bytes, _Known] = {}


def at_hand(key: str) -> Viewer | None:
    """The viewer behind a key that was recognised a moment ago; None when the database must be asked."""
    known = _known.get(sha256(key.encode()).digest())
    if known is None or known.beat != pulse().settled() or time.monotonic() > known.until:
        return None
    return known.viewer


def recognise(key: str) -> Viewer | None:
    """The viewer behind a key, asked of the database; None for one that opens nothing."""
    since, beat = time.monotonic(), pulse().settled()
    viewer = viewer_of_key(key)
    if viewer is not None and beat is not None:
        if len(_known) >= MOST_KEPT:
            _known.clear()
        _known[sha256(key.encode()).digest()] = _Known(viewer, beat, since + MOST_S)
    return viewer
