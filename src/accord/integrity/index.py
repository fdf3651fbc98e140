"""The fingerprint index: immutable segments, and what a search sees when the live ones are laid end to end.

A segment holds some recordings' peaks (frame; bin to one half) and postings (bucket, time), sorted, as one file that
stands in the vault. Recordings lie one after another on one time line, SPACING_FRAMES apart, so that no alignment can
straddle two. An `Index` is built from segments less the withdrawn recordings: removal holds from the next search on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from accord.integrity.pairs import BUCKETS, POSTING_FRAMES, reference_pairs
from accord.integrity.peaks import F32, FRAMES_PER_S, I32, Peaks

I64 = NDArray[np.int64]

SPACING_FRAMES = 1200  # 28 s: longer than any query window; a multiple of POSTING_FRAMES
MAGIC = b"accord fingerprint segment 1\n"
ARRAYS = ("peak_frames", "peak_bins", "keys", "times")


class Placed(msgspec.Struct, frozen=True):
    """Where one recording lies on a segment's time line, in frames."""

    recording: str
    start: int
    length: int


@dataclass(frozen=True)
class Segment:
    """Some recordings' peaks (by frame) and postings (by bucket), on one time line."""

    placed: tuple[Placed, ...]
    peak_frames: I32
    peak_bins: F32
    keys: I32
    times: I32

    @property
    def length(self) -> int:
        """Frames of the whole time line, spacing included."""
        return self.placed[-1].start + _spaced(self.placed[-1].length) if self.placed else 0


@dataclass(frozen=True)
class Index:
    """All live recordings on one time line: postings by bucket, peaks by frame."""

    recordings: tuple[str, ...]
    starts: I64
    lengths: I64
    offsets: I64  # BUCKETS + 1: where each bucket's postings begin
    times: I32
    peak_frames: I64
    peak_bins: F32

    @property
    def hours(self) -> float:
        """Hours of audio indexed."""
        return float(self.lengths.sum()) / FRAMES_PER_S / 3600

    @property
    def length(self) -> int:
        """Frames of the whole time line."""
        return int(self.starts[-1]) + _spaced(int(self.lengths[-1])) if len(self.starts) else 0

    def owner(self, frame: float) -> int:
        """Number of the recording at this place of the time line, or of the one before it."""
        return max(0, int(np.searchsorted(self.starts, frame, side="right")) - 1)


def build_segment(recordings: Iterable[tuple[str, Peaks]]) -> Segment:
    """Lay recordings' reference peaks end to end. Recordings without any peak (silence) are placed, and never found."""
    placed: list[Placed] = []
    frames, bins, keys, times, start = [], [], [], [], 0
    for name, peaks in recordings:
        placed.append(Placed(name, start, peaks.length))
        frames.append(np.rint(peaks.frames).astype(np.int32) + start)
        bins.append((np.rint(peaks.bins * 2) / 2).astype(np.float32))
        bucket, time = reference_pairs(peaks)
        keys.append(bucket)
        times.append(time + start // POSTING_FRAMES)
        start += _spaced(peaks.length)
    if not placed:
        return Segment((), np.zeros(0, np.int32), np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(0, np.int32))
    all_keys, all_times, all_frames = np.concatenate(keys), np.concatenate(times), np.concatenate(frames)
    by_key, by_frame = np.lexsort((all_times, all_keys)), np.argsort(all_frames, kind="stable")
    return Segment(
        tuple(placed),
        all_frames[by_frame].astype(np.int32),
        np.concatenate(bins)[by_frame],
        all_keys[by_key].astype(np.int32),
        all_times[by_key].astype(np.int32),
    )


def merge(segments: Sequence[Segment], withdrawn: frozenset[str] = frozenset()) -> Index:
    """One searchable index of the segments, in order, without the withdrawn recordings; a later segment's copy of a
    recording replaces an earlier one's."""
    names: list[str] = []
    starts, lengths, frames, bins, keys, times, base = [], [], [], [], [], [], 0
    latest = {placed.recording: number for number, segment in enumerate(segments) for placed in segment.placed}
    for number, segment in enumerate(segments):
        keep = np.array([p.recording not in withdrawn and latest[p.recording] == number for p in segment.placed], bool)
        begins = np.array([p.start for p in segment.placed], np.int64)
        if not keep.any():
            continue
        of_peak = keep[np.searchsorted(begins, segment.peak_frames, side="right") - 1]
        of_time = keep[np.searchsorted(begins, segment.times.astype(np.int64) * POSTING_FRAMES, side="right") - 1]
        frames.append(segment.peak_frames[of_peak].astype(np.int64) + base)
        bins.append(segment.peak_bins[of_peak])
        keys.append(segment.keys[of_time])
        times.append(segment.times[of_time] + base // POSTING_FRAMES)
        names += [p.recording for p, kept in zip(segment.placed, keep, strict=True) if kept]
        starts.append(begins[keep] + base)
        lengths.append(np.array([p.length for p in segment.placed], np.int64)[keep])
        base += segment.length
    return _index(names, starts, lengths, frames, bins, keys, times)


def _index(
    names: list[str],
    starts: list[I64],
    lengths: list[I64],
    frames: list[I64],
    bins: list[F32],
    keys: list[I32],
    times: list[I32],
) -> Index:
    if not names:
        nothing = np.zeros(0, np.int64)
        return Index(
            (),
            nothing,
            nothing,
            np.zeros(BUCKETS + 1, np.int64),
            np.zeros(0, np.int32),
            nothing,
            np.zeros(0, np.float32),
        )
    all_keys = np.concatenate(keys)
    order = np.argsort(all_keys, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(all_keys, minlength=BUCKETS))]).astype(np.int64)
    return Index(
        tuple(names),
        np.concatenate(starts),
        np.concatenate(lengths),
        offsets,
        np.concatenate(times)[order].astype(np.int32),
        np.concatenate(frames),
        np.concatenate(bins),
    )


def pack(segment: Segment) -> bytes:
    """The segment as bytes: magic, one line of JSON naming recordings and array sizes, then little-endian arrays."""
    arrays = [
        np.ascontiguousarray(getattr(segment, name)).astype(getattr(segment, name).dtype.newbyteorder("<"))
        for name in ARRAYS
    ]
    head = {"placed": segment.placed, "arrays": [[a.dtype.str, len(a)] for a in arrays]}
    return MAGIC + msgspec.json.encode(head) + b"\n" + b"".join(a.tobytes() for a in arrays)


def unpack(data: bytes) -> Segment:
    """The segment in these bytes. Raises ValueError when they are not one."""
    if not data.startswith(MAGIC):
        raise ValueError("not a fingerprint segment")
    end = data.index(b"\n", len(MAGIC))
    head = msgspec.json.decode(data[len(MAGIC) : end])
    arrays, place = [], end + 1
    for kind, count in head["arrays"]:
        arrays.append(np.frombuffer(data, np.dtype(kind), count, place))
        place += arrays[-1].nbytes
    if place != len(data):
        raise ValueError(f"fingerprint segment holds {len(data)} bytes where its header names {place}")
    return Segment(tuple(msgspec.convert(p, Placed) for p in head["placed"]), *arrays)


def _spaced(length: int) -> int:
    """Length plus spacing, rounded up so that starts are whole posting units."""
    return -(-(length + SPACING_FRAMES) // POSTING_FRAMES) * POSTING_FRAMES
