"""Money: whole micros (10⁻⁶ of the currency unit), never floats.

`allocate` is the one place where a sum is divided: floors first, then the left-over micros one by one to the largest
remainders, ties to the lowest key. The parts always add up to the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from accord.terms.refusal import BadInput

MICROS = 1_000_000
LARGEST_MICROS = 2**63 - 1


def micros(amount: str) -> int:
    """`1,000.00` → 1 000 000 000 micros. Raises: BadInput for anything that is not a whole number of micros."""
    plain = amount.replace(",", "").replace(" ", "")
    sign, plain = (-1, plain[1:]) if plain.startswith("-") else (1, plain)
    units, _, decimals = plain.partition(".")
    digits = units + decimals
    if not (digits.isascii() and digits.isdigit() and units) or len(decimals) > 6 or len(units) > 40:
        raise BadInput(f"`{amount[:40]}` is not an amount", do="write it as 1000.00, with at most six decimals")
    found = int(units) * MICROS + int(decimals.ljust(6, "0") or "0")
    if found > LARGEST_MICROS:
        raise BadInput(f"`{amount}` is larger than an amount can be")
    return sign * found


def text(amount_micros: int, places: int | None = None) -> str:
    """Micros as `1,000.00`: two decimals, more only where they are not zero; `places` fixes their number (no rounding)."""
    sign = "-" if amount_micros < 0 else ""
    units, rest = divmod(abs(amount_micros), MICROS)
    decimals = f"{rest:06d}"
    shown = decimals[:places] if places is not None else decimals.rstrip("0").ljust(2, "0")
    return f"{sign}{units:,}.{shown}" if shown else f"{sign}{units:,}"


def allocate(total_micros: int, weights: Mapping[str, int | Fraction]) -> dict[str, int]:
    """Split `total_micros` in proportion to `weights` by largest remainder, ties to the lowest key.

    Weights are non-negative and not all zero (unless the total is zero). A negative total is split as its opposite.
    Raises: ValueError otherwise; that is a mistake of the caller, not of a user.
    """
    if total_micros < 0:
        return {key: -part for key, part in allocate(-total_micros, weights).items()}
    whole = sum(weights.values())
    if any(weight < 0 for weight in weights.values()) or (whole == 0 and total_micros):
        raise ValueError("weights must be non-negative and not all zero")
    if whole == 0:
        return dict.fromkeys(weights, 0)
    exact = {key: Fraction(total_micros * weight, 1) / whole for key, weight in weights.items()}
    parts = {key: value.numerator // value.denominator for key, value in exact.items()}
    left = total_micros - sum(parts.values())
    for key in sorted(weights, key=lambda k: (parts[k] - exact[k], k))[:left]:
        parts[key] += 1
    return parts
