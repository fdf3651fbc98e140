"""The catalogue kept in a process: whatever is written, by whomever, the next answer is that of the tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.stories.runner import World, tell
from tests.unit.clearance.scene import agreed

from accord.clearance import actions, keeping, loading, queries, rules
from accord.clearance.records import Question
from accord.journal.actions import rebuild
from accord.journal.pulse import Pulse, pulse
from accord.parties import accounts
from accord.terms.refusal import NotNow
from accord.terms.use import Use

pytestmark = pytest.mark.django_db(transaction=True)

SAID = (
    "K says yes to train in compose",
    "N takes back the yes to train in compose",
    "N says yes to train in compose",
    "N says no to train in compose for R",
    "Publisher P9",
    "Work W2 by A",
    "Recording R3 of W2 by K, on label L",
    "P claims 100 % of W2 everywhere",
    "L claims 100 % of the master of R3 everywhere",
    "L2 claims 100 % of the master of Q in FR",
    "P9 claims 50 % of W in JP",
    "K's verification is withdrawn",
    "A's verification is withdrawn",
)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Each test begins and ends without a kept catalogue: its tables are emptied from outside the journal."""
    keeping.forget()
    yield
    keeping.forget()


def same_as_tables(world: World) -> None:
    """The kept answers, the masks of the whole and the answers read anew are alike for every asset."""
    question = Question(Use.TRAIN, "compose", world.at)
    state = loading.current()
    anew = rules.decide_many(state, question, sorted(state.assets))
    assert queries.decide_many(sorted(state.assets), "train", "compose", world.at) == anew
    whole = queries.decide_all("train", "compose", world.at)
    assert {asset: whole.cleared(number) for number, asset in enumerate(whole.assets)} == {
        asset: answer.cleared for asset, answer in anew.items()
    }


def test_law_4_the_kept_catalogue_follows_every_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Laws 1, 2, 4: told by the journal alone, what is kept equals what is read anew after each fact, and is read once."""
    world = agreed()
    queries.decide_all("train", "compose", world.at)
    loads = []
    load = loading.load
    monkeypatch.setattr(keeping.loading, "load", lambda *asked: loads.append(asked) or load(*asked))
    for line in SAID:
        tell(line, world=world)
        loads.clear()
        queries.decide_all("train", "compose", world.at)
        assert not loads, line
        same_as_tables(world)
    hold = actions.place_hold(world.id("W"), "a copy", at=world.at, actor="t")
    same_as_tables(world)
    actions.lift_hold(hold, "it is not", at=world.at, actor="t")
    same_as_tables(world)
    rebuild()
    same_as_tables(world)


def test_law_4_an_answer_at_rest_asks_the_database_nothing() -> None:
    """Law 4 at its cheapest: with nothing written since, the pulse alone says so (on SQLite, where one host writes)."""
    world = agreed()
    queries.decide_all("train", "compose", world.at)
    asked: list[str] = []
    with connection.execute_wrapper(lambda execute, sql, *more: asked.append(sql) or execute(sql, *more)):
        assert queries.decide(world.id("R"), "train", "compose", world.at).cleared
    assert len(asked) == (0 if connection.vendor == "sqlite" else 1)


def test_law_4_what_is_undone_is_not_kept() -> None:
    """Law 4: a transaction that says yes and is undone leaves the kept catalogue as it was; within it its own facts count."""
    world = agreed()
    tell("N takes back the yes to train in compose", world=world)
    queries.decide_all("train", "compose", world.at)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell("N says yes to train in compose", world=world)
        assert queries.decide(world.id("R"), "train", "compose", world.at).cleared
        raise ZeroDivisionError
    assert not queries.decide(world.id("R"), "train", "compose", world.at).cleared
    same_as_tables(world)


def test_law_4_a_journal_that_is_another_is_read_anew() -> None:
    """Law 4: a database put back to an earlier day, or another's, has another entry at the last position: read anew."""
    from accord.journal.models import JournalEntry

    world = agreed()
    queries.decide_all("train", "compose", world.at)
    last = JournalEntry.objects.order_by("-position").first()
    assert last is not None
    tell("N takes back the yes to train in compose", world=world)
    with keeping.kept(world.at, whole=True) as kept:
        assert kept is not None and kept.state is not None
        kept.mark, kept.beat = loading.Mark(last.position, b"another"), None
    assert not queries.decide(world.id("R"), "train", "compose", world.at).cleared
    same_as_tables(world)


def test_a_clock_put_back_is_answered_and_then_followed() -> None:
    """Asked about an earlier instant than the last, the rule itself answers; asked again and again, the index follows."""
    world = agreed()
    queries.decide_all("train", "compose", world.at + timedelta(days=400))
    for _ in range(keeping.SET_BACK + 2):
        assert queries.decide(world.id("R"), "train", "compose", world.at).cleared
    with keeping.kept(world.at, whole=True) as kept:
        assert kept is not None and kept.index(Question(Use.TRAIN, "compose", world.at)) is not None


def test_the_pulse_is_shared_and_survives_a_kill(tmp_path: Path) -> None:
    """Two processes see each other's beats; one killed between begin and end leaves the pulse unsettled until the next."""
    mine = Pulse(tmp_path / "pulse")
    assert mine.settled() == 0
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; from accord.journal.pulse import Pulse;"
        "theirs = Pulse(Path(sys.argv[1]) / 'pulse'); n = theirs.begin();"
        "theirs.end(n) if sys.argv[3] == 'end' else os.kill(os.getpid(), 9)"
    )
    source = str(Path(__file__).resolve().parents[3] / "src")
    subprocess.run([sys.executable, "-c", program, str(tmp_path), source, "end"], check=True, env=os.environ)
    assert mine.settled() == 1
    subprocess.run([sys.executable, "-c", program, str(tmp_path), source, "die"], check=False, env=os.environ)
    assert mine.settled() is None
    mine.end(mine.begin())
    assert mine.settled() == 3


def test_ends_that_come_in_another_order_do_not_unsettle_for_good(tmp_path: Path) -> None:
    """A writer whose end is late does not take the counter back behind one that came after."""
    one = Pulse(tmp_path / "pulse")
    first = one.begin()
    second = one.begin()
    one.end(second)
    one.end(first)
    assert one.settled() == second


def test_a_write_beats_whether_it_is_kept_or_undone() -> None:
    """Every transaction of the journal moves the pulse, and leaves it at rest."""
    world = agreed()
    before = pulse().settled()
    assert before is not None
    tell("Publisher P10", world=world)
    with pytest.raises(ZeroDivisionError):
        from accord.journal.actions import writing

        with writing(actor="t", at=world.at):
            raise ZeroDivisionError
    after = pulse().settled()
    assert after is not None and after > before + 1


def test_law_4_without_its_lease_a_server_gives_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 4: where several hosts share a database, whoever has not heard from it answers 503 and says when to ask again."""
    world = agreed()
    monkeypatch.setattr(keeping, "between_hosts", lambda: True)
    keeping.follow(length_s=60)
    assert keeping._lease is not None
    until = time.monotonic() + 60
    while not keeping._lease.holds and time.monotonic() < until:
        time.sleep(0.01)
    try:
        queries.decide_all("train", "compose", world.at)
        asked = len(_queries_of(lambda: queries.decide(world.id("R"), "train", "compose", world.at)))
        assert asked == 0, "from memory"
        monkeypatch.setattr(type(keeping._lease), "holds", False)
        with pytest.raises(NotNow):
            queries.decide(world.id("R"), "train", "compose", world.at)
        key = accounts.issue_key(accounts.open_account("m@test.example", "a long test password", ["machine"]))
        body = {"assets": [world.id("R")], "use": "train", "feature": "compose"}
        client = Client(headers={"Authorization": f"Bearer {key}"})
        answer = client.post("/v1/clearances", json.dumps(body), "application/json")
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "1"
        assert answer.json()["type"] == "/problems/not-now"
    finally:
        keeping.follow_no_more()


def _queries_of(what: Callable[[], object]) -> list[dict[str, str]]:
    with CaptureQueriesContext(connection) as found:
        what()
    return found.captured_queries
