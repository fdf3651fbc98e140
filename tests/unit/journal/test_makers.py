"""A home knows which code made its tables."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.unit.metering.made import ACTOR, AT

from accord.cli.__main__ import run
from accord.journal import makers
from accord.journal.actions import rebuild
from accord.journal.queries import projected_models
from accord.parties import actions as parties
from accord.server import opening

pytestmark = pytest.mark.django_db


def test_a_new_home_is_of_the_code_that_opened_it() -> None:
    """And stays so when things happen in it."""
    assert makers.behind() == ""
    parties.register_party("person", "Nina", at=AT, actor=ACTOR)
    assert makers.behind() == ""


def test_a_home_made_by_other_code_is_told_until_it_is_rebuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one from before homes kept it."""
    makers.note()
    parties.register_party("person", "Nina", at=AT, actor=ACTOR)
    monkeypatch.setattr(makers, "mark", lambda: "other code")
    assert makers.behind() == makers.BEHIND
    rebuild()
    assert makers.behind() == ""
    makers.JournalMaker.objects.all().delete()
    assert "accord journal rebuild" in makers.behind()


def test_the_command_line_says_it_once_beside_what_it_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the standard error, so that what machines read is as before; not to who is about to rebuild."""
    monkeypatch.setattr(opening, "_to_tell", [makers.BEHIND])
    assert run(["pay", "runs", "--json"]) == 0
    told = capsys.readouterr()
    assert told.out.strip() == "[]" and told.err.startswith("note: the tables of this home")
    assert run(["pay", "runs"]) == 0 and capsys.readouterr().err == ""
    monkeypatch.setattr(opening, "_to_tell", [makers.BEHIND])
    assert run(["journal", "rebuild"]) == 0 and "note" not in capsys.readouterr().err


def test_the_mark_follows_the_code_and_the_columns(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is over every projector's file, and what of its room the projector takes: another line of code or another column
    is another mark."""
    used = makers._used("accord.metering.project")
    assert {"accord.metering.project", "accord.metering.seen", "accord.metering.keys"} <= used
    assert not used & {"accord.metering.models", "accord.journal.registry"}
    mark = makers.mark.__wrapped__
    as_it_is = mark()
    assert mark() == as_it_is and len(as_it_is) == 64
    seen = sys.modules["accord.metering.seen"]
    other = tmp_path / "seen.py"
    other.write_bytes(Path(str(seen.__file__)).read_bytes() + b"\n# another line\n")
    with monkeypatch.context() as patch:
        patch.setattr(seen, "__file__", str(other))
        assert mark() != as_it_is
    with monkeypatch.context() as patch:
        patch.setattr(makers, "projected_models", lambda: projected_models()[1:])
        assert mark() != as_it_is
    assert mark() == as_it_is
