"""Instants: points in time, always aware and in UTC, with microseconds.

The text form is RFC 3339 with six digits and `Z`, so that texts sort as the instants do.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from accord.terms.refusal import BadInput

Instant = datetime


def parse(text: str) -> Instant:
    """The instant that `text` names (RFC 3339; a bare date is its first moment in UTC).

    Raises: BadInput when it is not one or carries no offset.
    """
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"`{text}` is not a date or an instant", do="write it as 2026-07-01T12:00:00Z") from None
    return utc(found)


def utc(at: datetime) -> Instant:
    """`at` in UTC. Raises: BadInput for a naive datetime, whose meaning would depend on the machine, and for one that lies
    outside the calendar in UTC."""
    if at.tzinfo is None:
        raise BadInput(f"the instant `{at.isoformat()}` has no offset", do="add Z or an offset such as +02:00")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise BadInput(
            f"the instant `{at.isoformat()}` is outside the calendar", do="give a year from 1900 to 2999"
        ) from None


def text(at: Instant) -> str:
    """RFC 3339, UTC, six digits: `2026-07-01T12:00:00.000000Z`."""
    return utc(at).isoformat(timespec="microseconds").replace("+00:00", "Z")
