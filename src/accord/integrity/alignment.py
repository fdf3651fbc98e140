"""Two melodies side by side: the stretch of a straight line between them whose log-odds against chance are highest. Pure.

A quotation keeps its tempo: its notes lie on a straight line over the work's, however many ornaments stand between them. (Where
its rhythm is another, the same holds with notes counted instead of beats; so time is whatever clock the caller reads.) Along a
line each note of the work is expected at one moment. There it is found (worth what its step tells, see `melody.worth`), found
later (an ornament took its place), replaced, or left out; notes put in between cost little when they lie beside it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from accord.integrity.kernels import compiled

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Whole = NDArray[np.signedinteger[Any]]
Nats = NDArray[np.floating[Any]]

SLACK = 0.13  # a note is in time within this part of the shorter distance to the notes beside it
KEPT = -0.1  # ln of the part of its notes that a quotation keeps
MOST_STEP = 3.0  # no single step is worth more
MOST_ALONE = 1.2  # the first note, and one behind a note that differs, says only that it is in the key
MOST_RATIO = 1.5
OTHER_RATIO = 0.4
BETWEEN = 0.5  # of what a ratio is worth, where three notes are in time and others stand between them
CHANGED = 5.0
LEFT_OUT = 4.0
LATE = 1.0
ORNAMENTED = 0.2  # notes put in that lie within a tone of those beside them
PUT_IN = 3.5  # other notes put in
TONE = 2


class Sung(NamedTuple):
    """A melody by one clock: MIDI pitch, time and class of ratio (`Line.ratio`) of each note."""

    pitch: Whole
    time: Whole
    ratio: Whole


@compiled
def along(
    query: Sung, work: Sung, pitch_worth: Nats, ratio_worth: Nats, shift: int, slope: float, offset: float, taken: I64
) -> tuple[float, int, int]:
    """(nats, first, behind the last) of the best stretch of the work's notes; 0 nats is none.

    The work's note at time t is expected at `offset` + `slope` × t, `shift` semitones (modulo 12) up. `taken` gets the query's
    note that stands for each note of the work, −1 where none does. Without `ratio_worth` (empty) the rhythm says nothing.
    """
    best, best_first, best_end = 0.0, 0, 0
    nats, first, j, before = 0.0, 0, 0, -1
    run, timely = 0, 0  # notes in a row that agree, and that agree in time
    tight = False  # whether the last of them followed with nothing put in
    for i in range(len(work.pitch)):
        taken[i] = -1
        at = offset + slope * work.time[i]
        ahead = work.time[i + 1] - work.time[i] if i + 1 < len(work.pitch) else work.time[i] - work.time[i - 1]
        near = min(ahead, work.time[i] - work.time[i - 1]) if i else ahead
        slack = SLACK * slope * near
        while j < len(query.pitch) and query.time[j] < at - slack:
            j += 1
        if j == len(query.pitch):
            break
        if at < query.time[0] - slack:
            continue
        found = j
        while found < len(query.pitch) and query.time[found] < at + slope * ahead - slack:
            if (query.pitch[found] - work.pitch[i] - shift) % 12 == 0:
                taken[i] = found
                break
            found += 1
        if taken[i] < 0:
            nats -= CHANGED if query.time[j] <= at + slack else LEFT_OUT
            if query.time[j] <= at + slack:
                taken[i] = before = j
            run, timely, tight = 0, 0, False
        else:
            if nats <= 0.0:
                nats, first, run, timely, tight = 0.0, i, 0, 0, False
            gain = KEPT + min(MOST_STEP if run else MOST_ALONE, pitch_worth[i])
            late = query.time[found] > at + slack
            between = found - before - 1 if nats > 0.0 else 0
            if late:
                gain -= LATE
            if between > 0:
                gain -= ORNAMENTED if _beside(query.pitch, before, found) else PUT_IN
            if tight and run > 1 and between == 0 and len(ratio_worth):
                gain += min(MOST_RATIO, ratio_worth[i]) if query.ratio[found] == work.ratio[i] else -OTHER_RATIO
            elif timely > 1 and not late and len(ratio_worth):
                gain += BETWEEN * min(MOST_RATIO, ratio_worth[i])
            timely = 0 if late else timely + 1
            tight = run > 0 and between == 0 and not late
            nats += gain
            before = found
            run += 1
        if nats > best:
            best, best_first, best_end = nats, first, i + 1
    return best, best_first, best_end


@compiled
def _beside(pitch: Whole, before: int, found: int) -> bool:
    """Whether all notes between these two lie within a tone of one of them, in any octave."""
    for put in range(before + 1, found):
        one, other = (pitch[put] - pitch[before]) % 12, (pitch[put] - pitch[found]) % 12
        if min(one, 12 - one) > TONE and min(other, 12 - other) > TONE:
            return False
    return True
