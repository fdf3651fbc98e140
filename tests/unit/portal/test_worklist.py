"""What would unlock most, in process, over HTTP, on the command line and as a page: who may ask, and what comes back."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
import typer
from django.contrib.auth import get_user_model
from django.test import Client
from tests.stories.runner import World, tell
from tests.unit.clearance.scene import agreed
from typer.testing import CliRunner

from accord.clearance import queries as clearance
from accord.clearance.steps import Matter, Step
from accord.cli.unlock import command
from accord.parties import accounts
from accord.portal import plays, worklist, world_map
from accord.terms.refusal import BadInput
from accord.terms.territory import TERRITORIES, TerritorySet

pytestmark = pytest.mark.django_db


def lacking() -> World:
    """The scene with N's yes taken back in JP, and one more recording O of W, of K on a label that has no deal."""
    world = agreed()
    tell("N says no to train in compose in JP\nRecording O of W by K, on label L2", world=world)
    tell("L2 claims 100 % of the master of O everywhere", world=world)
    return world


def test_the_step_that_alone_clears_most_comes_first() -> None:
    """N's yes alone clears R and Q in JP; O lacks two things, so neither alone clears it."""
    world = lacking()
    found = worklist.worklist("train", "compose", world.at)
    first, *rest = found.steps
    assert first.step == Step(Matter.CHOICE, world.id("N"))
    assert (first.recordings, first.among, first.territories) == (2, 2, TerritorySet.of("JP"))
    assert first.refused and first.could_grant == world.id("N") and set(first.places) == {"JP"}
    assert {(one.step, one.recordings, one.among) for one in rest} == {
        (Step(Matter.DEAL, world.id("L2"), "master"), 0, 1),
        (Step(Matter.CHOICE, world.id("K")), 0, 1),
    }
    assert (found.cleared["JP"], found.away["JP"], found.cleared["FR"], found.away["FR"]) == (0, 2, 2, 0)
    assert (found.recordings, found.somewhere, found.lacked) == (3, 2, 3)


def test_the_order_to_talk_in_counts_what_the_steps_above_it_left() -> None:
    """Once one of O's two steps is held, the other clears it."""
    world = lacking()
    found = worklist.worklist("train", "compose", world.at)
    assert [one.adds for one in found.in_order] == [2, 0, 1]
    elsewhere = worklist.worklist("train", "compose", world.at, TerritorySet.of("FR"))
    assert [one.adds for one in elsewhere.in_order] == [0, 1] and elsewhere.cleared == {"FR": 2}


def test_what_is_listed_is_what_clear_says() -> None:
    """Each step's because and who could grant it are those of its example's own answer."""
    world = lacking()
    for one in worklist.worklist("train", "compose", world.at).steps:
        answer = clearance.decide(one.example, "train", "compose", world.at)
        assert (one.because, one.could_grant) in [(short.because, short.could_grant) for short in answer.shortfalls]


def test_words_say_what_kind_of_step_it_is() -> None:
    """Names, no ids; a no is called a no; what nobody can grant says so."""
    world = lacking()
    tell("Work X by A\nRecording Z of X by N, on label L\nL claims 100 % of the master of Z everywhere", world=world)
    said = {one.what for one in worklist.said(worklist.worklist("train", "compose", world.at))}
    assert said == {
        "N Story said no: only they can change it",
        "A deal with L2 Story for its masters",
        "The yes of K Story",
        "Shares of “Work X” that nobody holds: register or evidence them; nobody can grant them",
    }


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"feature": "no-such"}, "there is no feature `no-such`"),
        ({"use": "hum"}, "`hum` is not a use"),
        ({"use": "remix"}, "`compose` makes no use `remix`"),
        ({"most": 0}, "0 steps cannot be listed"),
        ({"most": 1001}, "1,001 steps cannot be listed"),
        ({"where": TerritorySet()}, "no territory is asked about"),
    ],
)
def test_bad_questions_get_a_sentence(asked: dict[str, Any], says: str) -> None:
    """What is wrong is said, and nothing is made up."""
    world = agreed()
    with pytest.raises(BadInput, match=re.escape(says)):
        worklist.worklist(**{"use": "train", "feature": "compose", "at": world.at, **asked})


def client(*roles: str, parties: tuple[str, ...] = ()) -> Client:
    """Somebody with an API key who is signed in as well."""
    account = accounts.open_account(f"{'-'.join(roles)}@test.example", "a long test password", roles, parties)
    found = Client(headers={"Authorization": f"Bearer {accounts.issue_key(account)}"})
    found.force_login(get_user_model().objects.get(email=f"{'-'.join(roles)}@test.example"))
    return found


def test_over_http_the_platforms_people_ask_and_nobody_else_does() -> None:
    """Law 10: a rightsholder finds no worklist of what others have not granted, nor does a machine of theirs."""
    world = lacking()
    asked = {"use": "train", "feature": "compose", "territories": "JP", "most": "1"}
    answer = client("licensing").get("/v1/worklist", asked)
    body = answer.json()
    assert answer.status_code == 200 and body["asked"] == "JP" and body["steps_lacked"] == 3
    assert body["territories"] == {"JP": {"cleared": 0, "one_step_away": 2}}
    (step,) = body["steps"]
    assert step["what"] == "N Story said no: only they can change it"
    assert step["places"] == {"JP": {"recordings": 2, "among": 2, "plays": 0}}
    for role in ("rightsholder", "artist", "machine"):
        assert client(role, parties=(world.id("L"),)).get("/v1/worklist", asked).status_code == 404
    assert client("legal").get("/v1/worklist", {**asked, "territories": "XX"}).status_code == 400


def test_the_page_shows_the_number_the_map_and_the_list() -> None:
    """First what it is about, then the one number, then a map of links with its table, then the list; also as CSV."""
    lacking()
    browser = client("licensing")
    page = browser.get("/worklist", {"question": "compose:train"}).content.decode()
    number = page.index("<strong>2</strong><span>of 3 recordings are one step from being cleared")
    assert page.index("What would unlock most") < number < page.index('<svg class="world"') < page.index('id="steps"')
    assert 'aria-label="Japan: 2 of 3 recordings one step away, 0 cleared"' in page
    assert page.count('<a class="shade-6"') == 1 and page.count('<a class="shade-0"') == len(TERRITORIES) - 1
    rows = list(csv.DictReader(browser.get("/worklist?territory=JP&format=csv").content.decode().splitlines()))
    assert [(row["matter"], row["territory"], row["recordings"]) for row in rows] == [
        ("choice", "JP", "2"),
        ("choice", "JP", "0"),
        ("deal", "JP", "0"),
    ]
    assert browser.get("/worklist?question=compose:remix").status_code == 400


def test_the_verb_lists_writes_and_refuses(tmp_path: Path) -> None:
    """`accord unlock` for people, for machines, as CSV and Parquet; what is no table's name is refused before anything."""
    lacking()
    app = typer.Typer()
    app.command()(command)
    run = CliRunner().invoke
    asked = ["--use", "train", "--feature", "compose", "--territory", "JP"]
    assert "1. N Story said no: only they can change it" in run(app, asked).stdout
    assert json.loads(run(app, [*asked, "--json"]).stdout)["one_step_away"] == 2
    for name in ("steps.csv", "steps.parquet"):
        assert run(app, [*asked, "-o", str(tmp_path / name)]).exit_code == 0
    with (tmp_path / "steps.csv").open() as file:
        written = list(csv.DictReader(file))
    table = parquet.read_table(tmp_path / "steps.parquet").to_pylist()
    assert [
        {key: str(value or "") if key == "could_grant" else str(value) for key, value in row.items()} for row in table
    ] == written
    refused = run(app, [*asked, "-o", str(tmp_path / "steps.txt")])
    assert isinstance(refused.exception, BadInput) and not (tmp_path / "steps.txt").exists()
    assert isinstance(run(app, []).exception, BadInput)


@pytest.mark.parametrize(
    ("at", "quarter"), [((2026, 1, 1), "2025-Q4"), ((2026, 9, 30), "2026-Q2"), ((2026, 10, 1), "2026-Q3")]
)
def test_the_last_quarter_is_the_last_that_is_over(at: tuple[int, int, int], quarter: str) -> None:
    """On its last day a quarter is not over yet."""
    assert plays.last_quarter(datetime(*at, tzinfo=UTC)).text == quarter


def test_every_territory_has_one_square_on_the_map() -> None:
    """No territory is left out, none stands twice, and none on another's square."""
    words = [word for word in world_map.GRID.split() if word != ".."]
    assert sorted(words) == sorted(TERRITORIES)
    assert len(set(world_map.PLACES.values())) == len(TERRITORIES)
    assert max(column for column, _ in world_map.PLACES.values()) < world_map.ACROSS
    assert max(row for _, row in world_map.PLACES.values()) < world_map.DOWN
    assert {len(line.split()) for line in world_map.GRID.strip().split("\n")} == {world_map.ACROSS}
