"""What may be asked of training: seals, models, what a revocation touches, and a model that may serve, or why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce

import msgspec
import numpy as np
from numpy.typing import NDArray

from accord.catalog.score import Score, from_midi
from accord.deals import queries as deals
from accord.parties.viewer import SYSTEM, Viewer
from accord.terms.instant import Instant, utc
from accord.terms.refusal import NotThere, Refusal, Refused
from accord.terms.territory import EMPTY, TerritorySet
from accord.training import manifest, memory, mixture, revoking, rules, tokens
from accord.training import models as tables
from accord.training.generator import Generator, ScoreModel, by_heart
from accord.training.records import (
    Calibration,
    Cards,
    Compared,
    Losses,
    Memorised,
    Model,
    ModelState,
    RevokedItem,
    Seal,
    Sunset,
    Touched,
)
from accord.training.transformer import Weights
from accord.vault import actions as vault


def seal(seal_id: str, viewer: Viewer = SYSTEM) -> Seal:
    """One sealed set: whole for the platform, for others their own items and exclusions. Raises: NotThere."""
    row = tables.SealRow.objects.filter(id=seal_id).first()
    found = _shown(_seal(row), viewer) if row is not None else None
    if found is None:
        raise NotThere(f"there is no sealed set `{seal_id}`", do="`accord seal list` shows those there are")
    return found


def seals(viewer: Viewer = SYSTEM, feature: str | None = None) -> list[Seal]:
    """The sealed sets in order, each as the viewer may see it."""
    rows = tables.SealRow.objects.order_by("known", "id")
    rows = rows.filter(feature=feature) if feature else rows
    return [shown for row in rows if (shown := _shown(_seal(row), viewer)) is not None]


def model(model_id: str) -> Model:
    """One model as it stands. Raises: NotThere."""
    row = tables.ModelRow.objects.filter(id=model_id).first()
    if row is None:
        raise NotThere(f"there is no model `{model_id}`", do="`accord model list` shows those there are")
    return _model(row)


def models(feature: str | None = None, seal_id: str | None = None) -> list[Model]:
    """Every model in the order they were trained, of one feature or one seal where named."""
    rows = tables.ModelRow.objects.order_by("position", "id")
    rows = rows.filter(feature=feature) if feature else rows
    rows = rows.filter(seal=seal_id) if seal_id else rows
    return [_model(row) for row in rows]


def live_model(feature: str, at: Instant) -> Model | None:
    """The model that serves a feature at an instant; None when there is none."""
    return next((m for m in reversed(models(feature)) if m.serves_at(at)), None)


def check_serving(model_id: str, territory: str, at: Instant) -> Model:
    """The model, if it may serve in `territory` now: each item of its seal is decided again. Raises: NotThere, Refused."""
    found = model(model_id)
    held = seal(found.seal)
    demand = revoking.sunset(held, revoking.revoked(held, utc(at)))
    refusal = rules.may_serve(found, territory, utc(at), rules.stricter(found.sunset_set, demand))
    if refusal is not None:
        raise Refused(refusal)
    return found


def generator(model_id: str, territory: str, at: Instant) -> Generator:
    """The generator behind a model, if it may serve in `territory` now.

    Raises: NotThere; Refused outside its seal, past its sunset, while it is not live, or when no adapter here runs it.
    """
    found = check_serving(model_id, territory, at)
    if found.method not in ADAPTERS:
        because = f"{found.id} is of the kind `{found.method}`, which nothing here runs"
        raise Refused(
            Refusal(code="training.no-adapter", because=because, hint="install its adapter", subject=found.id)
        )
    return _loaded(found.weights, found.method, found.seal)


def sealed_scores(seal_id: str) -> dict[str, Score]:
    """Asset → its notes, for the items of a set that have notes."""
    return {item.asset: from_midi(vault.read(item.digest)) for item in scored(seal(seal_id))}


def scored(held: Seal) -> list[manifest.SealedItem]:
    """The items of a set that have notes, in order of asset."""
    return [item for item in held.items if item.note_tokens and item.digest]


def sequences(seal_id: str) -> dict[str, list[NDArray[np.int64]]]:
    """De-duplicated work → the tokens of each of its contents, BOS to EOS, for the items of a set that have notes."""
    clusters = {item.asset: item.cluster for item in scored(seal(seal_id))}
    found: dict[str, list[NDArray[np.int64]]] = {}
    for asset, score in sealed_scores(seal_id).items():
        found.setdefault(clusters[asset], []).append(tokens.encode(score).ids)
    return found


def touched_by(lost: Mapping[str, TerritorySet], feature: str, at: Instant) -> Touched:
    """What is touched when assets lose their clearance to train in a feature in these territories: sets sealed for any of
    them that hold one, models bound to those, and what the strictest of the deals concerned demands of these, by when."""
    sets = {one for held in seals_holding(asset for asset in lost if lost[asset]).values() for one in held}
    seals = [held for held in map(seal, sorted(sets)) if held.feature == feature]
    losing = {held.id: _losing(held, lost, at) for held in seals}
    touched = tuple(held.id for held in seals if losing[held.id])
    bound = [one for one in models() if one.seal in touched and one.state is not ModelState.RETIRED]
    demands = [revoking.sunset(held, losing[held.id]) for held in seals if held.id in {one.seal for one in bound}]
    return Touched(
        sets=touched,
        models=tuple(one.id for one in bound),
        features=tuple(sorted({one.feature for one in bound if one.state is ModelState.LIVE})),
        assets=tuple(sorted({item.asset for some in losing.values() for item in some})),
        sunset=reduce(rules.stricter, demands, None),
    )


def _losing(held: Seal, lost: Mapping[str, TerritorySet], at: Instant) -> tuple[RevokedItem, ...]:
    where = {item.asset: lost.get(item.asset, EMPTY) & held.territories for item in held.items}
    return tuple(RevokedItem(asset=asset, code="", because="", since=at) for asset, some in where.items() if some)


def seals_holding(assets: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Asset → the sets that hold it."""
    found: dict[str, list[str]] = {}
    for row in tables.SealedItemRow.objects.filter(asset__in=list(assets)).order_by("key"):
        found.setdefault(row.asset, []).append(row.seal)
    return {asset: tuple(sets) for asset, sets in found.items()}


def card(model_id: str, which: str = "model") -> bytes:
    """A published card, one of the fields of `Cards`: `croissant` and `bom` are JSON, the others Markdown. Raises: NotThere."""
    found = model(model_id).cards
    digest = getattr(found, which, None) if which in Cards.__struct_fields__ else None
    if digest is None:
        kinds = ", ".join(Cards.__struct_fields__)
        raise NotThere(f"{model_id} has published no `{which}` card", do=f"cards are {kinds}")
    return vault.read(digest)


def mixture_of(found: Model) -> mixture.Mixture:
    """The embedded model's weights, for attribution. Raises: BadInput when they are of another kind."""
    return _mixture(found.weights)


def checkpoints_of(found: Model) -> tuple[Weights, ...]:
    """The network's weights at each checkpoint kept, in order; the served ones are the last."""
    return (*(mixture.network_from(vault.read(one)) for one in found.checkpoints), mixture_of(found).weights)


@lru_cache(maxsize=4)
def _mixture(weights: str) -> mixture.Mixture:
    return mixture.from_bytes(vault.read(weights))


@lru_cache(maxsize=4)
def known(seal_id: str) -> memory.Known:
    """The runs of notes of a sealed set that no piece may hold."""
    return memory.learn(sealed_scores(seal_id).values())


def check_leaves(model_id: str, piece: Score, brought: Score | None) -> None:
    """Raises: Refused for a piece put together from parts of a model's, in which a run of its set stands that no piece may hold."""
    found = model(model_id)
    if found.method == mixture.KIND and known(found.seal).in_piece(piece, brought):
        raise Refused(by_heart("with what is kept around it there would be"))


#: Which kinds of weights run here, and how they are opened.
ADAPTERS = {mixture.KIND: lambda weights, seal_id: ScoreModel(_mixture(weights), known(seal_id))}


@lru_cache(maxsize=4)
def _loaded(weights: str, method: str, seal_id: str) -> Generator:
    return ADAPTERS[method](weights, seal_id)


@lru_cache(maxsize=32)
def _manifest(digest: str) -> manifest.Manifest:
    return manifest.read(vault.read(digest))


def _seal(row: tables.SealRow) -> Seal:
    held = _manifest(row.manifest)
    marked = tables.SealedItemRow.objects.filter(seal=row.id, revoked__isnull=False).order_by("key")
    return Seal(
        id=row.id,
        digest=row.manifest,
        feature=row.feature,
        territories=TerritorySet.parse(row.territories),
        at=row.at,
        known=row.known,
        items=held.items,
        excluded=held.excluded,
        licences=tuple(row.licences),
        revoked=tuple(msgspec.convert(one.revoked, RevokedItem) for one in marked),
    )


def _shown(found: Seal, viewer: Viewer) -> Seal | None:
    """The seal as a viewer may see it: whoever is not the platform sees what they are part of, or nothing (law 10)."""
    if viewer.staff:
        return found
    own = {deal.id for deal in deals.deals(viewer)}
    items = tuple(i for i in found.items if viewer.parties & set(i.people) or own & set(i.deals))
    if not items:
        return None
    mine = {item.asset for item in items}
    return msgspec.structs.replace(
        found,
        items=tuple(msgspec.structs.replace(i, deals=tuple(d for d in i.deals if d in own)) for i in items),
        excluded=(),
        licences=tuple(deal for deal in found.licences if deal in own),
        revoked=tuple(one for one in found.revoked if one.asset in mine),
    )


def _model(row: tables.ModelRow) -> Model:
    return Model(
        id=row.id,
        name=row.name,
        seal=row.seal,
        feature=row.feature,
        territories=TerritorySet.parse(row.territories),
        weights=row.weights,
        method=row.method,
        seed=row.seed,
        parameters=row.parameters,
        steps=row.steps,
        losses=msgspec.convert(row.losses, Losses) if row.losses else None,
        held_out=tuple(row.held_out),
        checkpoints=tuple(row.checkpoints),
        trained_s=row.trained_s,
        state=ModelState(row.state),
        at=row.at,
        live_from=row.live_from,
        successor=row.successor,
        sunset_set=msgspec.convert(row.sunset, Sunset) if row.sunset else None,
        cards=msgspec.convert(row.cards, Cards) if row.cards else None,
        calibration=msgspec.convert(row.calibration, Calibration) if row.calibration else None,
        factors=row.factors,
        compared=msgspec.convert(row.compared, Compared) if row.compared else None,
        memorised=msgspec.convert(row.memorised, Memorised) if row.memorised else None,
    )
