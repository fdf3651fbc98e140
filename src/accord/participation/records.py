"""What participation hands out (pure). Rows are versioned: `known_from` ≤ known < `known_until` in journal positions."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from accord.terms.instant import Instant
from accord.terms.territory import TerritorySet
from accord.terms.use import Use


class Yes(StrEnum):
    """The two answers. The absence of a choice is neither."""

    YES = "yes"
    NO = "no"


class Source(StrEnum):
    """Who said it, on what ground."""

    PERSON = "person"
    REPRESENTATIVE = "representative"
    LABEL_CLAUSE = "label-clause"
    BLANKET_DEFAULT = "blanket-default"


#: The grade of a yes by its source. A feature sets the least it takes per use; a blanket default never reaches it.
GRADES: dict[Source, int] = {
    Source.PERSON: 4,
    Source.REPRESENTATIVE: 3,
    Source.LABEL_CLAUSE: 2,
    Source.BLANKET_DEFAULT: 1,
}

GRADE_WORDS: dict[int, str] = {
    4: "the person, verified",
    3: "a representative whose mandate names the use",
    2: "a label under a named clause",
    1: "a blanket default",
}


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of one person to one use in one feature, in some territories, for one asset or (None) all of theirs.

    A no stands beside a yes and beats it. `mandate` names the evidence: a mandate's id, or `deal/clause`. `closed_at`
    says when it stopped standing, None while it stands; `withdrew` that this no took back a yes; `unproven` that this yes
    ended because whoever said it no longer counts as the person.
    """

    id: str
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
    at: Instant
    withdrew: bool = False
    unproven: bool = False
    closed_at: Instant | None = None
    known_from: int = 0
    known_until: int | None = None


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """That a person was asked about a use in a feature: the denominator of the opt-in rate."""

    person: str
    feature: str
    use: Use
    at: Instant
    known_from: int


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """A yes that was taken back: from its instant nobody gets a yes on it. `closes` are the choices it ended."""

    choice: str
    person: str
    use: Use
    feature: str
    territories: TerritorySet
    asset: str | None
    closes: tuple[str, ...]
    at: Instant
    position: int


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of a person's grid: what stands for a use in a feature, over all their assets and for single ones."""

    feature: str
    use: Use
    asked: bool
    yes: TerritorySet
    no: TerritorySet
    single: tuple[Choice, ...]
