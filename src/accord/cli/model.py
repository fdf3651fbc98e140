"""Models: list, show, read their cards, compare, promote, roll back, adopt, follow revocations; and outside models."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import console, now, out_json
from accord.parties import queries as parties
from accord.terms.instant import text
from accord.terms.territory import TerritorySet
from accord.training import actions, outside, outsiders, queries, registry, weights
from accord.training.outside import OutsideModel
from accord.training.records import Model

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Folder = Annotated[Path, typer.Argument(help="the folder with the model's files, as its library saves them")]
Named = Annotated[str, typer.Argument(help="a model's id")]


@app.command("list")
def list_(feature: Annotated[str, typer.Option(help="of this feature alone")] = "", json: Json = False) -> None:
    """Every model: its state, its seal, its sunset."""
    found, elsewhere = queries.models(feature or None), outsiders.models(feature or None)
    if json:
        out_json([*found, *elsewhere])
        return
    for model in found:
        console.print(_line(model), markup=False)
    for one in elsewhere:
        console.print(_outside_line(one), markup=False)


@app.command()
def show(model: Named, json: Json = False) -> None:
    """One model as it stands."""
    if outsiders.find(model) is not None:
        _show_outside(outsiders.model(model), json)
        return
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
    written = outsiders.card(model, which) if outsiders.find(model) else queries.card(model, which)
    sys.stdout.write(written.decode() + "\n")


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


@app.command("weights")
def weights_of(folder: Folder) -> None:
    """The digest of a folder of weights, and its size: what a model trained elsewhere is registered by over HTTP."""
    digest, size = weights.digest(folder)
    console.print(f"{digest} {size}", markup=False)


@app.command("register-outside")
def register_outside(
    folder: Folder,
    name: Annotated[str, typer.Option(help="what it is called: MusicGen small")],
    version: Annotated[str, typer.Option(help="which of its versions: 1.0")],
    adapter: Annotated[str, typer.Option(help="what opens it: musicgen or ace-step")],
    licence: Annotated[str, typer.Option(help="the licence of its weights, by SPDX id: CC-BY-NC-4.0")],
    licensor: Annotated[str, typer.Option(help="the party that gives that licence")],
    forbids: Annotated[str, typer.Option(help="what it forbids besides: export,sync")] = "",
    allows_commercial: Annotated[bool, typer.Option("--allows-commercial", help="it was read, and it does")] = False,
) -> None:
    """Register a model that was trained elsewhere, by its folder on this machine; it serves nobody before it is admitted."""
    forbidden = [word.strip() for word in forbids.split(",") if word.strip()]
    held = outside.licence(licence, licensor, forbidden, allows_commercial)
    digest, size = weights.digest(folder)
    found = outsiders.register(name, version, adapter, digest, size, held, now(), "cli")
    weights.remember(folder, digest)
    _show_outside(outsiders.model(found.id), False)


@app.command()
def place(model: Named, folder: Folder) -> None:
    """Say where on this machine the weights of an outside model stand."""
    outsiders.place(model, folder)
    console.print(f"{model}: {folder}", markup=False)


@app.command()
def admit(
    model: Named,
    feature: Annotated[str, typer.Argument(help="the feature it may serve")],
    territories: Annotated[str, typer.Option(help="where: DE+FR; default: wherever the feature is")] = "WORLD",
) -> None:
    """Let an outside model serve a feature; refused where the licence of its weights forbids that."""
    _show_outside(outsiders.admit(model, feature, TerritorySet.parse(territories), now(), "cli"), False)


@app.command()
def dismiss(
    model: Named,
    feature: Annotated[str, typer.Argument(help="the feature it may serve no more")],
    because: Annotated[str, typer.Option(help="what was wrong with it")],
) -> None:
    """Let an outside model serve a feature no more."""
    _show_outside(outsiders.dismiss(model, feature, because, now(), "cli"), False)


def _show_outside(found: OutsideModel, json: bool) -> None:
    if json:
        out_json(found)
        return
    licensor = found.licence.licensor
    console.print(_outside_line(found), markup=False)
    console.print(f"  its weights are under {found.licence.words(parties.names([licensor]))}", markup=False)
    console.print(f"  {found.weights}, {found.size_bytes:,} bytes, through {found.adapter}", markup=False)
    console.print(f"  {outside.NOT_ATTRIBUTABLE}", markup=False)


def _outside_line(found: OutsideModel) -> str:
    where = ", ".join(f"{one.feature} in {one.territories.text()}" for one in found.admissions)
    return (
        f"{found.id}  outside     {found.called}: {where or 'admitted to no feature'}, registered {text(found.at)[:10]}"
    )


def _line(model: Model) -> str:
    until = f", until {text(model.sunset)[:10]}" if model.sunset else ""
    return (
        f"{model.id}  {model.state.value:<10}  {model.feature} in {model.territories.text()}, bound to {model.seal}, "
        f"trained {text(model.at)[:10]}{until}"
    )
