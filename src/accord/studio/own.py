"""Which notes of a piece are the creator's own: those of a phrase they brought that stand in it still. Pure.

A note is the phrase's when the piece has the same pitch at the same place, to a thirty-second note: a model that varies
a phrase reads it from a grid. Each note of the phrase counts once.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import replace

from accord.catalog.score import Note, Score, Track

#: Ticks by which a note may have moved and still be the same: a thirty-second note.
SAME_PLACE = 60


def own_notes(piece: Score, phrase: Score) -> Score:
    """The notes of `piece` that are in `phrase`, both in one key and from one beginning."""
    left: dict[tuple[bool, int], list[int]] = defaultdict(list)
    for track in phrase.tracks:
        for note in track.notes:
            insort(left[track.drums, note.pitch], note.onset)
    tracks = (replace(track, notes=tuple(n for n in track.notes if _taken(left, track, n))) for track in piece.tracks)
    return replace(piece, tracks=tuple(track for track in tracks if track.notes))


def rest(piece: Score, own: Score) -> Score:
    """The notes of `piece` that are not in `own`."""
    mine = {(track.name, note) for track in own.tracks for note in track.notes}
    tracks = (replace(t, notes=tuple(n for n in t.notes if (t.name, n) not in mine)) for t in piece.tracks)
    return replace(piece, tracks=tuple(track for track in tracks if track.notes))


def _taken(left: dict[tuple[bool, int], list[int]], track: Track, note: Note) -> bool:
    """Whether the phrase has this note still to give; it is given once."""
    onsets = left[track.drums, note.pitch]
    at = bisect_left(onsets, note.onset - SAME_PLACE)
    if at < len(onsets) and onsets[at] <= note.onset + SAME_PLACE:
        del onsets[at]
        return True
    return False
