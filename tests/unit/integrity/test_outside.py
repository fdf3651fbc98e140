"""Outside sounds: files and folders that are in no catalogue, looked for like recordings; segments merged beside."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.integrity.music import F32, RATE_HZ, song, wav
from tests.unit.integrity.scenes import ACTOR, AT, TRUST, recording

from accord.cli.__main__ import run
from accord.integrity import actions, fingerprinting, peaks, queries, references
from accord.integrity.fingerprinting import MERGE_AT, due_for_merging
from accord.integrity.models import SegmentRow
from accord.integrity.peaks import HOP, REFERENCE, WINDOW, peaks_in
from accord.journal.actions import rebuild
from accord.terms.refusal import BadInput
from accord.vault import actions as vault


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two songs in a folder and one in a folder of it, beside what is no sound."""
    (tmp_path / "more").mkdir()
    for name, number in (("one.wav", 1), ("more/two.wav", 2), ("three.wav", 3)):
        (tmp_path / name).write_bytes(wav(song(number, 7)))
    (tmp_path / "notes.txt").write_text("no sound at all")
    return tmp_path


@pytest.mark.django_db
def test_a_folder_is_looked_for_and_named_by_its_files(folder: Path, capsys: Any) -> None:
    """What is no sound is said; again takes nothing; one taken down is silent at once and stays so; all of it is facts."""
    assert run(["fingerprint", "index", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "left out: `notes.txt` is not audio" in said and "3 recordings fingerprinted" in said
    assert run(["check", str(folder / "more" / "two.wav")]) == 3
    assert "is `more/two.wav` (ref_" in capsys.readouterr().out
    assert run(["fingerprint", "index", str(folder), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["taken"], again["known"], again["recordings"]) == (0, 3, 3)
    two = next(name for name, title in queries.titles(queries.fingerprinted()).items() if title == "more/two.wav")
    assert run(["fingerprint", "withdraw", two, "--because", "its owner asked"]) == 0
    assert run(["fingerprint", "index", str(folder)]) == 0 and two not in queries.fingerprinted()
    assert run(["check", str(folder / "more" / "two.wav")]) == 0
    before = (queries.fingerprinted(), queries.titles(queries.fingerprinted()))
    rebuild()
    assert (queries.fingerprinted(), queries.titles(queries.fingerprinted())) == before
    (folder / "empty").mkdir()
    assert run(["fingerprint", "index", str(folder / "empty")]) == 2
    assert run(["fingerprint", "index", str(folder / "notes.txt")]) == 2


@pytest.mark.django_db
def test_a_named_file_that_is_no_sound_ends_with_2_and_the_others_are_taken(folder: Path, capsys: Any) -> None:
    """What merely lies in a folder is said, and that is all: covers and notes lie beside music."""
    assert run(["fingerprint", "index", str(folder / "one.wav"), str(folder / "notes.txt"), str(folder / "more")]) == 2
    said = capsys.readouterr().out
    assert "left out: `notes.txt` is not audio" in said and "2 recordings fingerprinted" in said


@pytest.mark.django_db
def test_a_named_file_that_may_not_be_read_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """One sentence, and exit 2."""

    plainly = Path.open

    def closed(self: Path, *said: Any, **more: Any) -> Any:
        if self.name == "one.wav":
            raise PermissionError(13, "Permission denied", str(self))
        return plainly(self, *said, **more)

    monkeypatch.setattr(Path, "open", closed)
    assert run(["fingerprint", "index", str(folder / "one.wav")]) == 2
    assert "cannot be read: Permission denied" in capsys.readouterr().err


@pytest.mark.django_db
def test_what_is_delivered_later_is_the_catalogues(folder: Path) -> None:
    """An outside sound that becomes a recording is named as that recording, once; an upload of it is its duplicate."""
    actions.index_files(references.files_in(folder / "one.wav"), AT, ACTOR)
    (outside,) = queries.fingerprinted()
    upload = actions.receive_upload("acc_1", folder / "one.wav", "Mine", AT, ACTOR)
    (case,) = (case for case in queries.cases(TRUST) if case.subject == upload.id)
    assert case.because == f"it is the outside recording `{outside}` under another name (`one.wav`)"
    made = recording("One", song(1, 7))
    assert actions.index_missing(AT, ACTOR) == 1
    assert set(queries.fingerprinted()) == {made}


@pytest.mark.django_db
def test_a_run_that_is_stopped_goes_on_where_it_was(folder: Path) -> None:
    """Stopped after its second file: two stand; the same run again takes the third alone."""
    files = [named for named in references.files_in(folder) if named[0].endswith(".wav")]

    def stop(done: int, total: int) -> None:
        assert total == 3
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.index_files(files, AT, ACTOR, stop)
    assert len(queries.fingerprinted()) == 2
    again = actions.index_files(files, AT, ACTOR)
    assert (again.taken, again.known) == (1, 2) and len(queries.fingerprinted()) == 3


@pytest.mark.django_db
def test_what_is_withdrawn_or_delivered_while_a_run_goes_on_stays_so(tmp_path: Path) -> None:
    """Two files of which one is delivered and one comes twice, a second run withdrawing it meanwhile; a recording likewise."""
    for number in (1, 2):
        (tmp_path / f"{number}.wav").write_bytes(wav(song(number, 4)))
    files = references.files_in(tmp_path)

    def meanwhile(done: int, total: int) -> None:
        if done == total:
            actions.index_files(files[:1], AT, ACTOR)
            (name,) = queries.fingerprinted()
            actions.withdraw(name, "its owner asked", AT, ACTOR)
            recording("Two", song(2, 4))

    brought = actions.index_files(files, AT, ACTOR, meanwhile)
    assert (brought.taken, brought.known) == (0, 2)
    assert queries.fingerprinted() == {} and len(queries.withdrawn()) == SegmentRow.objects.count() == 1


@pytest.mark.django_db
def test_a_recording_that_is_withdrawn_while_it_is_taken_anew_stays_withdrawn() -> None:
    """Of two that an older method took, one is withdrawn during the run; named, it is looked for again."""
    made = [recording(f"Recording {n}", song(n, 4)) for n in range(2)]
    actions.index_recordings(made, AT, ACTOR)
    SegmentRow.objects.update(method="landmark-pairs/1")

    def meanwhile(done: int, total: int) -> None:
        if done == total == 2:
            actions.withdraw(made[0], "the label asked", AT, ACTOR)

    assert actions.index_missing(AT, ACTOR, meanwhile) == 1
    assert set(queries.fingerprinted()) == {made[1]} and queries.withdrawn() == {made[0]}
    actions.index_recordings(made[:1], AT, ACTOR)
    assert set(queries.fingerprinted()) == set(made)


@pytest.mark.django_db
def test_a_name_that_is_no_utf_8_is_said_as_far_as_it_can_be(tmp_path: Path, capsys: Any) -> None:
    """A file and a folder whose names are bytes of another alphabet are looked for like any other."""
    strange = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    strange.mkdir()
    one = Path(os.fsdecode(os.fsencode(strange) + b"/\xfe.wav"))
    one.write_bytes(wav(song(1, 4)))
    assert actions.index_files(references.files_in(tmp_path), AT, ACTOR).taken == 1
    assert list(queries.titles(queries.fingerprinted()).values()) == ["\ufffd/\ufffd.wav"]
    assert [name for name, _ in references.files_in(one)] == ["\ufffd.wav"]
    assert run(["fingerprint", "index", os.fsdecode(b"\xfd.wav")]) == 2 and "`\ufffd.wav`" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_batch_ends_at_a_number_of_peaks_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three files that would be one segment are one each where each has as many peaks as a segment takes."""
    for number in range(3):
        (tmp_path / f"{number}.wav").write_bytes(wav(song(number, 4)))
    monkeypatch.setattr(references, "BATCH_PEAKS", 10)
    assert actions.index_files(references.files_in(tmp_path), AT, ACTOR).taken == 3
    assert len(queries.counting()) == 3


@pytest.mark.django_db
def test_segments_become_one_while_more_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of one file each: a merge of MERGE_AT is written down at the end at the latest, and each sound is still found."""
    monkeypatch.setattr(references, "BATCH", 1)
    for number in range(MERGE_AT + 1):
        (tmp_path / f"{number}.wav").write_bytes(wav(song(number, 4)))
    assert actions.index_files(references.files_in(tmp_path), AT, ACTOR).taken == MERGE_AT + 1
    counted = queries.counted(queries.counting())
    assert sorted(map(len, counted.values())) in ([MERGE_AT + 1], [1, MERGE_AT])
    found = queries.identify_file((tmp_path / "3.wav").read_bytes())
    assert [queries.titles([match.recording])[match.recording] for match in found] == ["3.wav"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(1, 1 << 36), max_size=24))
def test_what_is_merged_is_of_one_size_and_fits_one_file(given_sizes: list[int]) -> None:
    """Merged over and over it ends, with fewer than MERGE_AT near any size but for what would not fit one file."""
    sizes = {str(number): size for number, size in enumerate(given_sizes)}
    while due := due_for_merging(sizes):
        assert len(due) >= MERGE_AT and max(sizes[d] for d in due) <= MERGE_AT * min(sizes[d] for d in due)
        whole = sum(sizes.pop(digest) for digest in due)
        assert whole <= fingerprinting.MERGED_BYTES_MOST
        sizes[due[0]] = whole
    left = sorted(sizes.values())
    for near in zip(*(left[n:] for n in range(MERGE_AT)), strict=False):
        assert near[-1] > MERGE_AT * near[0] or sum(near) > fingerprinting.MERGED_BYTES_MOST


@pytest.mark.django_db
def test_a_damaged_segment_is_said_when_it_is_opened(tmp_path: Path) -> None:
    """A changed byte is found before anything is searched in it."""
    (tmp_path / "four.wav").write_bytes(wav(song(4, 6)))
    actions.index_files(references.files_in(tmp_path), AT, ACTOR)
    path = vault.local_path(queries.counting()[0])
    path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:])
    with pytest.raises(BadInput, match="is damaged"):
        queries.index()


@pytest.mark.django_db
def test_what_another_process_has_merged_is_not_merged_again(folder: Path) -> None:
    """Two that merge the same at once: the second one's fact would name nothing, so it writes none."""
    for path in (folder / "one.wav", folder / "three.wav"):
        actions.index_files(references.files_in(path), AT, ACTOR)
    before = queries.counted(queries.counting())
    late = fingerprinting._merged(before)
    assert actions.merge_index(AT, ACTOR, 2) == len(before) == 2
    head = SegmentRow.objects.count()
    fingerprinting._say_merged(before, *late, AT, ACTOR)
    assert SegmentRow.objects.count() == head and len(queries.fingerprinted()) == 2


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 30_000), st.lists(st.integers(0, 9000), max_size=6), st.integers(0, 99))
def test_peaks_are_the_same_however_sound_comes(length: int, cuts: list[int], seed: int) -> None:
    """In blocks of any size, over pieces so short that most fall on an edge: bit by bit as of the whole."""
    sound = np.random.default_rng(seed).normal(size=length).astype(np.float32)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(peaks, "PIECE_FRAMES", 16)
        patched.setattr(peaks, "MARGIN_FRAMES", 4)
        whole = peaks.find_peaks(sound, REFERENCE)
        parts = peaks_in(np.split(sound, sorted(min(cut, length) for cut in cuts)), REFERENCE)
    assert whole.length == parts.length == max(0, (length - WINDOW) // HOP + 1)
    for column in ("frames", "bins", "strength", "rank"):
        assert np.array_equal(getattr(whole, column), getattr(parts, column))


def test_a_long_sound_takes_no_more_memory_than_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five times as long, the same memory but for a little."""
    monkeypatch.setattr(peaks, "PIECE_FRAMES", 256)

    def seconds(count: int) -> Iterator[F32]:
        chance = np.random.default_rng(1)
        for _ in range(count):
            yield chance.normal(size=RATE_HZ).astype(np.float32)

    def most(count: int) -> int:
        tracemalloc.start()
        peaks_in(seconds(count), REFERENCE)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert most(100) < 1.15 * most(20)
