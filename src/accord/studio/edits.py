"""Edits by hand: transpose, tempo, trim, gain. Each is a human act, recorded as such, and makes a new take.

A take with notes is edited in its notes and rendered again; a remix is edited in its sound, and its lineage with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from accord.catalog.score import Score, transposed_key
from accord.studio.loudness import SHORTEST_S, limited
from accord.studio.records import Deed, DeedKind, SourceSpan
from accord.studio.remix import stretched
from accord.terms.refusal import BadInput

Samples = NDArray[np.float32]

HOW = "write `transpose 2`, `tempo 96`, `trim 0 12.5` or `gain -3`"


@dataclass(frozen=True)
class Edit:
    """One edit: `verb` and its numbers (semitones; beats a minute; from and to in seconds; decibels)."""

    verb: str
    numbers: tuple[float, ...]

    def text(self) -> str:
        """The edit as people write it."""
        return " ".join((self.verb, *(f"{n:g}" for n in self.numbers)))


LIMITS = {
    "transpose": ((-12.0, 12.0),),
    "tempo": ((20.0, 400.0),),
    "trim": ((0.0, 3600.0), (0.0, 3600.0)),
    "gain": ((-40.0, 12.0),),
}


def parse(text: str) -> Edit:
    """The edit that `text` says. Raises: BadInput."""
    verb, *words = text.split() if text.strip() else ("",)
    bounds = LIMITS.get(verb)
    if bounds is None:
        raise BadInput(f"`{text}` is not an edit", do=HOW)
    try:
        numbers = tuple(float(word) for word in words)
    except ValueError:
        numbers = ()
    inside = len(numbers) == len(bounds) and all(
        isfinite(n) and a <= n <= b for n, (a, b) in zip(numbers, bounds, strict=True)
    )
    if not inside or (verb == "trim" and numbers[0] >= numbers[1]) or (verb == "transpose" and numbers[0] % 1):
        raise BadInput(f"`{text}` is not an edit", why=f"{verb} takes {_bounds_text(verb)}", do=HOW)
    return Edit(verb, numbers)


def edited_score(score: Score, edit: Edit) -> Score:
    """`score` after `edit`; gain is not in the notes and leaves them as they are."""
    if edit.verb == "transpose":
        return score.transposed(int(edit.numbers[0]))
    if edit.verb == "tempo":
        return replace(score, tempo_bpm=edit.numbers[0])
    if edit.verb == "trim":
        ticks = [round(s * score.tempo_bpm / 60 * 480) for s in edit.numbers]
        return score.between(ticks[0], ticks[1])
    return score


def edited_samples(samples: Samples, rate: int, edit: Edit, tempo_bpm: float | None) -> Samples:
    """`samples` after `edit`, never above the true-peak ceiling. Raises: BadInput for a tempo of what has none."""
    if edit.verb == "transpose":
        return limited(stretched(samples, rate, 1.0, int(edit.numbers[0])), rate)
    if edit.verb == "tempo":
        return limited(stretched(samples, rate, _speed(edit, tempo_bpm), 0), rate)
    if edit.verb == "trim":
        kept = samples[round(edit.numbers[0] * rate) : round(edit.numbers[1] * rate)]
        if len(kept) < SHORTEST_S * rate:
            raise BadInput(f"`{edit.text()}` leaves {len(kept) / rate:.1f} s", do=f"keep at least {SHORTEST_S:g} s")
        return kept
    return louder(samples, rate, edit.numbers[0])


def louder(samples: Samples, rate: int, gain_db: float) -> Samples:
    """`samples` by `gain_db` decibels, never above the true-peak ceiling."""
    return limited(samples * np.float32(10 ** (gain_db / 20)), rate) if gain_db else samples


def gain_db(made_by: tuple[Deed, ...]) -> float:
    """Decibels that the gain edits among these deeds add up to: an edit of the notes renders anew and must keep them."""
    done = (parse(deed.what) for deed in made_by if deed.kind is DeedKind.EDIT)
    return sum(edit.numbers[0] for edit in done if edit.verb == "gain")


def edited_lineage(lineage: tuple[SourceSpan, ...], edit: Edit, tempo_bpm: float | None) -> tuple[SourceSpan, ...]:
    """Who is heard when, after `edit`: trim cuts the spans, tempo moves them, the rest leaves them."""
    if edit.verb == "tempo":
        speed = _speed(edit, tempo_bpm)
        return tuple(structs.replace(s, from_s=s.from_s / speed, to_s=s.to_s / speed) for s in lineage)
    if edit.verb == "trim":
        start, end = edit.numbers
        cut = (structs.replace(s, from_s=max(s.from_s, start) - start, to_s=min(s.to_s, end) - start) for s in lineage)
        return tuple(span for span in cut if span.from_s < span.to_s)
    return lineage


def edited_key(key: str | None, edit: Edit) -> str | None:
    """The key after `edit`."""
    return transposed_key(key, int(edit.numbers[0])) if key and edit.verb == "transpose" else key


def _speed(edit: Edit, tempo_bpm: float | None) -> float:
    speed = edit.numbers[0] / tempo_bpm if tempo_bpm else 0.0
    if not 0.5 <= speed <= 2:
        raise BadInput(
            f"`{edit.text()}` cannot be done",
            why=f"the take has {tempo_bpm or 'no'} beats a minute and is changed by half or double at most",
            do="choose a tempo nearer to it",
        )
    return speed


def _bounds_text(verb: str) -> str:
    words = [f"a {'whole ' if verb == 'transpose' else ''}number from {a:g} to {b:g}" for a, b in LIMITS[verb]]
    return " and ".join(words) + (", the first the smaller" if verb == "trim" else "")
