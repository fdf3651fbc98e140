"""ISWC, International Standard Musical Work Code (ISO 15707): `T`, nine digits, one check digit.

Check digit: (10 − (1 + Σ i·dᵢ) mod 10) mod 10 for i = 1 … 9. Some weights share a factor with
10, so one wrong digit is always caught at positions 1, 3, 7 and 9 only: at the even positions a digit five off,
at position 5 a digit an even number off, passes.

>>> validate("T-034.524.680-1")
'T0345246801'
>>> format("T0345246801")
'T-034.524.680-1'
>>> is_valid("T-034.524.680-2")
False
"""

from __future__ import annotations

from accord.terms.identifiers.wording import bare, is_digits, not_a, wrong_check

KIND = "ISWC"


def compact(number: str) -> str:
    """The ISWC in capitals without separators."""
    return bare(number)


def validate(number: str) -> str:
    """The compact ISWC; raises BadInput when length, prefix or check digit are wrong."""
    code = compact(number)
    if len(code) != 11:
        raise not_a(
            KIND, number, f"it has {len(code)} characters, an ISWC has 11", "send for example `T-034.524.680-1`"
        )
    if code[0] != "T" or not is_digits(code[1:]):
        raise not_a(KIND, number, "it must be the letter T and ten digits", "send for example `T-034.524.680-1`")
    expected = check_digit(code[1:10])
    if code[10] != expected:
        raise wrong_check(KIND, number, code[10], expected)
    return code


def is_valid(number: str) -> bool:
    """Whether `validate` accepts it."""
    code = compact(number)
    return len(code) == 11 and code[0] == "T" and is_digits(code[1:]) and code[10] == check_digit(code[1:10])


def format(number: str) -> str:
    """The ISWC as people read it: T-ddd.ddd.ddd-c."""
    code = compact(number)
    return f"{code[:1]}-{code[1:4]}.{code[4:7]}.{code[7:10]}-{code[10:]}"


def check_digit(body: str, start: int = 1) -> str:
    """Check digit of nine digits; `start` is 1 for an ISWC and 2 for an IPI base number."""
    return str((10 - (start + sum(i * int(d) for i, d in enumerate(body, start=1))) % 10) % 10)


def with_check_digit(body: str | int) -> str:
    """The ISWC of nine digits (or a number below 10⁹)."""
    digits = f"{int(body):09d}"
    return f"T{digits}{check_digit(digits)}"
