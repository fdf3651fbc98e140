"""What the tests of integrity start from: recordings with sound in the catalogue and the index, accounts by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from tests.unit.integrity.music import F32, RATE_HZ, song, wav

from accord.catalog import actions as catalog
from accord.integrity import actions
from accord.integrity.packing import pack_peaks, pack_postings
from accord.integrity.segment import Placed, Postings, Segment, spaced
from accord.parties import actions as parties
from accord.parties.viewer import Role, Viewer
from accord.vault import actions as vault

AT = datetime(2026, 7, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ACTOR = "acc_test"
TRUST = Viewer("acc_trust", frozenset(), frozenset({Role.TRUST}))


def label(name: str = "Marram Records") -> str:
    """A label in the parties' room."""
    return parties.register_party("label", name, at=AT, actor=ACTOR)


def recording(title: str, sound: F32, of: str | None = None) -> str:
    """A recording in the catalogue with its sound in the vault, not yet fingerprinted."""
    return catalog.register_recording(
        title, audio=vault.put(wav(sound)), duration_s=len(sound) / RATE_HZ, label=of, at=AT, actor=ACTOR
    )


def indexed(count: int = 3, seconds: float = 30.0, of: str | None = None) -> list[str]:
    """`count` recordings, fingerprinted; number n sounds as `song(n, seconds)`."""
    made = [recording(f"Recording {n}", song(n, seconds), of) for n in range(count)]
    actions.index_recordings(made, AT, ACTOR)
    return made


def stored(sound: F32) -> str:
    """The sound's digest in the vault."""
    return vault.put(wav(sound))


def silent(names: list[str], frames: int = 100) -> Segment:
    """A segment of recordings so long in which nothing is heard, made in no time."""
    nothing, each = np.zeros(0, np.int64), spaced(frames)
    empty = Postings(20, pack_postings(nothing, nothing, 1, 20))
    placed = tuple(Placed(name, number * each, frames) for number, name in enumerate(names))
    return Segment(placed, pack_peaks(nothing, nothing, nothing, each * len(names)), (empty, empty))
