"""ICPN, International Code Product Number: an EAN or UPC (GS1 GTIN) of 8, 12, 13 or 14 digits.

The check digit makes the sum, weighted 3 and 1 in turn, a multiple of 10.

>>> validate("0 09463-14320 0")
'009463143200'
>>> with_check_digit("00946314320")
'009463143200'
"""

from __future__ import annotations

from stdnum import ean as _ean

from accord.terms.identifiers.wording import bare, is_digits, not_a, wrong_check

KIND = "ICPN"
LENGTHS = (8, 12, 13, 14)


def compact(number: str) -> str:
    """The digits without separators."""
    return bare(number, " -")


def validate(number: str) -> str:
    """The compact ICPN; raises BadInput when length, alphabet or check digit are wrong."""
    code = compact(number)
    if not is_digits(code) or len(code) not in LENGTHS:
        why = f"it has {len(code)} characters, a UPC or EAN has 8, 12, 13 or 14 digits"
        raise not_a(KIND, number, why, "send the bar code's digits")
    expected = _ean.calc_check_digit(code[:-1])
    if code[-1] != expected:
        raise wrong_check(KIND, number, code[-1], expected)
    return code


def is_valid(number: str) -> bool:
    """Whether `validate` accepts it."""
    code = compact(number)
    return is_digits(code) and len(code) in LENGTHS and bool(_ean.is_valid(code))


def format(number: str) -> str:
    """The ICPN as catalogues print it: digits only."""
    return compact(number)


def with_check_digit(body: str) -> str:
    """The ICPN of 7, 11, 12 or 13 digits."""
    return body + str(_ean.calc_check_digit(body))
