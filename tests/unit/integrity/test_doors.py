"""Integrity over HTTP and on the command line: who may, what comes back, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.unit.integrity.music import RATE_HZ, song, stretched, wav
from tests.unit.integrity.scenes import ACTOR, AT, indexed, recording, stored

from accord.cli.__main__ import run
from accord.integrity import actions, checking, queries
from accord.integrity.records import CaseKind
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

pytestmark = pytest.mark.django_db
Out = pytest.CaptureFixture[str]
PASSWORD = "correct horse battery staple"
counter = iter(range(10_000))


def caller(*roles: str, parties_: tuple[str, ...] = ()) -> Client:
    """A client with the key of an account that has these roles and acts for these parties."""
    account = parties.open_account(f"i{next(counter)}@example.org", PASSWORD, roles, parties_, at=AT)
    return Client(headers={"Authorization": f"Bearer {parties.issue_key(account, at=AT)}"})


def file(sound: np.ndarray, name: str = "song.wav") -> SimpleUploadedFile:
    """A sound as an uploaded file."""
    return SimpleUploadedFile(name, wav(sound), "audio/wav")


def case_of(maker: str) -> str:
    """A case about a copy by this party."""
    indexed()
    verdict = actions.check("tak_1", stored(stretched(song(1, 30), 2)), frozenset(), maker, AT, ACTOR)
    return str(verdict.case)


def post(client: Client, path: str, body: Any) -> Any:
    """POST JSON."""
    return client.post(f"/v1/{path}", body, content_type="application/json")


def test_a_check_names_what_is_there_and_nothing_else() -> None:
    """POST /checks answers with the matches; silence about unrelated sound; a problem document for no sound. Whose protected
    voice it is, is not told to a machine."""
    made = indexed()
    client = caller("machine")
    found = client.post("/v1/checks", {"file": file(song(1, 12))}).json()["matches"]
    assert [m["recording"] for m in found] == [made[1]]
    assert client.post("/v1/checks", {"file": file(song(40, 12))}).json() == {"matches": [], "voices": None}
    bad = client.post("/v1/checks", {"file": SimpleUploadedFile("x.wav", b"no sound at all")})
    assert bad.status_code == 400 and "x.wav" in bad.json()["detail"]


def test_a_check_is_not_for_everybody() -> None:
    """What is in the catalogue is not told to a creator by trial; without a key it is 401."""
    assert caller("creator").post("/v1/checks", {"file": file(song(1, 4))}).status_code == 404
    assert Client().post("/v1/checks", {"file": file(song(1, 4))}).status_code == 401


def test_a_case_goes_its_way_over_http() -> None:
    """Trust decides, the maker appeals, the same reader is refused, another one closes it."""
    maker = parties.register_party("person", "Maker", at=AT, actor=ACTOR)
    case = case_of(maker)
    own, one, two = caller("creator", parties_=(maker,)), caller("trust"), caller("trust")
    assert [c["id"] for c in own.get("/v1/cases").json()] == [case]
    assert post(own, f"cases/{case}/decision", {"outcome": "dismissed", "because": "mine"}).status_code == 404
    assert post(one, f"cases/{case}/decision", {"outcome": "maybe", "because": "?"}).status_code == 400
    assert post(one, f"cases/{case}/decision", {"outcome": "upheld", "because": "it is"}).json()["state"] == "decided"
    assert post(own, f"cases/{case}/appeal", {"statement": "no"}).json()["state"] == "appealed"
    again = post(one, f"cases/{case}/decision", {"outcome": "upheld", "because": "still"})
    assert again.status_code == 403 and again.json()["type"] == "/problems/integrity.second-reader"
    closed = post(two, f"cases/{case}/decision", {"outcome": "dismissed", "because": "played anew"}).json()
    assert closed["state"] == "closed" and len(closed["readings"]) == 2


def test_a_player_seeks_in_the_sound_of_a_case_without_the_whole_file_being_read(monkeypatch: Any) -> None:
    """A range is answered with just its bytes, read as such; the file was hashed once, and a damaged one plays nothing."""
    sound = wav(song(1, 4))
    digest = vault.put(sound)
    case = actions.open_case(CaseKind.COPY, "tak_1", "pty_maker", "by hand", AT, ACTOR, audio_digest=digest)
    parties.open_account("player@example.org", PASSWORD, ["trust"], (), at=AT)
    browser = Client()
    browser.force_login(get_user_model().objects.get(email="player@example.org"))
    monkeypatch.setattr(vault, "read", lambda _: pytest.fail("the whole file was read"))
    page = f"/cases/{case}/sound/subject"
    for first, last in ((0, 9), (1000, 1999), (len(sound) - 5, len(sound) - 1)):
        answer = browser.get(page, headers={"Range": f"bytes={first}-{last}"})
        assert answer.status_code == 206 and answer.content == sound[first : last + 1]
    path = vault.local_path(digest)
    path.write_bytes(sound[:-1] + b"x")
    assert browser.get(page, headers={"Range": "bytes=0-9"}).status_code == 400


def test_law_10_a_stranger_finds_no_case() -> None:
    """Law 10: another creator gets 404 for the case, its appeal, and an empty list."""
    case = case_of("pty_maker")
    other = parties.register_party("person", "Other", at=AT, actor=ACTOR)
    stranger = caller("creator", parties_=(other,))
    assert stranger.get("/v1/cases").json() == []
    assert stranger.get(f"/v1/cases/{case}").status_code == 404
    assert post(stranger, f"cases/{case}/appeal", {"statement": "no"}).status_code == 404


def test_uploads_are_their_accounts_own() -> None:
    """An upload is taken in, with its case; another account does not see it."""
    indexed()
    mine, other = caller("creator"), caller("creator")
    made = mine.post("/v1/uploads", {"file": file(song(1, 30)), "title": "Mine", "artist": "Me"}).json()
    assert queries.case(SYSTEM, made["cases"][0]).kind == "duplicate"
    assert mine.get(f"/v1/uploads/{made['id']}").json()["title"] == "Mine"
    assert other.get(f"/v1/uploads/{made['id']}").status_code == 404 and other.get("/v1/uploads").json() == []


def test_check_on_the_command_line(tmp_path: Path, capsys: Out) -> None:
    """`accord check`: 0 when nothing is found or it is declared, 3 for a match, 2 for no audio."""
    made = indexed()
    (tmp_path / "copy.wav").write_bytes(wav(stretched(song(1, 20), -2)))
    (tmp_path / "own.wav").write_bytes(wav(song(41, 12)))
    (tmp_path / "empty.wav").write_bytes(b"")
    assert run(["check", str(tmp_path / "own.wav")]) == 0
    assert "nothing found" in capsys.readouterr().out
    assert run(["check", str(tmp_path / "copy.wav"), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["matches"][0]["recording"] == made[1]
    assert run(["check", str(tmp_path / "copy.wav"), "--declared", made[1]]) == 0
    assert "-2.0 semitones" in capsys.readouterr().out
    assert run(["check", str(tmp_path / "empty.wav")]) == 2 and "is empty" in capsys.readouterr().err
    assert run(["check", str(tmp_path / "absent.wav")]) == 2


def test_a_file_is_looked_into_piece_by_piece_as_in_one_go(tmp_path: Path) -> None:
    """The same matches from a file on the disk as from its bytes; silence before and after changes nothing."""
    indexed()
    sound = np.concatenate([song(80, 8), stretched(song(1, 30), 2)[RATE_HZ * 8 : RATE_HZ * 18], song(81, 6)])
    path = tmp_path / "long.wav"
    path.write_bytes(wav(sound))
    found = checking.look_into_file(path)
    assert found == checking.look_into(path.read_bytes()) and len(found[0]) == 1


def test_a_recording_of_more_than_two_hours_is_checked(tmp_path: Path, capsys: Out) -> None:
    """Two hours and a minute of silence, then ten seconds of Recording 1: found where it is; over HTTP two hours are the most."""
    indexed()
    path = tmp_path / "stream.flac"
    quiet = np.zeros(RATE_HZ * 60, np.float32)
    with soundfile.SoundFile(path, "w", RATE_HZ, 1, format="FLAC") as file:
        for _ in range(121):
            file.write(quiet)
        file.write(song(1, 30)[RATE_HZ * 8 : RATE_HZ * 18])
    assert run(["check", str(path), "--json"]) == 3
    (match,) = json.loads(capsys.readouterr().out)["matches"]
    assert abs(match["query_start_s"] - 121 * 60) < 1 and abs(match["ref_start_s"] - 8) < 1
    with pytest.raises(BadInput, match="more than 2"):
        checking.look_into(path.read_bytes())


def test_fingerprints_on_the_command_line(capsys: Out) -> None:
    """`accord fingerprint`: index what is new, list, withdraw."""
    made = recording("Recording 3", song(3, 15))
    assert run(["fingerprint", "index", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["indexed"] == 1
    assert run(["fingerprint", "index", made]) == 0 and run(["fingerprint", "list"]) == 0
    assert "Recording 3" in capsys.readouterr().out
    assert run(["fingerprint", "withdraw", made, "--because", "the label asked"]) == 0
    assert run(["fingerprint", "withdraw", made, "--because", "again"]) == 2
    assert queries.fingerprinted() == {}


def test_cases_on_the_command_line(capsys: Out) -> None:
    """`accord case`: list, show, decide, appeal; a reader cannot read twice (exit 3)."""
    case = case_of("pty_maker")
    assert run(["case", "list"]) == 0 and case in capsys.readouterr().out
    assert run(["case", "decide", case, "upheld", "--because", "it is", "--reader", "acc_one"]) == 0
    assert run(["case", "appeal", case, "--statement", "no", "--by", "pty_maker"]) == 0
    assert run(["case", "decide", case, "upheld", "--because", "still", "--reader", "acc_one"]) == 3
    assert "a second reader decides" in capsys.readouterr().err
    assert run(["case", "decide", case, "upheld", "--because", "yes", "--reader", "acc_two"]) == 0
    assert run(["case", "show", case, "--json"]) == 0
    assert run(["case", "show", "case_none"]) == 2 and run(["case", "lapse"]) == 0


def test_an_upload_on_the_command_line(tmp_path: Path, capsys: Out) -> None:
    """`accord upload`: 3 when it becomes a case, 0 when not."""
    indexed()
    (tmp_path / "a.wav").write_bytes(wav(song(1, 30)))
    (tmp_path / "b.wav").write_bytes(wav(song(42, 8)))
    assert run(["upload", str(tmp_path / "a.wav"), "--title", "A", "--account", "acc_up"]) == 3
    assert "under another name" in capsys.readouterr().out
    assert run(["upload", str(tmp_path / "b.wav"), "--title", "B", "--account", "acc_up"]) == 0
