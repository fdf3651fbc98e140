"""Accounting periods: calendar months (`2026-07`) and quarters (`2026-Q3`), in UTC, half-open."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec

from accord.terms.instant import Instant
from accord.terms.refusal import BadInput

SHAPE = re.compile(r"(?P<year>20[0-9]{2})-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4]))")


class Span(msgspec.Struct, frozen=True, order=True):
    """A month or a quarter by its text; `start` is in it, `end` is the first instant after it."""

    text: str

    @property
    def months(self) -> tuple[str, ...]:
        """The months it consists of: one, or three."""
        year, rest = self.text.split("-")
        if not rest.startswith("Q"):
            return (self.text,)
        first = 3 * int(rest[1]) - 2
        return tuple(f"{year}-{month:02d}" for month in range(first, first + 3))

    @property
    def start(self) -> Instant:
        """Its first instant."""
        year, month = self.months[0].split("-")
        return datetime(int(year), int(month), 1, tzinfo=UTC)

    @property
    def end(self) -> Instant:
        """The first instant after it."""
        year, month = (int(part) for part in self.months[-1].split("-"))
        return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)

    @property
    def quarter(self) -> str:
        """The quarter it is or lies in."""
        year, month = self.months[0].split("-")
        return f"{year}-Q{(int(month) + 2) // 3}"

    @property
    def after(self) -> Span:
        """The one of its kind that follows it."""
        year, month = self.end.year, self.end.month
        return Span(f"{year}-Q{(month + 2) // 3}" if "Q" in self.text else f"{year}-{month:02d}")

    def overlaps(self, other: Span) -> bool:
        """Whether the two share an instant."""
        return self.start < other.end and other.start < self.end


def parse(text: str) -> Span:
    """The period that `text` names. Raises: BadInput."""
    if not SHAPE.fullmatch(text):
        raise BadInput(f"`{text}` is not a period", do="write a month as 2026-07 or a quarter as 2026-Q3")
    return Span(text)
