"""Train the embedded model of scores on a sealed set."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.console import console, now, out_json, progress, reporting
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet
from accord.training import actions, fitting, queries
from accord.training.records import Model


def command(
    feature: Annotated[str, typer.Option(help="seal a new set for this feature and train on it")] = "",
    territory: Annotated[str, typer.Option(help="with --feature: where the model may serve")] = "",
    seal: Annotated[str, typer.Option(help="train on this sealed set instead")] = "",
    seed: Annotated[int, typer.Option(help="same seed and seal: the same model")] = 1,
    steps: Annotated[int | None, typer.Option(help="learning steps; default: as many as read 650,000 tokens")] = None,
    name: Annotated[str, typer.Option(help="what to call it")] = "",
    promote: Annotated[bool, typer.Option("--promote", help="make it the model that serves the feature")] = False,
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Train a model; stopped, the same command goes on where it was. Needs the extra [lab]."""
    if bool(seal) == bool(feature):
        raise BadInput(
            "name a sealed set or a feature", do="accord train --seal seal_000120, or --feature compose --territory DE"
        )
    if feature:
        seal = _sealed(feature, territory).id
    with progress() as bar:
        task = bar.add_task("training", total=None)
        model = actions.train(
            seal,
            seed,
            reporting(bar, task),
            at=now(),
            actor="cli",
            name=name,
            plan=fitting.plan(seed, steps),
        )
    if promote:
        model = actions.promote(model.id, now(), "cli")
    if json:
        out_json(model)
    else:
        _say(model)


def _sealed(feature: str, territory: str) -> queries.Seal:
    """The feature's newest set that is still whole, or a new one where a territory is named."""
    if territory:
        return actions.seal_set(feature, TerritorySet.parse(territory), now(), "cli")
    whole = [one for one in queries.seals(feature=feature) if not one.revoked]
    if not whole:
        raise BadInput(f"feature `{feature}` has no sealed set", do="add --territory DE+FR, and one is sealed now")
    return whole[-1]


def _say(model: Model) -> None:
    console.print(
        f"{model.id} ({model.state.value}), bound to {model.seal}, for {model.feature} in {model.territories.text()}",
        markup=False,
    )
    console.print(f"  {model.parameters:,} parameters, seed {model.seed}, {model.trained_s:.1f} CPU-s")
    if model.losses:
        held = model.losses
        console.print(
            f"  held-out loss, nats a token on {held.clusters} works it never saw: n-gram {held.ngram:.3f}, "
            f"network {held.network:.3f}, mixture {held.mixture:.3f}"
        )
