"""How pages write money, shares, instants and people: `{% load accord_words %}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction

from django import template

from accord.parties.colour import who_colour
from accord.terms.money import text
from accord.terms.territory import TerritorySet

register = template.Library()
NBSP = "\N{NO-BREAK SPACE}"


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
def micros(amount_micros: int) -> str:
    """Micros with all six decimals, so that amounts stand under each other in a column."""
    return text(int(amount_micros), places=6).replace("-", "\N{MINUS SIGN}")


@register.filter
def percent(share: float | Fraction | int) -> str:
    """A share of one as `12.5 %`."""
    return f"{float(share) * 100:.4g}{NBSP}%"


@register.filter
def percent_column(share: float | Fraction | int) -> str:
    """A share of one with two decimals, so that shares stand under each other in a column: `12.50 %`."""
    return f"{float(share) * 100:.2f}{NBSP}%"


@register.filter
def points(nats: float) -> str:
    """What something adds to a score, with its sign, so that numbers stand under each other: `+1.20`, `−7.00`."""
    return f"{nats:+.2f}".replace("-", "\N{MINUS SIGN}")


@register.filter
def ppm(parts: int) -> str:
    """Parts per million as a percentage."""
    return f"{parts / 10_000:.6g}{NBSP}%"


@register.filter
def when(at: datetime | None) -> str:
    """An instant as `15 Aug 2026, 12:00 UTC`, breaking at the comma only; a day as `15 Aug 2026`."""
    if at is None:
        return "–"
    shown = f"{at:%-d %b %Y}".replace(" ", NBSP)
    return f"{shown}, {at:%H:%M}{NBSP}UTC" if isinstance(at, datetime) else shown


@register.filter
def day(at: date | str) -> str:
    """A day, or an instant's day in UTC, also as ISO 8601 text: `15 Aug 2026`."""
    return f"{_date(at):%-d %b %Y}".replace(" ", NBSP)


@register.filter
def last_day(end: date | str | None) -> str:
    """The last day of a period of which `end` is the first day after it."""
    return day(_date(end) - timedelta(days=1)) if end else "open end"


def _date(at: date | str) -> date:
    return date.fromisoformat(at[:10]) if isinstance(at, str) else at


@register.filter
def month(period: str | None) -> str:
    """A period of money in words: `2026-08` as `August 2026`; another kind of period stays as it is."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", period or "")
    return f"{date(int(found[1]), int(found[2]), 1):%B %Y}" if found else str(period or "")


@register.filter
def clock(seconds: float) -> str:
    """Seconds as `1:05`, to the nearest one as the credited waveform writes them."""
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


@register.filter
def lasting(seconds: float | None) -> str:
    """A length of time as `3 days 4 hours`, `4 hours 20 minutes` or `20 minutes`: its two largest parts."""
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    parts = ((minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute"))
    first = next((place for place, (count, _) in enumerate(parts) if count), 2)
    said = [f"{n}{NBSP}{word}{'' if n == 1 else 's'}" for n, word in parts[first : first + 2] if n or first == 2]
    return " ".join(said)


register.filter("who_colour", who_colour)


@register.filter
def of(values: dict[str, object], key: str) -> object:
    """What a dictionary holds under a key, the key itself where it holds nothing: `{{ names|of:party }}`."""
    return values.get(key, key)


ID = re.compile(r"`?(?:cluster:)?\b([a-z]{3,4}_[0-9a-f]{6,16})\b`?")


@register.filter
def bound(text: object, names: Mapping[str, str]) -> str:
    """A sentence with the names and titles of the ids in it: `it is rec_000012` as `it is “Hit or Miss Reel”`.

    A title already beside its id is not said twice; what has no name here stays as it is.
    """

    def named(found: re.Match[str]) -> str:
        name = names.get(found[1])
        if name is None or name.startswith(("the ", "a ", "this ", "its ")):
            return name or found[0]
        return f"“{name}”"

    said = ID.sub(named, str(text))
    for title in re.findall("“([^”]*)”", said):
        said = said.replace(f" (`{title}`)", "")
    return said.replace(" %", f"{NBSP}%")


@register.filter
def quoted(text: object) -> str:
    """A sentence of the rules for a page: what somebody entered stands in quotation marks, not in backticks."""
    return re.sub(r"`([^`]*)`", r"“\1”", str(text))


#: What uses, states and roles are called where people read them.
WORDS = {
    "train": "learn from it",
    "analyse": "study it",
    "style": "make something in its style",
    "remix": "remix it",
    "cover": "make a new version",
    "voice": "sing with the voice",
    "likeness": "show the likeness",
    "listen": "let what is made be heard",
    "share": "let what is made be passed on",
    "export": "let what is made be taken away as a file",
    "sync": "put what is made to pictures",
    "controls-open": "open for choices",
    "proposed": "proposed",
    "trust": "trust & safety",
    "comms": "communications",
    "master": "the master",
    "MR": "mechanical",
    "PR": "performing",
    "SR": "synchronisation",
    "cocreator": "the co-creator",
    "source": "a source",
    "list": "named works and recordings",
    "sub-catalogue": "named parts of it",
    "claim-conflict": "claims in conflict",
    "claim-evidence": "a claim without evidence",
    "spree": "many uploads at once",
    "spam": "uploads that look like spam",
    "plays": "plays that stand out",
    "copy": "a copy",
    "melody": "a melody of a work",
    "duplicate": "a duplicate upload",
    "voice-likeness": "a voice like a protected one",
    "same-sound": "a sound that two parties delivered",
    "prompt": "a prompt",
}


@register.filter
def plain(word: object) -> str:
    """A word of the rules in everyday words; one that needs no translation stays."""
    return WORDS.get(str(word), str(word))


@register.filter
def territories(text: str) -> str:
    """A set of territories as `everywhere but JP`; words that are none stay as they are."""
    return TerritorySet.parse(text).named() if re.fullmatch(r"[A-Z0-9+-]+", text) else text


@register.filter
def scheme(name: str, parties: Mapping[str, str]) -> str:
    """What an identifier is called: a publisher's own work number by the publisher's name, a scheme in capitals."""
    kind, _, owner = name.partition("-")
    return f"Work number at {parties.get(owner, 'its publisher')}" if kind == "cwr" and owner else name.upper()


@register.filter
def plainly(words: Iterable[object]) -> str:
    """Several of them, with commas."""
    return ", ".join(plain(word) for word in sorted(map(str, words)))


@register.filter
def colour_in(subject: str, chosen: Mapping[str, str]) -> str:
    """The colour a picture of this page gave to a subject, else the one it always has."""
    return chosen.get(subject) or who_colour(subject)
