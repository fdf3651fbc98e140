"""Law 3, a yes has a source: it ends with the proof that whoever said it is the person. Through the real doors, against a
plain account of who said what where, territory by territory."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.test_law_4 import NUMBERS, PLACES, START, a_work_with_everything_but_the_writers_yes

from accord.clearance import queries as clearance
from accord.participation import actions as participation
from accord.parties import actions as parties
from accord.parties import queries as people
from accord.parties.viewer import Role
from accord.terms.refusal import Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

ACCOUNTS = ("first", "second", "office")
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["yes", "yes", "no", "withdraw", "verify"]),
        st.sampled_from(ACCOUNTS),
        st.sets(st.sampled_from(PLACES), min_size=1),
    ),
    min_size=2,
    max_size=8,
)


class Cell(msgspec.Struct):
    """What stands in one territory: an answer, the accounts a yes rests on, and whether it took a no back."""

    answer: str = ""
    rests_on: set[str] = set()
    took_back: bool = False


def plainly(cells: dict[str, Cell], proven: set[str], event: tuple[str, str, set[str]]) -> None:
    """One event, told of each territory by itself. Whether it may be said at all is the doors' own question."""
    what, account, places = event
    if what == "withdraw":
        proven.discard(account)
        for cell in cells.values():
            if cell.answer == "yes" and account in cell.rests_on:
                cell.rests_on.discard(account)
                if not cell.rests_on:
                    cell.answer = "no" if cell.took_back else ""
    for place in places if what in ("yes", "no") else ():
        rests_on = {account} if account in proven else set(proven)
        cells[place] = Cell(what, rests_on, what == "yes" and cells[place].answer == "no")


@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(events=EVENTS)
def test_law_3_a_yes_stands_as_long_as_the_proof_it_was_said_on(events: list[tuple[str, str, set[str]]]) -> None:
    """Laws 1, 3 and 9: after each event exactly that is cleared which a plain account of it says, and what was answered
    before is answered as of then."""
    feature = f"v{next(NUMBERS)}"  # a new one for each example, since the tables stay between examples
    work, writer = a_work_with_everything_but_the_writers_yes(feature)
    (own,) = [seen.account for seen in people.verifications(writer)]
    other = parties.open_account(f"{feature}-2@example.org", "a long password of ours", [Role.ARTIST], [writer])
    ids, proven = {"first": own, "second": other, "office": "cli"}, {"first"}
    cells, at, past = {place: Cell() for place in PLACES}, START + timedelta(days=2), []
    for event in events:
        what, account, places = event
        at += timedelta(hours=1)
        door = {"at": at, "actor": ids[account]}
        if what in ("withdraw", "verify"):
            if account == "office" or (account in proven) != (what == "withdraw"):
                continue
            if what == "verify":
                parties.verify_identity(writer, ids[account], "seen", "a document", at=at, actor="t")
                proven.add(account)
            else:
                parties.withdraw_verification(writer, ids[account], "it was sold", at=at, actor="t")
        else:
            said = (writer, writer, Use.TRAIN, feature, TerritorySet.of(*sorted(places)), None, what)
            if what == "yes" and account not in (proven if account != "office" or not proven else {"office"}):
                with pytest.raises(Refused):
                    participation.choose(*said, **door)
                continue
            participation.choose(*said, **door)
        plainly(cells, proven, event)
        answer = clearance.decide(work, Use.TRAIN, feature, at)
        assert set(answer.cleared) == {place for place, cell in cells.items() if cell.answer == "yes"}
        past.append(answer)
    for answer in past:
        assert clearance.decide_as_of(work, Use.TRAIN, feature, answer.at, answer.known).was_cleared == answer.cleared
