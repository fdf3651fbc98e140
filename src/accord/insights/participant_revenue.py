"""New money per person who takes part: the computation that artists' and songwriters' figures share."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from accord.insights.records import Figure, Group, Part
from accord.insights.spread import spread

PAID_DIRECT = (
    "Money due to the person itself from AI features (its own claims and direct shares): not what a label or publisher"
    " gets for it, since contracts between them are not ours to know."
)
ATTRIBUTED_GROSS = (
    "What the assets the person is credited on earned from AI features before any party's share: an asset credited to"
    " several people is divided equally among them, so that the sum over people is the sum over assets."
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One person who takes part (someone who earned nothing is in the list with zeros), in micros of one currency."""

    person: str
    paid_direct_micros: int
    attributed_gross_micros: int


def figures(rows: Iterable[Row], people: str, key: str, currency: str) -> tuple[Figure, Figure]:
    """(paid direct, attributed gross) per person: mean as the value; median, spread and extremes as parts."""
    every = list(rows)
    return (
        _figure([row.paid_direct_micros for row in every], people, f"{key}_paid_direct", PAID_DIRECT, currency),
        _figure(
            [row.attributed_gross_micros for row in every],
            people,
            f"{key}_attributed_gross",
            ATTRIBUTED_GROSS,
            currency,
        ),
    )


def _figure(values: list[int], people: str, key: str, definition: str, currency: str) -> Figure:
    found = spread(values)
    kind = "paid direct" if key.endswith("paid_direct") else "attributed gross"
    parts: tuple[Part, ...] = ()
    if found is not None:
        named = (
            ("mean", found.mean),
            ("median", found.median),
            ("standard deviation", found.deviation),
            ("lower quartile", found.lower_quartile),
            ("upper quartile", found.upper_quartile),
            ("lowest", found.lowest),
            ("highest", found.highest),
        )
        parts = tuple(Part(label=label, value=value, n=found.n) for label, value in named)
    return Figure(
        key=key,
        group=Group.REVENUE,
        title=f"New revenue per participating {people}, {kind}",
        value=found.mean if found else None,
        unit=f"micros {currency}",
        n=len(values),
        definition=definition,
        denominator=f"{people.capitalize()}s with a yes that stood at any time in the closed periods, those who earned nothing included.",
        parts=parts,
    )
