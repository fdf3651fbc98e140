"""What a revocation would touch, before it is said: in Python, over HTTP, on the command line (law 5)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import typer
from tests.unit.clearance.test_clearance_api import Caller
from tests.unit.studio.world import World
from tests.unit.training.world import ACTOR, JP, compose_world, sealed, trained
from typer.testing import CliRunner

from accord.cli.revoke import command
from accord.participation import queries as choices
from accord.parties.viewer import SYSTEM
from accord.portal import queries
from accord.terms.refusal import BadInput
from accord.terms.use import Use
from accord.training import actions

pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not trained")
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Twelve scored works, a set of them sealed, a model of it live."""
    made = compose_world()
    actions.promote(trained(made, sealed(made)).id, made.now(), ACTOR)
    return made


def test_law_5_a_revocation_knows_what_it_touches_and_by_when(world: World) -> None:
    """Wren's four works and their scores come out; the set, the model, and the day that the set's deal gives it."""
    touched = queries.blast_radius(SYSTEM, world["wren"], Use.TRAIN, "compose", world.now())
    theirs = {world[f"{kind}{number}"] for kind in "ws" for number in (0, 3, 6, 9)}
    assert set(touched.assets) == theirs and touched.deals == (world["deal"],)
    assert (len(touched.sets), len(touched.models)) == (1, 1)
    assert (touched.retire_by, touched.may_serve) == (datetime(2026, 7, 1, tzinfo=UTC), True)
    assert f"{world['deal']} says retire within 30 days" in touched.because
    assert touched.releases_stay and touched.releases_keep_paying


def test_law_5_a_no_touches_what_it_is_about(world: World) -> None:
    """Of one work, it and its score come out; where the set was not sealed for, no model is touched; a stranger's no
    touches nothing."""
    at, wren = world.now(), world["wren"]
    one = queries.blast_radius(SYSTEM, wren, Use.TRAIN, "compose", at, world["w3"])
    assert set(one.assets) == {world["w3"], world["s3"]} and len(one.models) == 1
    elsewhere = queries.blast_radius(SYSTEM, wren, Use.TRAIN, "compose", at, territories=JP)
    assert len(elsewhere.assets) == 8 and (elsewhere.sets, elsewhere.models, elsewhere.retire_by) == ((), (), None)
    nobody = queries.blast_radius(SYSTEM, world["fan"], Use.TRAIN, "compose", at)
    assert (nobody.assets, nobody.sets, nobody.models, nobody.deals) == ((), (), (), ())


def test_it_is_asked_over_http_by_whom_it_concerns(world: World) -> None:
    """Wren and the desk get all of it as JSON; another artist gets 404 (law 10), an unknown use one sentence."""
    asked = f"/choices/touched?person={world['wren']}&use=train&feature=compose"
    desk = Caller("licensing")
    for caller in (Caller("artist", parties=(world["wren"],)), desk):
        status, told = caller.get(asked)
        assert status == 200 and len(told["assets"]) == 8 and len(told["models"]) == 1
        assert told["retire_by"][10:] == "T00:00:00Z" and told["deals"] == [world["deal"]]
    assert Caller("artist", parties=(world["walt"],)).get(asked)[0] == 404
    assert desk.get(asked.replace("train", "dance"))[0] == 400


def test_it_is_looked_at_on_the_command_line_without_taking_anything_back(world: World) -> None:
    """`--look` says it, in words and for machines, and the yes still stands; `--json` alone asks nothing and says so."""
    app = typer.Typer()
    app.command()(command)
    about = [world["wren"], "--use", "train", "--feature", "compose", "--at", world.now().isoformat()]
    said = CliRunner().invoke(app, [*about, "--look"], catch_exceptions=False).output
    assert (
        "touches 8 recordings, works and stems that come out, 1 training set, 1 model, 0 creations, in compose" in said
    )
    assert "models retire by 1 July 2026 and may serve until then" in said
    told = json.loads(CliRunner().invoke(app, [*about, "--look", "--json"], catch_exceptions=False).output)
    assert len(told["assets"]) == 8 and told["retire_by"] == "2026-07-01T00:00:00Z"
    with pytest.raises(BadInput, match="--json asks nothing back"):
        CliRunner().invoke(app, [*about, "--json"], catch_exceptions=False)
    assert {choice.answer for choice in choices.choices([world["wren"]])} == {"yes"}
