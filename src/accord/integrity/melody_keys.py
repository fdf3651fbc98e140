"""Keys of melodies: five notes by their steps and the ratios between their times, and every five notes that ornaments may hide. Pure.

A key is four steps (modulo 12), then three classes of ratio; steps come first, so that all rhythms of a run lie side by side.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.integrity.kernels import compiled

I64 = NDArray[np.int64]
Keys = NDArray[np.signedinteger[Any]]

RUN = 4  # steps in a key: five notes
RHYTHMS = 9**3
REACH = 4  # the next of five notes is one of so many
MOST_NAMED = 500_000  # rows that `hidden` goes on to


@compiled
def ratio_class(before: int, now: int) -> int:
    """A ratio of times in half octaves, 0 to 8, as `Line.ratio`."""
    return int(min(4, max(-4, round(2 * math.log2(now / before)))) + 4)


@compiled
def runs(pitch: I64, onset: I64) -> I64:
    """The key of the five notes from each note on."""
    keys = np.zeros(max(0, len(pitch) - RUN), np.int64)
    for i in range(len(keys)):
        for d in range(RUN):
            keys[i] = keys[i] * 12 + (pitch[i + d + 1] - pitch[i + d]) % 12
        for d in range(RUN - 1):
            before, now = onset[i + d + 1] - onset[i + d], onset[i + d + 2] - onset[i + d + 1]
            keys[i] = keys[i] * 9 + ratio_class(before, now)
    return keys


@compiled
def hidden(pitch: I64, onset: I64, keys: Keys, most: int) -> I64:
    """Where five notes of a query, others between them or not, have one of the sorted keys: (place in the keys, first, last) in rows.

    A key that more than `most` places hold names nobody. It stops behind MOST_NAMED rows.
    """
    found, count, n = np.empty((1024, 3), np.int64), 0, len(pitch)
    for a in range(n):
        for b in range(a + 1, min(n, a + REACH + 1)):
            step_b = (pitch[b] - pitch[a]) % 12
            for c in range(b + 1, min(n, b + REACH + 1)):
                step_c = step_b * 12 + (pitch[c] - pitch[b]) % 12
                kind_c = ratio_class(onset[b] - onset[a], onset[c] - onset[b])
                for d in range(c + 1, min(n, c + REACH + 1)):
                    step_d = step_c * 12 + (pitch[d] - pitch[c]) % 12
                    kind_d = kind_c * 9 + ratio_class(onset[c] - onset[b], onset[d] - onset[c])
                    for e in range(d + 1, min(n, d + REACH + 1)):
                        key = (step_d * 12 + (pitch[e] - pitch[d]) % 12) * RHYTHMS + kind_d * 9
                        key += ratio_class(onset[d] - onset[c], onset[e] - onset[d])
                        place = np.searchsorted(keys, key)
                        if place + most < len(keys) and keys[place + most] == key:
                            continue
                        if count > MOST_NAMED:
                            return found[:count]
                        while place < len(keys) and keys[place] == key:
                            if count == len(found):
                                found = np.append(found, np.empty_like(found)).reshape(-1, 3)
                            found[count] = place, a, e
                            count += 1
                            place += 1
    return found[:count]
