"""The colour that follows a person, label or asset through waveforms, credits, statements and figures (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

COLOURS = 12
#: Hues of the stylesheet that are hard to tell apart side by side.
NEAR = {0: (7, 11, 5), 1: (10, 8), 2: (9, 5), 3: (7, 6), 4: (8,), 5: (0, 2), 6: (3, 10), 7: (3, 0), 8: (1, 4), 9: (2,)}
NEAR |= {10: (1, 6), 11: (0, 8)}


def who_colour(subject: str) -> str:
    """The CSS value: one of the stylesheet's twelve `--who-N`, always the same for the same id."""
    return _css(_own(subject))


def colours(subjects: Iterable[str]) -> dict[str, str]:
    """Colours for those who stand side by side in one picture, in order of importance.

    Each keeps its own colour where it can. Where two would look alike, the later one takes the next that is free;
    beyond twelve, colours repeat.
    """
    given: dict[str, int] = {}
    for subject in subjects:
        if subject not in given:
            given[subject] = _free(_own(subject), set(given.values()))
    return {subject: _css(number) for subject, number in given.items()}


def _own(subject: str) -> int:
    return int(sha256(subject.encode()).hexdigest(), 16) % COLOURS


def _free(own: int, taken: set[int]) -> int:
    alike = taken | {near for number in taken for near in NEAR[number]}
    wheel = [(own + step * 5) % COLOURS for step in range(COLOURS)]
    for avoided in (alike, taken):
        free = next((number for number in wheel if number not in avoided), None)
        if free is not None:
            return free
    return own


def _css(number: int) -> str:
    return f"var(--who-{number})"
