"""Models: list, show, read their cards, compare, promote, roll back, adopt for another feature, follow revocations."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from accord.cli.console import console, now, out_json
from accord.terms.instant import text
from accord.training import actions, queries, registry
from accord.training.records import Model

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Named = Annotated[str, typer.Argument(help="a model's id")]


@app.command("list")
def list_(feature: Annotated[str, typer.Option(help="of this feature alone")] = "", json: Json = False) -> None:
    """Every model: its state, its seal, its sunset."""
    found = queries.models(feature or None)
    if json:
        out_json(found)
        return
    for model in found:
        console.print(_line(model), markup=False)


@app.command()
def show(model: Named, json: Json = False) -> None:
    """One model as it stands."""
    found = queries.model(model)
    if json:
        out_json(found)
        return
    console.print(_line(found), markup=False)
    console.print(
        f"  {found.parameters:,} parameters, seed {found.seed}, {found.trained_s:.1f} CPU-s, {found.method}",
        markup=False,
    )
    if found.losses:
        held = found.losses
        console.print(
            f"  held-out loss: n-gram {held.ngram:.3f}, network {held.network:.3f}, mixture {held.mixture:.3f}"
        )
    if found.compared:
        console.print(f"  {found.compared.words()}", markup=False)
    if found.sunset_set:
        console.print(f"  sunset {text(found.sunset_set.at)[:10]}: {found.sunset_set.because}", markup=False)


@app.command()
def card(
    model: Named,
    which: Annotated[str, typer.Argument(help="model, data, croissant, bom, eu or california")] = "model",
) -> None:
    """A published card, as it stands in the vault."""
    sys.stdout.write(queries.card(model, which).decode() + "\n")


@app.command()
def promote(model: Named) -> None:
    """Make a model the one that serves its feature."""
    console.print(_line(actions.promote(model, now(), "cli")), markup=False)


@app.command()
def compare(
    model: Named, against: Annotated[str, typer.Argument(help="the model that it is to do better than")]
) -> None:
    """Compare two models on the works that both held out, and write it on the first one's card. Needs the extra [lab]."""
    found = registry.compare(model, against, now(), "cli")
    if found.compared is not None:
        console.print(f"{model}: {found.compared.words()}", markup=False)


@app.command("roll-back")
def roll_back(
    feature: Annotated[str, typer.Argument(help="the feature")],
    because: Annotated[str, typer.Option(help="what was wrong with the model that serves now")],
) -> None:
    """Let the model that served a feature before serve it again."""
    console.print(_line(registry.roll_back(feature, because, now(), "cli")), markup=False)


@app.command()
def adopt(model: Named, seal: Annotated[str, typer.Argument(help="the other feature's sealed set")]) -> None:
    """Let the same weights serve another feature under its own seal, which must hold all that they learned from."""
    console.print(_line(actions.adopt(model, seal, now(), "cli")), markup=False)


@app.command()
def serves(model: Named, territory: Annotated[str, typer.Argument(help="where: DE")]) -> None:
    """Whether a model may serve in a territory now; every item of its set is decided again."""
    queries.check_serving(model, territory, now())
    console.print(f"yes: {model} may serve in {territory}", markup=False)


@app.command("follow-revocations")
def follow_revocations(json: Json = False) -> None:
    """Mark what was revoked, set sunsets, retire what is due, suspend features left without a model."""
    done = actions.apply_revocations(now(), "cli")
    if json:
        out_json(done)
        return
    for line in done or ("nothing new",):
        console.print(line, markup=False)


def _line(model: Model) -> str:
    until = f", until {text(model.sunset)[:10]}" if model.sunset else ""
    return (
        f"{model.id}  {model.state.value:<10}  {model.feature} in {model.territories.text()}, bound to {model.seal}, "
        f"trained {text(model.at)[:10]}{until}"
    )
