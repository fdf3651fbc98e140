"""An answer that goes on while a take is made: its lines, and a refusal as a page would say it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from accord.parties import actions as parties
from accord.studio import telling
from accord.terms.instant import parse
from accord.terms.refusal import BadInput, Refusal, Refused

pytestmark = pytest.mark.django_db


def lines(work: telling.Work, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said, with this thread's connection left open."""
    monkeypatch.setattr(telling, "connections", SimpleNamespace(close_all=lambda: None))
    said: list[str] = []
    telling._run(work, said.append)
    return said


def test_each_step_is_a_line_and_the_last_says_where_it_is(monkeypatch):
    """Steps in their order, then the address."""

    def work(say: Callable[[str], None]) -> str:
        say("writing")
        return "/studio/s#t"

    assert lines(work, monkeypatch) == ["say writing", "go /studio/s#t"]


def test_a_refusal_is_said_in_names_and_without_backticks(monkeypatch):
    """Ids of people become names, what was entered stands in quotation marks, and all of it is one line."""
    nina = parties.register_party("person", "Nina Test", at=parse("2026-06-01T00:00:00Z"), actor="acc_test")

    def refused(say: Callable[[str], None]) -> str:
        raise Refused(Refusal(code="a.b", because=f"{nina} said no to `remix`", hint="ask her", details=("one\ntwo",)))

    def unread(say: Callable[[str], None]) -> str:
        raise BadInput("`999` bars cannot be made", do="ask for 1 to 64")

    assert lines(refused, monkeypatch) == ["no Nina Test said no to “remix”: one two (ask her)"]
    assert lines(unread, monkeypatch) == ["no “999” bars cannot be made (ask for 1 to 64)"]
