"""What may be asked of governance. Features, policies and splits are public: people must be able to read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from accord.governance import models, rules
from accord.governance.records import (
    PRO_RATA,
    Consultation,
    Council,
    Feature,
    FeatureState,
    Office,
    Policy,
    PoolModel,
    SignOff,
    Split,
)
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere, Refusal
from accord.terms.territory import TerritorySet
from accord.terms.use import Use


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One launch that was asked for; ``missing`` is empty when it was done."""

    feature: str
    launched: bool
    missing: tuple[str, ...]
    cleared_works: int
    cleared_recordings: int
    position: int
    at: Instant


def features(known: int | None = None) -> dict[str, Feature]:
    """Every feature by id, as journal position ``known`` has it (default: now)."""
    return {row.id: _feature(row, parts) for row, parts in _rows(known, None)}


def feature(feature_id: str, known: int | None = None) -> Feature:
    """One feature. Raises: NotThere with the ones there are."""
    for row, parts in _rows(known, feature_id):
        return _feature(row, parts)
    there = ", ".join(sorted(models.FeatureRow.objects.values_list("id", flat=True))) or "none yet"
    raise NotThere(f"there is no feature `{feature_id}`", do=f"features: {there}")


def steps(feature_id: str) -> list[tuple[int, Instant, FeatureState]]:
    """(position, instant, state) of everything a feature was brought to, in order."""
    rows = models.StateRow.objects.filter(feature=feature_id).order_by("position")
    return [(row.position, row.at, FeatureState(row.state)) for row in rows]


def split_at(feature_id: str, at: Instant) -> Split:
    """The split in force at an instant: the last version published until then. Raises: NotThere before the first."""
    row = models.SplitRow.objects.filter(feature=feature_id, at__lte=at).order_by("-version").first()
    if row is None:
        raise NotThere(f"`{feature_id}` had published no split at {at:%Y-%m-%d}", do="publish one before it earns")
    return _split(row)


def pool_model(feature_id: str, at: Instant, known: int) -> PoolModel:
    """How a feature's pools of a period that starts at an instant weigh listens: as the split then in force says, else its first.

    A split published while a period runs counts from the next on: nobody changes what was already heard.
    """
    rows = models.SplitRow.objects.filter(feature=feature_id, position__lte=known)
    row = rows.filter(at__lte=at).order_by("-version").first() or rows.order_by("version").first()
    return PRO_RATA if row is None else msgspec.convert(row.model, PoolModel)


def splits(feature_id: str) -> list[Split]:
    """Every version of a feature's split, in order."""
    return [_split(row) for row in models.SplitRow.objects.filter(feature=feature_id).order_by("version")]


def policies(feature_id: str) -> list[Policy]:
    """Every version of a feature's policy, in order."""
    return [_policy(row) for row in models.PolicyRow.objects.filter(feature=feature_id).order_by("version")]


def attempts(feature_id: str | None = None) -> list[Attempt]:
    """Launches asked for, in order, with what each lacked."""
    rows = models.AttemptRow.objects.order_by("position")
    if feature_id is not None:
        rows = rows.filter(feature=feature_id)
    return [
        Attempt(
            feature=row.feature,
            launched=row.launched,
            missing=tuple(row.missing),
            cleared_works=row.cleared_works,
            cleared_recordings=row.cleared_recordings,
            position=row.position,
            at=row.at,
        )
        for row in rows
    ]


def launch_gaps(feature_id: str, cleared_works: int, cleared_recordings: int, at: Instant) -> tuple[Refusal, ...]:
    """What a launch would lack if it were asked for at ``at`` on this much cleared catalogue."""
    standing = feature(feature_id)
    if standing.live:
        return ()
    return rules.launch_gaps(standing, cleared_works, cleared_recordings, consultations(feature_id), at)


def suspension_reason(feature_id: str) -> str:
    """Why a feature stands suspended; empty when it does not."""
    row = models.StateRow.objects.filter(feature=feature_id).order_by("-position").first()
    return row.reason if row is not None and row.state == FeatureState.SUSPENDED else ""


def councils() -> list[Council]:
    """Every council."""
    rows = models.CouncilRow.objects.order_by("id")
    return [Council(id=row.id, name=row.name, members=tuple(row.members)) for row in rows]


def consultations(feature_id: str | None = None) -> list[Consultation]:
    """What councils said, in order."""
    rows = models.ConsultationRow.objects.order_by("position")
    if feature_id is not None:
        rows = rows.filter(feature=feature_id)
    names = ("id", "council", "feature", "question", "answer", "stance", "at")
    return [Consultation(**{name: getattr(row, name) for name in names}) for row in rows]


Parts = dict[str, list[Any]]


def _rows(known: int | None, only: str | None) -> Iterable[tuple[models.FeatureRow, Parts]]:
    parts: defaultdict[str, Parts] = defaultdict(lambda: {"state": [], "policy": [], "split": [], "sign": []})
    tables = {"state": models.StateRow, "policy": models.PolicyRow, "split": models.SplitRow, "sign": models.SignOffRow}
    for name, table in tables.items():
        rows = table.objects.order_by("position")
        if known is not None:
            rows = rows.filter(position__lte=known)
        if only is not None:
            rows = rows.filter(feature=only)
        for part in rows:
            parts[part.feature][name].append(part)
    heads = models.FeatureRow.objects.order_by("position")
    if known is not None:
        heads = heads.filter(position__lte=known)
    if only is not None:
        heads = heads.filter(id=only)
    return [(row, parts[row.id]) for row in heads]


def _feature(row: models.FeatureRow, parts: Parts) -> Feature:
    states = tuple((part.at, FeatureState(part.state)) for part in parts["state"])
    return Feature(
        id=row.id,
        name=row.name,
        purpose=row.purpose,
        uses=frozenset(Use(use) for use in row.uses.split(",")),
        territories=TerritorySet.parse(row.territories),
        commercial=row.commercial,
        minimum_grade={Use(use): grade for use, grade in sorted(row.minimum_grade.items())},
        split=_split(parts["split"][-1]) if parts["split"] else None,
        policy=_policy(parts["policy"][-1]) if parts["policy"] else None,
        state=states[-1][1],
        states=states,
        sign_offs=tuple(_sign_off(part) for part in parts["sign"]),
        needs_works=row.needs_works,
        needs_recordings=row.needs_recordings,
        known_from=row.position,
    )


def _split(row: models.SplitRow) -> Split:
    return Split(
        version=row.version,
        sources_ppm=row.sources_ppm,
        model_ppm=row.model_ppm,
        cocreator_ppm=row.cocreator_ppm,
        model=msgspec.convert(row.model, PoolModel),
    )


def _policy(row: models.PolicyRow) -> Policy:
    body = {**row.body, "prompt_boundaries": tuple(row.body["prompt_boundaries"])}
    return Policy(version=row.version, **body)


def _sign_off(row: models.SignOffRow) -> SignOff:
    return SignOff(
        office=Office(row.office),
        policy_version=row.policy_version,
        split_version=row.split_version,
        account=row.account,
        at=row.at,
    )
