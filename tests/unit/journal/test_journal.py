"""The journal: appends, proofs, tamper evidence, rebuild."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from accord.journal import actions, note, queries, tiles, tree
from accord.journal.facts import Fact, fact
from accord.journal.keys import journal_verifier
from accord.journal.models import JournalEntry
from accord.terms.refusal import BadInput, NotThere

AT = datetime(2026, 7, 1, tzinfo=UTC)


@fact("test.noted")
class Noted(Fact, frozen=True, kw_only=True):
    """A fact for these tests."""

    text: str
    share: Fraction = Fraction(1, 3)
    fee_micros: int = 2**60
    at: datetime = AT


def note_down(*texts: str) -> None:
    """Append facts in one transaction."""
    with actions.writing("tester", AT) as journal:
        for text in texts:
            journal.append(Noted(text=text))


@pytest.mark.django_db
def test_a_fact_comes_back_as_it_was_written() -> None:
    """Amounts beyond 2**53, fractions and instants survive the canonical text."""
    note_down("x")
    assert queries.entry(queries.head()).fact == Noted(text="x")


@pytest.mark.django_db
def test_positions_have_no_gaps_even_after_a_failure() -> None:
    """An undone transaction leaves no hole."""
    note_down("a")
    with pytest.raises(RuntimeError), actions.writing("tester", AT) as journal:
        journal.append(Noted(text="lost"))
        raise RuntimeError
    note_down("b")
    assert [e.position for e in queries.facts_of()] == [1, 2]


@pytest.mark.django_db
def test_an_inner_writing_joins_the_outer_one() -> None:
    """What an inner action wrote is undone with the outer one."""
    with pytest.raises(RuntimeError), actions.writing("a", AT) as journal:
        note_down("inner")
        assert journal.head == 1
        raise RuntimeError
    assert queries.head() == 0


@pytest.mark.django_db
def test_minted_ids_follow_the_position() -> None:
    """The same facts always carry the same ids, and two mints before one append differ."""
    with actions.writing("a", AT) as journal:
        assert [journal.mint("wrk"), journal.mint("wrk")] == ["wrk_000001", "wrk_000001_2"]
        journal.append(Noted(text="x"))
        assert journal.mint("wrk") == "wrk_000002"


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_every_fact_is_proven_under_the_checkpoint(size: int) -> None:
    """Inclusion proofs from tiles verify against the root of the plain tree."""
    note_down(*[str(n) for n in range(size)])
    checkpoint = actions.publish()
    assert checkpoint.root == tree.root_of([bytes(r.leaf) for r in JournalEntry.objects.order_by("position")])
    for position in {1, size // 2 + 1, size}:
        proof = queries.inclusion(position)
        leaf = tree.leaf_hash(tree.commitment(bytes.fromhex(proof.salt), proof.canonical.encode()))
        path = [bytes.fromhex(digest) for digest in proof.path]
        opened = note.open_checkpoint(proof.checkpoint, journal_verifier())
        assert tree.included(leaf, position - 1, opened.size, path, opened.root)
        assert not tree.included(leaf, position, opened.size, path, opened.root)


@pytest.mark.django_db
def test_checkpoints_are_consistent_as_the_journal_grows() -> None:
    """Each checkpoint is proven to be a prefix of the next, across tile borders."""
    checkpoints = []
    for batch in (3, 250, 1, 300):
        note_down(*["x"] * batch)
        checkpoints.append(actions.publish())
    for old, new in itertools.pairwise(checkpoints):
        proof = [bytes.fromhex(digest) for digest in queries.consistency(old.size, new.size)]
        assert tree.consistent(old.size, new.size, old.root, new.root, proof)
        assert not tree.consistent(old.size, new.size, new.root, old.root, proof)


@pytest.mark.django_db
def test_a_changed_fact_is_found() -> None:
    """Verification names the position whose text was changed."""
    note_down("a", "b", "c")
    actions.publish()
    assert actions.verify().faults == ()
    row = JournalEntry.objects.get(position=2)
    JournalEntry.objects.filter(position=2).update(canonical=row.canonical.replace('"b"', '"B"'))
    faults = actions.verify().faults
    assert any("position 2" in fault for fault in faults) and any("another root" in fault for fault in faults)


@pytest.mark.django_db
def test_a_checkpoint_of_another_key_is_refused() -> None:
    """A note signed by somebody else does not open."""
    note_down("a")
    checkpoint = actions.publish()
    name, _, _ = journal_verifier().split("+", 2)
    other = note.verifier_key(name, note.Ed25519PrivateKey.generate())
    with pytest.raises(BadInput, match="not signed"):
        note.open_checkpoint(checkpoint.note, other)


@pytest.mark.django_db
def test_a_position_beyond_the_checkpoint_is_not_proven() -> None:
    """A fact that no checkpoint covers has no proof yet."""
    note_down("a")
    actions.publish()
    note_down("b")
    with pytest.raises(NotThere, match="not under a published checkpoint"):
        queries.inclusion(2)


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_leave_one_gapless_order() -> None:
    """Threads that append together wait for each other."""

    def work(name: str) -> None:
        from django.db import connection

        for turn in range(10):
            note_down(f"{name}{turn}")
        connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.position for e in queries.facts_of()] == list(range(1, 31))


def test_tile_paths_follow_the_specification() -> None:
    """C2SP tlog-tiles: groups of three digits, all but the last with an x."""
    assert tiles.path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.path("entries", 5, 8) == "tile/entries/005.p/8"


@pytest.mark.django_db
def test_a_changed_actor_or_date_is_found_and_not_believed() -> None:
    """The columns beside a fact's text are for finding it: a forged one is a fault, and nobody is shown it."""
    note_down("a")
    JournalEntry.objects.filter(position=1).update(actor="somebody else", at=datetime(2020, 1, 1, tzinfo=UTC))
    assert (queries.entry(1).actor, queries.entry(1).at) == ("tester", AT)
    (fault,) = actions.verify().faults
    assert "position 1" in fault


@pytest.mark.django_db
def test_lost_and_damaged_tiles_are_named_and_written_again() -> None:
    """Each kind of tile, full and partial, of both levels and the facts' own: lost or zeroed, verify names it."""
    note_down(*map(str, range(300)))
    actions.publish()
    assert actions.verify().faults == ()
    for path in ("tile/0/000", "tile/0/001.p/44", "tile/entries/000", "tile/entries/001.p/44", "tile/1/000.p/1"):
        file = queries.log_folder() / path
        whole = file.read_bytes()
        for damaged in (bytes(len(whole)), whole[:-1], None):
            file.unlink() if damaged is None else file.write_bytes(damaged)
            (fault,) = actions.verify().faults
            assert f"`{path}`" in fault
            actions.publish(mend=True)
            assert file.read_bytes() == whole
    assert actions.verify().faults == ()
