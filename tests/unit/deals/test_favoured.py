"""A better deal elsewhere touches those that hold a most-favoured-nation clause."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.unit.deals.example import terms

from accord.deals.favoured import mfn_affected
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

HELD = ("dea_1", terms("par_1", pay={"most_favoured": True, "rate_ppm": 600_000}))


def test_a_better_rate_is_found() -> None:
    """A higher rate for an overlapping grant is reported with both numbers."""
    [ratchet] = mfn_affected(terms("par_2"), [HELD])
    assert (ratchet.deal, ratchet.term, ratchet.now, ratchet.better) == ("dea_1", "rate_ppm", 600_000, 700_000)


@pytest.mark.parametrize(
    "better",
    [
        {"licensor": "par_1"},
        {"pay": {"rate_ppm": 600_000}},
        {"starts": date(2027, 6, 1), "ends": None},
        {"clause": {"features": ("blend",)}},
        {"clause": {"uses": (Use.REMIX,)}},
    ],
    ids=["same licensor", "not better", "later period", "another feature", "another use"],
)
def test_what_does_not_compare_touches_nobody(better: dict[str, Any]) -> None:
    """The same licensor, an equal rate, another period, feature or use set nothing off."""
    assert mfn_affected(terms(**{"licensor": "par_2", **better}), [HELD]) == []


def test_territories_that_do_not_meet_do_not_compare() -> None:
    """A better rate in France does not touch a deal for Japan."""
    japan = ("dea_1", terms("par_1", {"territories": TerritorySet.parse("JP")}, {"most_favoured": True, "rate_ppm": 1}))
    assert mfn_affected(terms("par_2", {"territories": TerritorySet.parse("FR")}), [japan]) == []


def test_fees_compare_within_a_currency() -> None:
    """A fee in yen says nothing about a fee in euros, a rate does."""
    better = terms("par_2", pay={"fee_per_use_micros": 5, "currency": "JPY"})
    assert [ratchet.term for ratchet in mfn_affected(better, [HELD])] == ["rate_ppm"]
    better = terms("par_2", pay={"fee_per_use_micros": 5})
    assert [ratchet.term for ratchet in mfn_affected(better, [HELD])] == ["fee_per_use_micros", "rate_ppm"]


def test_without_the_clause_nothing_happens() -> None:
    """A deal that is not most favoured keeps what it agreed."""
    assert mfn_affected(terms("par_2"), [("dea_1", terms("par_1", pay={"rate_ppm": 1}))]) == []
