"""ISNI, International Standard Name Identifier (ISO 27729): 15 digits and a check character by ISO 7064 MOD 11-2.

>>> validate("0000 0001 2281 955X")
'000000012281955X'
>>> is_valid("0000 0001 2281 9551")
False
"""

from __future__ import annotations

from stdnum import isni as _isni
from stdnum.iso7064 import mod_11_2

from accord.terms.identifiers.wording import bare, is_digits, not_a, wrong_check

KIND = "ISNI"


def compact(number: str) -> str:
    """The ISNI without separators."""
    return bare(number, " -")


def validate(number: str) -> str:
    """The compact ISNI; raises BadInput when length, alphabet or check character are wrong."""
    code = compact(number)
    if len(code) != 16:
        raise not_a(
            KIND, number, f"it has {len(code)} characters, an ISNI has 16", "send for example `000000012281955X`"
        )
    if not is_digits(code[:-1]) or not (is_digits(code[-1]) or code[-1] == "X"):
        raise not_a(KIND, number, "it must be 15 digits and a digit or X", "send for example `000000012281955X`")
    expected = mod_11_2.calc_check_digit(code[:-1])
    if code[-1] != expected:
        raise wrong_check(KIND, number, code[-1], expected)
    return code


def is_valid(number: str) -> bool:
    """Whether `validate` accepts it."""
    code = compact(number)
    return len(code) == 16 and is_digits(code[:-1]) and bool(_isni.is_valid(code))


def format(number: str) -> str:
    """The ISNI as people read it: four groups of four."""
    return str(_isni.format(number))


def with_check_digit(body: str | int) -> str:
    """The ISNI of 15 digits (or a number below 10¹⁵)."""
    digits = f"{int(body):015d}"
    return digits + str(mod_11_2.calc_check_digit(digits))
