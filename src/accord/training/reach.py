"""What each voice does in a set: the pitches that it keeps to, and how many notes it strikes at once (pure).

A small model is never sure, and one unlikely note makes the next one likelier. So what it writes stays within what the
works it learned from do in the same voice, their rarest notes aside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from accord.training.grammar import Reach, alphabet

Ints = NDArray[np.int64]

#: One note in so many is left out at either end.
RAREST = 200


def of(sequences: Iterable[Ints]) -> Mapping[int, Reach]:
    """Voice → its reach in token sequences; a voice that none of them has is not in it."""
    pitches, at_once = defaultdict[int, list[int]](list), defaultdict[int, int](int)
    for ids in sequences:
        for voice, pitch, number in _notes(ids):
            pitches[voice].append(pitch)
            at_once[voice] = max(at_once[voice], number)
    found = {}
    for voice in sorted(pitches):
        ordered, cut = sorted(pitches[voice]), len(pitches[voice]) // RAREST
        found[voice] = Reach(ordered[cut], ordered[-1 - cut], at_once[voice])
    return found


def _notes(ids: Ints) -> Iterable[tuple[int, int, int]]:
    """(voice, pitch, how many notes the voice strikes there, this one included) of each note."""
    letters = alphabet()
    voice, number = -1, 0
    for token in ids.tolist():
        role, value = letters.roles[token], int(letters.values[token])
        if role in ("Bar", "Position"):
            voice, number = -1, 0
        elif role == "Program":
            voice, number = value, number if value == voice else 0
        elif role in ("Pitch", "PitchDrum"):
            number += 1
            yield voice, value, number
