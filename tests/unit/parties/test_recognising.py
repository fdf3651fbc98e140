"""Keys recognised without asking the database: only while nothing that they rest on was changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.stories.runner import tell

from accord.journal.actions import announced
from accord.parties import accounts, recognising

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def at_rest() -> None:
    """A test before this one may have undone its transaction from outside, which leaves the pulse ahead until the next write."""
    with announced():
        pass


TAKEN = {
    "the key is revoked": lambda account, key: accounts.revoke_key(key.split("_")[1]),
    "the account is closed": lambda account, key: accounts.close_account(account),
    "the account loses the role": lambda account, key: accounts.change_account(account, roles=["creator"]),
}


@pytest.mark.parametrize("take", TAKEN.values(), ids=TAKEN)
def test_law_10_a_key_that_lost_something_is_not_recognised_as_it_was(take: Callable[[str, str], object]) -> None:
    """Law 10: whatever takes a right from a key or its account is seen before the next answer."""
    account = accounts.open_account("machine@test.example", "a long test password", ["machine"])
    key = accounts.issue_key(account)
    before = recognising.recognise(key)
    assert before is not None and recognising.at_hand(key) == before
    take(account, key)
    assert recognising.at_hand(key) is None
    assert recognising.recognise(key) != before


def test_a_fact_sends_every_key_to_the_database_again() -> None:
    """Who may act for whom changes by facts too."""
    key = accounts.issue_key(accounts.open_account("machine@test.example", "a long test password", ["machine"]))
    recognising.recognise(key)
    tell("Label Z")
    assert recognising.at_hand(key) is None and recognising.recognise(key) == recognising.at_hand(key)


def test_a_key_that_opens_nothing_is_not_kept() -> None:
    """Unknown keys leave nothing behind."""
    assert recognising.recognise("accord_no_such") is None and recognising.at_hand("accord_no_such") is None


def test_a_key_is_asked_for_again_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another host changed is seen within a second."""
    key = accounts.issue_key(accounts.open_account("machine@test.example", "a long test password", ["machine"]))
    recognising.recognise(key)
    monkeypatch.setattr(recognising.time, "monotonic", lambda now=recognising.time.monotonic() + 2: now)
    assert recognising.at_hand(key) is None
