"""Docs that must not lie: settings, verbs, rooms and words."""

from __future__ import annotations

import re
from pathlib import Path

from accord.server.rooms import ROOMS
from tests.house.commands import reference
from tests.house.properties import LAWS, rows, table

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "accord"


def test_every_setting_is_documented() -> None:
    """docs/settings.md names each environment variable that the code reads, and no other."""
    read = set()
    for file in [*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        read |= set(re.findall(r"environ(?:\.get\(|\[)\"((?:ACCORD_|DATABASE_URL)\w*)\"", file.read_text()))
    documented = set(re.findall(r"`(ACCORD_\w+|DATABASE_URL)(?:=1)?`", (ROOT / "docs" / "settings.md").read_text()))
    assert read - {"ACCORD_TEST_DB"} <= documented


def test_every_evaluation_and_bench_finds_what_it_imports() -> None:
    """Each is run as a file, from anywhere: one that imports a neighbour says where neighbours are."""
    for file in [*(ROOT / "eval").glob("*.py"), *(ROOT / "bench").glob("*.py")]:
        text = file.read_text()
        needs = "__main__" in text and re.search(r"^(?:from|import) (?:eval|bench)\b", text, re.M)
        assert not needs or "sys.path.append(str(Path(__file__).resolve().parents[1]))" in text, file


def test_every_room_says_what_it_reads_writes_and_holds() -> None:
    """A reader knows a room from its first lines."""
    for room in ROOMS:
        text = (SOURCE / room / "__init__.py").read_text()
        assert all(re.search(rf'^(?:"""\w*)?{word}:?\s', text, re.M) for word in ("Reads", "Writes", "Holds")), room


def test_the_command_reference_is_as_the_verbs_are() -> None:
    """docs/commands.md says what `accord VERB --help` says."""
    assert (ROOT / "docs" / "commands.md").read_text() == reference()


def test_files_are_short() -> None:
    """A file has one subject: none is over 400 lines."""
    long = {str(f.relative_to(ROOT)): n for f in SOURCE.rglob("*.py") if (n := len(f.read_text().splitlines())) > 400}
    assert long == {}


def test_every_law_has_a_test_that_names_it() -> None:
    """The ten laws of the design are held by tests, and tests/PROPERTIES.md lists them."""
    named = {law for laws, _ in rows() for law in laws}
    assert named == set(LAWS)
    assert (ROOT / "tests" / "PROPERTIES.md").read_text() == table()
