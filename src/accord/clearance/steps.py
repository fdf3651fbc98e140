"""What somebody could do about a missing requirement, as one step that many recordings may wait for (pure).

A *step* is one party's word on one matter, or one asset's own matter:

| matter | whose | what it is |
|---|---|---|
| `deal` | a claimant, and a side | an accepted claimant's grant of its shares in masters, or in works (`side`) |
| `choice` | a person | a yes of somebody whom the use needs, in place of a no or of nothing |
| `claim` | a work or recording | shares that nobody holds by an accepted claim: to be registered or evidenced |
| `conflict` | a work or recording | claims that contradict each other, or what is held to be free |
| `hold` | an asset | integrity's hold |
| `terms` | an asset | its own terms: unclear at intake, or non-commercial |
| `catalogue` | an asset | what is not known of it: its work, its recording, its parents, its people |

Every requirement of `requirements` belongs to exactly one step, except what the feature itself lacks.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from accord.terms.right import Right


class Matter(StrEnum):
    """What a step is about."""

    DEAL = "deal"
    CHOICE = "choice"
    CLAIM = "claim"
    CONFLICT = "conflict"
    HOLD = "hold"
    TERMS = "terms"
    CATALOGUE = "catalogue"


class Step(msgspec.Struct, frozen=True, order=True):
    """`who` is the party whose word it is, or the asset whose matter it is; `side` (`master`, `works`) is a deal's."""

    matter: Matter
    who: str
    side: str = ""


MATTERS = {
    "clearance.no-deal": Matter.DEAL,
    "clearance.no-yes": Matter.CHOICE,
    "clearance.refused": Matter.CHOICE,
    "clearance.no-claim": Matter.CLAIM,
    "clearance.over-claimed": Matter.CONFLICT,
    "clearance.public-domain-claimed": Matter.CONFLICT,
    "clearance.held": Matter.HOLD,
    "clearance.intake-hold": Matter.TERMS,
    "clearance.non-commercial": Matter.TERMS,
    "clearance.nobody-known": Matter.CATALOGUE,
    "clearance.no-work": Matter.CATALOGUE,
    "clearance.no-recording": Matter.CATALOGUE,
    "clearance.unknown-parent": Matter.CATALOGUE,
    "clearance.cyclic-parents": Matter.CATALOGUE,
    "clearance.not-of-this-kind": Matter.CATALOGUE,
}


def step_of(code: str, subject: str, party: str | None, right: Right | None) -> Step:
    """The step that a requirement, or a shortfall, waits for. Raises: KeyError for what only the feature can change."""
    matter = MATTERS[code]
    if matter is Matter.DEAL:
        return Step(matter, party or "", "master" if right is Right.MASTER else "works")
    return Step(matter, party or "" if matter is Matter.CHOICE else subject)
