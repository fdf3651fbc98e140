"""A segment: some recordings' fingerprints as one file that never changes, read where it lies.

Recordings lie one after another on one time line, SPACING_FRAMES apart, so that no alignment can straddle two. A segment
has their peaks (packed, by blocks of time) and, for each kind of key, postings (key, cell of CELL_FRAMES frames; packed,
by groups of keys). The file is magic, one line of JSON that names the recordings and the arrays, and the arrays, each on
an eighth byte, little-endian; `load` maps it and copies nothing.

Files of format 2 (bins counted from 140 Hz: without the bass) are read too, and their peaks packed again in memory. So are
those of format 1 (peaks, and postings of pairs, unpacked): their peaks are all taken as equally strong, so pairs are chosen
less well until the recording is fingerprinted again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from accord.integrity.keys import KINDS, stored_keys
from accord.integrity.packing import (
    BLOCK_FRAMES,
    I64,
    KEY_BITS,
    U8,
    Packed,
    join,
    pack_peaks,
    pack_postings,
    part,
    spread_for,
    unpack_peaks,
    unpack_postings,
    unpack_spans,
)
from accord.integrity.peaks import BASS_BINS, F32, I32, Peaks
from accord.integrity.voting import voted

MAGIC = b"accord fingerprint segment 3\n"
MAGIC_2 = b"accord fingerprint segment 2\n"
MAGIC_1 = b"accord fingerprint segment 1\n"
CELL_FRAMES = 64
SPACING_FRAMES = 768  # 18 s: longer than a query window at any tempo
WEAKEST_LOG2 = -1.0  # strength class 0; each class is a factor √2 of saliency
MIDDLE_CLASS = 3
SLICE_BYTES = 1 << 22  # of packed postings unpacked at once: two million, some 100 bytes each while sorted


class Placed(msgspec.Struct, frozen=True):
    """Where one recording lies on a segment's time line, in frames."""

    recording: str
    start: int
    length: int


@dataclass(frozen=True)
class Postings:
    """Packed (key, cell) of one kind of key; `spread` low bits of the key share a group."""

    spread: int
    packed: Packed


@dataclass(frozen=True)
class Segment:
    """Some recordings' peaks (by time) and postings (by key), on one time line."""

    placed: tuple[Placed, ...]
    peaks: Packed
    postings: tuple[Postings, ...]  # one for each of KINDS

    @property
    def length(self) -> int:
        """Frames of the whole time line, spacing included."""
        return self.placed[-1].start + spaced(self.placed[-1].length) if self.placed else 0

    @cached_property
    def starts(self) -> I64:
        """First frame of each recording."""
        return np.array([p.start for p in self.placed], np.int64)

    def votes(self, kind: int, keys: I64, cells: I64, before: int) -> U8:
        """What its postings of these (key, cell of the query) count for each cell at which the query might begin, from
        `before` cells ahead of the first."""
        postings, all_cells = self.postings[kind], max(1, self.length // CELL_FRAMES)
        return voted(postings.packed, postings.spread, keys, cells, all_cells, self.length, before)

    def between(self, spans: I64, begins: I64) -> tuple[I64, F32, I32]:
        """(frames, bins, strength classes) of the peaks in spans, each span's frames counted on from its begin."""
        frames, halves, classes = unpack_spans(self.peaks, spans, begins)
        return frames, (halves / 2).astype(np.float32), classes.astype(np.int32)


def spaced(length: int) -> int:
    """Length plus spacing, rounded up to whole blocks (and so to whole cells)."""
    return -(-(length + SPACING_FRAMES) // BLOCK_FRAMES) * BLOCK_FRAMES


def build_segment(recordings: Iterable[tuple[str, Peaks]]) -> Segment:
    """Lay recordings' reference peaks end to end. Recordings without any peak (silence) are placed, and never found."""
    placed: list[Placed] = []
    frames, halves, classes, start = [], [], [], 0
    keys: tuple[list[I64], ...] = tuple([] for _ in KINDS)
    cells: tuple[list[I64], ...] = tuple([] for _ in KINDS)
    for name, peaks in recordings:
        kept = stored(peaks)
        placed.append(Placed(name, start, peaks.length))
        frames.append(kept.frames.astype(np.int64) + start)
        halves.append((kept.bins * 2).astype(np.int64))
        classes.append(kept.strength.astype(np.int64))
        for kind, its_keys, its_cells in zip(KINDS, keys, cells, strict=True):
            found, anchors = stored_keys(kept, kind)
            its_keys.append(found)
            its_cells.append((anchors.astype(np.int64) + start) // CELL_FRAMES)
        start += spaced(peaks.length)
    packed = pack_peaks(_joined(frames), _joined(halves), _joined(classes), start)
    return Segment(
        tuple(placed),
        packed,
        tuple(_postings(_joined(k), _joined(c), start) for k, c in zip(keys, cells, strict=True)),
    )


def stored(peaks: Peaks) -> Peaks:
    """Peaks as a segment keeps them: whole frames, half bins, classes of strength; in order of frame."""
    classes = np.rint(2 * (np.log2(np.maximum(peaks.strength, 1e-6)) - WEAKEST_LOG2))
    order = np.argsort(np.rint(peaks.frames), kind="stable")
    return Peaks(
        np.rint(peaks.frames)[order].astype(np.float32),
        (np.rint(peaks.bins * 2) / 2)[order].astype(np.float32),
        np.clip(classes, 0, 7)[order].astype(np.float32),
        peaks.rank[order],
        peaks.length,
    )


def _joined(parts: list[I64]) -> I64:
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _postings(keys: I64, cells: I64, length: int) -> Postings:
    order = np.lexsort((cells, keys))
    spread = spread_for(len(keys))
    return Postings(spread, pack_postings(keys[order], cells[order], max(1, length // CELL_FRAMES), spread))


def merge_segments(segments: list[Segment], live: list[frozenset[str]]) -> Segment:
    """One segment of the recordings that still count (`live`, for each segment). Memory: some three times the packed bytes
    that come out, and one slice of the keys at a time."""
    placed: list[Placed] = []
    peaks: list[Packed] = []
    moves, start = [], 0
    for segment, names in zip(segments, live, strict=True):
        move = np.full(len(segment.placed), -1, np.int64)  # frames to add; below zero for what is dropped
        for number, p in enumerate(segment.placed):
            if p.recording in names:
                placed.append(Placed(p.recording, start, p.length))
                # recordings begin with a block, and what is packed counts from its block: it is moved as it is
                peaks.append(part(segment.peaks, p.start // BLOCK_FRAMES, (p.start + spaced(p.length)) // BLOCK_FRAMES))
                move[number] = start
                start += spaced(p.length)
        moves.append(move)
    return Segment(
        tuple(placed),
        join(peaks),
        tuple(_merged_postings(segments, moves, kind, start) for kind in range(len(KINDS))),
    )


def _merged_postings(segments: list[Segment], moves: list[I64], kind: int, length: int) -> Postings:
    total = sum(int(s.postings[kind].packed.starts[-1]) for s in segments)
    spread = spread_for(total // 2)  # about two bytes a posting
    groups, all_cells = 1 << (KEY_BITS - spread), max(1, length // CELL_FRAMES)
    slices = max(1, min(groups, total // SLICE_BYTES))
    parts = []
    for number in range(slices):
        first, last = groups * number // slices, groups * (number + 1) // slices
        keys, cells = [], []
        for segment, move in zip(segments, moves, strict=True):
            k, c = _slice(segment, kind, first << spread, last << spread)
            owner = np.searchsorted(segment.starts, c * CELL_FRAMES, side="right") - 1
            keep = move[owner] >= 0 if len(k) else np.zeros(0, bool)
            keys.append(k[keep])
            cells.append((c - segment.starts[owner] // CELL_FRAMES + move[owner] // CELL_FRAMES)[keep])
        all_keys, its_cells = np.concatenate(keys), np.concatenate(cells)
        order = np.lexsort((its_cells, all_keys))
        parts.append(pack_postings(all_keys[order], its_cells[order], all_cells, spread, first, last))
    return Postings(spread, join(parts))


def _slice(segment: Segment, kind: int, low: int, high: int) -> tuple[I64, I64]:
    """The postings of one kind with low ≤ key < high."""
    postings = segment.postings[kind]
    first, last = low >> postings.spread, -(-high >> postings.spread)
    keys, cells = unpack_postings(
        postings.packed,
        max(1, segment.length // CELL_FRAMES),
        postings.spread,
        first,
        min(last, postings.packed.groups),
    )
    inside = (keys >= low) & (keys < high)
    return keys[inside], cells[inside]


def pack(segment: Segment) -> bytes:
    """The segment as bytes."""
    packs = [segment.peaks, *(p.packed for p in segment.postings)]
    return file_of(MAGIC, {"placed": segment.placed, "spread": [p.spread for p in segment.postings]}, packs)


def file_of(magic: bytes, head: dict[str, Any], packs: list[Packed]) -> bytes:
    """Magic, a line of JSON that names the arrays too, and the arrays, each on an eighth byte."""
    arrays = [a for p in packs for a in (p.starts.astype("<u4", copy=False), p.words.astype("<u8", copy=False))]
    line = msgspec.json.encode(head | {"arrays": [[a.dtype.str, len(a)] for a in arrays]})
    out: list[bytes | memoryview] = [magic + f"{len(line)}\n".encode() + line]
    size = len(out[0])
    for array in arrays:
        out += [b"\0" * (-size % 8), np.ascontiguousarray(array).data]
        size += -size % 8 + array.nbytes
    return b"".join(out)


def load(path: Path) -> Segment:
    """The segment in a file, mapped: what is read is what the system fetches. Raises ValueError when it is none."""
    if path.stat().st_size < len(MAGIC):
        raise ValueError("not a fingerprint segment")
    return unpack(np.memmap(path, np.uint8, "r"))


def unpack(data: bytes | NDArray[np.uint8]) -> Segment:
    """The segment in these bytes. Raises ValueError when they are not one."""
    raw = np.frombuffer(data, np.uint8) if isinstance(data, bytes) else data
    magic = raw[: len(MAGIC)].tobytes()
    if magic == MAGIC_1:
        return _unpack_1(raw.tobytes())
    if magic not in (MAGIC, MAGIC_2):
        raise ValueError("not a fingerprint segment")
    head, packs = parts_of(raw, len(MAGIC))
    return Segment(
        msgspec.convert(head["placed"], tuple[Placed, ...]),
        packs[0] if magic == MAGIC else lifted(packs[0]),
        tuple(Postings(s, p) for s, p in zip(head["spread"], packs[1:], strict=True)),
    )


def parts_of(raw: NDArray[np.uint8], begin: int) -> tuple[dict[str, Any], list[Packed]]:
    """The header and what is packed after it, which lies where the header says and fills the file from `begin` on."""
    said, _, _ = raw[begin : begin + 20].tobytes().partition(b"\n")
    begin += len(said) + 1
    place = begin + int(said)
    head = msgspec.json.decode(raw[begin:place].tobytes())
    arrays = []
    for kind, count in head["arrays"]:
        place += -place % 8
        if place + count * np.dtype(kind).itemsize > len(raw):
            raise ValueError("fingerprint segment is shorter than its header says")
        arrays.append(np.frombuffer(raw, np.dtype(kind), count, place))
        place += arrays[-1].nbytes
    if place != len(raw):
        raise ValueError(f"fingerprint segment holds {len(raw)} bytes where its header names {place}")
    return head, [Packed(arrays[i], arrays[i + 1]) for i in range(0, len(arrays), 2)]


def lifted(peaks: Packed) -> Packed:
    """Peaks whose bins were counted from 140 Hz, with bins counted from 35 Hz."""
    frames, halves, classes = unpack_peaks(peaks, 0, peaks.groups)
    return pack_peaks(frames, halves + 2 * BASS_BINS, classes, peaks.groups * BLOCK_FRAMES)


def _unpack_1(data: bytes) -> Segment:
    """A file of format 1: magic, a line of JSON, then peaks' frames and bins (what follows is not needed any more)."""
    end = data.index(b"\n", len(MAGIC_1))
    head = msgspec.json.decode(data[len(MAGIC_1) : end])
    (frame_kind, count), (bin_kind, _) = head["arrays"][:2]
    if end + 1 + sum(n * np.dtype(kind).itemsize for kind, n in head["arrays"]) != len(data):
        raise ValueError(f"fingerprint segment holds {len(data)} bytes, which is not what its header names")
    frames = np.frombuffer(data, np.dtype(frame_kind), count, end + 1)
    bins = np.frombuffer(data, np.dtype(bin_kind), count, end + 1 + frames.nbytes)
    return build_segment(_recordings_1(msgspec.convert(head["placed"], list[Placed]), frames, bins))


def _recordings_1(placed: list[Placed], frames: I32, bins: F32) -> Iterator[tuple[str, Peaks]]:
    for p in placed:
        first, last = np.searchsorted(frames, [p.start, p.start + p.length])
        here = (frames[first:last] - p.start).astype(np.float32)
        strength = np.full(len(here), 2.0 ** (MIDDLE_CLASS / 2 + WEAKEST_LOG2), np.float32)
        yield p.recording, Peaks(here, bins[first:last] + BASS_BINS, strength, np.zeros(len(here), np.int32), p.length)
