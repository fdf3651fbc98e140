"""The job behind `accord attribution calibrate`: prepare, retrain, keep every step on disk, and go on after a stop (shell).

A model's own checkpoints are looked into once; what that leaves is what will score creations. What its pieces would have
lost is read from a proxy of its family that is retrained, since the served network takes too long to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from accord.attribution import calibration, influence, measuring, passages, retraining, similarity
from accord.attribution.experiment import Effort, Experiment
from accord.attribution.measuring import Choice, Scored
from accord.attribution.retraining import Proxy
from accord.terms.refusal import BadInput, Refusal, Refused
from accord.training import mixture, packing
from accord.training import queries as training
from accord.training.grammar import alphabet
from accord.training.records import Calibration, Model, Seal
from accord.training.transformer import parameters
from accord.vault import actions as vault

Ints = NDArray[np.int64]
Report = Callable[[int, int, str], None]

FEWEST_WORKS = 12
STYLES = 4


def run(
    model: Model,
    seal: Seal,
    pieces: Sequence[Ints],
    effort: Effort,
    report: Report,
    stopwatch: Callable[[], float],
) -> tuple[Calibration, str]:
    """Measure, going on where an earlier run of the same stopped; returns the calibration and the digest of the factors.

    Raises: BadInput for too few works or without torch.
    """
    sequences = {work: passages.distinct(of) for work, of in training.sequences(seal.id).items()}
    if len(sequences) < FEWEST_WORKS:
        raise BadInput(
            f"{len(sequences)} de-duplicated works are too few to calibrate on", do=f"it takes at least {FEWEST_WORKS}"
        )
    job = _job(seal, sequences, pieces, effort)
    file = state_file(model.id)
    identity = _identity(model, seal, job)
    _resume(job, file, identity)
    since = stopwatch() - job.spent_s

    def keep(words: str, done: int, total: int) -> None:
        job.spent_s = stopwatch() - since
        _save(job, file, identity)
        report(done, total, words)

    networks = training.checkpoints_of(model)
    todo = job.retrainings()
    total = len(networks) + len(todo)
    for number, weights in enumerate(networks):
        if f"score.{number}.{effort.dampings[0]}" not in job.done:
            _look(job, number, weights, training.mixture_of(model).shape, sequences, _factors_file(file, number))
        keep(f"looking into checkpoint {number + 1} of {len(networks)}", number + 1, total)
    for count, (name, present, seed) in enumerate(todo, start=1):
        if name not in job.done:
            learned = retraining.retrain(job.proxy, present, seed)
            job.done[name] = retraining.losses(job.proxy, learned.weights, job.pieces)
        keep(f"retraining {count} of {len(todo)}", len(networks) + count, total)
    measured, choice = _measure(job, sequences, len(networks), model)
    return measured, _put(choice, file, len(networks), effort)


def forget(model: str) -> None:
    """A finished job needs no state."""
    for file in state_file(model).parent.glob(f"{state_file(model).name}*"):
        file.unlink()


def state_file(model: str) -> Path:
    """Where a calibration keeps its state."""
    return Path(settings.ACCORD_HOME) / "training" / f"calibrate-{model}"


def may(model: Model) -> None:
    """Raises: Refused for a model that is not ours to look into."""
    if model.method != mixture.KIND:
        because = f"{model.id} is of the kind `{model.method}`: what it learned from cannot be measured here"
        hint = "its output stays not attributable, and is paid by sealed tokens"
        raise Refused(Refusal(code="attribution.not-attributable", because=because, hint=hint, subject=model.id))


def _job(seal: Seal, sequences: Mapping[str, Sequence[Ints]], pieces: Sequence[Ints], effort: Effort) -> Experiment:
    vocabulary = int(max(ids.max() for of in (*sequences.values(), pieces) for ids in of)) + 1
    small = retraining.proxy(sequences, vocabulary)
    members = calibration.halves(len(small.works), effort.subsets, seed=1)
    return Experiment(small, pieces, members, _owners(seal, small, effort.owners), effort)


def _owners(seal: Seal, small: Proxy, most: int) -> calibration.Bools:
    """(owners, works): those with the most tokens; works of the same people have one owner, a work of nobody its own."""
    of = {item.cluster: "+".join(sorted(item.people)) or item.work for item in seal.items}
    tokens: dict[str, int] = {}
    for work, length in zip(small.works, small.lengths, strict=True):
        tokens[of[work]] = tokens.get(of[work], 0) + int(length)
    if len(tokens) < 2:
        raise BadInput("nobody can be left out", why="every work of the set is by the same people")
    largest = sorted(tokens, key=lambda owner: (-tokens[owner], owner))[:most]
    return np.asarray([[of[work] == owner for work in small.works] for owner in largest])


def _look(
    job: Experiment, number: int, weights: Any, shape: Any, sequences: Mapping[str, Sequence[Ints]], file: Path
) -> None:
    looked = influence.look(shape, weights, [sequences[work] for work in job.proxy.works])
    held = [influence.condense(looked, damping) for damping in job.effort.dampings]
    _write(file, influence.to_bytes(held, job.proxy.works))
    first = held[0]
    gradients = [influence.gradient(shape, first.weights, first.inputs, first.outputs, ids) for ids in job.pieces]
    for damping, factors in zip(job.effort.dampings, held, strict=True):
        job.done[f"score.{number}.{damping}"] = np.asarray([factors.of(one) for one in gradients])


def _measure(
    job: Experiment, sequences: Mapping[str, Sequence[Ints]], checkpoints: int, model: Model
) -> tuple[Calibration, Choice]:
    index = similarity.prepare({work: [ids[2:-1] for ids in of] for work, of in sequences.items()})
    likeness = np.asarray([list(similarity.similarities(index, ids[2:-1]).values()) for ids in job.pieces])
    keys = [(n, d) for n in range(checkpoints) for d in job.effort.dampings]
    bar = alphabet().bar
    scored = Scored(
        influence={(n, d): job.done[f"score.{n}.{d}"].astype(np.float64) for n, d in keys},
        likeness=likeness,
        tokens=np.asarray([passages.tokens([ids[2:-1] for ids in sequences[w]], bar) for w in job.proxy.works]),
        groups=similarity.styles(index, STYLES),
        others={},
    )
    return measuring.calibrate(scored, job.retrained(), _words(job, model), True, job.spent_s)


def _words(job: Experiment, model: Model) -> str:
    return (
        f"a network of {parameters(job.proxy.shape):,} parameters, {retraining.PASSES} passes over the first "
        f"{int(job.proxy.lengths.max())} tokens of each work, in place of the served one of {model.parameters:,}; "
        f"styles are {STYLES} groups of works by likeness"
    )


def _put(choice: Choice, file: Path, checkpoints: int, effort: Effort) -> str:
    """The factors that were chosen, as one file of the vault."""
    chosen: list[influence.Factors] = []
    works: tuple[str, ...] = ()
    for number in range(checkpoints - choice.checkpoints, checkpoints):
        held, works = influence.from_bytes(_factors_file(file, number).read_bytes())
        chosen.append(held[effort.dampings.index(choice.damping)])
    return vault.put(influence.to_bytes(chosen, works))


def _factors_file(file: Path, number: int) -> Path:
    return file.with_name(f"{file.name}.{number}.factors")


def _identity(model: Model, seal: Seal, job: Experiment) -> dict[str, Any]:
    recipe = [retraining.TOKENS, retraining.PASSES, retraining.BATCH, retraining.RATE]
    effort = asdict(job.effort) | {"dampings": list(job.effort.dampings)}
    return {"model": model.weights, "seal": seal.digest, "effort": effort, "recipe": recipe}


def _save(job: Experiment, file: Path, identity: Mapping[str, Any]) -> None:
    _write(file, packing.pack(job.done, {"identity": dict(identity), "spent_s": job.spent_s}))


def _resume(job: Experiment, file: Path, identity: Mapping[str, Any]) -> None:
    """Take over what an earlier run measured; nothing when there is none, it cannot be read, or it measured something else."""
    try:
        arrays, values = packing.unpack(file.read_bytes())
    except (FileNotFoundError, BadInput):
        return
    if values["identity"] == identity:
        job.done, job.spent_s = arrays, values["spent_s"]


def _write(file: Path, data: bytes) -> None:
    """Write beside and rename: a kill leaves the last whole state."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(data)
    os.replace(draft, file)
