"""How many policy violations there were per 1,000 creations."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from accord.insights.records import Figure, Group, Part

DEFINITION = (
    "Cases about a creation, an upload or a prompt that a reviewer upheld and no second reader overturned. Prompts that were"
    " refused before anything was made are prevented, not violations: they stand apart in the parts."
)
DENOMINATOR = "Creations that were made, held ones included, in thousands."


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One case: its kind, and whether its final decision upheld it (None: not decided)."""

    case: str
    kind: str
    upheld: bool | None


def compute(rows: Iterable[Row], creations: int, prompts_refused: int = 0) -> Figure:
    """Upheld cases per 1,000 creations, with each kind as a part."""
    every = list(rows)
    upheld = [row for row in every if row.upheld]
    kinds = sorted({row.kind for row in upheld})
    parts = [
        Part(label=kind, value=_per_thousand(sum(row.kind == kind for row in upheld), creations), n=creations)
        for kind in kinds
    ]
    parts.append(Part(label="prompts refused beforehand", value=_per_thousand(prompts_refused, creations), n=creations))
    waiting = sum(row.upheld is None for row in every)
    return Figure(
        key="violations",
        group=Group.SAFETY,
        title="Policy violations per 1,000 creations",
        value=_per_thousand(len(upheld), creations),
        unit="per 1,000",
        n=creations,
        definition=DEFINITION,
        denominator=DENOMINATOR,
        parts=tuple(parts),
        note=f"{waiting} case{'s are' if waiting > 1 else ' is'} not decided yet" if waiting else "",
    )


def _per_thousand(count: int, creations: int) -> float | None:
    return count * 1000 / creations if creations else None
