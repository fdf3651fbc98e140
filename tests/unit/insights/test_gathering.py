"""Figures are gathered from what really happened: people asked and answering, events metered, deals in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.payouts.made import story

from accord.catalog.records import Asset, AssetKind, Credit
from accord.deals import actions as deals
from accord.deals.records import Clause, Remuneration, Terms
from accord.engine.running import open_engine
from accord.governance import actions as governance
from accord.governance.records import Office
from accord.insights import (
    gather_deals,
    gather_money,
    gather_people,
    gather_plays,
    opt_in_rate,
    participation,
    play_share,
    retention,
    session_share,
)
from accord.metering import actions as metering
from accord.metering.records import PlatformPlays
from accord.participation import actions as choices
from accord.parties import actions as parties
from accord.payouts import tables
from accord.payouts.closing import close
from accord.terms.right import Right
from accord.terms.territory import WORLD
from accord.terms.use import Use

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
database = pytest.mark.django_db


def day(number: int) -> datetime:
    """So many days after 1 June."""
    return AT + timedelta(days=number)


def board() -> None:
    """The feature `compose`, its controls open."""
    governance.propose_feature("compose", "Compose", ["train"], WORLD, AT, "acc_1")
    governance.publish_policy("compose", AT, "acc_1", release_label="AI", participation="opt-in")
    governance.publish_split("compose", 1_000_000, 0, 0, AT, "acc_1")
    governance.open_controls("compose", AT, "acc_1")


def person(name: str) -> str:
    """A registered person."""
    return parties.register_party("person", name, at=AT, actor="acc_1")


def say(who: str, answer: str, at: datetime, territories: str = "WORLD") -> None:
    """An answer about `compose`, through a manager whose mandate names the use."""
    manager = person(f"Manager of {who}")
    mandate = parties.register_mandate(manager, who, ["train"], "signed", AT.date(), at=AT, actor="acc_1")
    choices.choose(
        who,
        manager,
        "train",
        "compose",
        territories,
        answer=answer,
        source="representative",
        mandate=mandate,
        at=at,
        actor="acc_1",
    )


@database
def test_people_are_counted_from_their_choices() -> None:
    """Of three asked, two said yes; one took all of it back on day 10, the other only Japan: one is in, retention is 1/2."""
    board()
    ann, ben, cem = (person(name) for name in ("Ann", "Ben", "Cem"))
    for who in (ann, ben, cem):
        choices.ask(who, "compose", "train", day(1))
    say(ann, "yes", day(2))
    say(ben, "yes", day(2))
    say(ann, "no", day(10))
    say(ben, "no", day(11), "JP")
    assert opt_in_rate.compute(gather_people.asked(day(60))).value == 2 / 3
    assert participation.compute(gather_people.taking_part(day(5))).value == 2
    assert participation.compute(gather_people.taking_part(day(20))).value == 1
    staying = retention.compute(gather_people.staying(day(60)), day(60))
    assert (staying.value, staying.n) == (0.5, 2)
    assert gather_people.participants(day(60), (day(0), day(60))) == {ann, ben}
    assert gather_people.participants(day(60), (day(10), day(60))) == {ben}
    assert gather_people.participants(day(60), None) == set()
    assert opt_in_rate.compute(gather_people.asked(day(1))).value == 0
    assert opt_in_rate.compute(gather_people.asked(day(0))).value is None
    assert [row.left_at for row in gather_people.staying(day(9))] == [None, None]


@database
def test_a_no_that_was_taken_off_does_not_end_a_later_yes() -> None:
    """Ann said no on day 1 and yes on day 5: she is in from day 5 on, and stays."""
    board()
    ann = person("Ann")
    choices.ask(ann, "compose", "train", day(1))
    say(ann, "no", day(1))
    say(ann, "yes", day(5))
    assert participation.compute(gather_people.taking_part(day(4))).value == 0
    assert participation.compute(gather_people.taking_part(day(6))).value == 1
    assert retention.compute(gather_people.staying(day(60)), day(60)).value == 1


def test_leaving_and_coming_back_is_leaving() -> None:
    """Spans that leave a gap end at the gap; spans that meet or overlap go on."""
    assert gather_people.first_gap([(day(0), day(5)), (day(8), None)]) == day(5)
    assert gather_people.first_gap([(day(0), day(5)), (day(5), None)]) is None
    assert gather_people.first_gap([(day(0), day(9)), (day(2), day(3)), (day(9), day(12))]) == day(12)


def event(number: int, **changes: Any) -> dict[str, Any]:
    """One listen in Germany in July."""
    return {
        "id": f"e{number:05d}",
        "source": "app",
        "kind": "listen",
        "feature": "compose",
        "creation": "cre_1",
        "user": "u1",
        "territory": "DE",
        "seconds": 30,
        "revenue_micros": 0,
        "at": "2026-07-03T10:00:00Z",
        "session": "s1",
        **changes,
    }


@database
def test_plays_and_sessions_are_counted_from_events() -> None:
    """Listens count once, other kinds and places without a total do not; a session in two features is one session."""
    events = [
        event(1),
        event(2),
        event(2),
        event(3, feature="blend"),
        event(4, session="s2"),
        event(5, kind="share", session="s3"),
        event(6, territory="FR", session="s4"),
        event(7, at="2026-10-01T00:00:00Z", session="s5"),
    ]
    metering.ingest(events, "app", datetime(2026, 10, 5, tzinfo=UTC), "acc_1")
    metering.report_platform_plays("DE", "2026-07", 100, 20, AT, "acc_1")
    found = gather_plays.reach(datetime(2026, 10, 5, tzinfo=UTC))
    plays = play_share.compute(found.plays, found.all_plays)
    assert (plays.value, plays.n, plays.note[:1]) == (0.04, 100, "2")
    assert {part.label: part.n for part in plays.parts} == {"blend": 1, "compose": 3}
    sessions = session_share.compute(found.touched, found.sessions, found.all_sessions)
    assert sessions.value == 0.1
    assert {part.label: part.value for part in sessions.parts} == {"blend": 0.05, "compose": 0.1}
    before = gather_plays.reach(datetime(2026, 7, 31, tzinfo=UTC))
    assert play_share.compute(before.plays, before.all_plays).value is None
    assert sum(row.count for row in before.plays) == 5


@database
def test_one_event_of_long_ago_does_not_walk_the_years_between() -> None:
    """Listens of 2003 and 2026: two quarters are looked at."""
    events = [event(1, at="2003-02-03T10:00:00Z"), event(2)]
    metering.ingest(events, "app", datetime(2026, 10, 5, tzinfo=UTC), "acc_1")
    assert [quarter.text for quarter in gather_plays._quarters()] == ["2003-Q1", "2026-Q3"]


def test_months_win_over_their_quarter() -> None:
    """A territory that reported a month and its quarter is counted by months; another keeps its quarter."""
    reports = [
        PlatformPlays(report=f"r{n}", territory=place, period=period, plays=1, sessions=1, known_from=n)
        for n, (place, period) in enumerate([("DE", "2026-07"), ("DE", "2026-Q3"), ("FR", "2026-Q3")])
    ]
    assert [(one.territory, one.period) for one in gather_plays.finest(reports)] == [
        ("DE", "2026-07"),
        ("FR", "2026-Q3"),
    ]


@database
def test_the_cycle_runs_from_approval_to_a_live_feature() -> None:
    """Approved on day 2, signed and active on day 4, launched on day 9: seven days; before the launch it waits."""
    board()
    label = parties.register_party("label", "Ninth Wave", at=AT, actor="acc_1")
    clause = Clause(number="1", uses=(Use.TRAIN,), features=("compose",), territories=WORLD, rights=(Right.MASTER,))
    deal = deals.open_deal(label, "", AT, "acc_1")
    terms = Terms(
        licensor=label, title="", starts=AT.date(), ends=None, clauses=(clause,), remuneration=Remuneration(rate_ppm=1)
    )
    deals.negotiate(deal, terms, AT, "acc_1")
    assert gather_deals.cycles(day(99)) == []
    deals.approve(deal, "legal", day(1), "acc_1")
    deals.approve(deal, "product", day(2), "acc_1")
    for side in ("licensor", "platform"):
        deals.sign(deal, side, day(3), "acc_1")
    deals.activate(deal, day(4), "acc_1")
    assert [row.ended_at for row in gather_deals.cycles(day(99))] == [None]
    for office in Office:
        governance.sign_off("compose", office, day(5), "acc_1")
    governance.launch("compose", 0, 0, day(9), "acc_1")
    assert [row.ended_at for row in gather_deals.cycles(day(8))] == [None]
    assert gather_deals.cycles(day(1)) == []
    [row] = gather_deals.cycles(day(99))
    assert (row.label, row.began_at, row.ended_at) == ("compose", day(2), day(9))


def asset(id: str, kind: AssetKind, parents: tuple[str, ...] = (), credits: tuple[Credit, ...] = ()) -> Asset:
    """An asset with these credits."""
    return Asset(id=id, kind=kind, title=id, parents=parents, credits=credits, known_from=1)


def test_gross_is_divided_among_those_credited() -> None:
    """A stem's money counts for its recording's artist and its work's two writers, whole micros, nothing lost."""
    assets = {
        "w": asset("w", AssetKind.WORK, credits=(Credit("par_1", "writer"), Credit("par_2", "writer"))),
        "r": asset("r", AssetKind.RECORDING, ("w",), (Credit("par_3", "featured"), Credit("par_4", "producer"))),
        "s": asset("s", AssetKind.STEM, ("r",)),
    }
    earned = {"s": 101, "gone": 7}
    assert gather_money.attributed_gross(earned, assets, gather_money.ARTISTS) == {"par_3": 101}
    assert gather_money.attributed_gross(earned, assets, gather_money.WRITERS) == {"par_1": 51, "par_2": 50}


def test_money_is_read_from_the_lines_of_a_close() -> None:
    """Story 6: X earned 750.00, its artist's gross; the writer P1 got 131.25 of it direct; 131.25 waits in escrow."""
    with open_engine("duckdb") as engine:
        closing = close(story(), engine)
    lines = [{**line, "period": "2026-Q3"} for line in tables.rows(closing.allocation.lines.path)]
    assets = {
        "WX": asset("WX", AssetKind.WORK, credits=(Credit("P1", "writer"), Credit("par_9", "writer"))),
        "X": asset("X", AssetKind.RECORDING, ("WX",), (Credit("par_3", "featured"),)),
        "Y": asset("Y", AssetKind.RECORDING),
    }
    found = gather_money.from_lines(lines, assets, frozenset({"P1", "par_3", "L1"}))
    euro = 1_000_000
    [artist], [writer] = found.artists, found.songwriters
    assert (artist.person, artist.paid_direct_micros, artist.attributed_gross_micros) == ("par_3", 0, 750 * euro)
    assert (writer.person, writer.paid_direct_micros) == ("P1", 131 * euro + 250_000)
    assert writer.attributed_gross_micros == 375 * euro
    assert found.sources.due_micros == 568 * euro + 750_000
    assert (found.sources.escrow_micros, found.sources.unmatched_micros) == (131 * euro + 250_000, 0)
