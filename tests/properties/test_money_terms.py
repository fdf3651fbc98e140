"""Law 7, money is whole: splitting and writing amounts.

Properties: the parts of a split sum to the whole · no part is off by a micro or more · the order of parties does not matter.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from accord.terms.money import allocate, micros, text

weights = st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 10**9), min_size=1, max_size=12).filter(
    lambda w: sum(w.values()) > 0
)
amounts = st.integers(-(2**62), 2**62)


@given(amounts, weights)
def test_law_7_a_split_sums_to_what_was_split(total: int, parts: dict[str, int]) -> None:
    """Nothing is lost or made by a split."""
    assert sum(allocate(total, parts).values()) == total


@given(amounts, weights)
def test_law_7_no_part_is_off_by_a_micro(total: int, parts: dict[str, int]) -> None:
    """Each part is its exact value, rounded up or down."""
    whole = sum(parts.values())
    for key, part in allocate(total, parts).items():
        assert abs(part - Fraction(total * parts[key], whole)) < 1


@given(amounts, weights)
def test_law_7_the_order_of_parties_does_not_matter(total: int, parts: dict[str, int]) -> None:
    """The same parties in another order get the same."""
    assert allocate(total, dict(reversed(parts.items()))) == allocate(total, parts)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_an_amount_reads_back_as_it_was_written(amount: int) -> None:
    """Text and micros are the same amount."""
    assert micros(text(amount)) == amount
