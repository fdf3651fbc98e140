"""With whose permission a take is made, decided now: a remix by clearance, what a model wrote by its seal (shell)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accord.catalog.records import Asset
from accord.catalog.visibility import sees
from accord.clearance import actions as keep
from accord.clearance import queries as clearance
from accord.governance import queries as governance
from accord.parties.viewer import Viewer
from accord.studio import descent, holding, leave, serving
from accord.studio.records import SourceSpan, Take
from accord.studio.rules import everywhere
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere, Refusal, Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import outsiders
from accord.training import queries as training


@dataclass(frozen=True)
class Allowed:
    """Where a take may go, the decisions and deals that say so, which decision is on which asset, and the leaves of the makers
    of creations in it. Two together are what both allow."""

    territories: TerritorySet
    decisions: tuple[str, ...]
    deals: tuple[str, ...]
    by_asset: Mapping[str, str] = field(default_factory=dict)
    leaves: tuple[str, ...] = ()

    def __and__(self, other: Allowed) -> Allowed:
        return Allowed(
            self.territories & other.territories,
            tuple(dict.fromkeys((*self.decisions, *other.decisions))),
            tuple(sorted({*self.deals, *other.deals})),
            {**other.by_asset, **self.by_asset},
            tuple(dict.fromkeys((*self.leaves, *other.leaves))),
        )


@dataclass(frozen=True)
class Wanted:
    """The model that is to write, and the territory it writes in."""

    model: str
    territory: str


def check_open(viewer: Viewer, asset: Asset, at: Instant) -> None:
    """Raises: NotThere for a sound that is neither the viewer's own nor cleared for a remix anywhere, in any live feature."""
    live = [feature.id for feature in governance.features().values() if feature.live and Use.REMIX in feature.uses]
    if not sees(viewer, asset) and not any(
        clearance.decide_many([asset.id], Use.REMIX, feature, at)[asset.id].cleared for feature in live
    ):
        raise NotThere(f"there is no asset `{asset.id}`")


@dataclass(frozen=True)
class Inside:
    """What a remix is made of in the end: the recordings heard in it, the models that wrote what is, and the creations of others
    and takes that they came in with."""

    assets: tuple[str, ...]
    models: tuple[str, ...] = ()
    creations: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


def inside(lineage: Sequence[SourceSpan], *takes: str | None) -> Inside:
    """What a lineage is made of, and `takes` that it is of besides."""
    names = descent.inside(lineage)
    return Inside(
        descent.recordings(lineage),
        descent.models_in(lineage),
        descent.creations_in(lineage),
        (*filter(None, takes), *(name for name in names if not descent.is_creation(name))),
    )


def remix(
    made_of: Inside,
    creator: str,
    feature: str,
    at: Instant,
    wanted: TerritorySet | None = None,
    keep_for: str | None = None,
) -> Allowed:
    """Leave for `creator` to remix what is inside `made_of` in `feature` now: of the makers of creations, clearance of every
    recording, and the seal of every model, decided at one journal position. Raises: Refused with what is missing, and for what
    is held.

    `keep_for` is the actor in whose name the decisions are kept, once something is built on them.
    """
    assets, leaves = made_of.assets, leave.ask(made_of.creations, creator, feature, at)
    holding.check(made_of.takes, creator)
    serving.check_bound(made_of.models, feature, "the mix")
    answers = clearance.decide_many(assets, Use.REMIX, feature, at)
    found = everywhere(answers, wanted)
    if isinstance(found, Refusal):
        raise Refused(found)
    if keep_for is not None:
        for answer in answers.values():
            keep.record_decision(answer, at=at, actor=keep_for)
    decisions = tuple(answer.decision for answer in answers.values())
    deals = tuple(sorted({deal for answer in answers.values() for deal in answer.deals}))
    allowed = Allowed(found, decisions, deals, {asset: answer.decision for asset, answer in answers.items()}, leaves)
    for model in made_of.models:
        territory = serving.within(model, feature, allowed.territories, wanted)
        allowed &= _by_its_seal(model, feature, territory, at)
    return allowed


def model_for(feature: str, model: str | None, territory: str | None, at: Instant) -> Wanted:
    """The feature's live model (or the one named) and where it writes. Raises: Refused when there is none."""
    chosen = training.live_model(feature, at) if model is None else training.model(model)
    if chosen is None or chosen.feature != feature:
        raise Refused(
            Refusal(
                code="studio.no-model",
                because=f"feature {feature} has no model that may serve" + (f" called {model}" if model else ""),
                hint="`accord model list` says which there are; one is made from a sealed set",
                subject=feature,
            )
        )
    return Wanted(chosen.id, territory or next(iter(chosen.territories)))


def served(model: str, territory: str, at: Instant) -> Allowed:
    """Leave for `model` to serve in `territory` now: each item of its seal is decided again. Raises: Refused.

    The one decision named is the sealed set, which holds those on its items.
    """
    found = training.check_serving(model, territory, at)
    seal = training.seal(found.seal)
    by_asset = {item.asset: item.decision for item in seal.items}
    return Allowed(found.territories, (seal.id,), tuple(seal.licences), by_asset)


def outside_for(feature: str, model: str | None, territory: str | None) -> Wanted:
    """Of the outside models admitted to a feature the one registered last (or the one named), and where it writes.

    Raises: Refused, NotThere.
    """
    chosen = next(reversed(outsiders.models(feature)), None) if model is None else outsiders.model(model)
    if chosen is None:
        raise Refused(
            Refusal(
                code="studio.no-model",
                because=f"no outside model is admitted to feature {feature}",
                hint="`accord model list` says which there are; legal could admit one",
                subject=feature,
            )
        )
    admitted = chosen.admission(feature)
    return Wanted(chosen.id, territory or (next(iter(admitted.territories)) if admitted else ""))


def served_outside(model: str, feature: str, territory: str) -> Allowed:
    """Leave for an outside model to serve a feature in `territory` now. The one decision named is its admission. Raises: Refused."""
    _, admitted = outsiders.check_serving(model, feature, territory)
    return Allowed(admitted.territories, (admitted.id,), ())


def again(take: Take, at: Instant, keep_for: str | None = None) -> Allowed:
    """The same leave, decided anew for a take that exists. Raises: Refused; also when it is held, or what it was edited from."""
    if take.model is None:
        return remix(inside(take.lineage, take.id), take.creator, take.feature, at, keep_for=keep_for)
    holding.check((take.id,), take.creator)
    return _by_its_seal(take.model, take.feature, _where(take), at)


def _by_its_seal(model: str, feature: str, territory: str, at: Instant) -> Allowed:
    """Leave for a model to be heard in a feature and a territory now: by its seal, or by its admission. Raises: Refused."""
    elsewhere = outsiders.find(model) is not None
    return served_outside(model, feature, territory) if elsewhere else served(model, territory, at)


def somewhere(take: Take, left: TerritorySet) -> TerritorySet:
    """Where the take may still go. Raises: Refused when what was cleared when it was made and what is now have nothing in common."""
    if not left:
        because = (
            f"take {take.id} was made for {take.territories.named()}, and its sources are cleared in none of them now"
        )
        raise Refused(
            Refusal(code="studio.source-not-cleared", because=because, hint="make the take anew", subject=take.id)
        )
    return left


def _where(take: Take) -> str:
    """A territory of a model's take that the model may be asked for still; where there is none, one that it may not."""
    both = take.territories & serving.where(str(take.model), take.feature)
    return next(iter(both or take.territories))
