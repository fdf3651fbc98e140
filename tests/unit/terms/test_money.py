"""Amounts as people write them."""

from __future__ import annotations

import pytest

from accord.terms.money import allocate, micros, text
from accord.terms.refusal import BadInput


def test_amounts_are_written_with_their_decimals() -> None:
    """Two decimals, more only where they are not zero."""
    assert [text(n) for n in (1_000_000_000, 29_166_667, -5)] == ["1,000.00", "29.166667", "-0.000005"]


@pytest.mark.parametrize("wrong", ["", "x", "1.2345678", "1,0.0.0", "--1", "1e9", "nan", "9" * 30, "9" * 5000, "²"])
def test_what_is_not_an_amount_is_refused(wrong: str) -> None:
    """No float, no guess."""
    with pytest.raises(BadInput):
        micros(wrong)


def test_left_over_micros_go_to_the_lowest_ids() -> None:
    """Story 6: 87.50 in thirds."""
    assert allocate(87_500_000, {"P3": 1, "P4": 1, "P5": 1}) == {"P3": 29_166_667, "P4": 29_166_667, "P5": 29_166_666}


def test_a_split_of_something_over_nobody_is_a_mistake() -> None:
    """Money cannot vanish."""
    with pytest.raises(ValueError, match="not all zero"):
        allocate(1, {"a": 0})
