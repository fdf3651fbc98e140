"""Old tunes, their encodings and what is made from them: the terms are read as they stand."""

from __future__ import annotations

import pytest
from tests.unit.catalog.messages import DOOR

from accord.catalog import actions, queries, rules
from accord.catalog.records import Terms
from accord.catalog.score import Note, Score, Track
from accord.journal import actions as journal
from accord.journal.queries import head, table_digest
from accord.parties import actions as parties
from accord.terms.refusal import BadInput
from accord.terms.territory import WORLD, TerritorySet

PALESTRINA = (
    "(c) 2000 John Miller; must be accompanied by the licensing agreement; rights to all derivative electronic formats"
    " reserved"
)
ESSEN = "distributed with music21 by his permission"
OPEN = "encodings may be under copyright but licensed for use, maybe non-commercial"
MIDI = Score("T", 100.0, (4, 4), "C major", (Track("a", 0, (Note(0, 480, 60), Note(480, 480, 62))),)).to_midi()


@pytest.mark.parametrize(
    ("statement", "derivatives", "non_commercial"),
    [(PALESTRINA, "reserved", False), (ESSEN, "unclear", False), (OPEN, "allowed", True), ("", "unclear", False)],
)
def test_terms_are_read_as_they_stand(statement: str, derivatives: str, non_commercial: bool) -> None:
    """A reservation is a reservation, a permission given to somebody else is unclear, silence is unclear."""
    terms = rules.read_terms("x.krn", statement)
    assert (terms.derivatives, terms.non_commercial) == (derivatives, non_commercial)


def test_a_hold_quotes_the_sentence_that_causes_it() -> None:
    """Intake holds with the words of the terms as the reason."""
    (hold,) = rules.intake_holds(rules.read_terms("x.krn", PALESTRINA))
    assert "rights to all derivative electronic formats reserved" in hold


def test_two_owners_are_held() -> None:
    """A file whose metadata names another owner than its licence does is held, naming both."""
    terms = rules.read_terms("blues.mid", "licensed for use", owner="Mose Example", licensor="OpenMSX")
    (hold,) = rules.intake_holds(terms)
    assert "`Mose Example`" in hold and "`OpenMSX`" in hold
    assert rules.intake_holds(rules.read_terms("a.mid", "cc0", owner="Ann", licensor="ann ")) == ()


@pytest.mark.django_db
class TestRegistered:
    """Tunes through the doors."""

    def tune(self) -> str:
        return actions.register_tune("Old Tune", "first printed 1690", identifiers=[("music21", "a/b.abc")], **DOOR)

    def encoding(self, work: str, statement: str = OPEN) -> str:
        terms = rules.read_terms("a/b.abc", statement, transcriber="Somebody")
        return actions.register_encoding(work, "Old Tune (abc)", MIDI, terms, **DOOR)

    def test_a_tune_is_public_domain_with_evidence(self) -> None:
        """A tune is nobody's, where and because of what is stated; without evidence it is not registered."""
        work = self.tune()
        (statement,) = queries.public_domain()
        assert (statement.asset, statement.territories, statement.evidence) == (work, WORLD, "first printed 1690")
        with pytest.raises(BadInput, match="without evidence"):
            actions.register_tune("Another", " ", **DOOR)

    def test_a_tune_is_registered_once(self) -> None:
        """The same source is the same tune, and says nothing twice."""
        assert self.tune() == self.tune()
        assert len(queries.public_domain()) == 1

    def test_public_domain_holds_where_it_is_stated(self) -> None:
        """A work can be nobody's in one country and somebody's in another."""
        where = TerritorySet.of("US")
        work = actions.register_work("W", **DOOR)
        actions.state_public_domain(work, where, "published 1925", **DOOR)
        assert [s.territories for s in queries.public_domain(asset_ids=[work])] == [where]

    def test_what_was_stated_is_ended_where_it_does_not_stand(self) -> None:
        """Ended in one country it goes on elsewhere, what was known before stays known, and a rebuild says the same."""
        work = self.tune()
        before = head()
        actions.end_public_domain(work, TerritorySet.of("US", "FR"), "the author died in 1990", **DOOR)
        actions.end_public_domain(work, TerritorySet.of("FR", "DE"), "so too there", **DOOR)
        assert [s.territories for s in queries.public_domain()] == [WORLD - TerritorySet.of("US", "FR", "DE")]
        assert [s.territories for s in queries.public_domain(before)] == [WORLD]
        tables = table_digest()
        journal.rebuild()
        assert table_digest() == tables

    def test_what_was_never_stated_is_not_ended(self) -> None:
        """Ending needs a reason, and something that stands there."""
        work = self.tune()
        with pytest.raises(BadInput, match="for a reason"):
            actions.end_public_domain(work, WORLD, " ", **DOOR)
        actions.end_public_domain(work, WORLD, "a mistake", **DOOR)
        with pytest.raises(BadInput, match="stated public domain nowhere"):
            actions.end_public_domain(work, WORLD, "a mistake", **DOOR)

    def test_an_encoding_has_its_own_terms(self) -> None:
        """The tune is free, its encoding is an asset of its own with its transcriber's terms."""
        encoding = self.encoding(self.tune())
        found = queries.encodings()[encoding]
        assert found.terms.transcriber == "Somebody" and found.holds == ()
        assert queries.asset(encoding).non_commercial and queries.asset(encoding).duration_s == pytest.approx(1.2)

    def test_what_is_made_from_a_held_encoding_is_held(self) -> None:
        """A score made from a held encoding is held for the same reason, and says from what."""
        source = self.encoding(self.tune(), PALESTRINA)
        arrangement = actions.register_work("Arrangement", **DOOR)
        score = actions.register_score(arrangement, "Arrangement", MIDI, source, **DOOR)
        (hold,) = queries.asset(score).intake_holds
        assert hold.startswith("made from `Old Tune (abc)`:")

    def test_terms_that_forbid_commerce_reach_what_is_made(self) -> None:
        """A score from a non-commercial encoding, its work, the recordings of it and their stems are non-commercial."""
        tune = self.tune()
        arrangement = actions.register_work("Arrangement", arranges=tune, **DOOR)
        recording = actions.register_recording("R", works=[arrangement], **DOOR)
        (stem,) = actions.register_stems(recording, [("piano", "sha256:" + "0" * 64, 1.0)], **DOOR)
        score = actions.register_score(arrangement, "S", MIDI, self.encoding(tune), **DOOR)
        marked = {name for name, asset in queries.assets().items() if asset.non_commercial}
        assert {score, arrangement, recording, stem} <= marked and tune not in marked

    def test_a_hold_is_lifted_by_name(self) -> None:
        """Lifting one reason leaves the others."""
        encoding = self.encoding(self.tune(), PALESTRINA)
        actions.place_intake_hold(encoding, "another reason", **DOOR)
        first = queries.asset(encoding).intake_holds[0]
        actions.lift_intake_hold(encoding, first, "John Miller agreed in writing", **DOOR)
        assert queries.asset(encoding).intake_holds == ("another reason",)

    def test_bad_midi_registers_nothing(self) -> None:
        """Bytes that are no MIDI make no score."""
        work = self.tune()
        with pytest.raises(BadInput, match="MIDI"):
            actions.register_encoding(work, "x", b"not midi", Terms(source="x"), **DOOR)
        assert list(queries.assets()) == [work]

    def test_credits_name_known_people_in_known_roles(self) -> None:
        """A credit in an unknown role is bad input."""
        party = parties.register_party("person", "P", **DOOR)
        with pytest.raises(BadInput, match="is not a role"):
            actions.register_recording("R", credits=[(party, "engineer")], **DOOR)

    def test_rebuilt_tables_are_the_same(self) -> None:
        """Law 6: tunes, encodings and what they forbid after a rebuild equal those before."""
        self.test_terms_that_forbid_commerce_reach_what_is_made()
        before = table_digest()
        journal.rebuild()
        assert table_digest() == before
