"""How right attribution is: measure it against retraining, and show what was measured."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.attribution import actions, tracing
from accord.attribution.experiment import Effort
from accord.cli.console import console, errors, now, out_json, progress, reporting
from accord.terms.refusal import BadInput
from accord.training import queries
from accord.training.cards import reliability
from accord.training.plain import as_json
from accord.training.records import Model

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Named = Annotated[str, typer.Argument(help="a model's id")]


@app.command()
def calibrate(
    model: Named,
    subsets: Annotated[int, typer.Option(help="random halves of the set to retrain on; at least 32")] = 32,
    seeds: Annotated[int, typer.Option(help="retrainings of each half; at least 2")] = 4,
    json: Json = False,
) -> None:
    """Retrain on random halves and say how far attribution is right; stopped, the same command goes on. Needs the extra [lab]."""
    if subsets < 32 or seeds < 2:
        raise BadInput(
            f"{subsets} halves with {seeds} seeds say too little", do="retrain at least 32 halves with at least 2 seeds"
        )
    try:
        found = _calibrated(model, Effort(subsets=subsets, seeds=seeds))
    except KeyboardInterrupt:
        errors.print(f"stopped; `accord attribution calibrate {model}` goes on after the last step done", markup=False)
        raise
    _say(found, json)


@app.command()
def show(model: Named, json: Json = False) -> None:
    """What a model's calibration found, and how much of the money follows attribution."""
    _say(queries.model(model), json)


def _calibrated(model: str, effort: Effort) -> Model:
    with progress() as bar:
        task = bar.add_task("calibrating", total=None)
        return actions.calibrate(
            model,
            reporting(bar, task),
            at=now(),
            actor="cli",
            effort=effort,
        )


def _say(model: Model, json: bool) -> None:
    if json:
        out_json({"model": model.id, "followed_ppm": model.followed_ppm, "calibration": model.calibration})
        return
    console.print(f"{model.id}: {reliability(model)}", markup=False)
    measured = model.calibration
    if measured is None:
        return
    for method in measured.methods:
        console.print(f"  {method.lds.words()}  within one style {method.within.words()}  {method.name}", markup=False)
    console.print(
        f"  over likeness alone {measured.over_likeness.words()}; ceiling {measured.ceiling:.2f}; money error "
        f"{measured.money_error.words()}, by sealed tokens alone {measured.money_error_pro_rata.words()}",
        markup=False,
    )
    if measured.money_error_over is not None:
        console.print(
            f"  money error by attribution less by tokens, on the same pieces: {measured.money_error_over.words(3)}",
            markup=False,
        )
    console.print(
        f"  {measured.works} works, {measured.subsets} halves, {measured.seeds} seeds, {measured.reported} pieces reported on, "
        f"{measured.cpu_s:.0f} CPU-s; the model card says the rest",
        markup=False,
    )


@app.command()
def lineage(creation: Annotated[str, typer.Argument(help="a creation's id")], json: Json = False) -> None:
    """What CREATION was made from, step by step to its roots, with the exact shares at each."""
    found = tracing.traced(creation, now())
    if json:
        typer.echo(as_json(found).content.decode())
        return
    for member in found.family.members:
        shares = "; ".join(f"{root} {100 * float(share):.2f} %" for root, share in member.shares)
        indent = "  " * member.depth
        console.print(
            f"{indent}{member.id} ({member.kind})" + (f": {shares}" if member.kind in ("take", "creation") else ""),
            markup=False,
        )
    for root, takes in found.withdrawn:
        console.print(f"{root} is cleared nowhere any more: it is heard in {', '.join(takes)}", markup=False)
    for inner, takes in found.taken_back:
        console.print(f"nobody may remix {inner} any more: it is heard in {', '.join(takes)}", markup=False)


@app.command()
def touched(
    root: Annotated[str, typer.Argument(help="a recording's, stem's, model's, take's or creation's id")],
) -> None:
    """The takes and creations in which ROOT is heard, through any number of mixes."""
    takes, creations = tracing.touched_by(root)
    console.print(f"{root} is heard in {len(takes)} takes and {len(creations)} creations", markup=False)
    for name in (*takes, *creations):
        console.print(f"  {name}", markup=False)
