"""What can have happened in governance."""

from __future__ import annotations

from accord.governance.records import Office, PoolModel
from accord.journal.facts import Fact, fact
from accord.terms.territory import TerritorySet
from accord.terms.use import Use


class LeastGrade(Fact, frozen=True, kw_only=True):
    """One line of a feature's minimum grades: what a yes to this use must at least come from (4 … 1)."""

    use: Use
    grade: int


@fact("governance.feature-proposed", version=1)
class FeatureProposed(Fact, frozen=True, kw_only=True):
    """A feature was put on the launch board with its uses, territories and what it needs."""

    feature: str
    name: str
    purpose: str
    uses: tuple[Use, ...]
    territories: TerritorySet
    commercial: bool
    minimum_grade: tuple[LeastGrade, ...]
    needs_works: int
    needs_recordings: int


@fact("governance.policy-published", version=1)
class PolicyPublished(Fact, frozen=True, kw_only=True):
    """A version of a feature's policy was published; earlier sign-offs no longer count."""

    feature: str
    policy_version: int
    release_label: str
    participation: str
    prompt_boundaries: tuple[str, ...]
    review: str
    export: bool
    text: str


@fact("governance.split-published", version=1)
class SplitPublished(Fact, frozen=True, kw_only=True):
    """A version of a feature's split between kinds was published; earlier sign-offs no longer count.

    `model` is how its pools weigh listens; None, as in facts of before there was a choice, is pro rata.
    """

    feature: str
    split_version: int
    sources_ppm: int
    model_ppm: int
    cocreator_ppm: int
    model: PoolModel | None = None


@fact("governance.controls-opened", version=1)
class ControlsOpened(Fact, frozen=True, kw_only=True):
    """Artists and songwriters could say yes or no to the feature from here on, before anything was made with it."""

    feature: str


@fact("governance.signed-off", version=1)
class SignedOff(Fact, frozen=True, kw_only=True):
    """An office said yes to one version of policy and split."""

    feature: str
    office: Office
    policy_version: int
    split_version: int


@fact("governance.feature-launched", version=1)
class FeatureLaunched(Fact, frozen=True, kw_only=True):
    """The feature went live on this much cleared catalogue."""

    feature: str
    cleared_works: int
    cleared_recordings: int


@fact("governance.launch-refused", version=1)
class LaunchRefused(Fact, frozen=True, kw_only=True):
    """A launch was asked for and refused; ``missing`` holds a sentence for each thing that was."""

    feature: str
    cleared_works: int
    cleared_recordings: int
    missing: tuple[str, ...]


@fact("governance.feature-suspended", version=1)
class FeatureSuspended(Fact, frozen=True, kw_only=True):
    """The feature was taken off, with the reason."""

    feature: str
    reason: str


@fact("governance.feature-resumed", version=1)
class FeatureResumed(Fact, frozen=True, kw_only=True):
    """The feature went back live after the reason of its suspension was dealt with."""

    feature: str
    reason: str


@fact("governance.council-formed", version=1)
class CouncilFormed(Fact, frozen=True, kw_only=True):
    """A council was formed of these parties."""

    council: str
    name: str
    members: tuple[str, ...]


@fact("governance.council-consulted", version=1)
class CouncilConsulted(Fact, frozen=True, kw_only=True):
    """A council was asked about a feature and answered; stance is support, concern or object."""

    consultation: str
    council: str
    feature: str
    question: str
    answer: str
    stance: str
