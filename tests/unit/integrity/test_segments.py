"""Segments: packed small, read by later code, merged; and the first tier, which leads to the same matches."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec
import numpy as np
import pytest
from tests.unit.integrity.music import RATE_HZ, mixed, song, stretched
from tests.unit.integrity.scenes import ACTOR, AT, indexed, recording

from accord.integrity import actions, index, queries, shards
from accord.integrity.fingerprinting import METHOD
from accord.integrity.identify import identify
from accord.integrity.index import build_segment, load, merge, merge_segments, pack, unpack
from accord.integrity.models import SegmentRow
from accord.integrity.packing import pack_peaks, unpack_peaks
from accord.integrity.peaks import BASS_BINS, REFERENCE, Peaks, find_peaks
from accord.integrity.segment import MAGIC, MAGIC_1, MAGIC_2, Segment
from accord.vault import actions as vault


@cache
def music() -> dict[str, Peaks]:
    """Four songs of 30 s, by name."""
    return {f"R{n}": find_peaks(song(n, 30), REFERENCE) for n in range(4)}


def treble(recordings: dict[str, Peaks]) -> dict[str, Peaks]:
    """Their peaks from 140 Hz on, which is what older methods took."""
    out = {}
    for name, p in recordings.items():
        high = p.bins >= BASS_BINS
        out[name] = Peaks(p.frames[high], p.bins[high], p.strength[high], p.rank[high], p.length)
    return out


def format_2(recordings: dict[str, Peaks]) -> Segment:
    """A segment as the second format had it: bins counted from 140 Hz (keys were counted so, and still are)."""
    made = build_segment(treble(recordings).items())
    frames, halves, classes = unpack_peaks(made.peaks, 0, made.peaks.groups)
    return replace(made, peaks=pack_peaks(frames, halves - 2 * BASS_BINS, classes, made.length))


def format_1(recordings: dict[str, Peaks]) -> bytes:
    """A segment as the first format had it: peaks from 140 Hz on, then one posting (nobody reads them any more)."""
    placed: list[dict[str, Any]] = []
    frames, bins, start = [], [], 0
    for name, peaks in treble(recordings).items():
        placed.append({"recording": name, "start": start, "length": peaks.length})
        frames.append(np.rint(peaks.frames).astype("<i4") + start)
        bins.append((np.rint(peaks.bins * 2) / 2).astype("<f4") - BASS_BINS)
        start += peaks.length + 1200
    arrays = [np.concatenate(frames), np.concatenate(bins), np.zeros(1, "<i4"), np.zeros(1, "<i4")]
    head = {"placed": placed, "arrays": [[a.dtype.str, len(a)] for a in arrays]}
    return MAGIC_1 + json.dumps(head).encode() + b"\n" + b"".join(a.tobytes() for a in arrays)


def named(found: Segment, *sounds: Any) -> list[set[str]]:
    """The recordings named in each sound."""
    return [{m.recording for m in identify(sound, RATE_HZ, merge([found]))} for sound in sounds]


def test_a_segment_of_the_first_format_is_still_searched() -> None:
    """What was fingerprinted before is found, pitched too."""
    old = unpack(format_1(music()))
    assert named(old, song(2, 12), stretched(song(1, 14), 2)) == [{"R2"}, {"R1"}]
    with pytest.raises(ValueError, match="not what its header names"):
        unpack(format_1(music())[:-1])


def test_a_segment_of_the_second_format_is_still_searched(tmp_path: Any) -> None:
    """What was fingerprinted without the bass is found as ever: the same peaks and postings, also when it was cut into shards."""
    old, plain = format_2(music()), build_segment(treble(music()).items())
    read = unpack(MAGIC_2 + pack(old)[len(MAGIC) :])
    assert pack(read) == pack(plain)
    assert named(read, song(2, 12), stretched(song(1, 14), 2)) == [{"R2"}, {"R1"}]
    for shard in shards.cut(old, 3):
        packed = shards.MAGIC_1 + shards.pack(shard)[len(shards.MAGIC) :]
        (tmp_path / "shard").write_bytes(packed)
        again = shards.load(tmp_path / "shard")
        assert shards.pack(again) == shards.pack(next(s for s in shards.cut(plain, 3) if s.number == shard.number))


def test_a_file_cut_short_is_no_segment(tmp_path: Any) -> None:
    """A mapped file that is shorter or longer than it says, or is something else, is refused."""
    whole = pack(build_segment(music().items()))
    for wrong in (whole[:-8], whole + b"x", b"something else", b""):
        (tmp_path / "segment").write_bytes(wrong)
        with pytest.raises(ValueError, match="fingerprint segment"):
            load(tmp_path / "segment")
    (tmp_path / "segment").write_bytes(whole)
    assert msgspec.structs.asdict(load(tmp_path / "segment").placed[1])["recording"] == "R1"


def test_the_first_tier_leads_to_the_same_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searched through the first tier, two places of each kind of key at most, an index answers as it does when searched whole."""
    sounds = [
        song(2, 12),
        stretched(song(1, 14), 3),
        stretched(song(0, 14), tempo=0.9),
        mixed(song(3, 12), song(99, 12)),
    ]
    whole = named(build_segment(music().items()), *sounds)
    assert whole == [{"R2"}, {"R1"}, {"R0"}, {"R3"}]
    monkeypatch.setattr(index, "WHOLE_HOURS", 0.0)
    monkeypatch.setattr("accord.integrity.shortlist.PLACES", (2, 2))
    assert named(build_segment(music().items()), *sounds) == whole
    assert named(build_segment(music().items()), song(77, 12)) == [set()]


def test_merging_holds_little_more_than_what_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Peaks are moved packed and keys unpacked a slice at a time; what comes out is what the recordings make at once."""
    monkeypatch.setattr("accord.integrity.segment.SLICE_BYTES", 1 << 14)
    chance, length = np.random.default_rng(1), 60_000
    recordings = []
    for number in range(4):
        frames = np.sort(chance.integers(0, length, 40_000)).astype(np.float32)
        bins = chance.integers(0, 250, 40_000).astype(np.float32)
        recordings.append((f"R{number}", Peaks(frames, bins, bins, np.zeros(40_000, np.int32), length)))
    parts = [build_segment(recordings[:2]), build_segment(recordings[2:])]
    names = frozenset(name for name, _ in recordings)
    merge_segments(parts, [names, names])  # what it takes to compile is not counted
    tracemalloc.start()
    merged = pack(merge_segments(parts, [names, names]))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert merged == pack(build_segment(recordings)) and most < 4 * len(merged)


@pytest.mark.django_db
def test_merged_segments_and_what_was_withdrawn() -> None:
    """Of several segments one is made; a withdrawn recording is neither found nor in it; nothing else changes."""
    first = indexed(3, 20)
    more = recording("More", song(5, 20))
    assert actions.index_missing(AT, ACTOR) == 1
    actions.withdraw(first[1], "the label asked", AT, ACTOR)
    before = queries.index()
    assert (len(before.segments), set(before.recordings)) == (2, {first[0], first[2], more})
    assert actions.merge_index(AT, ACTOR) == 0 and actions.merge_index(AT, ACTOR, 2) == 2
    after = queries.index()
    assert (len(after.segments), set(after.recordings)) == (1, set(before.recordings))
    assert {p.recording for p in after.segments[0].placed} == set(before.recordings)
    assert [m.recording for m in identify(song(5, 12), RATE_HZ, after)] == [more]
    assert identify(song(1, 12), RATE_HZ, after) == [] and queries.withdrawn() == {first[1]}
    assert actions.merge_index(AT, ACTOR, 2) == 0 and actions.index_missing(AT, ACTOR) == 0


@pytest.mark.django_db
def test_what_an_older_method_took_is_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recordings of an older method are searched, counted as older, and taken again by the next `index`."""
    made = indexed(1, 20)
    digest = vault.put(format_1({made[0]: music()["R0"]}))
    monkeypatch.setattr(queries._following, "held", None)  # what follows is no fact: nobody could follow it
    SegmentRow.objects.update(method="landmark-pairs/1", segment=digest)
    queries.FingerprintRow.objects.update(segment=digest)
    assert queries.taken_otherwise(METHOD) == {made[0]}
    assert [m.recording for m in identify(song(0, 12), RATE_HZ, queries.index())] == made
    assert actions.index_missing(AT, ACTOR) == 1
    assert queries.taken_otherwise(METHOD) == frozenset() and queries.index().recordings == tuple(made)
