"""A small made-up world of uploads in which every spam signal finds some and passes over others."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from accord.integrity.spam_tables import artists_table, matched_table, uploads_table
from accord.integrity.spam_weights import Limits

#: Limits at which two hundred uploads show everything.
SMALL = Limits(
    mass_uploads=6, mass_alike=3, mass_length_ppm=200_000, mass_word_ppm=400_000, series=3, series_ppm=500_000, bait=2,
    bait_ppm=600_000, bait_name_letters=4, name_letters=3, near_letters=5, rare_names=2,
)  # fmt: skip
KNOWN = (
    "Mara Lind",
    "Ilse Varga",
    "The Otters",
    "Otters",
    "Ōtomo",
    "Lind",
    "Bo",
    "John Quill",
    "Jon Quill",
    "Jon Lind",
    "Odd",
)
NAMES = (
    *KNOWN,
    "Мara Lind",
    "Mara Lindt",
    "Mraa Lind",
    "Ilse Vagra",
    "Ilse-Varga",
    "John Quil",
    "John Lind",
    "JohnLind",
    "Various Artists",
    "",
    "Oddd",
)
WORDS = (
    "rain",
    "sleep",
    "river",
    "river",
    "song",
    "12",
    "No",
    "Mara",
    "Lind",
    "Otters",
    "beat",
    "ж",
    "hill",
    "(live)",
    "Bo",
)


def tables(seed: int, count: int) -> dict[str, pa.Table]:
    """`uploads`, `artists` and `matched` by chance."""
    dice = np.random.default_rng(seed)
    start = datetime(2026, 7, 1)
    rows = [
        {
            "upload": f"upl_{n:04d}",
            "account": f"acc_{min(int(dice.exponential(2)), 6)}",
            "at": start + timedelta(minutes=int(dice.integers(20_000))),
            "title": " ".join(dice.choice(WORDS, int(dice.integers(0, 5)))),
            "artist": str(dice.choice(NAMES)),
            "duration_ms": int(dice.choice((29_000, 31_000, 39_999, 95_000, 97_000, 180_000))),
            "sound": ("", f"s{dice.integers(12)}")[int(dice.integers(2))],
        }
        for n in range(count)
    ]
    heard = [
        (
            f"upl_{dice.integers(count):04d}",
            f"rec_{dice.integers(9)}",
            int(dice.integers(30, 101)),
            str(dice.choice(NAMES)),
        )
        for _ in range(count // 4)
    ]
    return {
        "uploads": uploads_table(pa.Table.from_pylist(rows)),
        "artists": artists_table((f"pty_{n}", name) for n, name in enumerate(KNOWN)),
        "matched": matched_table(heard),
    }
