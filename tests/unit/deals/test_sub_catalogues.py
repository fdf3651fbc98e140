"""A named part of a licensor's catalogue: deals select it or leave it out, and follow what its licensor puts in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.stories.runner import World, tell
from tests.unit.deals.example import signed
from tests.unit.deals.test_deal_api import caller, post

from accord.clearance import queries as clearance
from accord.cli.__main__ import run
from accord.deals import actions, queries
from accord.deals.records import Selection
from accord.journal.actions import rebuild
from accord.journal.queries import head, table_digest
from accord.parties.viewer import SYSTEM
from accord.terms.refusal import BadInput, NotThere
from accord.terms.territory import WORLD

pytestmark = pytest.mark.django_db
Out = pytest.CaptureFixture[str]
SCENE = """
On 1 June 2026
Labels L and K
Publisher P
Performer N, with a verified account
Writer A, with a verified account
Feature compose, for train, offered everywhere, has its controls open
Work W by A
Recordings R and Q of W by N, on label L
Recording O of W by N, on label K
P claims 100 % of W everywhere
L claims 100 % of the master of R everywhere
L claims 100 % of the master of Q everywhere
P has an active deal for train in compose everywhere
A and N say yes to train in compose
compose is launched
On 2 June 2026
"""


@pytest.fixture
def world() -> World:
    """Everything agreed but L's masters, of which R stands in L's sub-catalogue `the seventies`."""
    made = tell(SCENE)
    part = actions.name_sub_catalogue(made.id("L"), "the seventies", [made.id("R")], made.at, "acc_1")
    made.call("part", part)
    return made


def licensed(world: World, **clause: Any) -> str:
    """L's deal in force with this clause."""
    deal = signed(world.id("L"), at=world.at, clause=clause, ends=None)
    actions.activate(deal, world.at, "acc_1")
    return deal


def cleared(world: World) -> list[str]:
    """Which of L's recordings are cleared everywhere now."""
    return [
        name for name in ("R", "Q") if clearance.decide(world.id(name), "train", "compose", world.at).cleared == WORLD
    ]


def chosen(world: World) -> Selection:
    """A selection of the sub-catalogue."""
    return Selection(kind="sub-catalogue", ids=(world.id("part"),))


def test_a_deal_for_a_sub_catalogue_reaches_what_stands_in_it(world: World) -> None:
    """R stands in it and is cleared; Q does not, and the deal is named with what it lacks."""
    deal = licensed(world, selection=chosen(world))
    assert cleared(world) == ["R"]
    (short,) = clearance.decide(world.id("Q"), "train", "compose", world.at).shortfalls
    assert short.because.endswith(f"whose deal {deal} does not reach {world.id('Q')}")


def test_what_the_licensor_puts_in_or_takes_out_counts_at_once(world: World) -> None:
    """Law 4: taken out of the sub-catalogue, R is no longer cleared; put in, Q is; the terms stay as they were signed."""
    deal = licensed(world, selection=chosen(world))
    before, known = queries.terms_of(deal), head()
    actions.list_in_sub_catalogue(world.id("part"), [world.id("Q")], [world.id("R")], world.at, "acc_2")
    assert cleared(world) == ["Q"]
    assert queries.terms_of(deal) == before
    then = clearance.decide_as_of(world.id("R"), "train", "compose", world.at, known)
    assert then.was_cleared == WORLD


def test_a_sub_catalogue_is_left_out_by_its_name(world: World) -> None:
    """All of the catalogue without the sub-catalogue: Q is cleared and R is not."""
    licensed(world, exclusions=(world.id("part"),))
    assert cleared(world) == ["Q"]


def test_listing_again_changes_nothing(world: World) -> None:
    """What is in already, or not there, writes no fact."""
    before = head()
    actions.list_in_sub_catalogue(world.id("part"), [world.id("R")], [world.id("Q")], world.at, "acc_2")
    assert head() == before


def test_a_sub_catalogue_holds_its_licensors_own(world: World) -> None:
    """Another label's recording, and one that is not there, are turned away in one sentence, and nothing is written."""
    before = head()
    for asset in (world.id("O"), "rec_9"):
        with pytest.raises(NotThere, match=f"has no part in an asset `{asset}`"):
            actions.list_in_sub_catalogue(world.id("part"), [asset], [], world.at, "acc_2")
        with pytest.raises(NotThere):
            actions.name_sub_catalogue(world.id("L"), "another", [asset], world.at, "acc_2")
    with pytest.raises(BadInput, match="both put in and taken out"):
        actions.list_in_sub_catalogue(world.id("part"), [world.id("Q")], [world.id("Q")], world.at, "acc_2")
    with pytest.raises(BadInput, match="needs a name"):
        actions.name_sub_catalogue(world.id("L"), " ", [], world.at, "acc_2")
    with pytest.raises(NotThere, match="no sub-catalogue `sub_9`"):
        actions.list_in_sub_catalogue("sub_9", [], [], world.at, "acc_2")
    assert head() == before


@pytest.mark.parametrize(
    ("clause", "sentence"),
    [
        ({"selection": Selection(kind="sub-catalogue", ids=("sub_9",))}, "`sub_9` is no sub-catalogue of `pty_"),
        ({"selection": Selection(kind="list", ids=("rec_9",))}, "`rec_9` is no asset in the catalogue"),
        ({"selection": Selection(kind="label", ids=("pty_9",))}, "`pty_9` is no label that is known"),
        ({"exclusions": ("rec_O0000001",)}, "`rec_O0000001` is no asset, label or sub-catalogue"),
        ({"voice_persons": ("pty_9",)}, "`pty_9` is no person that is known"),
    ],
)
def test_terms_that_name_nothing_are_refused(world: World, clause: dict[str, Any], sentence: str) -> None:
    """A slip in an id would grant what is not meant, or leave in what was to be kept: one sentence, no draft."""
    with pytest.raises(BadInput, match=sentence):
        signed(world.id("L"), at=world.at, clause=clause)


def test_a_deal_does_not_name_another_licensors_sub_catalogue(world: World) -> None:
    """K's deal may not select what L keeps."""
    with pytest.raises(BadInput, match="is no sub-catalogue of"):
        signed(world.id("K"), at=world.at, clause={"selection": chosen(world)})


def test_law_6_rebuilt_sub_catalogues_are_the_same(world: World) -> None:
    """Law 6: the tables and the grants come out of the journal again."""
    licensed(world, selection=chosen(world))
    actions.list_in_sub_catalogue(world.id("part"), [world.id("Q")], [world.id("R")], world.at, "acc_2")
    before, grants = table_digest(), queries.grants()
    rebuild()
    assert table_digest() == before and queries.grants() == grants


def test_over_http_only_its_licensor_fills_it(world: World) -> None:
    """Law 10: the desk reads it and may not fill it, which would be to grant itself; another label finds nothing."""
    own, other, desk = (
        caller("rightsholder", parties_=(world.id("L"),)),
        caller("rightsholder", parties_=(world.id("K"),)),
        caller("licensing"),
    )
    body = {"licensor": world.id("L"), "name": "live", "assets": [world.id("Q")]}
    assert post(desk, "sub-catalogues", body).status_code == 404
    assert post(other, "sub-catalogues", body).status_code == 404
    part = post(own, "sub-catalogues", body).json()["id"]
    assert post(own, f"sub-catalogues/{part}/assets", {"add": [world.id("R")]}).json()["assets"] == sorted(
        [world.id("R"), world.id("Q")]
    )
    assert post(other, f"sub-catalogues/{part}/assets", {"add": []}).status_code == 404
    assert post(desk, f"sub-catalogues/{part}/assets", {"add": []}).status_code == 404
    assert post(own, f"sub-catalogues/{part}/assets", {"add": ["rec_9"]}).status_code == 404
    assert other.get("/v1/sub-catalogues").json() == []
    assert [one["name"] for one in desk.get("/v1/sub-catalogues").json()] == ["the seventies", "live"]


def test_by_verb_it_is_named_filled_and_listed(world: World, capsys: Out) -> None:
    """`accord deal name-part`, `list-part` and `sub-catalogues`: exit 0, and a sentence and exit 2 for bad input."""
    assert run(["deal", "name-part", world.id("L"), "live", world.id("Q")]) == 0
    live = next(one.id for one in queries.sub_catalogues() if one.name == "live")
    assert run(["deal", "list-part", live, "--add", world.id("R"), "--remove", world.id("Q")]) == 0
    assert "1 assets stand in" in capsys.readouterr().out
    assert run(["deal", "sub-catalogues", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[1]["assets"] == [world.id("R")]
    assert run(["deal", "list-part", live, "--add", "rec_9"]) == 2
    assert queries.sub_catalogue(SYSTEM, live).assets == {world.id("R")}
