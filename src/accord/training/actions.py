"""The doors in: seal a set, train on it, register, adopt, promote, and follow revocations to their end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from accord.clearance import queries as clearance
from accord.governance import actions as governance
from accord.governance import queries as features
from accord.governance.records import FeatureState
from accord.journal.actions import Writer, writing
from accord.terms.instant import Instant, text, utc
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training import (
    facts,
    fitting,
    gathering,
    manifest,
    memory,
    mixture,
    publishing,
    queries,
    revoking,
    rules,
    runs,
    tokens,
)
from accord.training.generator import Request, ScoreModel
from accord.training.learning import Plan, Progress
from accord.training.records import Calibration, Memorised, Model, ModelState, RevokedItem, Seal, Sunset
from accord.training.transformer import Shape, parameters
from accord.vault import actions as vault

#: Pieces, and bars of each, that tell on a new model's card what it has by heart: three CPU-seconds.
PROBES, PROBE_BARS = 4, 8


def seal_set(
    feature: str, territories: TerritorySet, at: Instant, actor: str, assets: Sequence[str] | None = None
) -> Seal:
    """Seal what is cleared for `train` in every one of `territories`: of `assets`, or of everything with notes.

    Each candidate is decided inside the writer's lock; what is left out is listed with its reason.
    Raises: BadInput for no territory or an unknown asset; Refused when nothing at all is cleared.
    """
    if not territories:
        raise BadInput("a set is sealed for at least one territory", do="name one, such as DE, or WORLD")
    wanted = tuple(dict.fromkeys(assets)) if assets is not None else gathering.learnable()
    found = gathering.candidates(wanted)
    with writing(actor=actor, at=at) as journal:
        answers = clearance.decide_many(wanted, Use.TRAIN, feature, at)
        items, left = rules.select(found, answers, territories)
        if not items:
            raise Refused(
                _nothing(feature, territories, len(left), left[0].because if left else "there are no candidates")
            )
        digest = vault.put(manifest.write(feature, territories, items, left))
        seal = journal.mint("seal")
        journal.append(
            facts.SetSealed(
                seal=seal,
                feature=feature,
                territories=territories,
                manifest=digest,
                known=journal.head,
                items=len(items),
                excluded=len(left),
                clusters=len({item.cluster for item in items}),
                licences=tuple(sorted({deal for item in items for deal in item.deals})),
            )
        )
    return queries.seal(seal)


def train(
    seal: str,
    seed: int,
    progress: fitting.Report = lambda done, total, words: None,
    *,
    at: Instant,
    actor: str,
    name: str = "",
    plan: Plan | None = None,
    shape: Shape | None = None,
    stopwatch: Callable[[], float] = time.process_time,
) -> Model:
    """Train the embedded model on a sealed set. Stopped in between, the same call goes on where it was.

    Learning runs outside the writer's lock; the set is decided again before it and inside the lock after it.
    Raises: NotThere; Refused when an item was revoked or none has notes; BadInput without torch.
    """
    held = queries.seal(seal)
    still_whole(held, at)
    how, size = replace(plan or fitting.plan(seed), seed=seed), shape or fitting.shape()
    file = runs.path(seal, seed)
    begun = runs.resume(file, how, size)
    since = stopwatch() - (begun.spent_s if begun else 0.0)

    def keep(state: Progress) -> None:
        runs.save(file, replace(state, spent_s=stopwatch() - since), how, size)

    fitted = fitting.fit(_corpus(held), how, size, begun, keep, progress)
    memorised = _memorised(held, fitted.model)
    spent = round(stopwatch() - since, 3)
    weights = vault.put(mixture.to_bytes(fitted.model))
    checkpoints = tuple(vault.put(mixture.network_to(one)) for one in fitted.checkpoints)
    with writing(actor=actor, at=at) as journal:
        still_whole(queries.seal(seal), at)  # a no that came while it learned stops it here
        model = journal.mint("mdl")
        journal.append(
            facts.ModelTrained(
                model=model,
                name=name or f"{held.feature} {model}",
                seal=seal,
                weights=weights,
                method=mixture.KIND,
                seed=seed,
                parameters=parameters(size),
                steps=fitted.steps,
                trained_s=spent,
                losses=fitted.losses,
                held_out=fitted.held_out,
                checkpoints=checkpoints,
                memorised=memorised,
            )
        )
        _publish_cards(journal, model)
    runs.forget(file)
    return queries.model(model)


def register(
    seal: str, name: str, weights: str, method: str, at: Instant, actor: str, *, seed: int = 0, parameters: int = 0
) -> Model:
    """Register a model trained elsewhere on a sealed set; `method` names the adapter that runs it, `weights` its file.

    Raises: NotThere; BadInput when the vault has no such weights; Refused when an item of the set was revoked.
    """
    if not vault.exists(weights):
        raise BadInput(f"the vault has no weights `{weights}`", do="put the file into the vault first")
    return _bind(queries.seal(seal), name, weights, method, seed, parameters, None, at, actor)


def adopt(model: str, seal: str, at: Instant, actor: str, name: str = "") -> Model:
    """Let the same weights serve another feature, under that feature's own seal.

    Everything the model learned from must stand in the new seal: a yes to one feature does not reach another.
    Raises: NotThere; Refused naming what the new seal lacks.
    """
    source, held = queries.model(model), queries.seal(seal)
    missing = {item.asset for item in queries.seal(source.seal).items} - {item.asset for item in held.items}
    if missing:
        because = f"{model} learned from {len(missing)} assets that {seal} does not hold"
        hint = "train a model on that seal"
        raise Refused(
            Refusal(
                code="training.beyond-seal",
                because=because,
                hint=hint,
                subject=model,
                details=tuple(sorted(missing)[:5]),
            )
        )
    return _bind(
        held, name or source.name, source.weights, source.method, source.seed, source.parameters, source, at, actor
    )


def promote(model: str, at: Instant, actor: str) -> Model:
    """Make a model the one that serves its feature; the one that did is superseded.

    Raises: NotThere; Refused when it is retired, past its sunset, or an item of its seal was revoked.
    """
    with writing(actor=actor, at=at) as journal:
        found = queries.model(model)
        if found.state is ModelState.RETIRED:
            raise Refused(Refusal(code="training.retired", because=f"{model} is retired", hint="train a new one"))
        still_whole(queries.seal(found.seal), at)
        others = [m.id for m in queries.models(found.feature) if m.state is ModelState.LIVE and m.id != model]
        journal.append(facts.ModelPromoted(model=model, feature=found.feature, replaces=tuple(others)))
        publishing.anew(journal, model, *others)
    return queries.model(model)


def publish_cards(model: str, at: Instant, actor: str) -> Model:
    """Write the model's cards anew from what is known now. Raises: NotThere."""
    with writing(actor=actor, at=at) as journal:
        _publish_cards(journal, model)
    return queries.model(model)


def record_calibration(model: str, measured: Calibration, factors: str, at: Instant, actor: str) -> Model:
    """Write down how right the attribution of a model's output is, and its model card anew. Raises: NotThere."""
    with writing(actor=actor, at=at) as journal:
        queries.model(model)
        journal.append(facts.ModelCalibrated(model=model, calibration=measured, factors=factors))
        publishing.anew(journal, model)
    return queries.model(model)


def apply_revocations(at: Instant, actor: str = "system") -> tuple[str, ...]:
    """Follow every revocation to where it leads; returns in words what was written, nothing when nothing is new.

    Marks sealed items whose ground is gone, sets the sunset that the strictest deal demands, retires models whose day
    has come, and suspends a feature that is left without a live model. Calling it again changes nothing.
    """
    done: list[str] = []
    with writing(actor=actor, at=at) as journal:
        for held in queries.seals():
            done += _mark(journal, held, utc(at))
        for model in queries.models():
            done += _retire(journal, model, utc(at))
    return tuple(done)


def _mark(journal: Writer, held: Seal, at: Instant) -> list[str]:
    standing = [m for m in queries.models(seal_id=held.id) if m.state is not ModelState.RETIRED]
    known = {item.asset for item in held.revoked}
    found = revoking.revoked(held, at)
    done = []
    if fresh := tuple(item for item in found if item.asset not in known):
        journal.append(facts.SealRevoked(seal=held.id, items=fresh))
        done.append(f"{held.id}: {len(fresh)} revoked ({', '.join(item.asset for item in fresh[:3])})")
    every = {item.asset: item for item in (*held.revoked, *found)}
    demand = revoking.sunset(held, every.values())
    for model in standing:
        strict = rules.stricter(model.sunset_set, demand)
        sooner = strict if strict is not None and _is_sooner(model.sunset_set, strict) else None
        if sooner is not None:
            journal.append(facts.ModelSunsetSet(model=model.id, sunset=sooner))
            done.append(f"{model.id}: retire by {text(sooner.at)[:10]}")
        if fresh or sooner is not None:
            publishing.anew(journal, model.id)
    return done


def _is_sooner(now: Sunset | None, demand: Sunset) -> bool:
    return now is None or demand.at < now.at or (now.may_serve and not demand.may_serve)


def _retire(journal: Writer, model: Model, at: Instant) -> list[str]:
    """Retire a model whose day has come; a feature without another live model is suspended."""
    if model.sunset_set is None or model.state is ModelState.RETIRED:
        return []
    over = at >= model.sunset_set.at
    lost = model.state is ModelState.LIVE and not model.serves_at(at)
    suspend = lost and _live(model.feature) and queries.live_model(model.feature, at) is None
    if suspend:
        governance.suspend(model.feature, f"{model.id} may not serve: {model.sunset_set.because}", at, journal.actor)
    if over:
        journal.append(facts.ModelRetired(model=model.id, because=model.sunset_set.because, feature_suspended=suspend))
        publishing.anew(journal, model.id)
    words = [f"{model.id}: retired"] if over else []
    return words + ([f"{model.feature}: suspended, no successor is live"] if suspend else [])


def _live(feature: str) -> bool:
    return features.feature(feature).state is FeatureState.LIVE


def still_whole(held: Seal, at: Instant) -> None:
    """Refuse to learn from a set in which anything has lost its ground: a retrain is a new use. Raises: Refused."""
    lost: tuple[RevokedItem, ...] = held.revoked or revoking.revoked(held, utc(at))
    refusal = rules.may_retrain(held, lost)
    if refusal is not None:
        raise Refused(refusal)


def _corpus(held: Seal) -> fitting.Corpus:
    scored = queries.scored(held)
    if not scored:
        because = f"{held.id} holds no notes to learn from"
        raise Refused(
            Refusal(code="training.no-notes", because=because, hint="seal scores, or recordings with their notes")
        )
    scores = queries.sealed_scores(held.id)
    sequences = {asset: tokens.encode(score).ids for asset, score in scores.items()}
    return fitting.Corpus(sequences, {item.asset: item.cluster for item in scored})


def _memorised(held: Seal, model: mixture.Mixture) -> Memorised:
    """What it writes by heart with nothing that holds it back, in pieces with every voice that it knows."""
    voices = (0,) * max(1, len(model.reach.keys() - {tokens.DRUM_VOICE}))
    asked = [Request(instruments=voices, bars=PROBE_BARS, seed=number) for number in range(PROBES)]
    return memory.measure(queries.sealed_scores(held.id).values(), [*map(ScoreModel(model).generate, asked)])


def _bind(
    held: Seal,
    name: str,
    weights: str,
    method: str,
    seed: int,
    size: int,
    source: Model | None,
    at: Instant,
    actor: str,
) -> Model:
    with writing(actor=actor, at=at) as journal:
        still_whole(held, at)
        model = journal.mint("mdl")
        journal.append(
            facts.ModelTrained(
                model=model,
                name=name,
                seal=held.id,
                weights=weights,
                method=method,
                seed=seed,
                parameters=size,
                steps=source.steps if source else 0,
                trained_s=source.trained_s if source else 0.0,
                losses=source.losses if source else None,
                held_out=source.held_out if source else (),
                adopted_from=source.id if source else None,
                checkpoints=source.checkpoints if source else (),
                memorised=source.memorised if source else None,
            )
        )
        _publish_cards(journal, model)
    return queries.model(model)


def _publish_cards(journal: Writer, model: str) -> None:
    found = queries.model(model)
    written = publishing.write(found, queries.seal(found.seal))
    journal.append(facts.CardsPublished(model=model, cards=written))


def _nothing(feature: str, territories: TerritorySet, count: int, first: str) -> Refusal:
    return Refusal(
        code="training.nothing-cleared",
        because=f"none of {count} candidates is cleared for train in {feature} in all of {territories.text()}",
        details=(first,),
        hint="`accord clear` says what each one lacks",
    )
