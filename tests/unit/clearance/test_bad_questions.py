"""Questions and claims that cannot be: a clear sentence at each door, no decision invented, nothing written."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from tests.properties.catalogues import AT, clean
from tests.unit.clearance.scene import agreed
from tests.unit.clearance.test_clearance_api import Caller, question

from accord.catalog import actions as catalog
from accord.catalog.models import AssetRow
from accord.clearance import queries, rules
from accord.clearance.records import Question
from accord.cli.__main__ import run
from accord.journal.queries import head
from accord.terms.refusal import BadInput, NotThere
from accord.terms.territory import WORLD
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
INSTANTS = ("3000-01-01", "1899-12-31T23:59:59Z", "9999-12-31T23:59:59-05:00", "2026-06-01T12:00:00", "June", "")


@pytest.mark.parametrize("at", INSTANTS)
def test_an_instant_outside_the_calendar_is_no_question(at: str) -> None:
    """Over HTTP each is a 400 whose sentence names it, with no `was_cleared`; nothing is written."""
    world = agreed()
    before = head()
    # known, so that the question is not turned away for what was not known then
    asked = {"asset": world.id("R"), "use": "train", "feature": "compose", "at": at, "known": before}
    status, body = Caller("legal").post("/clearances/as-of", asked)
    words = ("outside the calendar", "has no offset", "is not a date or an instant")
    assert status == 400 and any(sentence in body["detail"] for sentence in words), body
    assert "was_cleared" not in body and head() == before


@pytest.mark.parametrize("year", [1, 1899, 3000, 9999])
def test_every_door_of_python_refuses_such_an_instant(year: int) -> None:
    """One asset, many, all, a release's consent and history: the same sentence."""
    world = agreed()
    at = AT.replace(year=year)
    doors: tuple[Any, ...] = (
        lambda: queries.decide(world.id("R"), "train", "compose", at),
        lambda: queries.decide_many([world.id("R")], "train", "compose", at),
        lambda: queries.decide_all("train", "compose", at),
        lambda: queries.decide_as_of(world.id("R"), "train", "compose", at, head()),
        lambda: queries.consent(world.id("N"), "train", "compose", at),
    )
    for door in doors:
        with pytest.raises(BadInput, match="outside the calendar"):
            door()
    with pytest.raises(BadInput, match="no offset"):
        queries.decide_many([world.id("R")], "train", "compose", datetime(2026, 6, 1))


def test_a_stem_whose_parents_form_a_circle_is_refused_by_name() -> None:
    """A stem that is made of itself, by way of its recording, clears nothing and says why; so does all made of it."""
    state = clean(Use.TRAIN)
    circle = msgspec.structs.replace(state.assets["R2"], parents=("W", "X", "S"))
    state = msgspec.structs.replace(state, assets={**state.assets, "R2": circle})
    answers = rules.decide_many(state, Question(Use.TRAIN, "f", AT), ["S", "R2", "M"])
    for asset, answer in answers.items():
        assert not answer.cleared
        assert f"{asset} is made of itself: its parents form a circle" in [s.because for s in answer.shortfalls]


def test_a_circle_in_the_tables_ends_and_is_refused() -> None:
    """Even one that no door lets in: the reading ends, the answer is no, and it says why."""
    world = agreed()
    row = AssetRow.objects.get(asset=world.id("R"), known_until=None)
    record = json.loads(row.record)
    record["parents"] = [*record["parents"], world.id("T")]
    AssetRow.objects.filter(pk=row.pk).update(record=json.dumps(record))
    answer = queries.decide(world.id("T"), "train", "compose", world.at)
    assert not answer.cleared
    assert "clearance.cyclic-parents" in {short.code for short in answer.shortfalls}


def test_a_claim_by_a_party_nobody_registered_is_turned_away() -> None:
    """In Python, over HTTP and on the command line: a sentence that names the party, and no fact."""
    world = agreed()
    before = head()
    with pytest.raises(NotThere, match="there is no party `pty_nobody`"):
        catalog.assert_claim(world.id("W"), "MR", "pty_nobody", Fraction(1, 8), WORLD, at=world.at, actor="acc_x")
    body = {"asset": world.id("W"), "right": "MR", "claimant": "pty_nobody", "share": "1/8", "territories": "WORLD"}
    status, said = Caller("licensing").post("/claims", {**body, "statement": "ours"})
    assert status == 404 and "`pty_nobody`" in said["detail"]
    assert run(["claim", "assert", world.id("W"), "MR", "pty_nobody", "12.5"]) == 2
    assert head() == before


@pytest.mark.parametrize("share", ["1/0", "0", "110", "-1"])
def test_a_share_that_cannot_be_is_turned_away(share: str) -> None:
    """A share of 1/0, of nothing, of more than the whole: exit 2, 400, and no fact."""
    world = agreed()
    before = head()
    assert run(["claim", "assert", world.id("W"), "MR", world.id("P"), "--", share]) == 2
    body = {"asset": world.id("W"), "right": "MR", "claimant": world.id("P"), "share": share, "territories": "WORLD"}
    status, said = Caller("licensing").post("/claims", {**body, "statement": "ours"})
    assert status == 400 and share.strip("-") in said["detail"] and head() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"assets": ["rec_9"]}, "no asset `rec_9`"),
        ({"assets": [""]}, "no asset ``"),
        ({"use": "sing"}, "`sing` is not a use"),
        ({"feature": "h"}, "no feature `h`"),
        ({"territories": "Atlantis"}, "`Atlantis` is not a territory"),
        ({"territories": "US-CA"}, "which is not in it"),
        ({"assets": ["a"] * 10_001}, "10,001 assets in one question"),
    ],
)
def test_one_bad_question_among_good_ones_decides_none(change: dict[str, Any], words: str) -> None:
    """A batch with one asset that is not there, or asked badly, is refused whole."""
    world = agreed()
    asked = question(world, "R", "Q")
    asked = {**asked, **change, "assets": [*asked["assets"], *change.get("assets", [])]}
    status, body = Caller("machine").post("/clearances", asked)
    assert status == 400 and "answers" not in body
    assert words.replace("10,001", f"{len(asked['assets']):,}") in body["detail"]
