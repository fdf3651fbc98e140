"""The fingerprint index: what a search sees when the live segments are laid end to end.

An `Index` is made of segments less the withdrawn recordings: removal holds from the next search on, whatever the files
hold. Places are frames of one time line over all segments. A small index is unpacked once and searched whole; of a large
one only the stretches are unpacked that the first tier points to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from accord.integrity.packing import I64, U16
from accord.integrity.pairs import BUCKETS, reference_pairs, voting_pairs
from accord.integrity.peaks import BINS, F32, FRAMES_PER_S, I32, Peaks
from accord.integrity.segment import (
    SPACING_FRAMES,
    WEAKEST_LOG2,
    Segment,
    build_segment,
    load,
    merge_segments,
    pack,
    unpack,
)

__all__ = ["Index", "Segment", "build_segment", "index_of", "load", "merge", "merge_segments", "pack", "unpack"]

WHOLE_HOURS = 6.5  # up to here the whole index is searched; beyond, what the first tier names
CACHED_RECORDINGS = 256
SHIFT_BINS = 20  # 36 bins to the octave: ±6.7 semitones
MEASURED_HOURS = 5.9  # the index on which weights and caps were measured
STILL_CAP, SHIFTED_CAP = 16.0, 14.0  # pairs commoner than this (in MEASURED_HOURS) do not vote
STILL_BASE, SHIFTED_BASE = 8.0, 4.0
VOTE = 500.0  # counter steps to a vote of weight one
SAMPLE_HOURS = 6.0  # how much of a large index tells how common pairs are


@dataclass(frozen=True)
class Pairs:
    """Pairs in order of time: bucket, the anchor's frame and bin, and what a vote of each kind weighs (0: too common)."""

    buckets: I32
    frames: I64
    bins: F32
    still: U16
    shifted: U16


@dataclass(frozen=True)
class Laid:
    """Peaks of some stretches of an index, on a time line of their own.

    The stretch k begins at `begins[k]` here and at `origins[k]` on the index's time line.
    """

    begins: I64
    origins: I64
    frames: I64
    bins: F32
    length: int

    def origin(self, frame: float) -> float:
        """The place on the index's time line of a place here."""
        at = max(0, int(np.searchsorted(self.begins, frame, side="right")) - 1)
        return frame + float(self.origins[at] - self.begins[at])


@dataclass(frozen=True)
class Stretch(Laid):
    """The same with the pairs that follow from them."""

    pairs: Pairs


@dataclass(frozen=True)
class Index:
    """All live recordings of some segments on one time line. Only reads; several threads may share it."""

    segments: tuple[Segment, ...]
    bases: I64  # first frame of each segment, and the end of the last
    recordings: tuple[str, ...]
    starts: I64
    lengths: I64
    cache: dict[int, tuple[I64, F32]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def hours(self) -> float:
        """Hours of audio indexed."""
        return float(self.lengths.sum()) / FRAMES_PER_S / 3600

    @property
    def length(self) -> int:
        """Frames of the whole time line."""
        return int(self.bases[-1])

    @property
    def small(self) -> bool:
        """Whether it is searched whole."""
        return self.hours <= WHOLE_HOURS

    @property
    def bytes(self) -> int:
        """Bytes of packed peaks and postings in the segments, withdrawn recordings included."""
        return sum(s.peaks.bytes + sum(p.packed.bytes for p in s.postings) for s in self.segments)

    def owner(self, frame: float) -> int:
        """Number of the recording at this place of the time line, or of the one before it."""
        return max(0, int(np.searchsorted(self.starts, frame, side="right")) - 1)

    @cached_property
    def whole(self) -> Stretch:
        """Everything, unpacked."""
        spans = np.column_stack([self.starts, self.starts + self.lengths])
        return self._paired(spans, np.concatenate([self.starts, [self.length]]))

    @cached_property
    def weights(self) -> tuple[U16, U16]:
        """What a vote weighs, by bucket: (still, shifted). The commoner the pair, the less; 0 beyond the caps."""
        wanted = max(1, round(len(self.starts) * min(1.0, SAMPLE_HOURS / max(self.hours, 1e-9))))
        chosen = np.unique(np.linspace(0, len(self.starts) - 1, wanted).astype(np.int64))
        hours = float(self.lengths[chosen].sum()) / FRAMES_PER_S / 3600
        spans = np.column_stack([self.starts, self.starts + self.lengths])[chosen]
        buckets, _ = reference_pairs(*self._between(spans, self.starts[chosen]))
        return vote_weights(np.bincount(buckets, minlength=BUCKETS).reshape(-1, BINS), hours)

    def stretch(self, spans: I64) -> Stretch:
        """The peaks of these spans (rows first ≤ frame < last, in order, apart from each other), laid end to end."""
        return self._paired(spans, _end_to_end(spans))

    def laid(self, spans: I64) -> Laid:
        """The same without pairs."""
        begins = _end_to_end(spans)
        frames, bins, _ = self._between(spans, begins[:-1])
        return Laid(begins[:-1], spans[:, 0], frames, bins, int(begins[-1]))

    def peaks_of(self, recording: int) -> tuple[I64, F32]:
        """(frames on the index's time line, bins) of a recording's stored peaks, kept for a while."""
        if recording not in self.cache:
            if len(self.cache) >= CACHED_RECORDINGS:
                self.cache.clear()
            span = np.array([[self.starts[recording], self.starts[recording] + self.lengths[recording]]], np.int64)
            self.cache[recording] = self._between(span, span[:, 0])[:2]
        return self.cache[recording]

    def stored(self, recording: int) -> Peaks:
        """A recording's stored peaks on its own time line."""
        start, length = int(self.starts[recording]), int(self.lengths[recording])
        frames, bins, classes = self._between(np.array([[start, start + length]], np.int64), np.zeros(1, np.int64))
        strength = np.exp2(0.5 * classes + WEAKEST_LOG2).astype(np.float32)
        return Peaks(frames.astype(np.float32), bins, strength, np.zeros(len(frames), np.int32), length)

    def _paired(self, spans: I64, begins: I64) -> Stretch:
        """The peaks of these spans, each from its begin on (one begin more: the end of all)."""
        joined, bins, classes = self._between(spans, begins[:-1])
        buckets, anchors = reference_pairs(joined, bins, classes)
        pairs = Pairs(*voting_pairs(buckets, anchors, joined, bins, *self.weights))
        return Stretch(begins[:-1], spans[:, 0], joined, bins, int(begins[-1]), pairs)

    def _between(self, spans: I64, begins: I64) -> tuple[I64, F32, I32]:
        """(frames, bins, strength classes) in spans of the time line, each span's frames counted on from its begin."""
        owners = np.searchsorted(self.bases, spans[:, 0], side="right") - 1
        parts = [
            segment.between(spans[owners == number] - self.bases[number], begins[owners == number])
            for number, segment in enumerate(self.segments)
            if (owners == number).any()
        ]
        frames = np.concatenate([np.zeros(0, np.int64), *(f for f, _, _ in parts)])
        bins = np.concatenate([np.zeros(0, np.float32), *(b for _, b, _ in parts)])
        return frames, bins, np.concatenate([np.zeros(0, np.int32), *(c for _, _, c in parts)])


def _end_to_end(spans: I64) -> I64:
    """Where each span begins when they are laid end to end, and where the last ends."""
    sizes = spans[:, 1] - spans[:, 0] + SPACING_FRAMES
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def merge(segments: Sequence[Segment], withdrawn: frozenset[str] = frozenset()) -> Index:
    """One index of the segments, in order, without the withdrawn recordings; a later segment's copy of a recording
    replaces an earlier one's."""
    gone, counted = set(withdrawn), []
    for segment in reversed(segments):
        counted.append(frozenset(p.recording for p in segment.placed) - gone)
        gone |= counted[-1]
    return index_of(segments, counted[::-1])


def index_of(segments: Sequence[Segment], counted: Sequence[frozenset[str]]) -> Index:
    """One index of the segments, in order; of each only the recordings that are counted."""
    bases = np.concatenate([[0], np.cumsum([segment.length for segment in segments])]).astype(np.int64)
    names: list[str] = []
    starts, lengths = [], []
    for segment, base, keep in zip(segments, bases.tolist(), counted, strict=False):
        for placed in segment.placed:
            if placed.recording in keep:
                names.append(placed.recording)
                starts.append(base + placed.start)
                lengths.append(placed.length)
    return Index(tuple(segments), bases, tuple(names), np.array(starts, np.int64), np.array(lengths, np.int64))


def vote_weights(counts: I64, hours: float) -> tuple[U16, U16]:
    """Weights by bucket from how many pairs fell there in so many hours; `counts` has a row for all but the anchor's bin.

    A shifted vote is weighed by the mean of the bins that a shift can reach, since it may have come from any of them.
    """
    before = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    low = np.maximum(0, np.arange(BINS) - SHIFT_BINS)
    high = np.minimum(BINS, np.arange(BINS) + SHIFT_BINS + 1)
    around = (before[:, high] - before[:, low]) / (high - low)
    base, scale = hours / MEASURED_HOURS, max(1.0, hours / MEASURED_HOURS)
    still = np.where(counts > STILL_CAP * scale, 0.0, VOTE / (STILL_BASE * base + 0.5 + 3 * counts))
    shifted = np.where(around > SHIFTED_CAP * scale, 0.0, VOTE / (SHIFTED_BASE * base + 0.5 + 3 * around))
    return np.rint(still).astype(np.uint16).ravel(), np.rint(shifted).astype(np.uint16).ravel()
