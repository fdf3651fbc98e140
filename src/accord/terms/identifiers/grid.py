"""GRid, Global Release Identifier (IFPI): `A1`, issuer (5), release (10), a check character by ISO 7064 MOD 37-36.

>>> validate("A1-2425G-ABC1234002-M")
'A12425GABC1234002M'
>>> is_valid("A1-2425G-ABC1234003-M")
False
"""

from __future__ import annotations

from stdnum import grid as _grid
from stdnum.iso7064 import mod_37_36

from accord.terms.identifiers.wording import bare, not_a, wrong_check

KIND = "GRid"


def compact(number: str) -> str:
    """The GRid in capitals without separators and without a leading `GRID:`."""
    return bare(number, " -").removeprefix("GRID:")


def validate(number: str) -> str:
    """The compact GRid; raises BadInput when length, scheme or check character are wrong."""
    code = compact(number)
    if len(code) != 18:
        raise not_a(
            KIND, number, f"it has {len(code)} characters, a GRid has 18", "send for example `A12425GABC1234002M`"
        )
    if not code.startswith("A1") or not (code.isascii() and code.isalnum()):
        raise not_a(
            KIND, number, "it must be A1 and sixteen letters or digits", "send for example `A12425GABC1234002M`"
        )
    expected = mod_37_36.calc_check_digit(code[:17])
    if code[17] != expected:
        raise wrong_check(KIND, number, code[17], expected)
    return code


def is_valid(number: str) -> bool:
    """Whether `validate` accepts it."""
    code = compact(number)
    shaped = len(code) == 18 and code.startswith("A1") and code.isascii() and code.isalnum()
    return shaped and bool(mod_37_36.is_valid(code))


def format(number: str) -> str:
    """The GRid as people read it: A1-iiiii-rrrrrrrrrr-c."""
    return str(_grid.format(compact(number)))


def with_check_digit(body: str) -> str:
    """The GRid of the 17 characters that begin with A1."""
    return body + str(mod_37_36.calc_check_digit(body))
