"""How many creations have shares that add up to a whole, all over things we know."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from accord.insights.records import Figure, Group, Part
from accord.insights.spread import share

DEFINITION = (
    "Creations whose shares sum to exactly one and fall only on assets in the catalogue, the model and the co-creator."
    " The parts say how much of what is due for sources (what they earned, times their deals' rates) reached a party, and how"
    " much waits as unmatched or in escrow."
)
DENOMINATOR = "Creations that were submitted; in the parts, what is due for sources in closed periods."


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One creation: the whole in units, the units given to somebody known. No attribution: 0 of 0."""

    creation: str
    total_units: int
    known_units: int


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """What is due for sources in closed periods, by where it stands, in micros."""

    due_micros: int = 0
    escrow_micros: int = 0
    unmatched_micros: int = 0


def compute(rows: Iterable[Row], money: Money | None = None) -> Figure:
    """The share of creations with a complete attribution."""
    every = list(rows)
    whole = [row for row in every if row.total_units > 0 and row.known_units == row.total_units]
    money = money or Money()
    earned = money.due_micros + money.escrow_micros + money.unmatched_micros
    parts = tuple(
        Part(label=label, value=share(amount, earned), n=amount, unit="share of what is due for sources")
        for label, amount in (
            ("reached a party", money.due_micros),
            ("in escrow while disputed", money.escrow_micros),
            ("unmatched", money.unmatched_micros),
        )
    )
    return Figure(
        key="attribution_completeness",
        group=Group.ATTRIBUTION,
        title="Creations whose shares are complete",
        value=share(len(whole), len(every)),
        unit="share",
        n=len(every),
        definition=DEFINITION,
        denominator=DENOMINATOR,
        parts=parts if earned else (),
    )
