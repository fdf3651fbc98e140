"""Law 4 under way: readers decide without pause while a writer says yes and takes it back."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections
from tests.stories.runner import World
from tests.unit.clearance.scene import agreed

from accord.clearance import queries
from accord.participation import actions as participation

ROUNDS = 12


class Reader(threading.Thread):
    """Decides again and again; keeps (begun, ended, yes?) of each decision."""

    def __init__(self, world: World, stop: threading.Event) -> None:
        super().__init__()
        self.world, self.stop, self.seen = world, stop, []

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                begun = time.monotonic()
                try:
                    answer = queries.decide(self.world.id("R"), "train", "compose", self.world.at + timedelta(days=1))
                except OperationalError:  # a database in memory does not wait for its writer; no answer was given
                    continue
                self.seen.append((begun, time.monotonic(), bool(answer.cleared)))
        finally:
            connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_law_4_no_decision_begun_after_an_answered_no_says_yes() -> None:
    """Law 4: between the answer to each revocation and the beginning of the next yes, nobody gets a yes."""
    world, stop = agreed(), threading.Event()
    readers = [Reader(world, stop) for _ in range(2)]
    for reader in readers:
        reader.start()
    closed = []
    try:
        for number in range(ROUNDS):
            _say(world, "no", number)
            answered = time.monotonic()
            _let_decide(readers)
            closed.append((answered, time.monotonic()))
            _say(world, "yes", number)
            _let_decide(readers)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    seen = [one for reader in readers for one in reader.seen]
    inside = [yes for begun, ended, yes in seen for no, next_yes in closed if no <= begun and ended <= next_yes]
    assert any(yes for _, _, yes in seen), "no reader ever got a yes: the test shows nothing"
    assert len(inside) >= ROUNDS and not any(inside)
    connection.close()


def _let_decide(readers: list[Reader]) -> None:
    """Wait until each reader has begun and ended a decision from now on."""
    wanted = [len(reader.seen) + 2 for reader in readers]
    until = time.monotonic() + 30
    while time.monotonic() < until and any(len(r.seen) < n for r, n in zip(readers, wanted, strict=True)):
        assert all(reader.is_alive() for reader in readers), "a reader failed"
        time.sleep(0.002)


def _say(world: World, answer: str, number: int) -> None:
    """Say it; a database in memory does not wait for its readers, so that it may take several tries."""
    at = world.at + timedelta(seconds=number)
    for _ in range(1000):
        try:
            participation.choose(world.id("N"), world.id("N"), "train", "compose", answer=answer, at=at, actor="acc_x")
            return
        except OperationalError:
            time.sleep(0.002)
    raise AssertionError("the writer never got through")
