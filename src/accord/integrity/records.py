"""What integrity hands out: matches with their evidence, verdicts, cases. Frozen and pure."""

from __future__ import annotations

from datetime import datetime
from math import log2

import msgspec


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Why a match is believed: in its best window, reference peaks found (`hits` of `peaks`) against `chance`."""

    nats: float  # log-likelihood ratio against chance, best window
    hits: int
    peaks: int
    chance: float  # hits that chance alone predicts
    share: float  # estimated part of the recording's peaks that is present, 0 … 1
    expected_false: float  # false matches this strong that a file of this length would get from this index by chance


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the query that is a stretch of a recording; times in seconds.

    `pitch_factor` and `tempo_factor` say how the query differs: 1.0595 is a semitone up, 1.08 is 8 % faster.
    `probability` that it really is, given the evidence and the stated prior (see `decide`).
    """

    recording: str
    query_start_s: float
    query_end_s: float
    ref_start_s: float
    ref_end_s: float
    pitch_factor: float
    tempo_factor: float
    evidence: Evidence
    probability: float

    @property
    def semitones(self) -> float:
        """The pitch factor as semitones up."""
        return 12 * log2(self.pitch_factor)

    @property
    def seconds(self) -> float:
        """Length of the matching stretch in the query."""
        return self.query_end_s - self.query_start_s
