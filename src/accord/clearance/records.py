"""What clearance hands out, and the state its rules decide on (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np

from accord.catalog.records import Asset, Claim, PublicDomain
from accord.deals.records import Conditions, Grant
from accord.governance.records import Feature
from accord.participation.records import Choice
from accord.parties.records import Mandate, Membership
from accord.terms.instant import Instant
from accord.terms.right import Right
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

#: Changes whenever the same state could give another answer; stands in every decision id.
RULE_VERSION = "4"


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Integrity's stop: nothing on this asset (or made of it) is cleared while it stands."""

    id: str
    subject: str
    reason: str
    case: str | None
    at: Instant
    known_from: int
    known_until: int | None = None


class Question(msgspec.Struct, frozen=True):
    """May this use be made in this feature at this instant? `before_launch`: asked as if the feature were live."""

    use: Use
    feature: str
    at: Instant
    before_launch: bool = False


class Shortfall(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is missing, where, in a sentence, and who could grant it. `subject` is the asset that lacks it."""

    code: str
    because: str
    territories: TerritorySet
    subject: str
    right: Right | None = None
    party: str | None = None
    role: str | None = None
    share: Fraction | None = None
    could_grant: str | None = None


class Grounds(msgspec.Struct, frozen=True, kw_only=True):
    """On what a yes rests: the deals and the choices that carry it, and what they ask of whoever makes use of it."""

    deals: tuple[str, ...]
    choices: tuple[str, ...]
    conditions: Conditions


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A decision on one asset at the journal's head: where it is cleared, on what, under which conditions, and why not.

    `offered` is where the feature is meant to be; `shortfalls` cover exactly `offered` without `cleared`.
    """

    decision: str
    asset: str
    use: Use
    feature: str
    at: Instant
    known: int
    rule_version: str
    offered: TerritorySet
    cleared: TerritorySet
    shortfalls: tuple[Shortfall, ...]
    deals: tuple[str, ...]
    choices: tuple[str, ...]
    conditions: Conditions

    def covers(self, territories: TerritorySet) -> bool:
        """Whether the asset is cleared in all of these (an empty set is no yes)."""
        return bool(territories) and territories <= self.cleared

    def missing_in(self, territories: TerritorySet) -> tuple[Shortfall, ...]:
        """The shortfalls that touch any of these territories."""
        return tuple(short for short in self.shortfalls if short.territories & territories)


class HistoricalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the answer was, or would have been, as of the past. It is another type on purpose: it authorises nothing."""

    decision: str
    asset: str
    use: Use
    feature: str
    at: Instant
    known: int
    rule_version: str
    was_cleared: TerritorySet
    shortfalls: tuple[Shortfall, ...]
    deals: tuple[str, ...]
    choices: tuple[str, ...]
    history: bool = True


class CatalogueAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The whole catalogue's decision: row i of `masks` (uint64 words) is where `assets[i]` is cleared.

    `reasons` counts, per refusal code, the assets that it keeps from being cleared everywhere the feature is meant to be.
    """

    use: Use
    feature: str
    at: Instant
    known: int
    offered: TerritorySet
    assets: tuple[str, ...]
    masks: np.ndarray[Any, np.dtype[np.uint64]]
    reasons: Counter[str]

    def cleared(self, index: int) -> TerritorySet:
        """Where one asset is cleared, by its index in `assets`."""
        return TerritorySet.from_words(self.masks[index])

    def somewhere(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """One flag per asset: cleared in at least one territory."""
        return np.asarray(self.masks.any(axis=1), dtype=np.bool_)


class Cause(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """What may have moved an answer: a fact, by its position, or a `day` (an instant) in the dates of a record that came.

    `of` is the record whose date it is: a deal, a claim, a mandate, a membership, a choice or a feature.
    """

    position: int = 0
    day: str = ""
    of: str = ""


class Changed(msgspec.Struct, frozen=True):
    """Where an asset was cleared before and is cleared after, and every cause that concerned it in between."""

    asset: str
    before: TerritorySet
    after: TerritorySet
    causes: tuple[Cause, ...]


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """One page of what changed between two positions and instants; it is history and authorises nothing.

    `next` continues it while there is `more`, and then asks for what changes from `until` on.
    """

    use: Use
    feature: str
    rule_version: str
    since: int
    since_at: Instant
    until: int
    until_at: Instant
    changes: tuple[Changed, ...]
    more: bool
    next: str


class ClearanceState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a decision may look at, as of one journal position. Built by `queries`, or by hand in tests.

    `assets` holds every asset in question with all that it is made of; the other maps are keyed by asset, licensor,
    member, person or feature id and hold only what stands at that position.
    """

    known: int
    assets: Mapping[str, Asset]
    features: Mapping[str, Feature]
    claims: Mapping[str, tuple[Claim, ...]] = {}
    public_domain: Mapping[str, tuple[PublicDomain, ...]] = {}
    grants: Mapping[str, tuple[Grant, ...]] = {}
    memberships: Mapping[str, tuple[Membership, ...]] = {}
    choices: Mapping[str, tuple[Choice, ...]] = {}
    mandates: Mapping[str, tuple[Mandate, ...]] = {}
    holds: Mapping[str, tuple[Hold, ...]] = {}
