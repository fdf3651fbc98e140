"""The index in force: what comes and goes holds from the next search on, in every process, at the cost of what changed."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection, connections, transaction
from django.db.models.sql import compiler
from tests.unit.integrity.music import song, wav
from tests.unit.integrity.scenes import ACTOR, AT, silent, stored

from accord.integrity import actions, facts, fingerprinting, queries, references, serving
from accord.integrity.fingerprinting import METHOD
from accord.integrity.index import Index, index_of, load, pack
from accord.integrity.models import FingerprintRow, SegmentRow
from accord.integrity.records import reference_of
from accord.journal.actions import rebuild, writing
from accord.journal.queries import facts_of
from accord.terms.refusal import BadInput
from accord.vault import actions as vault


def taken(names: list[str], audio: str = "first", frames: int = 100) -> str:
    """These recordings in a segment and the fact that names it; its digest."""
    digest = vault.put(pack(silent(names, frames)))
    lines = tuple(facts.FingerprintLine(asset=n, audio=audio_of(n, audio), duration_s=2.0, peaks=0) for n in names)
    with writing(actor=ACTOR, at=AT) as journal:
        journal.append(facts.RecordingsFingerprinted(segment=digest, method=METHOD, recordings=lines, postings=0))
    return digest


def brought(names: list[str]) -> list[str]:
    """The sound that recordings of these names would have, brought from outside; the references."""
    audios = {reference_of(audio_of(n, "first")): audio_of(n, "first") for n in names}
    lines = tuple(
        facts.ReferenceLine(reference=r, name=r, audio=audio, duration_s=2.0, peaks=0) for r, audio in audios.items()
    )
    digest = vault.put(pack(silent(list(audios))))
    with writing(actor=ACTOR, at=AT) as journal:
        journal.append(facts.ReferencesFingerprinted(segment=digest, method=METHOD, references=lines, postings=0))
    return list(audios)


def audio_of(name: str, which: str) -> str:
    """A made-up digest: the same for the same name and version."""
    return f"sha256:{random.Random(f'{name} {which}').randbytes(32).hex()}"


def plainly() -> tuple[Index, tuple[str, ...]]:
    """The index in force by a plain reading of all rows, and its segments."""
    counted: dict[str, set[str]] = {}
    for row in SegmentRow.objects.order_by("id"):
        counted.setdefault(row.segment, set())
    for row in FingerprintRow.objects.filter(withdrawn=False):
        counted[row.segment].add(row.asset)
    live = {digest: frozenset(names) for digest, names in counted.items() if names}
    return index_of([load(vault.checked_path(digest)) for digest in live], list(live.values())), tuple(live)


def assert_as_plainly() -> None:
    """What is held equals what all rows say, in every field."""
    (held, digests), (plain, its) = queries.index_and_segments(), plainly()
    assert digests == its and held.recordings == plain.recordings
    for mine, other in zip(
        (held.bases, held.starts, held.lengths), (plain.bases, plain.starts, plain.lengths), strict=True
    ):
        assert mine.dtype == other.dtype and np.array_equal(mine, other)
    assert [s.placed for s in held.segments] == [s.placed for s in plain.segments]


@pytest.fixture(autouse=True)
def _nothing_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries._following, "held", None)


@contextmanager
def read() -> Iterator[dict[str, int]]:
    """Counts questions to the tables, and the rows that they give."""
    counts, given = {"questions": 0, "rows": 0}, compiler.cursor_iter

    def rows(*words: Any) -> Iterator[Any]:
        for some in given(*words):
            counts["rows"] += len(some)
            yield some

    def question(execute: Any, *words: Any) -> Any:
        counts["questions"] += 1
        return execute(*words)

    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(question):
        patch.setattr(compiler, "cursor_iter", rows)
        yield counts


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_what_is_held_is_what_the_rows_say(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken, taken anew, withdrawn, brought from outside, delivered, merged, rebuilt, by a process that follows and one that
    opens: the same index, in the same order, as by reading everything."""
    dice, names, outside = random.Random(seed), [f"rec_{n}" for n in range(12)], set[str]()
    for step in range(40):
        some = dice.sample(names, dice.randint(1, 4))
        here = [r.asset for r in FingerprintRow.objects.filter(withdrawn=False).order_by("asset")]
        what = dice.choice(("take", "anew", "withdraw", "withdraw", "bring", "merge", "rebuild", "open", "nothing"))
        if what == "take":
            taken(some)
        elif what == "anew":
            taken(some, f"version {step}", frames=100 + step)
        elif what == "withdraw" and here:
            actions.withdraw(dice.choice(here), "", AT, ACTOR)
        elif what == "bring":
            outside.update(brought([n for n in some if not FingerprintRow.objects.filter(asset=n).exists()] or ["x"]))
        elif what == "merge":
            actions.merge_index(AT, ACTOR, 2)
        elif what == "rebuild":
            rebuild()
        elif what == "open":
            monkeypatch.setattr(queries._following, "held", None)
        assert_as_plainly()
    assert outside


@pytest.mark.django_db
def test_a_check_reads_what_changed_and_not_what_there_is() -> None:
    """One question and one row where nothing did; after a takedown and after one more recording as many of an index of 400 as
    of one of 40."""
    seen: dict[str, list[dict[str, int]]] = {"nothing": [], "takedown": [], "one more": []}
    for first, last in ((0, 40), (40, 400)):
        taken([f"rec_{n}" for n in range(first, last)])
        assert len(queries.index().recordings) == last
        with read() as counts:
            queries.index()
        seen["nothing"].append(counts)
        actions.withdraw(f"rec_{last - 1}", "", AT, ACTOR)
        with read() as counts:
            assert len(queries.index().recordings) == last - 1
        seen["takedown"].append(counts)
        taken([f"rec_{last - 1}"])
        with read() as counts:
            assert len(queries.index().recordings) == last
        seen["one more"].append(counts)
    assert seen["nothing"] == [{"questions": 1, "rows": 1}] * 2
    for small, large in (seen["takedown"], seen["one more"]):
        assert small == large and large["rows"] <= 5


@pytest.mark.django_db
def test_a_takedown_and_a_merge_read_what_they_are_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside 400 recordings that they leave alone, of which no row is read."""
    whole = taken([f"rec_{n}" for n in range(400)])
    for n in range(4):
        taken([f"more_{n}"])
    with read() as counts:
        actions.withdraw("more_3", "", AT, ACTOR)
    assert counts["rows"] < 10
    monkeypatch.setattr(fingerprinting, "MERGE_AT", 3)
    monkeypatch.setattr(fingerprinting, "MERGED_BYTES_MOST", 3 * vault.local_path(whole).stat().st_size // 4)
    with read() as counts, fingerprinting.Merging(AT, ACTOR) as merging:
        merging.step()
    assert set(map(len, queries.counted(queries.counting()).values())) == {400, 3} and counts["rows"] < 100


@pytest.mark.django_db
def test_what_is_known_is_read_once_a_run_and_not_once_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three files from outside, a batch each: of 360 recordings more in the index, 360 rows more are read."""
    monkeypatch.setattr(references, "BATCH", 1)
    rows = []
    for first, last in ((0, 40), (40, 400)):
        taken([f"rec_{n}" for n in range(first, last)])
        for number in range(3):
            (tmp_path / f"{number}.wav").write_bytes(wav(song(first + number, 3)))
        with read() as counts:
            assert actions.index_files(references.files_in(tmp_path), AT, ACTOR).taken == 3
        rows.append(counts["rows"])
    assert abs(rows[1] - rows[0] - 360) < 20


@pytest.mark.django_db
@pytest.mark.sqlite_alone
def test_a_merge_of_more_than_a_database_takes_at_once() -> None:
    """Where a statement may name 12,000 things, two segments of 8,000 recordings become one, outside sounds go, all is found."""
    with connection.cursor() as cursor:
        limit = cursor.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 12_000)
        try:
            names = [f"rec_{n:05}" for n in range(16_000)]
            brought(names[15_990:])
            taken(names[:8_000]), taken(names[8_000:])
            assert actions.merge_index(AT, ACTOR, 2) == 2
            assert queries.index().recordings == tuple(names)
        finally:
            cursor.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, limit)


@pytest.mark.django_db
def test_what_did_not_touch_the_index_leaves_it_as_it_is() -> None:
    """Another fact, a takedown of what was withdrawn and named again: the very same object, so what it has worked out stays."""
    taken(["rec_0", "rec_1"])
    before = queries.index()
    with writing(actor=ACTOR, at=AT) as journal:
        journal.append(facts.MelodyWithdrawn(work="wrk_1", because=""))
    assert queries.index() is before
    actions.withdraw("rec_0", "", AT, ACTOR)
    after = queries.index()
    assert after is not before and after.segments[0] is before.segments[0]


@pytest.mark.django_db
def test_what_was_undone_is_not_held() -> None:
    """A transaction that searched what it took and was undone: at the same place of the journal something else stands then."""
    taken(["rec_0"])
    with pytest.raises(KeyError), transaction.atomic():
        taken(["rec_1"])
        assert queries.index().recordings == ("rec_0", "rec_1")
        raise KeyError
    taken(["rec_2"])
    assert queries.index().recordings == ("rec_0", "rec_2")


@pytest.mark.django_db
def test_a_segment_that_cannot_be_opened_is_said_each_time() -> None:
    """What was searched before is not searched on as if nothing had come; once the file is right again it goes on."""
    taken(["rec_0"])
    queries.index()
    path = vault.local_path(digest := taken(["rec_1"]))
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-1] + b"x")
    for _ in range(2):
        with pytest.raises(BadInput, match="damaged"):
            queries.index()
    path.write_bytes(whole)
    assert queries.index_and_segments()[1][-1] == digest
    assert_as_plainly()


@pytest.mark.django_db
def test_folders_of_shards_are_followed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From one search to the next no shard is read again; what is withdrawn is gone, what came is there."""
    taken(["rec_0", "rec_1"])
    assert actions.shard_index(2, AT, ACTOR) == 1 and actions.lay_out(tmp_path, [0, 1]) == 2
    assert serving.index_in([tmp_path]).recordings == ("rec_0", "rec_1")
    opened: list[Path] = []
    monkeypatch.setattr(serving, "load_shard", lambda path: opened.append(path))
    actions.withdraw("rec_0", "", AT, ACTOR)
    taken(["rec_2"])
    assert serving.index_in([tmp_path]).recordings == ("rec_1", "rec_2") and opened == []


@pytest.mark.django_db
def test_a_sound_from_outside_goes_when_its_recording_is_taken() -> None:
    """It is found as the recording from then on; the others from outside stay."""
    refs = brought(["rec_0", "rec_1"])
    assert set(queries.index().recordings) == set(refs)
    taken(["rec_1"])
    assert queries.index().recordings == (refs[0], "rec_1")
    assert_as_plainly()


@pytest.mark.django_db
def test_a_check_names_the_segments_it_searched_and_no_others() -> None:
    """Eight batches that became one are one segment in the fact of each check from then on, however many there ever were."""
    for n in range(8):
        taken([f"rec_{n}"])
    assert actions.merge_index(AT, ACTOR) == 8
    actions.check("tak_1", stored(song(0, 4)), frozenset(), "pty_1", AT, ACTOR)
    (entry,) = facts_of("integrity.sound-checked")
    assert entry.fact.segments == queries.counting() and len(entry.fact.segments) == 1  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_threads_never_find_what_a_takedown_has_answered_for() -> None:
    """Four threads search without pause while recordings go and come; no search that began after the answer has them."""
    names = [f"rec_{n}" for n in range(12)]
    taken(names)
    gone, wrong, searches, stop = set[str](), [], [0] * 4, threading.Event()

    def search(number: int) -> None:
        try:
            while not stop.is_set():
                answered = frozenset(gone)
                found = queries.index().recordings
                searches[number] += 1
                if answered & set(found) or len(set(found)) != len(found):
                    wrong.append((answered, found))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=search, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for step, name in enumerate(names[:10]):
        actions.withdraw(name, "", AT, ACTOR)
        gone.add(name)
        taken([f"more_{step}"])
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong and all(searches)
    assert_as_plainly()


ELSEWHERE = """
import os, sys
import accord
accord.open(sys.argv[1])
from django.db import connections
from tests.unit.integrity.scenes import ACTOR, AT
from tests.unit.integrity.test_in_force import taken
from accord.integrity import actions, queries

taken(["rec_0", "rec_1", "rec_2"])
assert len(queries.index().recordings) == 3
asked, told = os.pipe(), os.pipe()
connections.close_all()
if not os.fork():  # another process, which holds the same index
    for _ in range(3):
        os.read(asked[0], 1)
        os.write(told[1], " ".join(queries.index().recordings).encode().ljust(80))
    os._exit(0)

def there():
    os.write(asked[1], b"?")
    return os.read(told[0], 80).decode().split()

assert there() == ["rec_0", "rec_1", "rec_2"]
actions.withdraw("rec_1", "", AT, ACTOR)
assert there() == ["rec_0", "rec_2"], "withdrawn between two checks"
taken(["rec_1"])
assert sorted(there()) == ["rec_0", "rec_1", "rec_2"], "taken again"
os.wait()
"""


@pytest.mark.sqlite_alone
def test_a_takedown_holds_at_once_in_another_process(tmp_path: Path) -> None:
    """A process that had asked before the takedown does not find the recording when it asks after it."""
    elsewhere = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ACCORD_TEST_DB", "ACCORD_HOME")}
    words = [sys.executable, "-c", ELSEWHERE, str(tmp_path)]
    ended = subprocess.run(words, env=elsewhere, check=False, capture_output=True, cwd=Path(__file__).parents[3])
    assert ended.returncode == 0, ended.stderr.decode()
