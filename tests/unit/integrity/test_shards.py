"""Shards: an index cut by ranges of keys is searched by several holders as if it were one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.integrity.music import RATE_HZ, song, stretched, wav
from tests.unit.integrity.scenes import ACTOR, AT, recording

from accord.cli.__main__ import run
from accord.integrity import actions, index, serving, shards, shortlist
from accord.integrity.identify import identify
from accord.integrity.index import build_segment, index_of, merge
from accord.integrity.keys import KINDS
from accord.integrity.models import ShardRow
from accord.integrity.packing import join, part
from accord.integrity.peaks import QUERY, REFERENCE, Peaks, find_peaks
from accord.integrity.segment import CELL_FRAMES, Segment
from accord.integrity.sharded import Sharded, sharded
from accord.journal.actions import rebuild
from accord.journal.queries import facts_of
from accord.terms.refusal import BadInput


@cache
def whole() -> Segment:
    """Five songs of 12 s."""
    return build_segment((f"R{n}", find_peaks(song(n, 12), REFERENCE)) for n in range(5))


@cache
def query(number: int) -> Peaks:
    """Seven seconds of a song, asked."""
    return find_peaks(song(number, 7), QUERY)


def spread(of: int, machines: int, seed: int) -> Sharded:
    """The segment cut into so many shards, each through its file and to one of the machines by chance."""
    chance = np.random.default_rng(seed)
    parts = [shards.unpack(np.frombuffer(shards.pack(shard), np.uint8)) for shard in shards.cut(whole(), of)]
    chance.shuffle(parts)  # type: ignore[arg-type]
    held: list[list[shards.Shard]] = [[] for _ in range(machines)]
    for shard in parts:
        held[chance.integers(machines)].append(shard)
    return sharded(whole().placed, [shards.Shards(tuple(each)) for each in held if each])


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    of=st.sampled_from([1, 2, 3, 7, 40]),
    machines=st.integers(1, 4),
    seed=st.integers(0, 99),
    asked=st.integers(0, 5),
    edges=st.lists(st.integers(0, 4000), min_size=2, max_size=8, unique=True).filter(lambda e: len(e) % 2 == 0),
)
def test_holders_together_answer_as_the_whole(of: int, machines: int, seed: int, asked: int, edges: list[int]) -> None:
    """Any cut over any machines: the votes of each kind of key, the peaks in any spans and the places to search are the same
    to the last bit."""
    parts, heard = spread(of, machines, seed), query(asked)
    before = -(-heard.length // CELL_FRAMES) + 1
    for kind in range(len(KINDS)):
        keys, cells = shortlist.asked(heard, KINDS[kind])
        one = whole().votes(kind, keys, cells, before)
        assert np.array_equal(parts.votes(kind, keys, cells, before), one) and one.any()
    spans = np.array(sorted(edges), np.int64).reshape(-1, 2)
    begins = np.concatenate([[0], np.cumsum(spans[:, 1] - spans[:, 0] + 9)])[:-1]
    for mine, its in zip(parts.between(spans, begins), whole().between(spans, begins), strict=True):
        assert np.array_equal(mine, its)
    names = frozenset(p.recording for p in whole().placed)
    for mine, its in zip(
        shortlist.spans(heard, index_of([parts], [names])), shortlist.spans(heard, merge([whole()])), strict=True
    ):
        assert np.array_equal(mine, its)


def test_parts_of_what_is_packed_are_the_whole_again() -> None:
    """Cut anywhere and joined, it is the same bytes; a shard cut short is no shard."""
    packed = whole().postings[0].packed
    again = join([part(packed, 0, 3), part(packed, 3, 3), part(packed, 3, packed.groups)])
    assert np.array_equal(again.starts, packed.starts)
    size = int(packed.starts[-1])
    assert np.array_equal(again.words.view(np.uint8)[:size], np.asarray(packed.words).view(np.uint8)[:size])
    data = np.frombuffer(shards.pack(next(iter(shards.cut(whole(), 3)))), np.uint8)
    for wrong in (data[:-1], data[1:]):
        with pytest.raises(ValueError, match="fingerprint"):
            shards.unpack(wrong)


def test_matches_are_the_same_with_the_first_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clean and pitched, through keys alone: the matches are equal in every field."""
    monkeypatch.setattr(index, "WHOLE_HOURS", 0.0)
    names = frozenset(p.recording for p in whole().placed)
    for sound in (song(2, 8), stretched(song(3, 9), 2)):
        one = identify(sound, RATE_HZ, merge([whole()]))
        assert one and identify(sound, RATE_HZ, index_of([spread(5, 2, 1)], [names])) == one


@pytest.mark.django_db
def test_two_folders_hold_one_index_and_a_takedown_holds_at_once(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two machines' folders find what the vault's index finds; one alone says what it lacks; a withdrawn recording is found in
    neither; what was added since the cut is found too; a damaged shard is said."""
    one, two = tmp_path / "one", tmp_path / "two"
    made = [recording(f"Recording {n}", song(n, 7)) for n in range(3)]
    actions.index_recordings(made[:2], AT, ACTOR)
    assert run(["fingerprint", "shard", "3", "--to", str(one), "--hold", "0", "--hold", "2"]) == 0
    (tmp_path / "file").touch()
    for wrong in (["--to", str(one), "--hold", "3"], ["--hold", "1"], ["--to", str(tmp_path / "file")]):
        capsys.readouterr()
        assert run(["fingerprint", "shard", "3", *wrong]) == 2 and len(capsys.readouterr().err.splitlines()) <= 2
    assert run(["fingerprint", "shard", "0", "--to", str(one), "--hold", "0"]) == 2
    assert "not cut into 0 shards" in capsys.readouterr().err
    with pytest.raises(BadInput, match="no shard 3 of 3"):
        actions.lay_out(two, [1, 3])
    with pytest.raises(BadInput, match="cannot be written to"):
        actions.lay_out(tmp_path / "file" / "two", [1])
    assert ShardRow.objects.count() == 1 and len(list(facts_of("integrity.index-sharded"))) == 1
    assert actions.lay_out(two, [1]) == 1 and len(list(one.iterdir())) == 2
    actions.index_recordings(made[2:], AT, ACTOR)
    for number in (1, 2):
        (tmp_path / f"{number}.wav").write_bytes(wav(song(number, 7)))
    capsys.readouterr()
    both = ["--shards", str(one), "--shards", str(two)]
    for number in (1, 2):
        assert run(["check", str(tmp_path / f"{number}.wav"), *both]) == 3
        assert f"`Recording {number}`" in capsys.readouterr().out
    assert run(["check", str(tmp_path / "1.wav"), "--shards", str(one)]) == 2
    before = serving.manifest()
    rebuild()
    assert serving.manifest() == before and len(next(iter(before.values()))) == 3
    actions.withdraw(made[1], "taken down", AT, ACTOR)
    assert run(["check", str(tmp_path / "1.wav"), *both]) == 0
    monkeypatch.setattr(serving, "_following", {})  # another process, which opens them anew
    (shard,) = two.iterdir()
    shard.write_bytes(shard.read_bytes()[:-1] + b"x")
    with pytest.raises(BadInput, match="is damaged"):
        serving.index_in([one, two])
    assert run(["fingerprint", "shard", "0"]) == 2
