"""Sealed sets through the real doors: what goes in, what stays out, what a set remembers, who may see it."""

from __future__ import annotations

import pytest
from tests.made_once import made_once
from tests.unit.training.world import ACTOR, DE, FR, JP, compose_world, no, sealed, tune, would_lose, yes

from accord.catalog import actions as catalog
from accord.catalog.records import Terms
from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.participation import actions as participation
from accord.parties.viewer import ANYONE, Role, Viewer
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.territory import EMPTY
from accord.terms.use import Use
from accord.training import actions, cards, queries
from accord.vault import actions as vault

pytestmark = pytest.mark.django_db


once, world = made_once(compose_world)


def test_everything_cleared_with_notes_is_sealed(world):
    """Every score goes in, with its decision, deal, people, notes and cluster; nothing is left out."""
    seal = sealed(world)
    assert [item.asset for item in seal.items] == sorted(world[f"s{n}"] for n in range(12))
    first = next(item for item in seal.items if item.asset == world["s0"])
    assert (
        first.decision
        and first.deals == (world["deal"],)
        and first.people == (world["wren"],)
        and first.note_tokens > 20
    )
    assert (seal.excluded, seal.licences, seal.territories) == ((), (world["deal"],), DE | FR)
    assert first.work == world["w0"]


def test_what_an_encoding_says_of_itself_stands_in_the_set_and_on_the_data_card(world):
    """An arrangement made from somebody's encoding carries the words under which that encoding came."""
    said = Terms(source="a book | 1850", statement="typed by A. Hand; not for sale", derivatives="allowed")
    encoding = catalog.register_encoding(world["w1"], "typed", tune(1).to_midi(), said, at=world.now(), actor=ACTOR)
    made = catalog.register_score(
        world["w2"], "An | arrangement", tune(2).to_midi(), encoding, at=world.now(), actor=ACTOR
    )
    seal = sealed(world, assets=[made])
    assert [item.licence for item in seal.items] == ["typed by A. Hand; not for sale"]
    card = cards.data_card(seal, {})
    assert "- 1 × typed by A. Hand; not for sale" in card and "| An \\| arrangement |" in card


def test_what_is_refused_somewhere_is_left_out_with_the_reason(world):
    """A writer's no in France keeps her works out of a set for DE and FR, with her no as the reason, and in one for DE."""
    participation.choose(
        world["wren"], world["wren"], Use.TRAIN, "compose", FR, answer="no", at=world.now(), actor=world["account wren"]
    )
    seal = sealed(world)
    assert {one.asset for one in seal.excluded} == {world[f"s{n}"] for n in (0, 3, 6, 9)}
    assert all(one.code == "clearance.refused" and world["wren"] in one.because for one in seal.excluded)
    assert len(sealed(world, DE).items) == 12


def test_a_named_selection_is_all_that_is_looked_at(world):
    """Sealing two named assets seals two; an unknown one is bad input."""
    seal = sealed(world, assets=[world["s1"], world["s2"]])
    assert [i.asset for i in seal.items] == sorted((world["s1"], world["s2"]))
    with pytest.raises(BadInput, match="sco_nowhere"):
        sealed(world, assets=["sco_nowhere"])


def test_nothing_cleared_is_a_refusal_and_no_set(world):
    """When nobody agreed any more there is no empty set, but a refusal that names a reason."""
    no(world, "walt")
    no(world, "wren")
    with pytest.raises(Refused) as refused:
        sealed(world)
    assert refused.value.refusal.code == "training.nothing-cleared" and queries.seals() == []


def test_a_set_needs_a_territory(world):
    """A set for nowhere is bad input."""
    with pytest.raises(BadInput, match="at least one territory"):
        actions.seal_set("compose", EMPTY, world.now(), ACTOR)


def test_the_same_set_has_the_same_digest(world):
    """Sealed twice with nothing changed, the manifests differ in nothing but the decisions' positions."""
    first, again = sealed(world), sealed(world)
    assert [i.asset for i in first.items] == [i.asset for i in again.items] and first.id != again.id
    assert vault.exists(first.digest) and vault.exists(again.digest)


def test_a_set_shows_what_it_held_and_what_was_revoked_since(world):
    """After a no, the set still lists the item, marked as revoked since that instant; the next set leaves it out."""
    seal = sealed(world)
    no(world, "wren")
    when = world.at
    actions.apply_revocations(world.now())
    after = queries.seal(seal.id)
    assert after.items == seal.items
    assert {(one.asset, one.since) for one in after.revoked} == {(world[f"s{n}"], when) for n in (0, 3, 6, 9)}
    assert not {i.asset for i in sealed(world).items} & {one.asset for one in after.revoked}


def test_a_yes_given_again_does_not_mend_an_old_set(world):
    """Once marked, an item stays revoked in that set: a new yes is for new sets."""
    seal = sealed(world)
    no(world, "wren")
    actions.apply_revocations(world.now())
    yes(world, "wren", "compose")
    assert len(queries.seal(seal.id).revoked) == 4 and len(sealed(world).items) == 12


def test_a_person_sees_their_own_part_of_a_set_and_nothing_else(world):
    """Wren sees her four items without the rest; a stranger gets the answer that there is no such set."""
    seal = sealed(world)
    wren = Viewer("a", frozenset({world["wren"]}), frozenset({Role.ARTIST}))
    assert {i.asset for i in queries.seal(seal.id, wren).items} == {world[f"s{n}"] for n in (0, 3, 6, 9)}
    assert queries.seal(seal.id, wren).licences == ()
    publisher = Viewer("b", frozenset({world["publisher"]}), frozenset({Role.RIGHTSHOLDER}))
    assert len(queries.seal(seal.id, publisher).items) == 12
    with pytest.raises(NotThere):
        queries.seal(seal.id, ANYONE)


def test_what_a_revocation_would_touch_is_known_before(world):
    """Before wren's no: one set, her four scores; nothing for a feature that no set was sealed for, nor for who is in none."""
    seal = sealed(world)
    touched = queries.touched_by(would_lose(world, "wren"), "compose", world.now())
    assert (touched.sets, touched.models, len(touched.assets)) == ((seal.id,), (), 4)
    assert queries.touched_by(would_lose(world, "wren"), "blend", world.now()).sets == ()
    assert queries.touched_by(would_lose(world, "fan"), "compose", world.now()).sets == ()
    assert queries.seals_holding([world["s0"]]) == {world["s0"]: (seal.id,)}


def test_a_rebuild_gives_the_same_tables(world):
    """Law 6: sets, marks and people come out of the journal and the vault as they were."""
    sealed(world, JP)
    no(world, "wren")
    actions.apply_revocations(world.now())
    before = table_digest()
    rebuild()
    assert table_digest() == before
