"""What governance hands out: features with their split, policy and sign-offs, and councils with what they said."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from accord.terms.instant import Instant
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

WHOLE_PPM = 1_000_000


class FeatureState(StrEnum):
    """Where a feature stands; only ``LIVE`` makes anything."""

    PROPOSED = "proposed"
    CONTROLS_OPEN = "controls-open"
    LIVE = "live"
    SUSPENDED = "suspended"


class Office(StrEnum):
    """The four offices whose sign-off a launch needs, once for each version of policy and split."""

    LEGAL = "legal"
    PRODUCT = "product"
    TRUST = "trust"
    COMMS = "comms"


class PoolModel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How listens weigh in a feature's pools, as data. Without a cap each weighs one: pro rata.

    With one, people weigh: in a period (or, `monthly`, in a month) each listener has the same most to give, whole once
    they listened `cap` times, in even parts of all they heard. So a cap of 1 is user-centric. `boost` multiplies the
    listens of a creation that was heard at least `boost_plays` times by at least `boost_listeners` people there.
    """

    name: str = "pro-rata"
    cap: int = 0
    monthly: bool = False
    boost: int = 1
    boost_plays: int = 0
    boost_listeners: int = 0

    @property
    def words(self) -> str:
        """The model as a sentence."""
        if not self.cap:
            return "every listen weighs the same"
        stretch = "month" if self.monthly else "period"
        said = f"every listener of a {stretch} weighs the same, in even parts of what they heard"
        if self.cap > 1:
            said = f"a listener weighs by listens, up to {self.cap:,} in a {stretch}"
        if self.boost > 1:
            least = f"{self.boost_plays:,} listens by {self.boost_listeners:,} people"
            said += f"; creations with {least} in it weigh {self.boost} times as much"
        return said


PRO_RATA = PoolModel()
USER_CENTRIC = PoolModel(name="user-centric", cap=1)


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """How a feature's pool is divided between kinds, in parts per million that sum to exactly 1,000,000; and how a pool weighs listens."""

    version: int
    sources_ppm: int
    model_ppm: int
    cocreator_ppm: int
    model: PoolModel = PRO_RATA


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature promises and forbids, in one version: plain sentences that product and people both read.

    ``export`` says whether what is made here may leave the platform.
    """

    version: int
    release_label: str
    participation: str
    prompt_boundaries: tuple[str, ...] = ()
    review: str = ""
    export: bool = False
    text: str = ""


class SignOff(msgspec.Struct, frozen=True, kw_only=True):
    """An office's yes to one version of policy and split; ``account`` is who gave it."""

    office: Office
    policy_version: int
    split_version: int
    account: str
    at: Instant


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """An AI feature: what it does, where, under which policy and split, and since when it stands where it stands.

    ``minimum_grade`` is the least grade of a person's yes per use (4 person, 3 mandate, 2 label clause, 1 blanket).
    ``states`` are (instant, state) pairs in order; ``known_from`` is the journal position of the proposal.
    """

    id: str
    name: str
    purpose: str
    uses: frozenset[Use]
    territories: TerritorySet
    commercial: bool
    minimum_grade: dict[Use, int]
    split: Split | None
    policy: Policy | None
    state: FeatureState
    states: tuple[tuple[Instant, FeatureState], ...]
    sign_offs: tuple[SignOff, ...]
    needs_works: int
    needs_recordings: int
    known_from: int

    @property
    def policy_version(self) -> int:
        """The version of the policy in force; 0 when none is published."""
        return self.policy.version if self.policy else 0

    @property
    def split_version(self) -> int:
        """The version of the split in force; 0 when none is published."""
        return self.split.version if self.split else 0

    @property
    def live(self) -> bool:
        """Whether the feature is live now."""
        return self.state is FeatureState.LIVE

    def state_at(self, at: Instant) -> FeatureState | None:
        """The state that stood at an instant; None before the proposal."""
        standing = None
        for since, state in self.states:
            if since > at:
                break
            standing = state
        return standing

    def grade_needed(self, use: Use) -> int:
        """The least grade a yes must have for a use here.

        Voice and likeness need the person or a mandate that names them (law 3): never below 3, whatever is published.
        """
        least = 3 if use in (Use.VOICE, Use.LIKENESS) else 2
        return max(least, self.minimum_grade.get(use, least))


class Consultation(msgspec.Struct, frozen=True, kw_only=True):
    """What a council was asked about a feature and what it said."""

    id: str
    council: str
    feature: str
    question: str
    answer: str
    stance: str
    at: Instant


class Council(msgspec.Struct, frozen=True, kw_only=True):
    """A standing group of artists, songwriters or listeners that is heard before a launch; members are party ids."""

    id: str
    name: str
    members: tuple[str, ...]
