"""What can have happened in clearance."""

from __future__ import annotations

from accord.journal.facts import Fact, fact
from accord.terms.instant import Instant
from accord.terms.territory import TerritorySet
from accord.terms.use import Use


@fact("clearance.hold-placed", version=1)
class HoldPlaced(Fact, frozen=True, kw_only=True):
    """Integrity stopped every use of an asset or creation, for a reason, in a case."""

    hold: str
    subject: str
    reason: str
    case: str | None


@fact("clearance.hold-lifted", version=1)
class HoldLifted(Fact, frozen=True, kw_only=True):
    """A hold was taken off again."""

    hold: str
    because: str


@fact("clearance.decision-recorded", version=1)
class DecisionRecorded(Fact, frozen=True, kw_only=True):
    """A decision somebody relied on: what was asked, at which position, and where it was cleared on which agreements."""

    decision: str
    asset: str
    use: Use
    feature: str
    asked_at: Instant
    known: int
    rule_version: str
    cleared: TerritorySet
    deals: tuple[str, ...]
    choices: tuple[str, ...]
