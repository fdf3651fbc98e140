"""Parties: who exists, who proved to be whom, who speaks for whom."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.journal import actions as journal
from accord.journal.queries import facts_of, head, table_digest
from accord.parties import actions, queries, rules
from accord.parties.facts import PartyRegistered
from accord.parties.records import Given, Identifier, PartyKind
from accord.terms.refusal import BadInput, NotThere
from accord.terms.use import Use

AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
DOOR = {"at": AT, "actor": "acc_test"}
pytestmark = pytest.mark.django_db

DPID = "PADPIDA2007050901U"
ISNI = "0000000121032683"
IPI = "00250165006"


def a_person(name: str = "Nora Quill", **identifiers: str) -> str:
    return actions.register_party(PartyKind.PERSON, name, identifiers, **DOOR)


def test_a_party_is_found_by_its_identifier() -> None:
    """Whoever is registered under an identifier is found by it, however it is written."""
    party = a_person(ipi="250165006")
    assert queries.find("ipi", IPI).id == party
    assert queries.party(party).identifiers == (Identifier("ipi", IPI),)


def test_no_name_stands_in_the_journal() -> None:
    """The fact of a registration names ids and references only."""
    a_person("Nora Unmistakable Quill")
    (entry,) = facts_of("parties.party-registered")
    assert isinstance(entry.fact, PartyRegistered)
    assert "Quill" not in repr(entry.fact)


def test_names_are_bound_when_shown() -> None:
    """Names come from the private store for all ids at once; an unknown id is its own name."""
    one, two = a_person("Ada"), a_person("Bo")
    assert queries.names([one, two, "pty_none"]) == {one: "Ada", two: "Bo", "pty_none": "pty_none"}


def test_an_erased_party_keeps_its_id_and_loses_its_name() -> None:
    """After erasure the party is there, its name is nowhere, and it is not found by it."""
    party = a_person("Ada")
    assert queries.called("ada") == [party]
    assert actions.erase(party, **DOOR) >= 1
    assert queries.names([party]) == {party: queries.ERASED}
    assert queries.called("Ada") == []
    assert queries.party(party).id == party


def test_an_identifier_names_one_party() -> None:
    """A second party with the same identifier is refused, and nothing of it is kept."""
    a_person(isni=ISNI)
    before = head()
    with pytest.raises(BadInput, match="is carried by the party"):
        a_person("Somebody Else", isni=ISNI)
    assert head() == before


def test_a_wrong_check_digit_is_bad_input() -> None:
    """An identifier whose check digit is wrong registers nobody."""
    with pytest.raises(BadInput, match="check"):
        a_person(ipi="00250165007")
    assert head() == 0


def test_one_message_names_one_party_once() -> None:
    """Entries that share an identifier, or a name and none, are one party; another sender's namesake is not."""
    entries = [
        Given(name="Ada", kind=PartyKind.PERSON, identifiers=(Identifier("ipi", IPI),)),
        Given(name="A. Ex", kind=PartyKind.PERSON, identifiers=(Identifier("ipi", IPI), Identifier("isni", ISNI))),
        Given(name="Bo", kind=PartyKind.PERSON),
        Given(name=" bo ", kind=PartyKind.PERSON),
    ]
    ada, same, bo, also_bo = actions.recognise(entries, "pty_sender", **DOOR)
    assert (ada, bo) == (same, also_bo) and ada != bo
    assert queries.find("isni", ISNI).id == ada
    assert actions.recognise(entries, "pty_sender", **DOOR) == [ada, ada, bo, bo]
    assert actions.recognise(entries[2:3], "pty_other", **DOOR) != [bo]


def test_identifiers_of_two_parties_in_one_entry_are_bad_input() -> None:
    """A message cannot weld two known parties together."""
    a_person("Ada", ipi=IPI)
    a_person("Bo", isni=ISNI)
    welded = Given(name="Ada", kind=PartyKind.PERSON, identifiers=(Identifier("ipi", IPI), Identifier("isni", ISNI)))
    with pytest.raises(BadInput, match="belong to two parties"):
        actions.recognise([welded], "pty_sender", **DOOR)


def test_a_message_gives_a_verified_party_no_other_number() -> None:
    """Who carries somebody's public number would say yes for them: an office adds it, once the party has proved itself."""
    ada = a_person("Ada", isni=ISNI)
    account = actions.open_account("ada@example.org", "a long enough pass phrase", ["artist"], at=AT)
    own = Identifier("own:PADPIDA2007050901U", "77")
    entry = Given(
        name="Ada", kind=PartyKind.PERSON, identifiers=(Identifier("isni", ISNI), Identifier("ipi", IPI), own)
    )
    actions.verify_identity(ada, account, "video call", "passport seen", **DOOR)
    assert actions.recognise([entry], "pty_sender", **DOOR) == [ada]
    assert queries.find_many([Identifier("ipi", IPI), own]) == {own.key: ada}
    (bo,) = actions.recognise(
        [Given(name="Bo", kind=PartyKind.PERSON, identifiers=entry.identifiers[1:2])], "s", **DOOR
    )
    assert bo != ada


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  Nora\n Quill ", "Nora Quill"),
        ("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", None),
        ("Zoe\u0308", "Zo\u00eb"),
    ],
)
def test_a_name_in_a_message_is_kept_clean(name: str, kept: str | None) -> None:
    """Spaces and forms folded, joiners that belong to a script left alone."""
    (party,) = actions.recognise([Given(name=name, kind=PartyKind.PERSON)], "pty_sender", **DOOR)
    assert queries.names([party])[party] == (kept or name)


@pytest.mark.parametrize("name", ["", "  ", "x" * 501, "Nora\x9b31m", "Nora \u202eyralaS", "\ud800"])
def test_what_is_no_name_is_bad_input(name: str) -> None:
    """Nothing, a page of text, and what moves the text around it; in a message as by hand."""
    for door in (
        lambda: a_person(name),
        lambda: actions.recognise([Given(name=name, kind=PartyKind.PERSON)], "s", **DOOR),
    ):
        with pytest.raises(BadInput):
            door()


def test_nobody_joins_itself() -> None:
    """A party is no member of its own."""
    party = a_person()
    with pytest.raises(BadInput, match="cannot join itself"):
        actions.join_collective(party, party, **DOOR)


def test_blank_evidence_is_none() -> None:
    """A mandate or an identity on no evidence is nobody's word."""
    one, two = a_person("Ada"), a_person("Bo")
    with pytest.raises(BadInput, match="needs its evidence"):
        actions.register_mandate(one, two, [Use.TRAIN], "   ", date(2026, 1, 1), **DOOR)
    account = actions.open_account("bo@example.org", "a long enough pass phrase", ["artist"], at=AT)
    with pytest.raises(BadInput, match="its evidence"):
        actions.verify_identity(two, account, "video call", " ", **DOOR)


def test_a_mandate_covers_only_what_it_names() -> None:
    """A mandate for training says nothing about voice, and nothing after it has ended."""
    person, manager = a_person("Ada"), a_person("Mo")
    mandate = actions.register_mandate(manager, person, [Use.TRAIN], "signed letter", date(2026, 1, 1), **DOOR)
    (found,) = queries.mandates()
    assert rules.mandate_covers(found, manager, person, Use.TRAIN, AT)
    assert not rules.mandate_covers(found, manager, person, Use.VOICE, AT)
    assert not rules.mandate_covers(found, person, manager, Use.TRAIN, AT)
    known = head()
    actions.end_mandate(mandate, "the person said so", **DOOR)
    assert queries.mandates() == []
    assert [m.id for m in queries.mandates(known)] == [mandate]


@pytest.mark.parametrize(
    ("uses", "evidence", "why"),
    [([], "letter", "at least one use"), (["listen"], "letter", "not a use that"), (["train"], "", "evidence")],
)
def test_a_mandate_that_says_too_little_is_bad_input(uses: list[str], evidence: str, why: str) -> None:
    """A mandate without uses, with an outward use or without evidence is refused in one sentence."""
    person, manager = a_person("Ada"), a_person("Mo")
    with pytest.raises(BadInput, match=why):
        actions.register_mandate(manager, person, uses, evidence, date(2026, 1, 1), **DOOR)


def test_a_delivery_speaks_for_who_joined() -> None:
    """A collective speaks for its members from the day they joined until they left, and for nobody else."""
    collective, member, stranger = a_person("C"), a_person("M"), a_person("S")
    membership = actions.join_collective(member, collective, starts=date(2026, 4, 1), **DOOR)
    assert queries.speaks_for(collective, AT) == {collective, member}
    assert stranger not in queries.speaks_for(collective, AT)
    assert queries.speaks_for(collective, datetime(2026, 3, 31, tzinfo=UTC)) == {collective}
    actions.leave_collective(membership, "end of contract", **DOOR)
    assert queries.speaks_for(collective, AT) == {collective}


def test_a_verified_account_acts_for_its_party() -> None:
    """Claiming a profile gives nothing; verification lets the account act; withdrawal takes it back."""
    party = a_person("Ada")
    account = actions.open_account("ada@example.org", "a long enough pass phrase 1", ["artist"])
    actions.claim_profile(party, account, **DOOR)
    assert not queries.accounts.viewer_of_account(account).acts_for(party)
    actions.verify_identity(party, account, "passport and live video", {"document": "seen"}, **DOOR)
    assert queries.accounts.viewer_of_account(account).acts_for(party)
    assert queries.party(party).verified and queries.is_verified(account, party)
    actions.withdraw_verification(party, account, "the account was sold", **DOOR)
    assert not queries.party(party).verified
    assert not queries.accounts.viewer_of_account(account).acts_for(party)


def test_another_accounts_party_is_not_there() -> None:
    """A viewer sees the parties it acts for; any other looks as if it did not exist."""
    mine, other = a_person("Ada"), a_person("Bo")
    account = actions.open_account("ada@example.org", "a long enough pass phrase 1", ["artist"], [mine])
    viewer = queries.accounts.viewer_of_account(account)
    assert queries.visible(viewer, mine).id == mine
    with pytest.raises(NotThere):
        queries.visible(viewer, other)


def test_rebuilt_tables_are_the_same() -> None:
    """Law 6: the tables of parties after a rebuild equal those before."""
    person, manager = a_person("Ada", ipi=IPI), a_person("Mo")
    mandate = actions.register_mandate(manager, person, ["train"], "letter", date(2026, 1, 1), **DOOR)
    actions.join_collective(person, manager, **DOOR)
    actions.rename(person, "Ada B", **DOOR)
    actions.end_mandate(mandate, "over", **DOOR)
    before = table_digest()
    journal.rebuild()
    assert table_digest() == before
    assert queries.names([person]) == {person: "Ada B"}


@given(st.text(max_size=20))
def test_folding_a_name_twice_changes_nothing(name: str) -> None:
    """A folded name is its own folded name."""
    assert rules.folded(rules.folded(name)) == rules.folded(name)
