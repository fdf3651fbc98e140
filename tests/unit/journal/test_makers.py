"""A home knows which code made its tables."""

from __future__ import annotations

import pytest
from tests.unit.metering.made import ACTOR, AT

from accord.cli.__main__ import run
from accord.journal import makers
from accord.journal.actions import rebuild
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


def test_the_mark_follows_the_code_and_the_columns() -> None:
    """It is over every projector's file, and what of its room the projector takes."""
    used = makers._used("accord.metering.project")
    assert {"accord.metering.project", "accord.metering.seen", "accord.metering.keys"} <= used
    assert not used & {"accord.metering.models", "accord.journal.registry"}
    assert len(makers.mark()) == 64
