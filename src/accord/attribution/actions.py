"""The doors in: compute a creation's shares, and calibrate how far a model's shares can be trusted."""

from __future__ import annotations

import time
from collections.abc import Callable

from accord.attribution import calibrating, facts, gathering, pieces, queries, rules
from accord.attribution.experiment import Effort
from accord.attribution.records import Attribution
from accord.governance import queries as governance
from accord.journal.actions import writing
from accord.parties.viewer import SYSTEM
from accord.studio import queries as studio
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere, Refusal, Refused
from accord.training import actions as models
from accord.training import queries as training
from accord.training.records import Model
from accord.vault import actions as vault


def attribute(creation: str, at: Instant, actor: str) -> Attribution:
    """Compute who is in a creation and how much; nothing is written when the shares already stand.

    Raises: NotThere; Refused when its feature has published no split.
    """
    made = studio.creation(SYSTEM, creation)
    split = governance.feature(made.feature).split
    if split is None:
        because = f"feature {made.feature} has published no split"
        raise Refused(
            Refusal(code="attribution.no-split", because=because, hint="`accord feature split` publishes one")
        )
    layers, evidence = gathering.layers(made)
    total, rows = rules.layered(layers, split)
    fact = facts.CreationAttributed(
        creation=creation,
        feature=made.feature,
        total_units=total,
        rows=rows,
        method_version=rules.VERSION,
        split_version=split.version,
        evidence=vault.put(queries.write_evidence(evidence)),
    )
    with writing(actor=actor, at=at) as journal:
        if not _stands(fact):
            journal.append(fact)
    return queries.attribution(creation)


def calibrate(
    model: str,
    progress: Callable[[int, int, str], None] = lambda done, total, words: None,
    *,
    at: Instant,
    actor: str,
    effort: Effort | None = None,
    stopwatch: Callable[[], float] = time.process_time,
) -> Model:
    """Measure against retraining how right attributing a model's output is; stopped, the same call goes on where it was.

    Retraining runs outside the writer's lock; the set is decided again before it and inside the lock after it.
    Raises: NotThere; Refused for an outside model or when an item of its set was revoked; BadInput for too few works or
    without torch.
    """
    found = training.model(model)
    calibrating.may(found)
    held = training.seal(found.seal)
    models.still_whole(held, at)
    how = effort or Effort()
    written = pieces.write(
        training.mixture_of(found),
        training.sealed_scores(held.id),
        how.pieces,
        lambda done: progress(done, how.pieces, "writing pieces to measure on"),
    )
    measured, factors = calibrating.run(found, held, written, how, progress, stopwatch)
    with writing(actor=actor, at=at):
        models.still_whole(training.seal(found.seal), at)
        calibrated = models.record_calibration(model, measured, factors, at, actor)
    calibrating.forget(model)
    return calibrated


def _stands(fact: facts.CreationAttributed) -> bool:
    try:
        now = queries.attribution(fact.creation)
    except NotThere:
        return False
    return (now.rows, now.total_units, now.version, now.split_version, now.evidence) == (
        fact.rows,
        fact.total_units,
        fact.method_version,
        fact.split_version,
        fact.evidence,
    )
