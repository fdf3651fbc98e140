"""The doors of the registry: compare two models on works that neither has seen, and go back to the one before (shell)."""

from __future__ import annotations

import numpy as np

from accord.journal.actions import writing
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.training import actions, facts, learning, mixture, publishing, queries, tokens
from accord.training.records import Compared, Model, ModelState


def compare(model: str, against: str, at: Instant, actor: str) -> Model:
    """Compare a model's network with another's on the works that both held out, and write it on its card.

    Raises: NotThere; BadInput without torch, for a model and itself, or for one that is not ours; Refused when no work
    was held out by both.
    """
    one, other = queries.model(model), queries.model(against)
    if one.id == other.id or {one.method, other.method} != {mixture.KIND}:
        raise BadInput(f"{model} cannot be compared with {against}", why="it takes two models that were trained here")
    held = queries.seal(one.seal)
    common = _held_out(one) & _held_out(other)
    scores = queries.sealed_scores(held.id)
    unseen = [tokens.encode(scores[asset]).ids for asset in sorted(common)]
    if not unseen:
        raise Refused(_nothing_in_common(model, against))
    losses = [_loss(found, unseen) for found in (one, other)]
    compared = Compared(
        against=against,
        works=len({item.cluster for item in held.items if item.asset in common}),
        tokens=sum(len(ids) - 1 for ids in unseen),
        loss=round(losses[0], 6),
        loss_against=round(losses[1], 6),
    )
    with writing(actor=actor, at=at) as journal:
        journal.append(facts.ModelsCompared(model=model, compared=compared))
        publishing.anew(journal, model)
    return queries.model(model)


def roll_back(feature: str, because: str, at: Instant, actor: str) -> Model:
    """Let the model that served before the live one serve again; the live one serves nobody from now on.

    Raises: BadInput without a reason; Refused when there is none before it, or something in its seal was revoked.
    """
    if not because.strip():
        raise BadInput("a roll back needs a reason", do='say in a few words what was wrong: --because "…"')
    with writing(actor=actor, at=at) as journal:
        live = queries.live_model(feature, at)
        before = [m for m in queries.models(feature) if live is not None and m.successor == live.id]
        before = [m for m in before if m.state is ModelState.SUPERSEDED]
        if live is None or not before:
            raise Refused(_nothing_before(feature))
        actions.still_whole(queries.seal(before[-1].seal), at)
        journal.append(
            facts.ModelRolledBack(model=before[-1].id, feature=feature, instead_of=live.id, because=because.strip())
        )
        publishing.anew(journal, before[-1].id, live.id)
    return queries.model(before[-1].id)


def _held_out(model: Model) -> set[str]:
    """The scores that were held out: by asset, since the same name may stand for other near-duplicates in another set."""
    return {i.asset for i in queries.scored(queries.seal(model.seal)) if i.cluster in model.held_out}


def _loss(model: Model, unseen: list[tokens.Tokens]) -> float:
    held = queries.mixture_of(model)
    return float(np.concatenate([learning.losses(held.shape, held.weights, ids) for ids in unseen]).mean())


def _nothing_in_common(model: str, against: str) -> Refusal:
    because = f"no work was held out by both {model} and {against}"
    return Refusal(code="training.nothing-in-common", because=because, hint="train both with one seed", subject=model)


def _nothing_before(feature: str) -> Refusal:
    because = f"no model served {feature} before the one that does now"
    return Refusal(
        code="training.nothing-before",
        because=because,
        hint="`accord model list` says which there are",
        subject=feature,
    )
