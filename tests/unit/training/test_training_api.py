"""Training and attribution over HTTP and as verbs: who may ask, what comes back, and what a refusal looks like."""

from __future__ import annotations

import builtins
import json
from importlib import import_module
from typing import Any

import pytest
import typer
from tests.made_once import made_once
from tests.unit.clearance.test_clearance_api import Caller
from tests.unit.studio.world import World
from tests.unit.training.world import ACTOR, compose_world, no, sealed, trained
from typer.testing import CliRunner

from accord.cli import console
from accord.terms.refusal import BadInput, Refused
from accord.training import actions, learning, queries

pytestmark = pytest.mark.django_db


once, world = made_once(compose_world)


@pytest.fixture
def live(world: World) -> World:
    """A live tiny model as `model`, its set as `seal`."""
    pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")
    seal = sealed(world)
    world.ids |= {"seal": seal.id, "model": actions.promote(trained(world, seal).id, world.now(), ACTOR).id}
    return world


def verb(name: str, *words: str) -> Any:
    """Run a verb as the command line does, without its outer error handling."""
    module = import_module(f"accord.cli.{name}")
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer()
        app.command()(module.command)
    return CliRunner().invoke(app, list(words))


def test_the_platform_reads_sets_models_and_cards(live: World) -> None:
    """Product sees the set whole, the model with its losses, its three cards, and that it may serve in DE."""
    product = Caller("product")
    assert [seal["items"] for seal in product.get("/seals")[1]["seals"]] == [12]
    status, seal = product.get(f"/seals/{live['seal']}")
    assert status == 200 and len(seal["items"]) == 12 and seal["territories"] == "DE+FR"
    assert product.get(f"/models/{live['model']}")[1]["losses"]["clusters"] == 1
    assert product.get("/models?feature=compose")[1]["models"][0]["id"] == live["model"]
    assert product.client.get(f"/v1/models/{live['model']}/cards/model").content.startswith(b"---\n")
    assert product.get(f"/models/{live['model']}/serving?territory=DE")[0] == 200


def test_a_refusal_is_a_problem_document_with_its_because(live: World) -> None:
    """Asked for JP, outside the seal: a problem document that says so, with its code."""
    status, problem = Caller("machine").get(f"/models/{live['model']}/serving?territory=JP")
    assert status == 403 and problem["type"].endswith("training.outside-seal") and "DE+FR" in problem["detail"]


def test_an_artist_sees_their_own_part_and_a_stranger_nothing(live: World) -> None:
    """Wren gets her four items; another artist gets 404 for the set, and neither may list models."""
    wren, other = Caller("artist", parties=(live["wren"],)), Caller("artist", parties=(live["fan"],))
    assert len(wren.get(f"/seals/{live['seal']}")[1]["items"]) == 4
    assert other.get(f"/seals/{live['seal']}")[0] == 404 and other.get("/seals")[1] == {"seals": []}
    assert wren.get("/models")[0] == other.get(f"/models/{live['model']}")[0] == 404


def test_sealing_over_http_is_the_same_door(world: World) -> None:
    """A set is sealed with 201; a territory nobody knows is bad input; an artist has no such door."""
    body = {"feature": "compose", "territories": "DE"}
    status, seal = Caller("product").post("/seals", body)
    assert status == 201 and queries.seal(seal["id"]).territories.text() == "DE"
    assert Caller("machine").post("/seals", body | {"territories": "XX"})[0] in (400, 422)
    assert Caller("artist").post("/seals", body)[0] == 404


def test_the_verbs_say_what_there_is(live: World) -> None:
    """List and show in words and as JSON; the card as it was published."""
    assert "12 items in 12 works" in verb("seal", "list").output
    assert json.loads(verb("seal", "show", live["seal"], "--json").output)["id"] == live["seal"]
    assert "live" in verb("model", "list").output and live["seal"] in verb("model", "show", live["model"]).output
    assert "not calibrated" in verb("model", "card", live["model"]).output
    assert "yes" in verb("model", "serves", live["model"], "DE").output
    refused = verb("model", "serves", live["model"], "JP")
    assert isinstance(refused.exception, Refused)


def test_following_revocations_says_what_it_did(live: World) -> None:
    """After a no: what was marked and until when the model may serve; asked again: nothing new."""
    no(live, "wren")
    said = verb("model", "follow-revocations").output
    assert "4 revoked" in said and "retire by" in said
    assert verb("model", "follow-revocations").output.strip() == "nothing new"


def test_training_needs_a_set_or_a_feature(world: World) -> None:
    """Neither, both, or a feature without a set and without a territory: one clear sentence each."""
    for words in ((), ("--seal", "seal_1", "--feature", "compose"), ("--feature", "compose")):
        assert isinstance(verb("train", *words).exception, BadInput)


def test_without_torch_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """When torch is not there, training is refused with the extra to install."""
    real = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name == "torch":
            raise ModuleNotFoundError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadInput, match=r"torch is not installed .*accord\[lab\]"):
        learning.lab()


def test_a_job_of_minutes_says_how_far_it_is_in_a_file_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Where standard error is no terminal a line is written at each twentieth, and none between."""
    with console.progress() as bar:
        report = console.reporting(bar, bar.add_task("training", total=None))
        for done in range(201):
            report(done, 200, f"retraining {done}")
    said = [line for line in capsys.readouterr().err.splitlines() if "retraining" in line]
    assert said == [f"{done} of 200: retraining {done}" for done in range(0, 201, 10)]
