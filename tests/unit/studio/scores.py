"""Small scores to render: a tune over a bass in any tempo and key."""

from __future__ import annotations

import numpy as np

from accord.catalog.score import Note, Score, Track, is_minor, tonic


def tune(tempo_bpm: float, key: str, seed: int = 0, bars: int = 8) -> Score:
    """A tune in `key` with its chords' roots and fifths below, `bars` bars of 4/4."""
    chance = np.random.default_rng(seed)
    scale = (0, 2, 3, 5, 7, 8, 10) if is_minor(key) else (0, 2, 4, 5, 7, 9, 11)
    root, end, onset = tonic(key), bars * 4 * 480, 0
    notes: list[Note] = []
    while onset < end:
        length = min(int(chance.choice([240, 480, 480, 960])), end - onset)
        notes.append(Note(onset, length, 60 + root + scale[int(chance.choice([0, 0, 2, 2, 4, 4, 1, 3]))], 90))
        onset += length
    bass = tuple(Note(at, 480, 36 + root + (7 if at % 1920 == 960 else 0), 90) for at in range(0, end, 480))
    return Score("a tune", tempo_bpm, (4, 4), key, (Track("lead", 0, tuple(notes)), Track("bass", 32, bass)))
