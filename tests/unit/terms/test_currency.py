"""Currencies: which there are, and what can be paid of them."""

from __future__ import annotations

import pytest

from accord.terms.currency import CODES, DECIMALS, checked, decimals
from accord.terms.refusal import BadInput


def test_a_mistyped_currency_is_none():
    """EUX is three letters and no currency; neither are gold, a fund, or the code for testing."""
    assert checked("EUR") == "EUR"
    for wrong in ("EUX", "eur", "", "EURO", "XAU", "CLF", "XTS", "XXX"):
        with pytest.raises(BadInput, match="is not a currency"):
            checked(wrong)


def test_smallest_units_are_hundredths_but_for_some():
    """A cent, a yen, a thousandth of a rial; whatever has another unit is a currency."""
    assert [decimals(code) for code in ("EUR", "JPY", "OMR", "XOF")] == [2, 0, 3, 0]
    assert set(DECIMALS) < CODES and set(DECIMALS.values()) == {0, 3}
