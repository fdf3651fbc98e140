"""What insights hands out: figures with what they count, out of how many, and what they are made of (pure)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

Number = int | float


class Group(StrEnum):
    """The six questions, in the order they are shown."""

    PARTICIPATION = "participation"
    REACH = "reach"
    REVENUE = "revenue"
    ATTRIBUTION = "attribution"
    SAFETY = "safety"
    LICENSING = "licensing"


GROUP_WORDS = {
    Group.PARTICIPATION: "Do artists and songwriters take part, and stay?",
    Group.REACH: "How much of listening is touched by it?",
    Group.REVENUE: "What new money reaches those who take part?",
    Group.ATTRIBUTION: "Do we know who is in it, and settle it when we do not?",
    Group.SAFETY: "How often is a rule broken, and how fast is it put right?",
    Group.LICENSING: "How long from an agreement to something people can use?",
}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a figure: its value in the figure's unit (or ``unit``), out of ``n``; None where there is nothing to count."""

    label: str
    value: Number | None
    n: int
    unit: str = ""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure. ``value`` is None when ``n`` is 0: a share of nobody is not zero.

    Units: "share" (0 to 1), "people", "hours", "days", "per 1,000", or "micros CUR".
    """

    key: str
    group: Group
    title: str
    value: Number | None
    unit: str
    n: int
    definition: str
    denominator: str
    parts: tuple[Part, ...] = ()
    note: str = ""
