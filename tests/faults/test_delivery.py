"""Deliveries that go wrong: bad input and failing storage. Each ends in one clear sentence and nothing half-written.

Every case runs the real intake; after it the journal has the same head and every table of facts the same rows. Then the
good delivery still goes in, so that nothing was left in its way.
"""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.catalog import messages as m

from accord.catalog import actions, audio_intake, deliveries, entering, queries
from accord.cli.__main__ import run
from accord.journal.actions import Writer
from accord.journal.queries import head, table_digest
from accord.terms.refusal import BadInput

pytestmark = pytest.mark.django_db
GOOD = m.ern()
BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>"""
CWR = m.cwr(m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100")))

MESSAGES = {
    "empty": (b"", "empty|nothing"),
    "not XML": (b"\x00\x01\x02 hello", "XML"),
    "another XML": (b"<html><body/></html>", "another XML"),
    "an entity bomb": (BOMB, "document type"),
    "a truncated message": (GOOD[: len(GOOD) // 2], "breaks off|not readable|ends"),
    "an ISRC with a letter too many": (GOOD.replace(m.ISRC.encode(), m.ISRC.encode() + b"X"), "ISRC"),
    "shares of 110 %": (
        m.ern(m.recording(rights=tuple(m.RightsController(party=p, share=m.Fraction(55, 100)) for p in ("PL", "PN")))),
        "110",
    ),
    "a party that is not listed": (
        GOOD.replace(b"<ArtistPartyReference>PN", b"<ArtistPartyReference>PX"),
        "lists no party",
    ),
    "a recording without ISRC": (m.ern(m.recording(isrc="")), "no ISRC"),
    "one ISRC twice": (m.ern(m.recording(), m.recording(reference="A9")), "names two recordings"),
    "a CWR line cut short": (b"\r\n".join([*CWR.split(b"\r\n")[:3], CWR.split(b"\r\n")[3][:30]]), "line 4"),
    "a CWR file without its end": (CWR[: CWR.rindex(b"TRL")], "TRL|ends"),
    "a path out of the folder": (GOOD.replace(b"<URI>a1.wav", b"<URI>../../etc/passwd"), "leads out"),
    "an absolute path": (GOOD.replace(b"<URI>a1.wav", b"<URI>/etc/passwd"), "leads out"),
    "a web address": (GOOD.replace(b"<URI>a1.wav", b"<URI>http://example.org/a1.wav"), "leads out"),
}


def wav_claiming(size: int) -> bytes:
    """A WAV of 44 bytes whose data chunk says it holds `size` bytes."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 44100, 88200, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", size + 36, b"WAVE") + form + struct.pack("<4sI", b"data", size)


AUDIO = {
    "a zero-byte WAV": ("a1.wav", b"", "is empty"),
    "a claim of 1 GB in a header": ("a1.wav", wav_claiming(1 << 30), "claims 1,073,741,824 bytes"),
    "a WAV of no samples": ("a1.wav", wav_claiming(0), "holds no audio"),
    "text called audio": ("a1.wav", b"la la la", "is not audio"),
    "a missing file": ("a1.wav", None, "is not there"),
    "an empty stem": ("stems/voice.wav", b"", "is empty"),
    "a missing stem": ("stems/voice.wav", None, "is not there"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    m.verified("Harbour Records", "label", dpid=m.LABEL_DPID)
    m.audio(tmp_path, "a1.wav", "stems/piano.wav", "stems/voice.wav")
    return tmp_path


def deliver(folder: Path, data: bytes) -> object:
    (folder / "message.xml").write_bytes(data)
    return actions.deliver(folder / "message.xml", **m.DOOR)


def nothing_changed(folder: Path, data: bytes, sentence: str) -> None:
    """Deliver, expect the sentence, and find everything as it was; then the good delivery goes in."""
    before, tables = head(), table_digest()
    with pytest.raises(BadInput, match=sentence) as refused:
        deliver(folder, data)
    assert "\n" not in str(refused.value)
    assert head() == before and table_digest() == tables


@pytest.mark.parametrize("case", list(MESSAGES))
def test_a_bad_message_is_one_sentence(folder: Path, case: str) -> None:
    """A message that cannot be believed is named in one sentence, and nothing of it is kept."""
    nothing_changed(folder, *MESSAGES[case])
    deliver(folder, GOOD)
    assert queries.find("isrc", m.ISRC)


def test_a_work_of_110_percent_is_one_sentence(folder: Path) -> None:
    """A registration whose shares pass the whole is refused, naming the sum."""
    both = (m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "55"), m.publisher(m.PUBLISHER_2, "SOUTHLIGHT", "55"))
    nothing_changed(folder, m.cwr(m.work(*both)), "110")


@pytest.mark.parametrize("case", list(AUDIO))
def test_bad_audio_is_one_sentence(folder: Path, case: str) -> None:
    """Audio that is not there, or not what it claims, keeps the whole delivery out."""
    name, data, sentence = AUDIO[case]
    file = folder / name
    if data is None:
        file.unlink()
    else:
        file.write_bytes(data)
    nothing_changed(folder, GOOD, sentence)
    m.audio(folder, name)
    deliver(folder, GOOD)
    assert queries.find("isrc", m.ISRC).audio


def test_a_file_with_another_hash_keeps_the_delivery_out(folder: Path) -> None:
    """Audio whose stated hash is another's is not taken for it."""
    file = m.DeliveredFile(reference="T1", uri="a1.wav", algorithm="SHA-256", digest="00" * 32)
    nothing_changed(folder, m.ern(m.recording(files=(file,))), "is not the file that the message states")


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A symbolic link beside the message leads nowhere outside it."""
    outside = tmp_path_factory.mktemp("outside")
    m.audio(outside, "a1.wav")
    (folder / "a1.wav").unlink()
    (folder / "a1.wav").symlink_to(outside / "a1.wav")
    nothing_changed(folder, GOOD, "leads out")


class Crash(Exception):
    """The disk, the network or the process went away."""


APPENDS = 7  # parties (3), delivery, recording, stems … : the first appends of the good delivery


@pytest.mark.parametrize("number", range(1, APPENDS + 1))
@pytest.mark.parametrize("persisted", [False, True], ids=["fails", "fails but persisted"])
def test_a_failing_append_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, persisted: bool
) -> None:
    """Whichever fact of a delivery cannot be written, before or after it was, none of them is there; again, all are."""
    before, tables, calls = head(), table_digest(), 0
    plain = Writer.append

    def append(self: Writer, fact: object) -> object:
        nonlocal calls
        calls += 1
        if calls == number and not persisted:
            raise Crash
        entry = plain(self, fact)  # type: ignore[arg-type]
        if calls == number:
            raise Crash
        return entry

    monkeypatch.setattr(Writer, "append", append)
    with pytest.raises(Crash):
        deliver(folder, GOOD)
    assert head() == before and table_digest() == tables
    monkeypatch.setattr(Writer, "append", plain)
    assert not deliver(folder, GOOD).again  # type: ignore[attr-defined]


STEPS: dict[str, tuple[object, str]] = {
    "the vault": (audio_intake.vault, "put"),
    "the private store": (deliveries.private, "put"),
    "recognising parties": (deliveries.parties, "recognise"),
    "linking works": (entering, "link"),
}


@pytest.mark.parametrize("step", list(STEPS))
@pytest.mark.parametrize("persisted", [False, True], ids=["fails", "fails but persisted"])
def test_a_failing_store_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, persisted: bool
) -> None:
    """Whichever store fails, before or after it kept its part, no fact tells of the delivery; again, it goes in."""
    before, tables = head(), table_digest()
    place, name = STEPS[step]
    plain: Callable[..., object] = getattr(place, name)

    def fail(*args: object, **kwargs: object) -> object:
        if persisted:
            plain(*args, **kwargs)
        raise Crash

    monkeypatch.setattr(place, name, fail)
    with pytest.raises(Crash):
        deliver(folder, GOOD)
    assert head() == before and table_digest() == tables
    monkeypatch.setattr(place, name, plain)
    assert not deliver(folder, GOOD).again  # type: ignore[attr-defined]


def test_an_answer_that_got_lost_is_given_again(folder: Path) -> None:
    """When the delivery was written and only its report was lost, delivering again returns it and writes nothing."""
    first = deliver(folder, GOOD)
    at = head()
    again = deliver(folder, GOOD)
    assert again.delivery == first.delivery and head() == at  # type: ignore[attr-defined]


@pytest.mark.parametrize("case", ["not XML", "shares of 110 %", "a CWR line cut short"])
def test_the_command_says_it_in_one_line_and_leaves_with_2(
    folder: Path, case: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`accord deliver` prints one sentence on standard error and exits 2."""
    monkeypatch.setattr("accord.open", lambda home=None: folder)
    (folder / "bad.xml").write_bytes(MESSAGES[case][0])
    assert run(["deliver", str(folder / "bad.xml")]) == 2
    captured = capsys.readouterr()
    assert "\n" not in captured.err.strip() and "Traceback" not in captured.err


KILLED = """
import os, signal, sys
import accord
accord.open(sys.argv[1])
from pathlib import Path
from accord.catalog import actions
from accord.journal.actions import Writer
plain, calls = Writer.append, 0
def append(self, fact):
    global calls
    calls += 1
    if calls == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(self, fact)
Writer.append = append
from datetime import UTC, datetime
actions.deliver(Path(sys.argv[2]), at=datetime(2026, 4, 2, tzinfo=UTC), actor="acc_test")
"""
AFTERWARDS = """
import sys
import accord
accord.open(sys.argv[1])
from pathlib import Path
from accord.catalog import actions, queries
from accord.journal.actions import verify
from accord.journal.queries import head, table_digest
from datetime import UTC, datetime
assert head() == 0 and queries.stats()["recordings"] == 0, "something was half-written"
report = actions.deliver(Path(sys.argv[2]), at=datetime(2026, 4, 2, tzinfo=UTC), actor="acc_test")
assert not report.again and len(report.recordings) == 1
assert verify().faults == ()
"""


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("number", [5])
def test_a_killed_process_leaves_nothing(folder: Path, tmp_path_factory: pytest.TempPathFactory, number: int) -> None:
    """Kill -9 in the midst of a delivery: the next process finds an empty journal that verifies, and delivers."""
    home, message = tmp_path_factory.mktemp("home"), folder / "message.xml"
    message.write_bytes(GOOD)
    elsewhere = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ACCORD_TEST_DB", "ACCORD_HOME")}
    words = [str(home), str(message), str(number)]
    killed = subprocess.run([sys.executable, "-c", KILLED, *words], env=elsewhere, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    after = subprocess.run([sys.executable, "-c", AFTERWARDS, *words], env=elsewhere, check=False, capture_output=True)
    assert after.returncode == 0, after.stderr.decode()
