"""What can have happened in participation."""

from __future__ import annotations

from accord.journal.facts import Fact, fact
from accord.terms.territory import TerritorySet
from accord.terms.use import Use


@fact("participation.person-asked", version=1)
class PersonAsked(Fact, frozen=True, kw_only=True):
    """A person was asked whether they take part in a use of a feature."""

    person: str
    feature: str
    use: Use


@fact("participation.choice-made", version=1)
class ChoiceMade(Fact, frozen=True, kw_only=True):
    """Somebody answered for a person. `closes` are earlier choices of that person that no longer stand."""

    choice: str
    person: str
    spoken_by: str
    use: Use
    feature: str
    territories: TerritorySet
    asset: str | None
    answer: str
    source: str
    grade: int
    mandate: str | None
    closes: tuple[str, ...] = ()
    remainder_of: str | None = None


@fact("participation.consent-withdrawn", version=1)
class ConsentWithdrawn(Fact, frozen=True, kw_only=True):
    """A yes was taken back: the no that `choice` names stands from here on, and `closes` no longer do."""

    choice: str
    person: str
    spoken_by: str
    use: Use
    feature: str
    territories: TerritorySet
    asset: str | None
    source: str
    grade: int
    mandate: str | None
    closes: tuple[str, ...] = ()
