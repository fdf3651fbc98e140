"""A phrase written in letters, as the keys of the studio's page write it too: `C4 E4:0.5 -:0.5 G4:2`. Pure.

Each word is a note (letter, `#` or `b`, octave; C4 is the middle C) or a rest (`-`), and how many quarter notes it lasts
(one, when nothing is said). It is one voice.
"""

from __future__ import annotations

import re

from accord.catalog.score import TICKS_PER_QUARTER, Note, Score, Track, estimate_key
from accord.terms.refusal import BadInput

WORD = re.compile(r"(?:([A-Ga-g])([#b]?)([0-8])|-)(?::([0-9]{1,2}(?:\.[0-9]{1,3})?))?")
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
MOST_WORDS = 400
HOW = "write notes as C4, F#4:0.5 or Bb3:2 (quarter notes), a rest as -:1"


def from_words(text: str, tempo_bpm: float, metre: tuple[int, int] = (4, 4), key: str | None = None) -> Score:
    """The phrase that `text` says; without a key it is estimated. Raises: BadInput."""
    words = text.split()
    if len(words) > MOST_WORDS:
        raise BadInput(f"a phrase of {len(words)} notes is too long", do=f"play at most {MOST_WORDS}")
    notes, at = [], 0
    for word in words:
        pitch, ticks = _read(word)
        if pitch is not None:
            notes.append(Note(at, ticks, pitch, 90))
        at += ticks
    if not notes:
        raise BadInput("there is no note in this phrase", do=HOW)
    track = Track("phrase", 0, tuple(notes))
    return Score("", tempo_bpm, metre, key or estimate_key(notes), (track,))


def _read(word: str) -> tuple[int | None, int]:
    """(pitch or None for a rest, length in ticks) of one word. Raises: BadInput."""
    found = WORD.fullmatch(word)
    ticks = round(float(found[4] or 1) * TICKS_PER_QUARTER) if found else 0
    if found is None or not ticks:
        raise BadInput(f"`{word[:40]}` is not a note", do=HOW)
    if not found[1]:
        return None, ticks
    sharp = {"#": 1, "b": -1, "": 0}[found[2]]
    return 12 * (int(found[3]) + 1) + LETTERS[found[1].upper()] + sharp, ticks
