"""Works too: a quoted melody is found with its bars, explained or held; what is nobody's, and what is nothing, is let go."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.unit.integrity.music import song
from tests.unit.integrity.scenes import ACTOR, AT, TRUST, stored
from tests.unit.integrity.test_doors import PASSWORD, caller

from accord.catalog import actions as catalog
from accord.catalog.score import Note, Score, Track
from accord.clearance import queries as clearance
from accord.cli.__main__ import run
from accord.integrity import actions, melody, melody_search, queries, tunes
from accord.integrity.records import CaseKind, Verdict
from accord.journal.actions import rebuild
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM
from accord.terms.territory import WORLD, TerritorySet
from accord.vault import actions as vault

pytestmark = pytest.mark.django_db


def tune(seed: int, bars: int = 12, program: int = 0) -> Score:
    """A made-up tune of four quarters a bar in steps and leaps of C major."""
    dice, at, notes = random.Random(seed), 7, []
    scale = [12 * octave + step for octave in (4, 5, 6) for step in (0, 2, 4, 5, 7, 9, 11)]
    for place in range(4 * bars):
        at = min(20, max(0, at + dice.choice((-4, -3, -2, -1, 1, 2, 3, 5))))
        notes.append(Note(480 * place, 480, scale[at]))
    return Score(f"Tune {seed}", 120.0, (4, 4), "C major", (Track("melody", program, tuple(notes)),))


def quoting(work: int, host: int, semitones: int = 5) -> Score:
    """Eight bars of another tune with bars 3 to 10 of this work behind them, transposed."""
    bar = 4 * 480
    part = tune(work).between(2 * bar, 10 * bar).transposed(semitones).tracks[0].notes
    moved = tuple(Note(n.onset + 8 * bar, n.duration, n.pitch) for n in part)
    own = tune(host).between(0, 8 * bar)
    return Score("Mine", 90.0, (4, 4), "F major", (Track("flute", 73, (*own.tracks[0].notes, *moved)),))


def work_of(seed: int, arranges: str | None = None) -> str:
    """A work in the catalogue, with its score and a writer."""
    writer = parties.register_party("person", f"Writer {seed}", at=AT, actor=ACTOR)
    work = catalog.register_work(f"Work {seed}", [writer], arranges=arranges, at=AT, actor=ACTOR)
    catalog.register_score(work, f"Work {seed}", tune(seed).to_midi(), at=AT, actor=ACTOR)
    return work


def checked(score: Score, declared: frozenset[str] = frozenset()) -> Verdict:
    """A take of these notes, checked; its sound is nobody's."""
    return actions.check(
        "tak_1", stored(song(77, 6)), declared, "pty_maker", AT, ACTOR, midi=vault.put(score.to_midi())
    )


def test_a_quoted_melody_is_held_with_its_bars() -> None:
    """A transposed quotation opens a case that names the work, the bars of both and the writer, and holds the take."""
    works = [work_of(seed) for seed in range(4)]
    verdict = checked(quoting(2, host=50))
    assert not verdict.clear and verdict.case is not None
    case = queries.case(SYSTEM, verdict.case)
    match = case.melodies[0]
    assert (case.kind, match.work, match.query_bars, match.work_bars) == (CaseKind.MELODY, works[2], (9, 16), (3, 10))
    assert match.semitones == 5 and match.notes == 32 and match.changed == 0
    assert case.also and [hold.case for hold in clearance.holds()] == [case.id]


def test_nothing_is_found_in_a_tune_of_ones_own() -> None:
    """Tunes that are no work's are silent and clear."""
    for seed in range(4):
        work_of(seed)
    for seed in range(60, 70):
        assert tunes.find_melodies(tune(seed, 24)) == ()
    assert checked(tune(71)).clear


def test_only_what_is_new_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A score that comes is read and no other again; it is found, and so are those before it."""
    works = [work_of(seed) for seed in range(20, 23)]
    tunes.melodies()
    read: list[str] = []
    monkeypatch.setattr(vault, "read", lambda digest, real=vault.read: read.append(digest) or real(digest))
    works.append(work_of(23))
    for place, work in enumerate(works):
        assert [match.work for match in tunes.find_melodies(quoting(20 + place, host=58))] == [work]
    assert len(read) == 1


def test_a_crowded_query_names_no_more_than_can_be_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where keys name more than that, the commonest are left out, down to none; what is quoted note by note is found all the same."""
    works = melody_search.build((f"w{seed}", tune(seed)) for seed in range(8))
    (line,) = melody.lines(quoting(2, host=59))
    assert len(melody_search._on_the_beat(line, works)) > 0
    monkeypatch.setattr(melody_search, "MOST_NAMED", 0)
    assert len(melody_search._on_the_beat(line, works)) == 0
    assert [match.work for match in melody_search.search(quoting(2, host=59), works)] == ["w2"]


def test_a_declared_source_explains_its_melody() -> None:
    """A recording that is declared explains the melody of the work it embodies, and no other work's."""
    work = work_of(1)
    recording = catalog.register_recording("R", works=[work], at=AT, actor=ACTOR)
    verdict = checked(quoting(1, host=51), frozenset({recording}))
    assert verdict.clear and verdict.explained == (work,)
    assert not checked(quoting(1, host=52), frozenset({work_of(9)})).clear


def test_a_melody_that_is_nobodys_everywhere_explains_itself() -> None:
    """Public domain in the whole world explains a tune and the arrangements that hold it; in one territory it does not."""
    old = work_of(3)
    catalog.state_public_domain(old, TerritorySet.of("JP"), "its author died in 1700", at=AT, actor=ACTOR)
    assert not checked(quoting(3, host=53)).clear
    catalog.state_public_domain(old, WORLD, "its author died in 1700", at=AT, actor=ACTOR)
    setting = catalog.register_work("A setting", arranges=old, at=AT, actor=ACTOR)
    catalog.register_score(setting, "A setting", tune(3).to_midi(), at=AT, actor=ACTOR)
    verdict = checked(quoting(3, host=54))
    assert verdict.clear and set(verdict.explained) == {old, setting}


def test_melody_cases_are_the_same_after_a_rebuild() -> None:
    """Dropped and made again from the journal, checks and cases are what they were."""
    work_of(2)
    checked(quoting(2, host=55))
    before = queries.cases(SYSTEM), queries.checked("tak_1")
    rebuild()
    assert (queries.cases(SYSTEM), queries.checked("tak_1")) == before and before[0][0].melodies


def test_the_doors_say_whose_melody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`accord check` of a MIDI file exits 3 with the bars, 0 when declared; HTTP says the same; broken MIDI is one sentence."""
    work = work_of(2)
    path = tmp_path / "mine.mid"
    path.write_bytes(quoting(2, host=56).to_midi())
    assert run(["check", str(path)]) == 3
    assert "bars 9 to 16" in capsys.readouterr().out
    assert run(["check", str(path), "--declared", work, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["explained"] == {work: "a declared source"}
    sent = SimpleUploadedFile("mine.mid", path.read_bytes())
    found = caller("machine").post("/v1/checks/melody", {"file": sent}).json()
    assert [m["work"] for m in found["melodies"]] == [work] and found["explained"] == {}
    bad = caller("machine").post("/v1/checks/melody", {"file": SimpleUploadedFile("x.mid", b"MThd, not")})
    assert bad.status_code == 400 and "MIDI" in bad.json()["title"] + bad.json()["detail"]
    path.write_bytes(b"MThd, not")
    assert run(["check", str(path)]) == 2


def test_a_reader_sees_the_notes_side_by_side() -> None:
    """The case's page names the work, its bars and the notes; a reader decides there."""
    work_of(2)
    verdict = checked(quoting(2, host=57))
    account = parties.open_account("reader@melody.example", PASSWORD, ("trust",), (), at=AT)
    assert account
    browser = Client()
    browser.force_login(get_user_model().objects.get(email="reader@melody.example"))
    page = browser.get(f"/cases/{verdict.case}").content.decode()
    assert "The melody of “Work 2”" in page and "5 semitones higher" in page and "Uphold the finding" in page
    assert page.count("the same</td>") == 32
    assert queries.case(TRUST, str(verdict.case)).because.startswith("bars 9 to 16 hold the melody of")
    assert "nobody hears, uses or releases it" in page
    actions.decide(str(verdict.case), "dismissed", "a common phrase", account, AT, account)
    assert "no longer: it was let go" in browser.get(f"/cases/{verdict.case}").content.decode()
    plays = actions.open_case("plays", "cre_1", "pty_maker", "crowds", AT, account)
    assert "no: a case like this stops nothing" in browser.get(f"/cases/{plays}").content.decode()
