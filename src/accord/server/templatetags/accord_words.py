"""How pages write money, shares, instants and people: `{% load accord_words %}`."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from django import template

from accord.parties.colour import who_colour
from accord.terms.money import text

register = template.Library()


@register.filter
def money(amount_micros: int, currency: str = "") -> str:
    """Micros as `1,000.00 EUR`: two decimals, rounded towards zero for reading; exact sums stand in the statement."""
    shown = text(int(amount_micros), places=2)
    return f"{shown} {currency}".strip()


@register.filter
def exact_money(amount_micros: int) -> str:
    """Micros with every decimal that is not zero."""
    return text(int(amount_micros))


@register.filter
def percent(share: float | Fraction | int) -> str:
    """A share of one as `12.5 %`."""
    return f"{float(share) * 100:.4g} %"


@register.filter
def ppm(parts: int) -> str:
    """Parts per million as a percentage."""
    return f"{parts / 10_000:.6g} %"


@register.filter
def when(at: datetime | None) -> str:
    """An instant as `15 Aug 2026, 12:00 UTC`; a day as `15 Aug 2026`."""
    if at is None:
        return "–"
    return f"{at:%-d %b %Y, %H:%M} UTC" if isinstance(at, datetime) else f"{at:%-d %b %Y}"


@register.filter
def clock(seconds: float) -> str:
    """Seconds as `1:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


register.filter("who_colour", who_colour)


@register.filter
def of(values: dict[str, object], key: str) -> object:
    """What a dictionary holds under a key, the key itself where it holds nothing: `{{ names|of:party }}`."""
    return values.get(key, key)
