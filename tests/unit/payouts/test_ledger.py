"""Double entry."""

from __future__ import annotations

import pytest

from accord.payouts.ledger import Unbalanced, balances, off_balance, posting


def test_a_posting_that_is_off_cannot_be_made():
    """By one micro is off."""
    with pytest.raises(Unbalanced, match="off by 1 micros"):
        posting("paid", "EUR", {"bank": -10, "payable:P": 11})


def test_entries_of_zero_are_left_out():
    """They would say nothing."""
    assert [entry.account for entry in posting("paid", "EUR", {"bank": -5, "payable:P": 5, "tax:P": 0}).entries] == [
        "bank",
        "payable:P",
    ]


def test_an_account_that_comes_to_zero_leaves_the_balance():
    """Balances show where money stands."""
    both = [posting("a", "EUR", {"x": 5, "y": -5}), posting("b", "EUR", {"x": -5, "z": 5})]
    assert balances(both) == {("EUR", "y"): -5, ("EUR", "z"): 5}


def test_currencies_do_not_make_up_for_each_other():
    """A surplus in one is not a debt in another."""
    assert off_balance({("EUR", "x"): 5, ("USD", "y"): -5}) == {"EUR": 5, "USD": -5}
