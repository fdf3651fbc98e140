"""How each model stands now: whether it serves and why not, and what has happened to it (shell)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from accord.governance import queries as governance
from accord.governance.records import Feature
from accord.journal import queries as journal
from accord.parties import queries as parties
from accord.terms.instant import Instant, text, utc
from accord.training import facts, outside, queries, revoking, rules
from accord.training.records import Model, ModelState, Seal


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One model: whether it serves its feature now, the reason in a sentence, and its set as it was sealed."""

    model: Model
    seal: Seal
    feature: Feature
    serves: bool
    because: str


class OutsideStanding(msgspec.Struct, frozen=True, kw_only=True):
    """One outside model in one feature: whether it serves it now, and the reason in a sentence."""

    feature: str
    where: str
    serves: bool
    because: str


def standings(at: Instant, feature: str = "") -> list[Standing]:
    """Every model, newest first, of one feature where named; the items of each live one's set are decided again."""
    known = governance.features()
    return [_standing(one, known[one.feature], utc(at)) for one in reversed(queries.models(feature or None))]


def standing(model: str, at: Instant) -> Standing:
    """One model. Raises: NotThere."""
    found = queries.model(model)
    return _standing(found, governance.feature(found.feature), utc(at))


def of_outside(model: outside.OutsideModel) -> list[OutsideStanding]:
    """An outside model in each feature that it is admitted to."""
    known = governance.features()
    licensor = parties.names([model.licence.licensor]).get(model.licence.licensor, model.licence.licensor)
    found = []
    for one in model.admissions:
        feature = known[one.feature]
        refusal = outside.may_be_admitted(model, feature, licensor)
        stopped = _feature_stops(feature)
        because = f"serving refused: {refusal.because}" if refusal else stopped or f"admitted {text(one.at)[:10]}"
        serves = refusal is None and not stopped
        found.append(OutsideStanding(feature=feature.id, where=one.territories.named(), serves=serves, because=because))
    return found


def history(model: str) -> list[tuple[Instant, str, str]]:
    """(when, what, by whom) of each fact about a model of ours whose kind stands in TOLD, oldest first."""
    found = [
        (entry.position, entry.at, said, entry.actor)
        for kind in TOLD
        for entry in journal.facts_of(f"training.{kind}")
        if (said := TOLD[kind](entry.fact, model))
    ]
    return [(at, said, actor) for _, at, said, actor in sorted(found)]


def _standing(found: Model, feature: Feature, at: Instant) -> Standing:
    held = queries.seal(found.seal)
    because = _refused(found, held, feature, at)
    said = because or f"serves {feature.name} in {found.territories.named()}"
    return Standing(model=found, seal=held, feature=feature, serves=not because, because=said)


def _refused(found: Model, held: Seal, feature: Feature, at: Instant) -> str:
    """Why it does not serve; nothing where it does."""
    if found.state is ModelState.TRAINED:
        return "it serves nobody: it was not promoted, or the feature went back to the one before"
    if found.state is ModelState.SUPERSEDED:
        return f"it gave way to {found.successor}"
    if found.state is ModelState.RETIRED:
        return f"it is retired: {found.sunset_set.because if found.sunset_set else 'its last day is over'}"
    lost = revoking.revoked(held, at)
    sunset = rules.stricter(found.sunset_set, revoking.sunset(held, lost))
    refusal = rules.may_serve(found, next(iter(found.territories)), at, sunset)
    return f"serving refused: {refusal.because}" if refusal else _feature_stops(feature)


def _feature_stops(feature: Feature) -> str:
    if feature.live:
        return ""
    reason = governance.suspension_reason(feature.id)
    return f"its feature is {feature.state.value}" + (f": {reason}" if reason else "")


def _trained(fact: facts.ModelTrained, model: str) -> str:
    if fact.model != model:
        return ""
    return f"taken over from {fact.adopted_from}" if fact.adopted_from else f"trained on {fact.seal}, seed {fact.seed}"


def _promoted(fact: facts.ModelPromoted, model: str) -> str:
    if model in fact.replaces:
        return f"gave way to {fact.model}"
    instead = f" in the place of {' and '.join(fact.replaces)}" if fact.replaces else ""
    return f"promoted: it serves {fact.feature} from here on{instead}" if fact.model == model else ""


def _rolled_back(fact: facts.ModelRolledBack, model: str) -> str:
    if fact.instead_of == model:
        return f"{fact.feature} went back to {fact.model}: {fact.because}"
    return f"serves {fact.feature} again, instead of {fact.instead_of}: {fact.because}" if fact.model == model else ""


def _compared(fact: facts.ModelsCompared, model: str) -> str:
    return f"compared: {fact.compared.words()}" if fact.model == model else ""


def _calibrated(fact: facts.ModelCalibrated, model: str) -> str:
    if fact.model != model:
        return ""
    return f"its attribution was measured: {fact.calibration.weight_ppm / 10_000:.1f} % of the money follows it"


def _sunset(fact: facts.ModelSunsetSet, model: str) -> str:
    return f"to be gone by {text(fact.sunset.at)[:10]}: {fact.sunset.because}" if fact.model == model else ""


def _retired(fact: facts.ModelRetired, model: str) -> str:
    suspended = "; its feature was left without a model and suspended" if fact.feature_suspended else ""
    return f"retired: {fact.because}{suspended}" if fact.model == model else ""


#: Kind of fact → what it says of a model; nothing where it speaks of another.
TOLD: Mapping[str, Callable[[Any, str], str]] = {
    "model-trained": _trained,
    "model-promoted": _promoted,
    "model-rolled-back": _rolled_back,
    "models-compared": _compared,
    "model-calibrated": _calibrated,
    "model-sunset-set": _sunset,
    "model-retired": _retired,
}
