"""Clearance over HTTP and on the command line: who may ask, what each sees, what comes back."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
import typer
from django.test import Client
from tests.stories.runner import World, tell
from tests.unit.clearance.scene import agreed
from typer.testing import CliRunner

from accord.cli.clear import command as clear_command
from accord.participation import queries as choices
from accord.parties import accounts

pytestmark = pytest.mark.django_db


class Caller:
    """Somebody with an API key."""

    def __init__(self, *roles: str, parties: tuple[str, ...] = ()) -> None:
        name = "-".join((*roles, *parties)) or "nobody"
        account = accounts.open_account(f"{name}@test.example", "a long test password", roles, parties)
        self.client = Client(headers={"Authorization": f"Bearer {accounts.issue_key(account)}"})

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """(status, document)."""
        answer = self.client.post(f"/v1{path}", json.dumps(body), "application/json")
        return answer.status_code, answer.json()

    def get(self, path: str) -> tuple[int, Any]:
        """(status, document)."""
        answer = self.client.get(f"/v1{path}")
        return answer.status_code, answer.json()


def question(world: World, *names: str, **more: Any) -> dict[str, Any]:
    """Train in compose, about these."""
    return {"assets": [world.id(name) for name in names], "use": "train", "feature": "compose", **more}


def test_asked_about_nowhere_the_answer_is_no() -> None:
    """`NONE` is no territory, not every territory: an empty question is no yes."""
    world = agreed()
    status, body = Caller("machine").post("/clearances", question(world, "R", territories="NONE"))
    assert status == 200 and body["answers"][0]["answer"] == "no" and body["answers"][0]["cleared"] == "NONE"


def test_a_machine_of_the_platform_gets_a_batch_with_every_because() -> None:
    """One call answers for several assets at one position, each with where, on what, and what is missing."""
    world = agreed()
    tell("Recording O of W by K, on label L2", world=world)
    status, body = Caller("machine").post("/clearances", question(world, "R", "O"))
    yes, no = body["answers"]
    assert status == 200 and yes["known"] == no["known"]
    assert (yes["answer"], yes["cleared"], no["answer"], no["cleared"]) == ("yes", "WORLD", "no", "NONE")
    assert len(yes["deals"]) == 2 and yes["conditions"]["monthly_cap"] is None
    assert [short["code"] for short in no["shortfalls"]] == ["clearance.no-claim", "clearance.no-yes"]


def test_a_question_may_be_narrowed_to_a_territory() -> None:
    """Asked for France alone, a yes elsewhere is no yes and a no elsewhere is no no."""
    world = agreed()
    tell("N says no to train in compose for R in JP", world=world)
    caller = Caller("machine")
    answers = {
        place: caller.post("/clearances", question(world, "R", territories=place))[1]["answers"][0]
        for place in ("FR", "JP")
    }
    assert (answers["FR"]["answer"], answers["FR"]["shortfalls"]) == ("yes", [])
    assert (answers["JP"]["answer"], len(answers["JP"]["shortfalls"])) == ("no", 1)


@pytest.mark.parametrize("role", ["artist", "rightsholder"])
def test_law_10_another_partys_asset_is_not_there(role: str) -> None:
    """Law 10: an artist or rightsholder who has no part in an asset gets 404 for it."""
    world = agreed()
    party = world.id("K") if role == "artist" else world.id("L2")
    status, _ = Caller(role, parties=(party,)).post("/clearances", question(world, "R"))
    assert status == 404


def test_law_10_a_label_does_not_learn_what_others_lack() -> None:
    """Law 10: L asks about its recording; whose yes or deal is missing besides its own is not told, nor P's deal."""
    world = agreed()
    tell("N takes back the yes to train in compose", world=world)
    _, body = Caller("rightsholder", parties=(world.id("L"),)).post("/clearances", question(world, "R"))
    text = json.dumps(body)
    assert world.id("N") not in text and world.kept["deal of P"] not in text
    assert [short["code"] for short in body["answers"][0]["shortfalls"]] == ["clearance.others"]


def test_law_10_creators_do_not_ask_and_only_trust_places_holds() -> None:
    """Law 10: for a creator there is no such operation; holds are placed by trust & safety alone."""
    creator, comms = Caller("creator"), Caller("comms")
    assert creator.post("/clearances", {"assets": ["rec_1"], "use": "train", "feature": "f"})[0] == 404
    for caller in (creator, comms):
        assert caller.post("/holds", {"subject": "rec_1", "reason": "x"})[0] == 404


def test_trust_places_and_lifts_a_hold() -> None:
    """A hold placed over HTTP stops the next answer; lifted it stops nothing."""
    world = agreed()
    trust, machine = Caller("trust"), Caller("machine")
    _, placed = trust.post("/holds", {"subject": world.id("R"), "reason": "a copy"})
    assert machine.post("/clearances", question(world, "R"))[1]["answers"][0]["answer"] == "no"
    assert [hold["id"] for hold in trust.get("/holds")[1]["holds"]] == [placed["hold"]]
    assert trust.post(f"/holds/{placed['hold']}/lift", {"because": "licensed"})[0] == 200
    assert machine.post("/clearances", question(world, "R"))[1]["answers"][0]["answer"] == "yes"


def test_law_10_a_partys_own_machine_does_not_ask_about_the_past() -> None:
    """Law 10: a key that acts for a label sees its own part of answers, and nothing of their history."""
    world = agreed()
    own = Caller("machine", parties=(world.id("L"),))
    tell("N takes back the yes to train in compose", world=world)
    _, body = own.post("/clearances", question(world, "R"))
    assert [short["code"] for short in body["answers"][0]["shortfalls"]] == ["clearance.others"]
    asked = {"asset": world.id("R"), "use": "train", "feature": "compose", "at": world.at.isoformat()}
    assert own.post("/clearances/as-of", asked)[0] == 404


def test_the_past_is_marked_as_history() -> None:
    """As of an instant the answer has `was_cleared` and `history`, and no `answer`."""
    world = agreed()
    asked = {"asset": world.id("R"), "use": "train", "feature": "compose", "at": world.at.isoformat()}
    status, body = Caller("legal").post("/clearances/as-of", asked)
    assert status == 200 and body["history"] is True and body["was_cleared"] == "WORLD" and "answer" not in body


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"use": "sing"}, "not a use"),
        ({"feature": "h"}, "no feature"),
        ({"assets": ["rec_9"]}, "no asset"),
        ({"territories": "XX"}, "not a territory"),
        ({"assets": ["a"] * 10_001}, "10,001"),
    ],
)
def test_bad_questions_get_a_sentence(change: dict[str, Any], words: str) -> None:
    """Each bad question is a 400 with its sentence, and no decision."""
    world = agreed()
    status, body = Caller("machine").post("/clearances", {**question(world, "R"), **change})
    assert status == 400 and words in body["detail"] and "answers" not in body


def test_an_artist_sees_and_sets_her_own_choices_alone() -> None:
    """Law 10: N takes her yes back over HTTP; K sees and says nothing for her."""
    world = agreed()
    own, other = (Caller("artist", parties=(world.id(name),)) for name in ("N", "K"))
    said = {"person": world.id("N"), "use": "train", "feature": "compose"}
    assert other.post("/choices/withdrawals", said)[0] == 404
    assert other.post("/choices", said)[0] == 404
    assert other.get(f"/choices?person={world.id('N')}")[0] == 404
    assert other.get(f"/choices/grid?person={world.id('N')}")[0] == 404
    status, body = own.post("/choices/withdrawals", said)
    assert (status, body["answer"], body["withdrew"]) == (200, "no", True)
    assert [c["id"] for c in own.get(f"/choices?person={world.id('N')}")[1]] == [body["id"]]
    assert Caller("machine").post("/clearances", question(world, "R"))[1]["answers"][0]["answer"] == "no"


def test_a_manager_speaks_for_her_artist_under_a_mandate() -> None:
    """A representative's account makes a choice of grade three; without the mandate there is no such person."""
    world = agreed()
    tell("Manager M", world=world)
    manager = Caller("artist", parties=(world.id("M"),))
    said = {"person": world.id("K"), "use": "train", "feature": "compose"}
    assert manager.post("/choices", said)[0] == 404
    tell("K gives M mandate Z for train", world=world)
    status, body = manager.post("/choices", said)
    assert (status, body["grade"], body["mandate"]) == (200, 3, world.id("Z"))
    assert choices.choice(body["id"]).spoken_by == world.id("M")


# --- the command line


def run(*arguments: str) -> Any:
    """`accord clear` with these arguments."""
    app = typer.Typer()
    app.command()(clear_command)
    return CliRunner().invoke(app, list(arguments))


def test_the_verb_says_yes_with_its_grounds_and_leaves_with_zero() -> None:
    """`accord clear` of what is cleared: yes, the deals and choices it rests on, exit 0."""
    world = agreed()
    found = run(world.id("R"), "--use", "train", "--feature", "compose")
    assert found.exit_code == 0 and found.stdout.startswith("yes: “Recording R” is cleared wherever it is offered")
    assert world.kept["deal of P"] in found.stdout


def test_the_verb_says_no_with_its_because_and_leaves_with_three() -> None:
    """`accord clear --territory JP` names what is missing there and who could grant it, exit 3."""
    world = agreed()
    tell("N says no to train in compose for R in JP", world=world)
    found = run(world.id("R"), "--use", "train", "--feature", "compose", "--territory", "JP")
    assert found.exit_code == 3
    assert found.stdout.startswith("no: “Recording R” is not cleared in JP for train in compose")
    assert "N Story said no to train in compose in JP (could be granted by N Story)" in found.stdout
    assert run(world.id("R"), "--use", "train", "--feature", "compose", "--territory", "FR").exit_code == 0


def test_the_verb_speaks_to_machines() -> None:
    """`--json` carries the answer, the shortfalls and the decision."""
    world = agreed()
    tell("N takes back the yes to train in compose", world=world)
    found = run(world.id("R"), "--use", "train", "--feature", "compose", "--json")
    body = json.loads(found.stdout)
    assert found.exit_code == 3 and body["answer"] == "no" and body["shortfalls"][0]["party"] == world.id("N")


def test_the_verb_clears_the_whole_catalogue_into_a_file(tmp_path: Path) -> None:
    """`--all -o` writes one row per asset, counts by reason, and prints how many are cleared."""
    world = agreed()
    tell("N says no to train in compose for Q", world=world)
    out = tmp_path / "cleared.parquet"
    found = run("--all", "--use", "train", "--feature", "compose", "-o", str(out))
    assert found.exit_code == 0 and "3 of 4 assets are cleared" in found.stdout and "clearance.refused" in found.stdout
    rows = {row["asset"]: row for row in parquet.read_table(out).to_pylist()}
    assert len(rows) == 4 and rows[world.id("Q")]["cleared"] == "NONE" and rows[world.id("R")]["territories"] == 250


def verb(name: str, *arguments: str, typed: str = "") -> Any:
    """Another verb of these rooms."""
    module = import_module(f"accord.cli.{name}")
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer()
        app.command()(module.command)
    return CliRunner().invoke(app, list(arguments), input=typed)


def test_a_choice_is_said_listed_and_taken_back_by_verb() -> None:
    """`accord choose` records and lists; `accord revoke` says what it touches, asks, and takes the yes back."""
    world = agreed()
    person, about = world.id("K"), ("--use", "train", "--feature", "compose")
    said = verb("choose", person, *about, "--territories", "DE+FR")
    assert said.exit_code == 0 and "yes to train in compose, DE, FR" in said.stdout and "grade 4" in said.stdout
    assert "DE+FR" in verb("choose", person).stdout
    kept = verb("revoke", person, *about, typed="n\n")
    assert kept.exit_code != 0 and "touches" in kept.stdout and choices.choices([person])[0].answer == "yes"
    gone = verb("revoke", person, *about, "--yes")
    assert gone.exit_code == 0 and "taken back" in gone.stdout
    assert "no" in {choice.answer for choice in choices.choices([person])}


def test_a_hold_is_placed_listed_and_lifted_by_verb() -> None:
    """`accord hold` stops an asset, shows it, and takes the hold off with a reason."""
    world = agreed()
    placed = verb("hold", "place", world.id("R"), "a copy", "--case", "cas_1")
    assert placed.exit_code == 0 and "is held" in placed.stdout
    assert "a copy (case cas_1)" in verb("hold", "list").stdout
    hold = placed.stdout.rsplit(" ", 1)[1].strip()
    assert verb("hold", "lift", hold, "it was licensed").exit_code == 0
    assert verb("hold", "list").stdout == ""


def test_the_verb_tells_history_as_history() -> None:
    """`accord clear --at` says that the answer is history and authorises nothing."""
    world = agreed()
    found = run(world.id("R"), "--use", "train", "--feature", "compose", "--at", world.at.isoformat())
    assert found.exit_code == 0 and found.stdout.startswith(
        "history, which authorises nothing: it was cleared everywhere"
    )


def test_history_is_a_yes_in_several_places_only_when_it_was_one_in_each() -> None:
    """Asked about two territories of which one was cleared, what was is no, exit 3, as it is for an answer now."""
    world = agreed()
    tell("N says no to train in compose for R in JP", world=world)
    about = (world.id("R"), "--use", "train", "--feature", "compose", "--at", world.at.isoformat())
    places = ("FR", "JP", "FR+JP")
    assert [run(*about, "--territory", place).exit_code for place in places] == [0, 3, 3]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "names its use"),
        (("rec_1",), "names its use"),
        (("rec_1", "--all", "--use", "train", "--feature", "compose"), "name one asset"),
        (("--all", "--use", "train", "--feature", "compose", "--territory", "JP"), "decided now, and everywhere"),
        (("--all", "--use", "train", "--feature", "compose", "--at", "2026-06-01"), "decided now, and everywhere"),
        (("--all", "--use", "train", "--feature", "compose", "-o", "/nowhere/at/all.parquet"), "cannot be written"),
        (("R", "--use", "train", "--feature", "compose", "-o", "x.parquet"), "go with --all"),
        (("R", "--use", "train", "--feature", "compose", "--territory", "NONE"), "names no territory"),
        (("R", "--use", "train", "--feature", "compose", "--territory", "XX"), "not a territory"),
        (("R", "--use", "train", "--feature", "compose", "--at", "9999-12-31T23:59:59-05:00"), "outside the calendar"),
        (("R", "--use", "train", "--feature", "compose", "--at", "0001-01-01T00:00:00+05:00"), "outside the calendar"),
        (("R", "--use", "train", "--feature", "compose", "--at", "3000-01-01"), "outside the calendar"),
    ],
)
def test_the_verb_says_what_it_needs(arguments: tuple[str, ...], words: str) -> None:
    """A question that cannot be asked, or not so, gets one sentence and no answer."""
    world = agreed()
    found = run(*(world.id("R") if argument == "R" else argument for argument in arguments))
    assert found.exit_code != 0 and type(found.exception).__name__ == "BadInput" and words in str(found.exception)
    assert not found.stdout.startswith(("yes", "no:"))


def test_a_choice_of_nobody_is_bad_input() -> None:
    """`accord choose` of a party that does not exist says so, and does not call the silence a no."""
    agreed()
    found = verb("choose", "pty_nobody")
    assert type(found.exception).__name__ == "NotThere" and "nothing chosen" not in found.stdout
