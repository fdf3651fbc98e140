"""Periods of local days: when something holds, by each territory's own midnights.

A deal's first day starts when the calendar on the wall there turns to it, and the deal ends when the wall turns to the
day that is no longer in it. Where a territory has several time zones the stricter counts: a day has begun once it has
begun in all of them, and has ended once it has ended in the first. A territory without a zone in the tz database (Bouvet
and Heard islands) is held to the strictest on Earth, UTC-12 to UTC+14.

The zones' rules come from the `tzdata` package, never from the machine, so that the answer is the same everywhere.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import msgspec

from accord.terms.refusal import BadInput
from accord.terms.territory import INDEX, TERRITORIES, ZONES, TerritorySet

_STRICTEST: tuple[tzinfo, ...] = (timezone(timedelta(hours=-12)), timezone(timedelta(hours=14)))


class DayPeriod(msgspec.Struct, frozen=True):
    """Half-open: from `start`'s local midnight to `end`'s; without an end it goes on."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise BadInput(
                f"the period from {self.start} to {self.end} has no days in it", do="the end is the first day after it"
            )

    def covers(self, at: datetime, territory: str) -> bool:
        """Whether `at` lies in the period in `territory` (alpha-2). Raises: BadInput for an unknown territory."""
        return territory in self.territories_at(at, TerritorySet.of(territory))

    def territories_at(self, at: datetime, territories: TerritorySet) -> TerritorySet:
        """Those of `territories` in which `at` lies in the period."""
        begun = ended = 0
        for day, first_bits, last_bits in calendar(at):
            if day >= self.start:
                begun |= first_bits
            if self.end is not None and day >= self.end:
                ended |= last_bits
        return TerritorySet(territories.bits & begun & ~ended)

    def text(self) -> str:
        """`2026-06-01/2027-06-01`, or `2026-06-01/..` without an end (ISO 8601-2 open interval)."""
        return f"{self.start}/{self.end or '..'}"


def parse(text: str) -> DayPeriod:
    """The period written as `START/END`, END being the first day after it, or `..`. Raises: BadInput."""
    first, slash, last = text.partition("/")
    try:
        start = date.fromisoformat(first.strip())
        end = None if last.strip() in ("", "..") else date.fromisoformat(last.strip())
    except ValueError:
        raise BadInput(f"`{text}` is not a period", do="write it as 2026-06-01/2027-06-01, or 2026-06-01/..") from None
    if not slash:
        raise BadInput(f"`{text}` has no end", do="write 2026-06-01/.. when it goes on")
    return DayPeriod(start, end)


def calendar(at: datetime) -> tuple[tuple[date, int, int], ...]:
    """The calendar days that Earth's walls show at `at`: (day, bits, bits) in order of days, at most three.

    A territory stands in the first bits of the earliest day its walls show, and in the second bits of the latest.
    """
    if at.tzinfo is None:
        raise BadInput(f"the instant `{at.isoformat()}` has no offset", do="add Z or an offset such as +02:00")
    if not 1900 <= at.year < 3000:
        raise BadInput(f"the instant `{at.isoformat()}` is outside the calendar", do="give a year from 1900 to 2999")
    # since 1973 every clock on Earth has turned on whole minutes of UTC: one calendar serves all instants of a minute
    return _calendar(at.replace(second=0, microsecond=0) if at.year >= 1973 else at)


@lru_cache(maxsize=512)
def _calendar(at: datetime) -> tuple[tuple[date, int, int], ...]:
    days: dict[date, list[int]] = {}
    for territory in TERRITORIES:
        shown = [at.astimezone(zone).date() for zone in _zones(territory)]
        bit = 1 << INDEX[territory]
        days.setdefault(min(shown), [0, 0])[0] |= bit
        days.setdefault(max(shown), [0, 0])[1] |= bit
    return tuple((day, first, last) for day, (first, last) in sorted(days.items()))


@cache
def _zones(territory: str) -> tuple[tzinfo, ...]:
    return tuple(_zone(name) for name in ZONES[territory]) or _STRICTEST


@cache
def _zone(name: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)
