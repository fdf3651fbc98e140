"""The melodies that are looked for: laid out in a file or not, the same works; what comes and goes holds from the next search on."""

from __future__ import annotations

import logging
import random

import pytest
from tests.unit.integrity.scenes import ACTOR, AT
from tests.unit.integrity.test_melodies import quoting, work_of

from accord.catalog import actions as catalog
from accord.cli.__main__ import run
from accord.integrity import actions, tunes, works
from accord.journal.actions import rebuild
from accord.journal.queries import facts_of
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_file_is_worth_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "LAID_FROM", 1)
    monkeypatch.setattr(works, "_held", {})


def found(work: int, host: int = 90) -> list[str]:
    """The works that are found in a piece that quotes one."""
    return [match.work for match in tunes.find_melodies(quoting(work, host))]


def another_process(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nothing is held any more; which files of the vault are read whole from here on."""
    read: list[str] = []
    monkeypatch.setattr(works, "_held", {})
    monkeypatch.setattr(vault, "read", lambda digest, real=vault.read: read.append(digest) or real(digest))
    return read


def test_a_file_answers_as_the_scores_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens the file reads no score and says the same, to the last bit of evidence; a rebuild changes nothing."""
    for seed in range(5):
        work_of(seed)
    before = [tunes.find_melodies(quoting(seed, 91)) for seed in range(6)]
    assert actions.lay_out_melodies(AT, ACTOR) == 5
    read = another_process(monkeypatch)
    assert [tunes.find_melodies(quoting(seed, 91)) for seed in range(6)] == before and any(before)
    rebuild()
    assert [tunes.find_melodies(quoting(seed, 91)) for seed in range(6)] == before
    assert read == []


def test_a_score_that_comes_later_is_read_beside_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found at once, by those that hold the file and those that open it, and it alone is read."""
    old = [work_of(seed) for seed in range(3)]
    actions.lay_out_melodies(AT, ACTOR)
    read = another_process(monkeypatch)
    assert found(1) == [old[1]]
    new = work_of(7)
    assert found(7) == [new] and found(2) == [old[2]] and len(read) == 1
    monkeypatch.setattr(works, "_held", {})
    assert found(7) == [new] and len(read) == 2


def test_nothing_is_laid_out_that_is_not_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few works need no file, and a file is not written again for one work in many."""
    monkeypatch.setattr(works, "LAID_FROM", 3)
    work_of(0), work_of(1)
    assert actions.lay_out_melodies(AT, ACTOR) == 0
    for seed in range(2, 20):
        work_of(seed)
    assert actions.lay_out_melodies(AT, ACTOR) == 20
    work_of(20)
    assert actions.lay_out_melodies(AT, ACTOR) == 0
    work_of(21)
    assert actions.lay_out_melodies(AT, ACTOR) == 22


def test_a_reader_of_the_file_before_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file takes nothing from who looks through the one before; the next search is in the new one."""
    work = work_of(0)
    actions.lay_out_melodies(AT, ACTOR)
    another_process(monkeypatch)
    before = works.melodies()
    new = work_of(1)
    actions.lay_out_melodies(AT, ACTOR)
    assert [len(part.works) for part in before] == [1, 0]
    assert [part.works for part in works.melodies()] == [(work, new), ()]


def test_a_file_that_no_fact_names_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends between the file and its fact leaves what was; the next one lays it out."""
    work = work_of(0)

    def killed(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(works, "writing", killed)
        actions.lay_out_melodies(AT, ACTOR)
    assert found(0) == [work] and not list(facts_of("integrity.melodies-laid-out"))
    assert actions.lay_out_melodies(AT, ACTOR) == 1 and found(0) == [work]


@pytest.mark.parametrize("harm", ["missing", "cut short", "another"])
def test_a_damaged_file_costs_time_alone(
    harm: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The scores are read anew, with a word in the log, and the work is found."""
    work = work_of(0)
    actions.lay_out_melodies(AT, ACTOR)
    path = vault.local_path(works.held().file)
    kept = path.read_bytes()
    path.chmod(0o600)
    path.unlink()
    if harm != "missing":
        path.write_bytes(kept[:-9] if harm == "cut short" else b"\0" * len(kept))
    read = another_process(monkeypatch)
    with caplog.at_level(logging.WARNING, "accord"):
        assert found(0) == [work] and found(0) == [work]
    path.write_bytes(kept)  # the folder is every test's
    assert len(read) == 1 and caplog.text.count("read anew") == 1


@pytest.mark.parametrize("laid", [False, True])
def test_a_withdrawn_work_is_not_found_from_the_next_search_on(laid: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process and in one that opens a file from before or after; wanted again, it is found as it was."""
    works_ = [work_of(seed) for seed in range(3)]
    before = tunes.find_melodies(quoting(1, 92))
    if laid:
        actions.lay_out_melodies(AT, ACTOR)
        assert found(1) == [works_[1]]
    actions.withdraw_melody(works_[1], "its writer asked", AT, ACTOR)
    assert found(1) == [] and found(2) == [works_[2]]
    monkeypatch.setattr(works, "_held", {})
    assert found(1) == []
    if laid:
        assert actions.lay_out_melodies(AT, ACTOR) == 2
        monkeypatch.setattr(works, "_held", {})
        assert found(1) == []
    with pytest.raises(BadInput, match="no work whose melody"):
        actions.withdraw_melody(works_[1], "again", AT, ACTOR)
    actions.want_melody(works_[1], AT, ACTOR)
    assert found(1) == [works_[1]]
    monkeypatch.setattr(works, "_held", {})
    assert found(1) == [works_[1]]
    rebuild()
    assert found(1) == [works_[1]]
    with pytest.raises(BadInput, match="was not withdrawn"):
        actions.want_melody(works_[1], AT, ACTOR)
    if not laid:
        assert tunes.find_melodies(quoting(1, 92)) == before


def test_the_command_line_withdraws_a_work_and_looks_for_it_again(capsys: pytest.CaptureFixture[str]) -> None:
    """By its id, like a recording; what has no score was never looked for."""
    work = work_of(0)
    assert run(["fingerprint", "withdraw", work, "--because", "its writer asked"]) == 0
    assert found(0) == []
    assert run(["fingerprint", "index", work]) == 0
    assert found(0) == [work]
    assert run(["fingerprint", "index"]) == 0
    assert "1 melodies of works are laid out" in capsys.readouterr().out
    bare = catalog.register_work("No score", [], at=AT, actor=ACTOR)
    assert run(["fingerprint", "withdraw", bare, "--because", "x"]) == 2


def test_whatever_comes_goes_and_is_laid_out_the_same_works_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a plain set, in a process that follows and in one that opens what lies there."""
    dice, wanted, gone = random.Random(5), set[str](), set[str]()
    monkeypatch.setattr(works, "RENEWED", 4)
    for step in range(40):
        what = dice.choice(("come", "come", "withdraw", "want", "lay out", "open"))
        if what == "come":
            wanted.add(work_of(100 + step))
        elif what == "withdraw" and wanted:
            gone.add(one := dice.choice(sorted(wanted)))
            wanted.discard(one)
            actions.withdraw_melody(one, "", AT, ACTOR)
        elif what == "want" and gone:
            wanted.add(one := dice.choice(sorted(gone)))
            gone.discard(one)
            actions.want_melody(one, AT, ACTOR)
        elif what == "lay out":
            actions.lay_out_melodies(AT, ACTOR)
        elif what == "open":
            monkeypatch.setattr(works, "_held", {})
        parts = works.melodies()
        looked_for = [w for part in parts for w, live in zip(part.works, part.live, strict=True) if live]
        assert sorted(looked_for) == sorted(wanted)
