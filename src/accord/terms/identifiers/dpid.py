"""DPID, DDEX Party Identifier: `PADPIDA`, ten letters or digits, an ISO 7064 MOD 37-36
check character over all seventeen.

>>> validate("PA-DPIDA-2007050901-U")
'PADPIDA2007050901U'
>>> is_valid("PADPIDA2014999999Z")
False
"""

from __future__ import annotations

from stdnum.iso7064 import mod_37_36

from accord.terms.identifiers.wording import bare, not_a, wrong_check

KIND = "DPID"
PREFIX = "PADPIDA"


def compact(number: str) -> str:
    """The DPID in capitals without separators."""
    return bare(number, " -")


def validate(number: str) -> str:
    """The compact DPID; raises BadInput when length, prefix or check character are wrong."""
    code = compact(number)
    if len(code) != 18:
        raise not_a(
            KIND, number, f"it has {len(code)} characters, a DPID has 18", "send for example `PADPIDA2007050901U`"
        )
    if not code.startswith(PREFIX) or not (code.isascii() and code.isalnum()):
        raise not_a(
            KIND, number, "it must be PADPIDA and eleven letters or digits", "send for example `PADPIDA2007050901U`"
        )
    expected = mod_37_36.calc_check_digit(code[:17])
    if code[17] != expected:
        raise wrong_check(KIND, number, code[17], expected)
    return code


def is_valid(number: str) -> bool:
    """Whether `validate` accepts it."""
    code = compact(number)
    shaped = len(code) == 18 and code.startswith(PREFIX) and code.isascii() and code.isalnum()
    return shaped and bool(mod_37_36.is_valid(code))


def format(number: str) -> str:
    """The DPID as people read it: PA-DPIDA-dddddddddd-c."""
    code = compact(number)
    return "-".join((code[:2], code[2:7], code[7:17], code[17:]))


def with_check_digit(body: str) -> str:
    """The DPID of ten letters or digits."""
    return f"{PREFIX}{body}{mod_37_36.calc_check_digit(PREFIX + body)}"
