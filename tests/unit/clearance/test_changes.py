"""What changed since a position, for machines and people: over HTTP, on the command line, and from a full answer on."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as parquet
import pytest
import typer
from tests.stories.runner import tell
from tests.unit.clearance.scene import agreed
from tests.unit.clearance.test_clearance_api import Caller
from typer.testing import CliRunner

from accord.clearance import feed, queries
from accord.cli.clear import command as clear_command
from accord.journal.models import JournalEntry
from accord.journal.queries import head
from accord.participation import actions as participation
from accord.parties import actions as parties
from accord.terms.refusal import BadInput, Gone, NotThere
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
NOWHERE = TerritorySet()
ABOUT = "use=train&feature=compose"


def run(*arguments: str) -> Any:
    """`accord clear …`."""
    app = typer.Typer()
    app.command()(clear_command)
    return CliRunner().invoke(app, [*arguments], catch_exceptions=False)


def test_a_machine_starts_from_the_full_answer_and_follows() -> None:
    """The Parquet file names position, instant and cursor, as its headers do; from there the changes are those alone."""
    world = agreed()
    caller = Caller("machine")
    answer = caller.client.get(f"/v1/clearances/all?{ABOUT}")
    table = parquet.read_table(io.BytesIO(b"".join(answer.streaming_content)))
    about = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert (about["known"], about["next"]) == (answer["Accord-Position"], answer["Accord-Next"])
    copy = dict(zip(table["asset"].to_pylist(), table["cleared"].to_pylist(), strict=True))
    assert copy[world.id("R")] == "WORLD" and about["known"] == str(head())
    tell("N says no to train in compose for R in JP", world=world)
    status, page = caller.get(f"/clearances/changes?cursor={about['next']}")
    assert status == 200 and not page["more"] and page["until"] == head()
    assert {change["asset"]: change["after"] for change in page["changes"]} == {
        world.id("R"): "WORLD-JP",
        world.id("T"): "WORLD-JP",
    }
    assert page["changes"][0]["causes"] == [{"position": head()}]
    assert caller.get(f"/clearances/changes?cursor={page['next']}")[1]["changes"] == []


def test_what_a_day_changes_is_told_without_any_fact() -> None:
    """A mandate's last day comes: asked from the earlier instant on, the yes that ended is told with the day and the mandate."""
    world = agreed()
    tell("Manager M\nRecording O of W by K, on label L\nL claims 100 % of the master of O everywhere", world=world)
    last = (world.at + timedelta(days=3)).date()
    door = {"at": world.at, "actor": "t"}
    mandate = parties.register_mandate(world.id("M"), world.id("K"), ["train"], "signed", world.at.date(), last, **door)
    door["at"] += timedelta(days=1)  # type: ignore[operator]
    spoken = {"source": "representative", "mandate": mandate}
    participation.choose(world.id("K"), world.id("M"), "train", "compose", **spoken, **door)  # type: ignore[arg-type]
    start = feed.standing(Use.TRAIN, "compose", head(), door["at"])  # type: ignore[arg-type]
    assert feed.page(start, world.at + timedelta(days=1, hours=1)).changes == ()
    page = feed.page(start, world.at + timedelta(days=9))
    (change,) = page.changes
    assert (change.asset, change.after) == (world.id("O"), NOWHERE) and change.before
    (cause,) = change.causes
    assert (cause.day, cause.of, page.until) == (last.isoformat(), mandate, head())


def test_a_copy_of_another_journal_rule_or_age_is_told_to_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """410: the entry there is another, the rule is another, or too much happened: a full answer is the way on."""
    agreed()
    caller = Caller("machine")
    stands = feed.standing(Use.TRAIN, "compose", 3, JournalEntry.objects.get(position=3).at)
    for wrong in ({"leaf": "00"}, {"rule": "0"}):
        cursor = msgspec.structs.replace(stands, **wrong).text()
        status, document = caller.get(f"/clearances/changes?cursor={cursor}")
        assert (status, document["hint"]) == (410, "take a new full answer")
    monkeypatch.setattr(feed, "FURTHEST", 5)
    with pytest.raises(Gone, match="facts were written since position 3"):
        feed.page(stands, JournalEntry.objects.get(position=head()).at)


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ("", 400, "say where the copy stands"),
        ("since=1&cursor=x", 400, "say where the copy stands"),
        ("cursor=nothing", 400, "is no place in the changes"),
        ("since=999999&" + ABOUT, 400, "the journal has no position 999999"),
        ("since=-1&" + ABOUT, 400, "the journal has no position -1"),
        ("since=1&use=dance&feature=compose", 400, "is not a use"),
        ("since=1&use=train&feature=nothing", 404, "there is no feature `nothing`"),
        ("since=1&limit=0&" + ABOUT, 400, "a page of 0 assets"),
        ("since=1&since_at=yesterday&" + ABOUT, 400, "is not a date or an instant"),
    ],
)
def test_what_cannot_be_told_is_said(asked: str, status: int, words: str) -> None:
    """A place that is none, a page of nothing, an unknown use or feature: one sentence each."""
    agreed()
    found, document = Caller("machine").get(f"/clearances/changes?{asked}")
    assert found == status and words in document["detail"]


def test_law_10_a_key_that_acts_for_a_party_follows_nothing() -> None:
    """Law 10: the whole catalogue's answers are the platform's; a label's machine gets 404, and an artist too."""
    world = agreed()
    for caller in (Caller("machine", parties=(world.id("L"),)), Caller("artist", parties=(world.id("N"),))):
        assert caller.get(f"/clearances/changes?since=0&{ABOUT}")[0] == 404
        assert caller.client.get(f"/v1/clearances/all?{ABOUT}").status_code == 404


def test_people_read_what_changed_by_whom_and_when() -> None:
    """On the command line: how many, which, before and now, and the sentence of the fact with its position."""
    world = agreed()
    since = head()
    tell("N takes back the yes to train in compose", world=world)
    said = run("--since", str(since), "--use", "train", "--feature", "compose").output
    assert "3 assets are cleared otherwise than before for train in compose: from position" in said
    assert "cleared everywhere before, nowhere now" in said
    assert (
        f"N Story took back the yes to train in compose, everywhere (1 April 2026 09:00 UTC, position {since + 1})"
        in said
    )
    machine = json.loads(run("--since", str(since), "--use", "train", "--feature", "compose", "--json").output)
    assert (
        len(machine["changes"]) == 3 and json.loads(run("--since", machine["next"], "--json").output)["changes"] == []
    )


def test_the_command_says_what_does_not_go_together(tmp_path: Path) -> None:
    """`--since` is about everything, and names its use and feature unless it is a cursor."""
    world = agreed()
    with pytest.raises(BadInput, match="about the whole catalogue"):
        run(world.id("R"), "--since", "1", "--use", "train", "--feature", "compose")
    with pytest.raises(BadInput, match="names its use and its feature"):
        run("--since", "1")
    with pytest.raises(NotThere, match="no feature"):
        run("--since", "1", "--use", "train", "--feature", "nothing")
    file = tmp_path / "cleared.parquet"
    whole = json.loads(run("--all", "--use", "train", "--feature", "compose", "-o", str(file), "--json").output)
    about = parquet.read_schema(file).metadata
    assert (
        about[b"known"].decode() == str(whole["known"]) and feed.read(about[b"next"].decode()).since == whole["known"]
    )
    assert queries.changes(whole["next"], world.at).since == whole["known"]
