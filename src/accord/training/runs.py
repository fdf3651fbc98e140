"""Training runs on disk: one file a run, replaced whole after every report, so that a killed run goes on from there (shell)."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from accord.terms.refusal import BadInput
from accord.training import packing
from accord.training.learning import Plan, Progress
from accord.training.transformer import Shape


def path(seal: str, seed: int) -> Path:
    """Where a run of this seal and seed keeps its state."""
    return Path(settings.ACCORD_HOME) / "training" / f"{seal}-{seed}.state"


def save(file: Path, progress: Progress, plan: Plan, shape: Shape) -> None:
    """Write beside and rename: a kill leaves the last whole state."""
    parts = {"weights": progress.weights, "first": progress.first, "second": progress.second}
    parts |= {f"kept.{number}": weights for number, weights in enumerate(progress.kept)}
    arrays = {f"{part}.{name}": value for part, held in parts.items() for name, value in held.items()}
    values = {
        "step": progress.step,
        "kept": len(progress.kept),
        "spent_s": progress.spent_s,
        "plan": _plan(plan),
        "shape": _shape(shape),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(packing.pack(arrays, values))
    os.replace(draft, file)


def resume(file: Path, plan: Plan, shape: Shape) -> Progress | None:
    """Where a run stopped; None when there is none, when it cannot be read, or when it followed another plan."""
    try:
        arrays, values = packing.unpack(file.read_bytes())
    except (FileNotFoundError, BadInput):
        return None
    if values["plan"] != _plan(plan) or values["shape"] != _shape(shape):
        return None

    def part(name: str) -> dict[str, object]:
        return {n.removeprefix(f"{name}."): a for n, a in arrays.items() if n.startswith(f"{name}.")}

    weights, first, second = part("weights"), part("first"), part("second")
    kept = tuple(part(f"kept.{number}") for number in range(values.get("kept", 0)))
    return Progress(values["step"], weights, first, second, values["spent_s"], kept)  # type: ignore[arg-type]


def forget(file: Path) -> None:
    """A finished run needs no state."""
    file.unlink(missing_ok=True)


def _plan(plan: Plan) -> list[float]:
    return [plan.steps, plan.batch, plan.rate, plan.warm_up, plan.decay, plan.seed]


def _shape(shape: Shape) -> list[int]:
    return [shape.vocabulary, shape.width, shape.layers, shape.heads, shape.window]
