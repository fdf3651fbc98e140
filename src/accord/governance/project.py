"""Facts of governance → rows."""

from __future__ import annotations

import msgspec

from accord.governance import facts, models
from accord.governance.records import PRO_RATA, FeatureState
from accord.journal.registry import Entry, projects


@projects(facts.FeatureProposed)
def on_proposed(entry: Entry, f: facts.FeatureProposed) -> None:
    """A feature and its first state."""
    models.FeatureRow.objects.create(
        id=f.feature,
        name=f.name,
        purpose=f.purpose,
        uses=",".join(f.uses),
        territories=f.territories.text(),
        commercial=f.commercial,
        minimum_grade={line.use.value: line.grade for line in f.minimum_grade},
        needs_works=f.needs_works,
        needs_recordings=f.needs_recordings,
        position=entry.position,
        at=entry.at,
    )
    _state(entry, f.feature, FeatureState.PROPOSED)


@projects(facts.PolicyPublished)
def on_policy(entry: Entry, f: facts.PolicyPublished) -> None:
    """One version of the policy."""
    models.PolicyRow.objects.create(
        key=f"{f.feature}/{f.policy_version}",
        feature=f.feature,
        version=f.policy_version,
        body={
            "release_label": f.release_label,
            "participation": f.participation,
            "prompt_boundaries": list(f.prompt_boundaries),
            "review": f.review,
            "export": f.export,
            "text": f.text,
        },
        position=entry.position,
        at=entry.at,
    )


@projects(facts.SplitPublished)
def on_split(entry: Entry, f: facts.SplitPublished) -> None:
    """One version of the split."""
    models.SplitRow.objects.create(
        key=f"{f.feature}/{f.split_version}",
        feature=f.feature,
        version=f.split_version,
        sources_ppm=f.sources_ppm,
        model_ppm=f.model_ppm,
        cocreator_ppm=f.cocreator_ppm,
        model=msgspec.to_builtins(f.model or PRO_RATA),
        position=entry.position,
        at=entry.at,
    )


@projects(facts.SignedOff)
def on_signed_off(entry: Entry, f: facts.SignedOff) -> None:
    """One sign-off."""
    models.SignOffRow.objects.create(
        key=f"{f.feature}/{entry.position:09d}",
        feature=f.feature,
        office=f.office.value,
        policy_version=f.policy_version,
        split_version=f.split_version,
        account=entry.actor,
        position=entry.position,
        at=entry.at,
    )


@projects(facts.ControlsOpened)
def on_controls(entry: Entry, f: facts.ControlsOpened) -> None:
    """People may choose from here on."""
    _state(entry, f.feature, FeatureState.CONTROLS_OPEN)


@projects(facts.FeatureLaunched, facts.LaunchRefused)
def on_attempt(entry: Entry, f: facts.FeatureLaunched | facts.LaunchRefused) -> None:
    """A launch that was asked for, and the live state when it was done."""
    launched = isinstance(f, facts.FeatureLaunched)
    models.AttemptRow.objects.create(
        key=f"{f.feature}/{entry.position:09d}",
        feature=f.feature,
        launched=launched,
        missing=[] if isinstance(f, facts.FeatureLaunched) else list(f.missing),
        cleared_works=f.cleared_works,
        cleared_recordings=f.cleared_recordings,
        position=entry.position,
        at=entry.at,
    )
    if launched:
        _state(entry, f.feature, FeatureState.LIVE)


@projects(facts.FeatureSuspended)
def on_suspended(entry: Entry, f: facts.FeatureSuspended) -> None:
    """Off."""
    _state(entry, f.feature, FeatureState.SUSPENDED, f.reason)


@projects(facts.FeatureResumed)
def on_resumed(entry: Entry, f: facts.FeatureResumed) -> None:
    """On again."""
    _state(entry, f.feature, FeatureState.LIVE, f.reason)


@projects(facts.CouncilFormed)
def on_council(entry: Entry, f: facts.CouncilFormed) -> None:
    """One council."""
    models.CouncilRow.objects.create(
        id=f.council, name=f.name, members=list(f.members), position=entry.position, at=entry.at
    )


@projects(facts.CouncilConsulted)
def on_consulted(entry: Entry, f: facts.CouncilConsulted) -> None:
    """One consultation."""
    models.ConsultationRow.objects.create(
        id=f.consultation,
        council=f.council,
        feature=f.feature,
        question=f.question,
        answer=f.answer,
        stance=f.stance,
        position=entry.position,
        at=entry.at,
    )


def _state(entry: Entry, feature: str, state: FeatureState, reason: str = "") -> None:
    models.StateRow.objects.create(
        key=f"{feature}/{entry.position:09d}",
        feature=feature,
        state=state.value,
        reason=reason,
        position=entry.position,
        at=entry.at,
    )
