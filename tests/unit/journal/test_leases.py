"""Leases: a writer is answered when every holder has applied what it wrote, or may no longer answer without asking."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError
from tests.stories.runner import tell

from accord.journal import leases
from accord.journal.leases import Lease
from accord.journal.models import JournalLease
from accord.journal.queries import head

pytestmark = pytest.mark.django_db(transaction=True)
LENGTH_S = 0.6


@pytest.fixture(autouse=True)
def _between_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if other hosts shared the database, on SQLite too."""
    monkeypatch.setattr(leases, "between_hosts", lambda: True)
    monkeypatch.setattr(leases, "LOOK_S", 0.02)


class Follower:
    """What a holder applies, and a way to keep it from doing so."""

    def __init__(self) -> None:
        self.applied, self.free = 0, threading.Event()
        self.free.set()

    def apply(self) -> int:
        """Come to the journal's head, unless stuck."""
        self.free.wait()
        self.applied = head()
        return self.applied


@pytest.fixture
def held() -> Iterator[Callable[[str], tuple[Lease, Follower]]]:
    """Make leases on a room that hold, and give them back at the end."""
    made: list[tuple[Lease, Follower]] = []

    def hold(room: str) -> tuple[Lease, Follower]:
        follower = Follower()
        lease = Lease([room], follower.apply, LENGTH_S)
        made.append((lease, follower))
        lease.start()
        until(lambda: lease.holds)
        return lease, follower

    yield hold
    for lease, follower in made:
        follower.free.set()
        lease.stop()


def until(holds: Callable[[], bool]) -> None:
    """Wait for it; a minute at most."""
    over = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < over
        time.sleep(0.005)


def test_law_4_a_writer_is_answered_after_every_holder_has_applied_it(
    held: Callable[..., tuple[Lease, Follower]],
) -> None:
    """Law 4: when a write returns, whoever may answer from memory has it there."""
    both = held("parties"), held("parties")
    for number in range(5):
        tell(f"Label Z{number}")
        assert all(follower.applied >= head() or not lease.holds for lease, follower in both)


def test_law_4_a_holder_that_is_stuck_may_not_answer_when_the_writer_is(
    held: Callable[..., tuple[Lease, Follower]],
) -> None:
    """Law 4: a lease runs out for its holder before it does for the writer that waits for it."""
    lease, follower = held("parties")
    follower.free.clear()
    before = follower.applied
    tell("Label Z")
    assert follower.applied == before and not lease.holds
    follower.free.set()
    until(lambda: lease.holds)
    assert follower.applied == head(), "it holds again once it has caught up, not before"


def test_nobody_waits_for_a_lease_on_other_rooms(held: Callable[..., tuple[Lease, Follower]]) -> None:
    """What a holder does not follow does not keep writers waiting."""
    lease, follower = held("metering")
    follower.free.clear()
    tell("Label Z")
    assert follower.applied < head() and lease.holds


def test_a_lease_given_back_is_gone(held: Callable[..., tuple[Lease, Follower]]) -> None:
    """A server that stops delays nobody."""
    lease, _ = held("parties")
    assert JournalLease.objects.filter(holder=lease.holder).exists()
    lease.stop()
    assert not lease.holds and not JournalLease.objects.exists()


def test_a_database_that_hangs_up_costs_the_lease_and_no_more(
    held: Callable[..., tuple[Lease, Follower]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is gone the lease runs out; when it is back the lease is taken again."""
    lease, _ = held("parties")

    def hang_up(most_s: float) -> None:
        time.sleep(LENGTH_S)
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as gone:
        gone.setattr(leases, "_until_called", hang_up)
        until(lambda: not lease.holds)
    until(lambda: lease.holds)
