"""IPI, Interested Party Information (CISAC): the name number of 9 + 2 digits and the base number I-ddddddddd-c.

Name number: r = Σ dᵢ·(10 − i) mod 101 for i = 0 … 8; the check digits are 00 when r is 0, else (101 − r) mod 100.
Base number: as the ISWC, but the sum starts at 2. The plain functions are the name number's; the others end in `_base`.

>>> validate("250165006")
'00250165006'
>>> is_valid("00250165007")
False
>>> validate_base("I-000000039-3")
'I-000000039-3'
"""

from __future__ import annotations

import re

from accord.terms.identifiers import iswc
from accord.terms.identifiers.wording import bare, is_digits, not_a, wrong_check

KIND = "IPI name number"
KIND_BASE = "IPI base number"
_BASE = re.compile(r"I-?[0-9]{9}-?[0-9]", re.ASCII)


def compact(number: str) -> str:
    """The name number as 11 digits: separators gone, leading zeros written out."""
    code = bare(number)
    return code.zfill(11) if is_digits(code) else code


def validate(number: str) -> str:
    """The name number as 11 digits; raises BadInput when length, alphabet or check digits are wrong."""
    code = compact(number)
    if not is_digits(code) or len(code) != 11:
        raise not_a(KIND, number, "it must be at most 11 digits", "send for example `00250165006`")
    expected = check_digits(code[:9])
    if code[9:] != expected:
        raise wrong_check(KIND, number, code[9:], expected)
    return code


def is_valid(number: str) -> bool:
    """Whether `validate` accepts it."""
    code = compact(number)
    return len(code) == 11 and is_digits(code) and code[9:] == check_digits(code[:9])


def format(number: str) -> str:
    """The name number as people read it: nine digits and two."""
    code = compact(number)
    return f"{code[:9]} {code[9:]}"


def check_digits(body: str) -> str:
    """The two check digits of nine digits."""
    remainder = sum(int(d) * (10 - i) for i, d in enumerate(body)) % 101
    return f"{(101 - remainder) % 100 if remainder else 0:02d}"


def with_check_digit(body: str | int) -> str:
    """The name number of nine digits (or a number below 10⁹)."""
    digits = f"{int(body):09d}"
    return digits + check_digits(digits)


def validate_base(number: str) -> str:
    """The base number as `I-ddddddddd-c`; raises BadInput when form or check digit are wrong."""
    code = number.strip().upper()
    if not _BASE.fullmatch(code):
        raise not_a(
            KIND_BASE, number, "it must be I, nine digits and a check digit", "send for example `I-000000039-3`"
        )
    digits = code.replace("-", "")[1:]
    expected = iswc.check_digit(digits[:9], start=2)
    if digits[9] != expected:
        raise wrong_check(KIND_BASE, number, digits[9], expected)
    return f"I-{digits[:9]}-{digits[9]}"


def with_check_digit_base(body: str | int) -> str:
    """The base number of nine digits (or a number below 10⁹)."""
    digits = f"{int(body):09d}"
    return f"I-{digits}-{iswc.check_digit(digits, start=2)}"
