"""How many people take part in each feature now."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from accord.insights.records import Figure, Group, Part

DEFINITION = "People with a yes standing at the instant asked about, to at least one use in the feature."
DENOMINATOR = "People ever asked about the feature (shown beside each part; the headline counts each person once)."


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One person and one feature: whether they were asked, and whether a yes stands."""

    person: str
    feature: str
    asked: bool
    standing: bool


def compute(rows: Iterable[Row]) -> Figure:
    """People taking part, with the number per feature as parts."""
    asked: dict[str, set[str]] = {}
    inside: dict[str, set[str]] = {}
    for row in rows:
        asked.setdefault(row.feature, set())
        if row.asked:
            asked[row.feature].add(row.person)
        if row.standing:
            inside.setdefault(row.feature, set()).add(row.person)
    everybody = set().union(*asked.values(), *inside.values())
    parts = tuple(
        Part(label=feature, value=len(inside.get(feature, ())), n=len(people))
        for feature, people in sorted(asked.items())
    )
    return Figure(
        key="participation",
        group=Group.PARTICIPATION,
        title="People taking part, by feature",
        value=len(set().union(*inside.values())) if everybody else None,
        unit="people",
        n=len(everybody),
        definition=DEFINITION,
        denominator=DENOMINATOR,
        parts=parts,
    )
