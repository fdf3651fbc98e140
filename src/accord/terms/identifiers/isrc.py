"""ISRC, International Standard Recording Code (ISO 3901:2019): prefix, year of reference, designation.

An ISRC has no check digit; the prefix is a country or one of the agency's special codes, and three letters or digits.

>>> validate("us-rc1-76-07839")
'USRC17607839'
>>> format("USRC17607839")
'US-RC1-76-07839'
>>> is_valid("USRC17607839X")
False
"""

from __future__ import annotations

from stdnum import isrc as _isrc
from stdnum.exceptions import InvalidComponent, ValidationError

from accord.terms.identifiers.wording import bare, not_a

KIND = "ISRC"


def compact(number: str) -> str:
    """The ISRC in capitals without separators."""
    return bare(number, " -")


def validate(number: str) -> str:
    """The compact ISRC; raises BadInput when length, alphabet or prefix are wrong."""
    code = compact(number)
    if len(code) != 12:
        raise not_a(KIND, number, f"it has {len(code)} characters, an ISRC has 12", "send for example `USRC17607839`")
    try:
        return str(_isrc.validate(code))
    except InvalidComponent:
        why = f"no agency gives out the prefix `{code[:2]}`"
        raise not_a(KIND, number, why, "check the first two letters") from None
    except ValidationError:
        why = "it must be two letters, three letters or digits, then seven digits"
        raise not_a(KIND, number, why, "send for example `USRC17607839`") from None


def is_valid(number: str) -> bool:
    """Whether `validate` accepts it."""
    return bool(_isrc.is_valid(compact(number)))


def format(number: str) -> str:
    """The ISRC as people read it: prefix, year and designation apart."""
    code = compact(number)
    return "-".join((code[:2], code[2:5], code[5:7], code[7:]))


def mint(prefix: str, year: int, designation: int) -> str:
    """The ISRC of a five-character prefix, a year of reference (four digits) and a designation of 0 to 99999."""
    return validate(f"{prefix}{year % 100:02d}{designation:05d}")
