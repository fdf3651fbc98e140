"""Two melodies side by side: the local alignment (Smith and Waterman 1981) whose log-odds against chance are highest. Pure.

A note that agrees is worth what its step tells (`melody.worth`) less the chance that a true quotation changes it; a note
that differs, one put in (an ornament) and one left out each cost a fixed number of nats. One transposition at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accord.integrity.kernels import compiled

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

KEPT = -0.1  # ln of the part of its notes that a quotation keeps
MOST_STEP = 3.0  # no single step is worth more
MOST_ALONE = 1.2  # a note behind a gap says only that it is in the key
MOST_RATIO = 1.5
OTHER_RATIO = 0.4
CHANGED = 5.0
PUT_IN = 2.2
LEFT_OUT = 4.0


@compiled
def align(
    query: I64, query_ratio: I64, work: I64, work_ratio: I64, pitch_worth: F64, ratio_worth: F64, shift: int
) -> tuple[float, I64]:
    """Evidence in nats and the aligned notes (k × 2: place in the query, place in the work) at one transposition.

    `shift` is how many semitones, modulo 12, the query lies above the work.
    """
    rows, columns = len(work) + 1, len(query) + 1
    score = np.zeros((rows, columns))
    came = np.zeros((rows, columns), np.int8)  # 0 begins, 1 both, 2 a note put in, 3 a note left out
    best, best_row, best_column = 0.0, 0, 0
    for i in range(1, rows):
        for j in range(1, columns):
            if (query[j - 1] - work[i - 1] - shift) % 12 == 0:
                follows = came[i - 1, j - 1] == 1
                gain = KEPT + min(MOST_STEP if follows else MOST_ALONE, pitch_worth[i - 1])
                if follows:
                    agrees = query_ratio[j - 1] == work_ratio[i - 1]
                    gain += min(MOST_RATIO, ratio_worth[i - 1]) if agrees else -OTHER_RATIO
            else:
                gain = -CHANGED
            both = score[i - 1, j - 1] + gain
            put, left = score[i, j - 1] - PUT_IN, score[i - 1, j] - LEFT_OUT
            top = max(both, put, left)
            if top <= 0.0:
                continue
            score[i, j] = top
            came[i, j] = 1 if top == both else 2 if top == put else 3
            if top > best:
                best, best_row, best_column = top, i, j
    pairs = np.zeros((min(rows, columns), 2), np.int64)
    count, i, j = 0, best_row, best_column
    while i > 0 and j > 0 and came[i, j] > 0:
        if came[i, j] == 1:
            pairs[count, 0], pairs[count, 1] = j - 1, i - 1
            count += 1
            i, j = i - 1, j - 1
        elif came[i, j] == 2:
            j -= 1
        else:
            i -= 1
    return best, pairs[:count][::-1].copy()
