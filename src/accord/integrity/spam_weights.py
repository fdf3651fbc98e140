"""How much each spam signal says: features, weights and the score, which is a sum that a reviewer can follow. Pure.

The score of an account is a logistic one: `base` plus, for each signal, its weight times its feature, in nats; its
probability is that a reader would uphold a case about it. A feature is 1 where a sign begins (FROM) and one more for each
doubling of its value, up to MOST, so that one odd decision about very many uploads does not tilt the weights. DEFAULT was set by
hand (from where on somebody should look) and says of itself that it was not learned; `spam_learning` learns others from what
readers decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log, log2

import msgspec

from accord.integrity.records import Sign, Suspicion

MOST = 5.0  # of a feature
OPEN_FROM = 0.8  # the probability from which on somebody looks
OPEN_POINTS = log(OPEN_FROM / (1 - OPEN_FROM))
AGAIN_FROM = 2  # a signal that readers have seen counts again at that many times its value, or its uploads


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """From where on the rules name an upload at all. Shares in millionths (ppm). Judgements, not fitted to anything."""

    mass_uploads: int = 30
    mass_alike: int = 10
    mass_length_ppm: int = 200_000
    mass_word_ppm: int = 100_000
    short_from_ms: int = 28_000
    short_to_ms: int = 40_000
    series: int = 8
    series_ppm: int = 600_000
    bait: int = 3
    bait_ppm: int = 500_000
    bait_name_letters: int = 6
    name_letters: int = 5
    near_letters: int = 7
    rare_names: int = 2
    matched_percent: int = 50


LIMITS = Limits()
#: The signals, each the SQL file of its name, with what it is called.
SIGNALS = {
    "mass_uploads": "mass uploads",
    "short_series": "short tracks in series",
    "renamed_sounds": "one sound under several names",
    "bait_titles": "a title made to be found",
    "lookalike_names": "a name like a known artist’s",
    "others_sound": "another artist’s sound",
}
#: The least value that each can have.
FROM = {
    "mass_uploads": LIMITS.mass_alike,
    "short_series": LIMITS.series,
    "renamed_sounds": 1,
    "bait_titles": LIMITS.bait,
    "lookalike_names": LIMITS.name_letters,
    "others_sound": LIMITS.matched_percent,
}


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """One set of weights in nats: `learned_from` decisions of readers, of which `upheld`; 0 is set by hand."""

    id: str
    base: float
    weights: dict[str, float]
    learned_from: int = 0
    upheld: int = 0

    @property
    def origin(self) -> str:
        """Where they come from, in words."""
        if not self.learned_from:
            return "weights set by hand, not yet learned from decisions"
        return f"weights learned from {self.learned_from} decisions of readers, {self.upheld} of them upheld"


DEFAULT = Weights(
    id="shipped-1",
    base=-7.0,
    weights={
        "mass_uploads": 4.5,
        "short_series": 5.0,
        "renamed_sounds": 4.2,
        "bait_titles": 6.0,
        "lookalike_names": 7.0,
        "others_sound": 7.0,
    },
)


def feature(signal: str, value: int) -> float:
    """The number that a signal's weight multiplies: 1 at its least value, one more for each doubling, within 0 and MOST."""
    return min(MOST, max(0.0, 1 + log2(value / FROM[signal])))


def features(values: Mapping[str, int]) -> list[float]:
    """One row in the order of SIGNALS; a signal that says nothing is 0."""
    return [feature(signal, values[signal]) if values.get(signal) else 0.0 for signal in SIGNALS]


def probability(nats: float) -> float:
    """Of log-odds in nats."""
    return 1 / (1 + exp(-nats)) if nats >= 0 else exp(nats) / (1 + exp(nats))


def weigh(signs: Iterable[Sign], by: Weights) -> Suspicion:
    """The score of an account from its strongest signs, the one that says most first."""
    said = [
        msgspec.structs.replace(sign, nats=round(by.weights[sign.signal] * feature(sign.signal, sign.value), 4))
        for sign in signs
    ]
    return Suspicion(
        weights=by.id,
        origin=by.origin,
        base=by.base,
        probability=round(probability(by.base + sum(sign.nats for sign in said)), 4),
        signs=tuple(sorted(said, key=lambda sign: (-sign.nats, sign.signal))),
        learned_from=by.learned_from,
    )


def again(now: Suspicion, before: Suspicion) -> bool:
    """Whether there is more to see than when readers decided: a new signal, or one AGAIN_FROM times as strong or shown by
    AGAIN_FROM times as many uploads (a percentage or the letters of a name cannot double)."""
    seen = {sign.signal: sign for sign in before.signs}
    return any(sign.signal not in seen or _grown(sign, seen[sign.signal]) for sign in now.signs)


def _grown(now: Sign, before: Sign) -> bool:
    return now.value >= AGAIN_FROM * before.value or now.uploads >= AGAIN_FROM * before.uploads
