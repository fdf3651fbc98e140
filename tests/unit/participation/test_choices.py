"""Choices through the doors: what is asked, said, taken back, and what stands after each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from accord.catalog import actions as catalog
from accord.governance import actions as governance
from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.participation import actions, queries
from accord.parties import accounts
from accord.parties import actions as parties
from accord.parties import queries as people
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
ACTOR = "acc_test"


def person(name: str, verified: bool = True) -> str:
    """A person, with a verified account unless said otherwise."""
    found = parties.register_party("person", name, at=AT, actor=ACTOR)
    if verified:
        account = accounts.open_account(
            f"{name.lower()}@test.example", "a long test password", ["artist"], [found], at=AT
        )
        parties.verify_identity(found, account, "seen", "passport", at=AT, actor=ACTOR)
    return found


def feature(name: str = "f", opened: bool = True) -> str:
    """A feature for training, its controls open unless said otherwise."""
    governance.propose_feature(name, name, [Use.TRAIN], WORLD, AT, ACTOR)
    if opened:
        governance.publish_policy(name, AT, ACTOR, release_label="AI", participation="opt-in")
        governance.publish_split(name, 800_000, 0, 200_000, AT, ACTOR)
        governance.open_controls(name, AT, ACTOR)
    return name


def say(who: str, answer: str = "yes", **more: object) -> str:
    """A choice of the person itself about training in f."""
    return actions.choose(who, who, "train", "f", answer=answer, at=AT, actor=ACTOR, **more)  # type: ignore[arg-type]


def test_a_choice_carries_who_said_it_on_what_ground() -> None:
    """Law 3: the row names the person, the speaker, the source and the grade."""
    nina = person("Nina")
    feature()
    choice = queries.choice(say(nina, territories="DE+FR"))
    assert (choice.person, choice.spoken_by, choice.source, choice.grade) == (nina, nina, "person", 4)
    assert choice.territories == TerritorySet.of("DE", "FR") and queries.choices([nina]) == [choice]


def test_before_the_controls_open_a_yes_is_refused_and_a_no_is_heard() -> None:
    """A yes names a feature that can be read about; a no may come as soon as there is one."""
    nina = person("Nina")
    feature(opened=False)
    with pytest.raises(Refused, match="not open"):
        say(nina)
    assert queries.choice(say(nina, "no")).answer == "no"


def test_a_choice_is_made_about_ones_own_things() -> None:
    """A choice about one's own is kept; about somebody else's recording, and about none, it is refused in the same words."""
    nina, mark = person("Nina"), person("Mark")
    feature()
    recording = catalog.register_recording("Air", credits=[(nina, "featured")], at=AT, actor=ACTOR)
    assert queries.choice(say(nina, asset=recording)).asset == recording
    with pytest.raises(BadInput, match="has no part in an asset"):
        say(mark, "no", asset=recording)
    with pytest.raises(BadInput, match="has no part in an asset"):
        say(nina, asset="rec_none")


def test_a_member_speaks_about_what_the_group_is_credited_on() -> None:
    """A member of the credited group may say no to one of its recordings."""
    nina, band = person("Nina"), parties.register_party("group", "The Band", at=AT, actor=ACTOR)
    feature()
    parties.join_collective(nina, band, kind="group", at=AT, actor=ACTOR)
    recording = catalog.register_recording("Air", credits=[(band, "featured")], at=AT, actor=ACTOR)
    assert queries.choice(say(nina, "no", asset=recording)).asset == recording


def test_law_3_an_account_that_is_not_the_person_says_no_yes_of_hers() -> None:
    """Law 3: an account appointed to act for a verified person has not proved to be her: its yes is refused, its no heard."""
    nina = person("Nina")
    feature()
    helper = accounts.open_account("helper@test.example", "a long test password", ["artist"], [nina], at=AT)
    with pytest.raises(Refused, match="not said from a verified account"):
        actions.choose(nina, nina, "train", "f", at=AT, actor=helper)
    assert queries.history() == []
    no = actions.choose(nina, nina, "train", "f", answer="no", at=AT, actor=helper)
    assert queries.choice(no).answer == "no"
    (own,) = [seen.account for seen in people.verifications(nina)]
    assert queries.choice(actions.choose(nina, nina, "train", "f", at=AT, actor=own)).grade == 4
    parties.withdraw_verification(nina, own, "it was her sister", at=AT, actor=ACTOR)
    with pytest.raises(Refused, match="not said from a verified account"):
        actions.choose(nina, nina, "train", "f", at=AT, actor=own)


def test_what_is_left_of_a_yes_was_said_when_the_yes_was() -> None:
    """A no in one place leaves the rest of a manager's yes as it was said: within a mandate that has run out since."""
    nina, max_ = person("Nina"), person("Max")
    feature()
    parties.register_mandate(max_, nina, [Use.TRAIN], "signed", date(2026, 1, 1), date(2026, 6, 3), at=AT, actor=ACTOR)
    actions.choose(nina, max_, "train", "f", source="representative", at=AT, actor=ACTOR)
    actions.choose(nina, nina, "train", "f", "JP", answer="no", at=AT + timedelta(days=9), actor=ACTOR)
    left = next(choice for choice in queries.choices([nina]) if choice.answer == "yes")
    assert (left.territories, left.at, left.source) == (WORLD - TerritorySet.of("JP"), AT, "representative")


def account_of(who: str, name: str) -> str:
    """One more account that proved to be a person."""
    account = accounts.open_account(f"{name}@test.example", "a long test password", ["artist"], [who], at=AT)
    parties.verify_identity(who, account, "seen", "passport", at=AT, actor=ACTOR)
    return account


def test_law_3_a_yes_ends_with_the_proof_of_the_account_that_said_it() -> None:
    """Law 3: the account counts no longer as Nina: its yes ends there, what another of hers said stands, and verified anew
    nothing said before counts again."""
    nina = person("Nina")
    feature()
    (first,) = [seen.account for seen in people.verifications(nina)]
    second = account_of(nina, "second")
    yes = actions.choose(nina, nina, "train", "f", "FR", at=AT, actor=first)
    kept = actions.choose(nina, nina, "train", "f", "JP", at=AT, actor=second)
    before = queries.choice(kept).known_from
    parties.withdraw_verification(nina, first, "it was sold", at=AT + timedelta(days=1), actor=ACTOR)
    assert [choice.id for choice in queries.choices([nina])] == [kept]
    assert (queries.choice(yes).unproven, queries.choice(yes).closed_at) == (True, AT + timedelta(days=1))
    assert {choice.id for choice in queries.choices([nina], known=before)} == {yes, kept}
    parties.verify_identity(nina, first, "seen", "passport", at=AT, actor=ACTOR)
    assert [choice.id for choice in queries.choices([nina])] == [kept]
    digest = table_digest()
    rebuild()
    assert table_digest() == digest


def test_law_3_what_an_office_wrote_down_ends_with_the_last_proof() -> None:
    """Law 3: a yes written down for Nina rests on whichever accounts had proved to be her by then, and on no later one."""
    nina = person("Nina")
    feature()
    (first,) = [seen.account for seen in people.verifications(nina)]
    second = account_of(nina, "second")
    yes = say(nina)
    account_of(nina, "third")
    parties.withdraw_verification(nina, first, "it was sold", at=AT, actor=ACTOR)
    assert [choice.id for choice in queries.choices([nina])] == [yes]
    parties.withdraw_verification(nina, second, "it was sold", at=AT, actor=ACTOR)
    assert queries.choices([nina]) == []


def test_law_1_a_no_that_somebody_else_took_back_in_her_name_stands_again() -> None:
    """Law 1: a yes for one recording, from an account that was not Nina, replaced her no; with the yes gone the no stands
    where it did, under her manager's yes to everything."""
    nina, max_ = person("Nina"), person("Max")
    feature()
    recording = catalog.register_recording("Air", credits=[(nina, "featured")], at=AT, actor=ACTOR)
    parties.register_mandate(max_, nina, [Use.TRAIN], "signed", date(2026, 1, 1), at=AT, actor=ACTOR)
    wide = actions.choose(nina, max_, "train", "f", source="representative", at=AT, actor=ACTOR)
    no = say(nina, "no", asset=recording, territories="FR+JP")
    stranger = account_of(nina, "stranger")
    actions.choose(nina, nina, "train", "f", "FR+DE", recording, at=AT, actor=stranger)
    actions.revoke(nina, nina, "train", "f", "DE", recording, at=AT, actor=ACTOR)
    parties.withdraw_verification(nina, stranger, "it was not her", at=AT, actor=ACTOR)
    standing = queries.choices([nina])
    assert [choice.id for choice in standing if choice.answer == "yes"] == [wide]
    noes = {choice.territories.text() for choice in standing if choice.answer == "no"}
    assert noes == {"JP", "DE", "FR"}
    (again,) = [choice for choice in standing if choice.territories == TerritorySet.of("FR")]
    assert (again.at, again.grade, again.asset) == (AT, 4, recording) and again.id.startswith(no)


@pytest.mark.parametrize("what", ["use", "feature", "person"])
def test_an_unknown_use_feature_or_person_is_said_to_be(what: str) -> None:
    """A choice about nothing is no choice, and nothing is written."""
    nina = person("Nina")
    feature()
    given = {"person": nina, "use": "train", "feature": "f", what: "nothing"}
    with pytest.raises((BadInput, NotThere), match="nothing"):
        actions.choose(given["person"], given["person"], given["use"], given["feature"], at=AT, actor=ACTOR)
    assert queries.history() == []


def test_taking_back_ends_the_yes_and_is_listed() -> None:
    """Law 4: the yes is closed at the position of the no, which is listed as a withdrawal with what it closed."""
    nina = person("Nina")
    feature()
    yes = say(nina)
    no = actions.revoke(nina, nina, "train", "f", at=AT + timedelta(days=1), actor=ACTOR)
    (standing,) = queries.choices([nina])
    assert (standing.id, standing.answer, standing.withdrew) == (no, "no", True)
    (listed,) = queries.withdrawals()
    assert (listed.choice, listed.closes, listed.person) == (no, (yes,), nina)
    assert queries.choice(yes).closed_at == AT + timedelta(days=1)
    assert queries.withdrawals(since=listed.position) == []


def test_what_was_known_is_still_known() -> None:
    """Law 9: as of a position before the withdrawal the yes stands."""
    nina = person("Nina")
    feature()
    yes = say(nina)
    before = queries.choice(yes).known_from
    actions.revoke(nina, nina, "train", "f", at=AT, actor=ACTOR)
    assert [choice.id for choice in queries.choices([nina], known=before)] == [yes]


def test_there_must_be_a_yes_to_take_back() -> None:
    """Taking back what was never said is refused with what to do instead."""
    nina = person("Nina")
    feature()
    with pytest.raises(Refused, match="said no yes"):
        actions.revoke(nina, nina, "train", "f", at=AT, actor=ACTOR)


def test_a_no_in_one_country_keeps_the_yes_elsewhere() -> None:
    """A yes closed in part goes on as a choice of its own, with its source and grade."""
    nina = person("Nina")
    feature()
    say(nina)
    actions.revoke(nina, nina, "train", "f", "JP", at=AT, actor=ACTOR)
    standing = {choice.answer: choice for choice in queries.choices([nina])}
    assert standing["yes"].territories.text() == "WORLD-JP" and standing["yes"].grade == 4
    assert standing["no"].territories.text() == "JP"


def test_a_manager_speaks_under_a_mandate_that_names_the_use() -> None:
    """Law 3: the choice names the mandate it rests on, found by itself."""
    nina, max_ = person("Nina", verified=False), person("Max")
    feature()
    mandate = parties.register_mandate(max_, nina, ["train"], "a letter", date(2026, 1, 1), at=AT, actor=ACTOR)
    made = actions.choose(nina, max_, "train", "f", source="representative", at=AT, actor=ACTOR)
    assert (queries.choice(made).grade, queries.choice(made).mandate) == (3, mandate)


def test_asking_is_counted_once() -> None:
    """Asked twice, a person stands once in the denominator, from the first time."""
    nina = person("Nina")
    feature()
    actions.ask(nina, "f", "train", AT)
    actions.ask(nina, "f", "train", AT + timedelta(days=3))
    (asked,) = queries.asked()
    assert (asked.person, asked.at) == (nina, AT)


def test_a_persons_choices_are_shown_to_nobody_else() -> None:
    """Law 10: another artist gets NotThere; the person, whoever acts for it, and the desk see them."""
    nina = person("Nina")
    feature()
    say(nina)
    other = Viewer("acc_x", frozenset({"pty_x"}), frozenset({Role.ARTIST}))
    for door in (queries.standing, queries.grid):
        with pytest.raises(NotThere):
            door(other, nina)
    own = Viewer("acc_n", frozenset({nina}), frozenset({Role.ARTIST}))
    desk = Viewer("acc_d", frozenset(), frozenset({Role.LICENSING}))
    assert queries.standing(own, nina) == queries.standing(desk, nina) != []


def test_the_grid_shows_each_open_feature_and_use() -> None:
    """A person's grid has a cell per open feature and use: asked or not, where yes, where no, and single choices."""
    nina = person("Nina")
    feature("f")
    feature("g")
    feature("h", opened=False)
    actions.ask(nina, "f", "train", AT)
    say(nina, territories="DE+FR")
    actions.revoke(nina, nina, "train", "f", "FR", at=AT, actor=ACTOR)
    own = Viewer("acc_n", frozenset({nina}), frozenset({Role.ARTIST}))
    cells = {cell.feature: cell for cell in queries.grid(own, nina)}
    assert set(cells) == {"f", "g"}
    assert (cells["f"].asked, cells["f"].yes.text(), cells["f"].no.text()) == (True, "DE", "FR")
    assert not cells["g"].asked and not cells["g"].yes and not cells["g"].no


def test_law_6_choices_are_the_same_after_a_rebuild() -> None:
    """Law 6: every row of participation comes out of the journal again."""
    nina = person("Nina")
    feature()
    actions.ask(nina, "f", "train", AT)
    say(nina)
    actions.revoke(nina, nina, "train", "f", "JP", at=AT, actor=ACTOR)
    before = table_digest()
    rebuild()
    assert table_digest() == before


def test_law_4_a_yes_dated_before_a_no_does_not_take_it_back() -> None:
    """Law 4: an old paper yes, entered after the person said no, is turned away with the day of the no; the no stands."""
    nina, f = person("Nina"), feature()
    actions.choose(nina, nina, Use.TRAIN, f, answer="yes", at=AT, actor=ACTOR)
    actions.revoke(nina, nina, Use.TRAIN, f, at=AT + timedelta(days=5), actor=ACTOR)
    before = table_digest()
    with pytest.raises(BadInput, match="said no to train in f on 2026-06-06"):
        actions.choose(nina, nina, Use.TRAIN, f, answer="yes", at=AT + timedelta(days=4), actor=ACTOR)
    assert table_digest() == before and {choice.answer for choice in queries.choices([nina])} == {"no"}
    actions.choose(nina, nina, Use.TRAIN, f, answer="yes", at=AT + timedelta(days=5), actor=ACTOR)
    assert {choice.answer for choice in queries.choices([nina])} == {"yes"}


@pytest.mark.parametrize("year", [1850, 3000, 9999])
def test_nothing_is_said_outside_the_calendar(year: int) -> None:
    """A date that is no day anybody could speak on, such as a slip of the keyboard, writes no fact."""
    nina, f = person("Nina"), feature()
    before = table_digest()
    with pytest.raises(BadInput, match="outside the calendar"):
        actions.choose(nina, nina, Use.TRAIN, f, answer="no", at=AT.replace(year=year), actor=ACTOR)
    assert table_digest() == before
