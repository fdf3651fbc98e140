"""Which releases are found by sound: what is issued, withdrawn and merged holds from the next question on, at the cost of that."""

from __future__ import annotations

import random

import msgspec
import numpy as np
import pytest
from tests.oracle.provenance import heard
from tests.unit.integrity.music import RATE_HZ, song, wav
from tests.unit.integrity.scenes import silent
from tests.unit.integrity.test_in_force import read
from tests.unit.provenance import released_files

from accord.integrity import fingerprinting
from accord.integrity.index import build_segment, load, pack
from accord.journal.actions import rebuild, writing
from accord.journal.queries import table_digest
from accord.provenance import found, sounding
from accord.provenance.facts import FingerprintsMerged, ReleaseIssued, ReleaseWithdrawn
from accord.provenance.models import ReleaseRow
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

pytestmark = pytest.mark.django_db
AT, ACTOR = released_files.AT, "acc_test"
SECONDS = 12.0
PEAKS = [sounding.peaks_of(np.column_stack([song(n, SECONDS)] * 2), RATE_HZ) for n in range(12)]


def issued(name: str, fingerprint: str) -> None:
    """A release of this id, of which nothing else is true."""
    one = msgspec.structs.replace(
        released_files.release(()), release=name, creation=f"cre_{name}", fingerprint=fingerprint
    )
    assert isinstance(one, ReleaseIssued)
    with writing(ACTOR, AT) as journal:
        journal.append(one)


def sounds(number: int, name: str) -> None:
    """A release that sounds as `song(number)`."""
    issued(name, vault.put(pack(build_segment([(name, PEAKS[number])]))))


def withdrawn(name: str) -> None:
    with writing(ACTOR, AT) as journal:
        journal.append(ReleaseWithdrawn(release=name, reason="asked for"))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found._following, "held", None)
    monkeypatch.setattr(fingerprinting, "MERGE_AT", 3)


@pytest.mark.parametrize("seed", range(4))
def test_the_answer_is_that_of_reading_every_release(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issued, withdrawn, merged, rebuilt, by a process that follows and one that opens: the very same matches, evidence and all,
    as with each release's own file read each time."""
    dice, free, merges = random.Random(seed), list(range(12)), 0
    for step in range(14):
        here = list(ReleaseRow.objects.filter(withdrawn=None).order_by("id").values_list("id", flat=True))
        what = dice.choice(("issue", "issue", "issue", "withdraw", "merge", "rebuild", "open"))
        if what == "issue" and free:
            sounds(number := free.pop(), f"rel_{number:02}")
        elif what == "withdraw" and here:
            withdrawn(dice.choice(here))
        elif what == "merge":
            merges += found.merge_due(AT, ACTOR)
        elif what == "rebuild":
            before = table_digest()
            rebuild()
            assert table_digest() == before
        elif what == "open":
            monkeypatch.setattr(found._following, "held", None)
        there = set(ReleaseRow.objects.filter(withdrawn=None).values_list("id", flat=True))
        assert set(found.index().recordings) == there
        if step % 3 == 2:
            assert_as_plainly(dice.randrange(12))
    for number in free:
        sounds(number, f"rel_{number:02}")
    assert merges + found.merge_due(AT, ACTOR)
    assert_as_plainly(0)


def assert_as_plainly(number: int) -> None:
    """Asked for a stretch of `song(number)`, what is found is what the plain twin hears."""
    asked = wav(song(number, SECONDS)[2 * RATE_HZ : 8 * RATE_HZ])
    mine = [(m.release, m.heard_s, m.pitch_factor, m.tempo_factor, m.probability) for m in sounding.find(asked)]
    assert mine == [
        (m.recording, round(m.seconds, 1), m.pitch_factor, m.tempo_factor, m.probability) for m in heard(asked)
    ]


def test_a_question_reads_what_changed_and_not_what_there_is() -> None:
    """One question and one row where nothing did; of 300 releases as many as of 30 after one more, and after one fewer."""
    seen: dict[str, list[dict[str, int]]] = {"nothing": [], "one more": [], "one fewer": []}
    for first, last in ((0, 30), (30, 300)):
        names = [f"rel_{n:03}" for n in range(first, last)]
        digest = vault.put(pack(silent(names)))
        for name in names:
            issued(name, digest)
        assert len(found.index().recordings) == last
        with read() as counts:
            found.index()
        seen["nothing"].append(counts)
        issued(f"rel_more_{first}", vault.put(pack(silent([f"rel_more_{first}"]))))
        with read() as counts:
            assert f"rel_more_{first}" in found.index().recordings
        seen["one more"].append(counts)
        withdrawn(f"rel_more_{first}")
        with read() as counts:
            assert f"rel_more_{first}" not in found.index().recordings
        seen["one fewer"].append(counts)
    assert seen["nothing"] == [{"questions": 1, "rows": 1}] * 2
    for small, large in (seen["one more"], seen["one fewer"]):
        assert small == large and large["rows"] <= 4


def test_files_become_few_and_each_release_is_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty releases that came one by one lie in a handful of files, as after each release; whoever opens finds them all."""
    names = [f"rel_{n:02}" for n in range(30)]
    for name in names:
        issued(name, vault.put(pack(silent([name]))))
        found.merge_due(AT, ACTOR)
    assert len(set(ReleaseRow.objects.values_list("segment", flat=True))) <= 6
    monkeypatch.setattr(found._following, "held", None)
    assert sorted(found.index().recordings) == names


def test_what_is_withdrawn_while_files_are_merged_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fact names what still counted; and where another process merged the same first, nothing is said twice."""
    names = [f"rel_{n}" for n in range(3)]
    for name in names:
        issued(name, vault.put(pack(silent([name]))))
    put = vault.put

    def withdrawn_meanwhile(data: bytes) -> str:
        monkeypatch.setattr(vault, "put", put)
        withdrawn("rel_1")
        return put(data)

    monkeypatch.setattr(vault, "put", withdrawn_meanwhile)
    assert found.merge_due(AT, ACTOR) == 3
    assert found.index().recordings == ("rel_0", "rel_2")
    one = ReleaseRow.objects.get(id="rel_0").segment
    assert {placed.recording for placed in load(vault.checked_path(one)).placed} == set(names)
    assert ReleaseRow.objects.get(id="rel_1").segment != one

    def merged_meanwhile(data: bytes) -> str:
        monkeypatch.setattr(vault, "put", put)
        digest = put(data)
        with writing(ACTOR, AT) as journal:
            journal.append(FingerprintsMerged(segment=digest, releases=("rel_3", "rel_4", "rel_5")))
        return digest

    for name in ("rel_3", "rel_4", "rel_5"):
        issued(name, vault.put(pack(silent([name]))))
    monkeypatch.setattr(fingerprinting, "MERGED_BYTES_MOST", 3 * vault.checked_path(one).stat().st_size)
    monkeypatch.setattr(vault, "put", merged_meanwhile)
    found.merge_due(AT, ACTOR)
    assert sorted(found.index().recordings) == ["rel_0", "rel_2", "rel_3", "rel_4", "rel_5"]


def test_a_damaged_file_is_said_and_not_passed_over() -> None:
    """Nothing found must not be the answer of an index that could not be read."""
    sounds(0, "rel_0")
    path = vault.local_path(ReleaseRow.objects.get().segment)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(BadInput, match="damaged"):
        sounding.find(wav(song(0, 4)))
