"""Clearance on the rooms' own records: the head, the past, holds, the whole catalogue, a launch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.stories.runner import tell
from tests.unit.clearance.scene import SCENE, agreed

from accord.catalog.records import AssetKind
from accord.clearance import actions, loading, queries
from accord.governance import actions as governance
from accord.governance import queries as features
from accord.journal.actions import rebuild
from accord.journal.queries import head, table_digest
from accord.participation import actions as participation
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.territory import EMPTY, WORLD

pytestmark = pytest.mark.django_db


def test_an_answer_names_the_position_it_was_made_at() -> None:
    """An answer carries the journal's head, and a later fact gives another decision id."""
    world = agreed()
    first = queries.decide(world.id("R"), "train", "compose", world.at)
    assert first.cleared == WORLD and first.known == head()
    tell("Publisher P9", world=world)
    again = queries.decide(world.id("R"), "train", "compose", first.at)
    assert again.cleared == WORLD and again.known == head() and again.decision != first.decision


def test_law_1_consent_of_a_person_stops_with_her_no() -> None:
    """Laws 1 and 4: what a prompt that names somebody needs is there while her yes stands, and gone at her no."""
    world = agreed()
    assert queries.consent(world.id("N"), "train", "compose", world.at) == WORLD
    assert not queries.consent(world.id("K"), "train", "compose", world.at)
    tell("N takes back the yes to train in compose", world=world)
    assert not queries.consent(world.id("N"), "train", "compose", world.at)


def test_law_4_a_kept_state_never_outlives_the_head() -> None:
    """Law 4: asked three times so that the whole state is kept, the first question after a no says no."""
    world = agreed()
    for _ in range(3):
        assert queries.decide(world.id("R"), "train", "compose", world.at).cleared == WORLD
    tell("N takes back the yes to train in compose", world=world)
    for _ in range(3):
        assert not queries.decide(world.id("R"), "train", "compose", world.at).cleared


def test_law_4_a_state_that_was_undone_is_not_kept() -> None:
    """Law 4: what was read inside a transaction that was rolled back is not taken for another fact at its position."""
    from django.db import transaction

    world = agreed()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell("K says yes to train in compose", world=world)
        for _ in range(3):
            queries.decide(world.id("R"), "train", "compose", world.at)
        undone = loading.mark()
        raise ZeroDivisionError
    tell("N takes back the yes to train in compose", world=world)
    assert loading.mark().position == undone.position and loading.mark() != undone
    assert not queries.decide(world.id("R"), "train", "compose", world.at).cleared


@pytest.mark.parametrize("moves", [1, 3, 20])
def test_law_4_a_state_read_while_the_journal_moved_is_read_again(moves: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 4: a fact written during a reading makes it be read again, at last with the writer's lock held."""
    world = agreed()
    read, loads = loading.load, []

    def interrupted(*arguments: Any) -> Any:
        loads.append(read(*arguments))
        if len(loads) <= moves:
            tell(f"Publisher P{10 + len(loads)}", world=world)
        return loads[-1]

    monkeypatch.setattr(loading, "load", interrupted)
    answer = queries.decide(world.id("R"), "train", "compose", world.at)
    monkeypatch.undo()
    assert len(loads) == min(moves, loading.ATTEMPTS) + 1
    assert answer.known == loads[-1].known and (moves > loading.ATTEMPTS or answer.known == head())


def test_law_9_the_past_is_the_same_however_often_it_is_asked() -> None:
    """Law 9: as of its own instant and position an answer comes again with the same id and the same agreements."""
    world = agreed()
    then = queries.decide(world.id("R"), "train", "compose", world.at)
    actions.record_decision(then, at=world.at, actor="acc_x")
    world.at += timedelta(days=2)
    tell("N takes back the yes to train in compose", world=world)
    for past in (
        queries.decide_as_of(world.id("R"), "train", "compose", then.at, then.known),
        queries.recorded(then.decision),
    ):
        assert (past.decision, past.was_cleared, past.deals, past.choices) == (
            then.decision,
            WORLD,
            then.deals,
            then.choices,
        )


def test_law_3_a_yes_ends_with_the_proof_of_who_said_it() -> None:
    """Laws 3 and 9: N's account is no longer hers: from then on her recording is not cleared, and what was known then is."""
    world = agreed()
    then = queries.decide(world.id("R"), "train", "compose", world.at)
    tell("N's verification is withdrawn", world=world)
    now = queries.decide(world.id("R"), "train", "compose", world.at)
    assert (then.cleared, now.cleared) == (WORLD, EMPTY)
    assert {short.code for short in now.shortfalls} == {"clearance.no-yes"}
    past = queries.decide_as_of(world.id("R"), "train", "compose", then.at, then.known)
    assert (past.was_cleared, past.decision, past.choices) == (WORLD, then.decision, then.choices)


def test_law_4_history_authorises_nothing() -> None:
    """Law 4: an answer as of the past cannot be recorded as something to rely on."""
    world = agreed()
    past = queries.decide_as_of(world.id("R"), "train", "compose", world.at)
    with pytest.raises(BadInput, match="cannot be relied on"):
        actions.record_decision(past, at=world.at, actor="acc_x")  # type: ignore[arg-type]


@pytest.mark.parametrize(("known", "at_days"), [(10**6, 0), (-1, 0)])
def test_a_position_that_is_not_there_is_bad_input(known: int, at_days: int) -> None:
    """Asking as known at a position beyond the head, or below zero, gets a sentence."""
    world = agreed()
    with pytest.raises(BadInput, match="no position"):
        queries.decide_as_of(world.id("R"), "train", "compose", world.at, known)


def test_a_hold_stops_at_once_and_lifts_with_a_reason() -> None:
    """A hold on a recording stops it and its stem from the next question on; lifted, both are cleared again."""
    world = agreed()
    hold = actions.place_hold(world.id("R"), "a copy", "cas_1", at=world.at, actor="acc_x")
    for name in ("R", "T"):
        answer = queries.decide(world.id(name), "train", "compose", world.at)
        assert not answer.cleared
        assert [world.named(short.because) for short in answer.shortfalls] == ["R is held: a copy (case cas_1)"]
    assert [standing.id for standing in queries.holds(world.id("R"))] == [hold]
    actions.lift_hold(hold, "it was licensed", at=world.at, actor="acc_x")
    assert queries.decide(world.id("T"), "train", "compose", world.at).cleared == WORLD
    with pytest.raises(NotThere):
        actions.lift_hold(hold, "again", at=world.at, actor="acc_x")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_hold_needs_a_reason(reason: str) -> None:
    """Law 8: no hold without its because."""
    with pytest.raises(BadInput):
        actions.place_hold("rec_1", reason, at=agreed().at, actor="acc_x")


def test_the_whole_catalogue_is_decided_as_each_asset_is() -> None:
    """One pass gives every asset the territories it has alone, and counts why not."""
    world = agreed()
    participation.choose(
        world.id("N"), world.id("N"), "train", "compose", "JP", world.id("Q"), "no", at=world.at, actor="acc_x"
    )
    whole = queries.decide_all("train", "compose", world.at)
    alone = queries.decide_many(whole.assets, "train", "compose", world.at)
    assert {a: whole.cleared(i) for i, a in enumerate(whole.assets)} == {a: alone[a].cleared for a in whole.assets}
    assert len(whole.assets) == 4 and whole.reasons == {"clearance.refused": 1}
    recordings = queries.decide_all("train", "compose", world.at, AssetKind.RECORDING)
    assert sorted(recordings.assets) == sorted([world.id("R"), world.id("Q")])


def test_what_is_unknown_is_bad_input_and_decides_nothing() -> None:
    """An unknown asset, use or feature, and ten thousand and one assets, get a sentence each."""
    world = agreed()
    for asset, use, feature in (
        ("rec_9", "train", "compose"),
        (world.id("R"), "sing", "compose"),
        (world.id("R"), "train", "x"),
    ):
        with pytest.raises(BadInput):
            queries.decide(asset, use, feature, world.at)
    with pytest.raises(BadInput, match="10,001"):
        queries.decide_many([world.id("R")] * 10_001, "train", "compose", world.at)


def test_a_launch_counts_what_is_cleared_and_names_what_is_missing() -> None:
    """A feature that needs three recordings is refused on two, before and after it has everything else."""
    world = agreed()
    governance.propose_feature("echo", "Echo", ["train"], WORLD, world.at, "acc_x", needs_works=1, needs_recordings=3)
    with pytest.raises(Refused) as no:
        actions.launch("echo", world.at, "acc_x")
    assert "0 recordings are cleared, 3 are needed" in no.value.refusal.details
    assert actions.cleared_counts("compose", world.at) == (1, 2)
    assert features.attempts("echo")[-1].cleared_works == 0


def test_sentences_are_bound_to_names_when_they_are_shown() -> None:
    """Facts and answers hold ids; people read the names they go by."""
    world = agreed()
    tell("N takes back the yes to train in compose", world=world)
    answer = queries.decide(world.id("R"), "train", "compose", world.at)
    lines = queries.bound((short.because for short in answer.shortfalls), answer)
    assert lines == ["N Story said no to train in compose everywhere"]


def test_law_6_holds_and_decisions_are_the_same_after_a_rebuild() -> None:
    """Law 6: every row of clearance comes out of the journal again."""
    world = agreed()
    actions.record_decision(queries.decide(world.id("R"), "train", "compose", world.at), at=world.at, actor="acc_x")
    hold = actions.place_hold(world.id("R"), "a copy", at=world.at, actor="acc_x")
    actions.lift_hold(hold, "it was not", at=world.at, actor="acc_x")
    before = table_digest()
    rebuild()
    assert table_digest() == before


def test_what_becomes_of_creations_is_asked_like_any_other_use() -> None:
    """A feature that lets people listen needs the performing right and its own yes to it; one to `remix` is no such yes."""
    world = tell(SCENE.replace("compose is launched\n", ""))
    uses = ["remix", "listen"]
    governance.propose_feature("radio", "Radio", uses, WORLD, world.at, "acc_x", needs_works=0, needs_recordings=0)
    governance.publish_policy("radio", world.at, "acc_x", release_label="Made with consent", participation="by a yes")
    governance.publish_split("radio", 800_000, 0, 200_000, world.at, "acc_x")
    governance.open_controls("radio", world.at, "acc_x")
    tell("L and P have active deals for listen in radio everywhere\nradio is launched", world=world)
    tell("N says yes to remix in radio", world=world)
    no = queries.decide(world.id("R"), "listen", "radio", world.at)
    assert [short.code for short in no.shortfalls] == ["clearance.no-yes"] and not no.cleared
    tell("N says yes to listen in radio", world=world)
    assert queries.decide(world.id("R"), "listen", "radio", world.at).cleared == WORLD
