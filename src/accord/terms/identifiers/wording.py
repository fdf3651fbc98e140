"""The one sentence in which every identifier module says that something is not its identifier."""

from __future__ import annotations

from accord.terms.refusal import BadInput


def not_a(kind: str, number: str, why: str, do: str) -> BadInput:
    """BadInput for `number`, which is no `kind`; at most 40 characters of the input are shown."""
    shown = number if len(number) <= 40 else number[:39] + "…"
    article = "an" if kind[0] in "AEIOU" else "a"
    return BadInput(f"`{shown}` is not {article} {kind}", why=why, do=do)


def wrong_check(kind: str, number: str, found: str, expected: str) -> BadInput:
    """BadInput for a number whose check digit does not hold."""
    why = f"its check digit is `{found}`, the other digits give `{expected}`"
    return not_a(kind, number, why, "look for a mistyped digit")


def bare(number: str, separators: str = " -.") -> str:
    """`number` in capitals without separators and outer white space."""
    return number.strip().upper().translate({ord(s): None for s in separators})


def is_digits(text: str) -> bool:
    """Whether `text` is one or more of the ASCII digits 0 to 9 (`str.isdigit` lets other scripts pass)."""
    return text.isascii() and text.isdigit()
