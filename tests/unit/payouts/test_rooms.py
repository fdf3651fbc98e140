"""A close through the rooms: what other rooms know becomes statements, and the ledger holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, attribute, claim, deal, feature, listen, party, story_6

from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.deals import actions as deals
from accord.engine.running import open_engine
from accord.journal.actions import rebuild
from accord.journal.queries import facts_of, table_digest
from accord.journal.queries import head as head_of_journal
from accord.metering import actions as metering
from accord.metering.periods import parse
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.payouts import actions, escrow, queries
from accord.payouts.division import divide
from accord.payouts.gathering import gather
from accord.payouts.order import CURRENT
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.right import Right
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

pytestmark = pytest.mark.django_db


NEXT = datetime(2027, 1, 5, tzinfo=UTC)


def close(period: str = "2026-Q3", at: datetime = CLOSING):
    return actions.close(period, at, ACTOR)


def head(party_id: str, period: str = "2026-Q3"):
    (only,) = queries.statements(SYSTEM, period, party_id)
    return only


def balance(account: str) -> int:
    return next((one.amount_micros for one in queries.trial_balance().balances if one.account == account), 0)


def test_story_6_through_the_rooms():
    """The amounts of the story, from real claims, deals, usage and revenue."""
    ids = story_6()
    (report,) = close()
    assert (report.revenue_micros, report.residual_micros) == (1000 * EUR, 300 * EUR)
    assert head(ids["L1"]).payable_micros == 262_500_000
    assert head(ids["P1"]).payable_micros == 131_250_000
    assert head(ids["P2"]).escrow_micros == 131_250_000
    assert (head(ids["L2"]).recouped_micros, head(ids["L2"]).payable_micros) == (87_500_000, 0)
    assert [head(ids[p]).carried_micros for p in ("P3", "P4", "P5")] == [29_166_667, 29_166_667, 29_166_666]
    assert balance(f"advance:{ids['deal L2']}") == 12_500_000
    assert queries.trial_balance().zero


def test_a_rebuild_gives_the_same_rows_and_statements():
    """Law 6: tables dropped and made again from the journal and its files are the same, row by row."""
    ids = story_6()
    close()
    actions.pay(CLOSING, ACTOR)
    before, text = table_digest(), queries.statement_text(SYSTEM, head(ids["P3"]).id)
    rebuild()
    assert table_digest() == before
    assert queries.statement_text(SYSTEM, head(ids["P3"]).id) == text


def test_a_closed_period_can_be_closed_again_to_the_same_bytes():
    """Even after payments and later events, the close as of then gives what it gave."""
    story_6()
    close()
    actions.pay(CLOSING, ACTOR)
    listen("cre_1", at=datetime(2026, 10, 1, tzinfo=UTC))
    assert queries.reproduce("2026-Q3").same


def test_an_event_that_came_late_is_not_in_a_closed_period():
    """A closed period is never edited: what it counted is what was known then."""
    story_6()
    close()
    listen("cre_2", at=datetime(2026, 8, 2, tzinfo=UTC))
    assert queries.closed("2026-Q3").events == 4
    (waiting,) = queries.late()
    assert (waiting.period, len(waiting.because)) == ("2026-Q3", 1)
    assert waiting.because[0].startswith("1 listen came in after 2026-Q3 was closed (seg_")
    assert queries.reproduce("2026-Q3").same


def test_a_period_is_closed_once():
    """Neither it nor a month of it can be closed again."""
    story_6()
    close()
    for period in ("2026-Q3", "2026-08"):
        with pytest.raises(Refused, match="is closed and is never edited"):
            close(period)


def test_a_period_is_closed_after_it_is_over():
    """Not an instant before."""
    with pytest.raises(Refused, match="is not over before 01 October 2026"):
        close(at=datetime(2026, 9, 30, 23, tzinfo=UTC))


def test_what_is_no_period_is_bad_input():
    """The sentence says how to write one."""
    with pytest.raises(BadInput, match="write a month as 2026-07"):
        close("July")


def test_an_empty_period_is_closed_and_says_so():
    """It pays nothing, and there is a fact of it."""
    (report,) = close("2026-05")
    assert report.note == "no revenue was reported for this period, so nothing is paid from it"
    assert [entry.fact.period for entry in facts_of("payouts.period-closed")] == ["2026-05"]


def test_whole_cents_go_out_and_the_rest_stays():
    """L1's 262.50 is paid; P3's balance with its third of a micro stays."""
    ids = story_6()
    close()
    assert len(actions.pay(CLOSING, ACTOR)) == 2
    assert balance("bank") == -(262_500_000 + 131_250_000 + 100 * EUR)
    assert balance(f"payable:{ids['L1']}") == 0
    assert actions.pay(CLOSING, ACTOR) == []
    assert queries.trial_balance().zero


def test_escrow_waits_for_its_dispute():
    """While the claim is disputed nothing is released; afterwards it waits for the next close, which pays it and says so."""
    ids = story_6()
    close()
    (held,) = queries.escrow()
    with pytest.raises(Refused, match="still in dispute"):
        escrow.release(held.account, ids["P2"], "agreed", CLOSING, ACTOR)
    claims.resolve_dispute(ids["claim P2"], "P1 agreed", at=CLOSING, actor=ACTOR)
    escrow.release(held.account, ids["P2"], "P1 agreed", CLOSING, ACTOR)
    assert queries.escrow() == []
    assert balance(f"released:{ids['claim P2']}:{ids['P2']}:{ids['deal P2']}") == -131_250_000
    close("2026-Q4", NEXT)
    document = queries.statement(SYSTEM, head(ids["P2"], "2026-Q4").id)
    assert document["released_from_escrow"] == {ids["claim P2"]: "131250000"}
    assert (document["summary"]["released_micros"], document["summary"]["payable_micros"]) == ("131250000", "131250000")
    assert queries.trial_balance().zero
    assert [row.amount_micros for row in queries.escrow_of(ids["claim P2"])] == [131_250_000, -131_250_000]


def test_the_claims_valid_at_the_events_instant_decide():
    """L1 sold its master to L2 on 15 August, Berlin time: what was heard before is L1's, after it L2's."""
    one, two, publisher = party("L1"), party("L2"), party("P")
    feature("blend", "remix")
    work = catalog.register_work("W", at=AT, actor=ACTOR)
    recording = catalog.register_recording("R", works=[work], at=AT, actor=ACTOR)
    claim(work, Right.MR, publisher, 1)
    claim(recording, Right.MASTER, one, 1, ends=date(2026, 8, 15))
    claim(recording, Right.MASTER, two, 1, starts=date(2026, 8, 15))
    for licensor in (one, two, publisher):
        deal(licensor, ("blend",), (Use.REMIX,))
    attribute("cre_1", "blend", **{recording: 1})
    listen("cre_1", "cre_1", "cre_1", at=datetime(2026, 8, 14, 21, 59, tzinfo=UTC))
    listen("cre_1", at=datetime(2026, 8, 14, 22, tzinfo=UTC))
    metering.report_revenue("blend", "DE", "2026-Q3", 100 * EUR, "EUR", CLOSING, ACTOR)
    close()
    assert (head(one).earned_micros, head(two).earned_micros) == (26_250_000, 8_750_000)


def test_what_was_released_goes_on_paying_after_its_deal_ended():
    """L1's deal was terminated before the quarter began; its terms say that releases keep paying, and they do."""
    ids = story_6()
    deals.terminate(ids["deal L1"], "they parted", datetime(2026, 7, 1, tzinfo=UTC), ACTOR)
    close()
    assert head(ids["L1"]).payable_micros == 262_500_000


def test_money_that_nobody_claims_stands_in_its_own_account():
    """Half of the work is claimed by nobody: kept under the work's name, at the best rate of the feature."""
    label, publisher = party("L"), party("P")
    feature("blend", "remix")
    work = catalog.register_work("W", at=AT, actor=ACTOR)
    recording = catalog.register_recording("R", works=[work], at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, label, 1)
    claim(work, Right.MR, publisher, Fraction(1, 2))
    for licensor in (label, publisher):
        deal(licensor, ("blend",), (Use.REMIX,))
    attribute("cre_1", "blend", **{recording: 1})
    listen("cre_1", "cre_9")
    metering.report_revenue("blend", "DE", "2026-Q3", 100 * EUR, "EUR", CLOSING, ACTOR)
    (report,) = close()
    assert {one.account: -one.amount_micros for one in queries.unmatched()} == {
        f"unmatched:{work}": 8_750_000,
        "unmatched:cre_9": 35 * EUR,
    }
    assert report.unmatched_micros == 43_750_000


def test_months_of_a_quarter_reach_its_guarantee_with_the_last():
    """A guarantee of 100.00 a quarter: July and August count towards it, September is topped up."""
    ids = story_6()
    label = party("L")
    recording = catalog.register_recording("R", works=[ids["WX"]], at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, label, 1)
    deal(label, ("blend",), (Use.REMIX,), minimum_guarantee_micros=100 * EUR, guarantee_per="quarter")
    attribute("cre_3", "blend", **{recording: 1})
    metering.report_revenue("blend", "DE", "2026-Q3", 0, "EUR", CLOSING, ACTOR)
    for month in (7, 8, 9):
        listen("cre_3", at=datetime(2026, month, 20, tzinfo=UTC), territory="FR")
        period = f"2026-{month:02d}"
        metering.report_revenue("blend", "FR", period, 60 * EUR, "EUR", CLOSING, ACTOR)
        close(period)
    months = [head(label, f"2026-{month:02d}") for month in (7, 8, 9)]
    assert [one.earned_micros for one in months] == [21 * EUR] * 3
    assert [one.guarantee_micros for one in months] == [0, 0, 37 * EUR]
    assert balance("guarantees") == 37 * EUR


def test_a_party_sees_its_own_statements_and_nothing_else():
    """Law 10: another party's statement is not there."""
    ids = story_6()
    close()
    mine = Viewer("acc_9", frozenset({ids["P1"]}), frozenset({Role.RIGHTSHOLDER}))
    assert [one.party for one in queries.statements(mine)] == [ids["P1"]]
    with pytest.raises(NotThere):
        queries.statement(mine, head(ids["L1"]).id)
    with pytest.raises(NotThere):
        queries.explain(mine, head(ids["L1"]).id, 1)
    finance = Viewer("acc_8", frozenset(), frozenset({Role.FINANCE}))
    assert len(queries.statements(finance)) == 7


def test_a_line_is_walked_back_to_its_listens():
    """P3's line: plays, attribution, pool, claim, deal's clause, rounding."""
    ids = story_6()
    close()
    steps = queries.explain(SYSTEM, head(ids["P3"]).id, 1)
    names = ["plays", "attribution", "method", "pool", "split", "asset", "claim", "deal", "rounding"]
    assert [step.step for step in steps] == names
    assert steps.pop(2).because == "all of this money was divided by one method: stated"
    split = steps.pop(3)
    assert (
        split.because == "by split 1 of blend 100 % of a creation is its sources’, 0 % its makers’ and 0 % its model’s"
    )
    assert split.rests_on == "split 1 of blend"
    words = [step.because for step in steps]
    assert words[0] == "cre_1 was heard 3 times of 4 in blend, DE"
    assert words[1] == f"1/3 of cre_1 is {ids['Y']}, stated: said by the test"
    assert words[2] == "1,000.00 EUR × 1/4 = 250.00 EUR"
    assert words[3] == f"all of it together: 250.00 EUR earned by {ids['Y']} in blend, DE"
    assert words[4] == f"1/2 of it is for the work {ids['WY']}; 33.3333 % of that is claimed"
    assert words[5] == "the deal pays 70 % of what its sources earn"
    assert words[6] == "7/60 × 250.00 EUR = 29.166667 EUR, one micro left over included (largest rest, lowest id)"
    assert steps[5].rests_on == f"{ids['deal P3']}, clause 1"


def test_what_goes_direct_is_in_the_because():
    """40 % of the label's part is the featured artist's: each of the two lines says which part it is."""
    label, publisher, artist = party("L"), party("P"), party("N", "person")
    feature("blend", "remix")
    work = catalog.register_work("W", at=AT, actor=ACTOR)
    credits = [(artist, "featured")]
    recording = catalog.register_recording("R", works=[work], label=label, credits=credits, at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, label, 1)
    claim(work, Right.MR, publisher, 1)
    deal(label, ("blend",), (Use.REMIX,), featured_artist_ppm=400_000)
    deal(publisher, ("blend",), (Use.REMIX,))
    attribute("cre_1", "blend", **{recording: 1})
    listen("cre_1")
    metering.report_revenue("blend", "DE", "2026-Q3", 100 * EUR, "EUR", CLOSING, ACTOR)
    close()
    said = {}
    for name, who in (("L", label), ("N", artist), ("P", publisher)):
        steps = queries.explain(SYSTEM, head(who).id, 1)
        said[name] = next(step.because for step in steps if step.step == "deal")
    assert said == {
        "L": "the deal pays 70 % of what its sources earn, 40 % of that direct to featured artists and 60 % here",
        "N": "the deal pays 70 % of what its sources earn, 40 % of that direct to the featured artist",
        "P": "the deal pays 70 % of what its sources earn",
    }
    assert (head(label).earned_micros, head(artist).earned_micros) == (21 * EUR, 14 * EUR)


def test_the_fact_names_the_rules_it_was_made_by():
    """The hash of each SQL file stands in the fact, and the files it left are in the vault."""
    story_6()
    close()
    (entry,) = facts_of("payouts.period-closed")
    assert {one.name for one in entry.fact.rules} >= {"payouts/heard", "payouts/rests", "payouts/shared"}
    assert {one.name for one in entry.fact.files} >= {"lines", "statements", "postings", "pools"}


def test_the_advance_is_paid_once_and_shown():
    """Paid before the close by hand, it is not paid again by it."""
    ids = story_6()
    assert len(actions.pay_advances(AT + timedelta(days=1), ACTOR)) == 1
    close()
    assert [entry.fact.deal for entry in facts_of("payouts.advance-paid")] == [ids["deal L2"]]


def test_a_quarters_revenue_is_not_passed_over_by_a_month():
    """July alone is not closed while revenue is reported for its quarter: it would be in no month."""
    story_6()
    with pytest.raises(Refused, match="revenue of blend is reported for 2026-Q3 and not by month"):
        close("2026-07")


def test_a_collective_pays_its_member_by_the_collectives_deal():
    """The member claims, the collective's deal covers it: the member is the one who earns."""
    from accord.parties import actions as parties

    collective, member, publisher = party("C", "collective"), party("M", "label"), party("P")
    feature("blend", "remix")
    work = catalog.register_work("W", at=AT, actor=ACTOR)
    recording = catalog.register_recording("R", works=[work], label=member, at=AT, actor=ACTOR)
    parties.join_collective(member, collective, at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, member, 1)
    claim(work, Right.MR, publisher, 1)
    deal(collective, ("blend",), (Use.REMIX,), rate_ppm=600_000)
    deal(publisher, ("blend",), (Use.REMIX,))
    attribute("cre_1", "blend", **{recording: 1})
    listen("cre_1")
    metering.report_revenue("blend", "DE", "2026-Q3", 100 * EUR, "EUR", CLOSING, ACTOR)
    close()
    assert head(member).earned_micros == 30 * EUR


def test_places_that_are_alike_are_asked_once_and_answered_as_each_would_be():
    """Claims that end in one territory, another's that hold in all: the lines are those of asking pool by pool."""
    ids = story_6()
    party_fr = party("F")
    recording = catalog.register_recording("R", works=[ids["WX"]], at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, ids["L1"], 1, territories=TerritorySet.of("DE", "JP"))
    claim(recording, Right.MASTER, party_fr, 1, territories=TerritorySet.of("FR"))
    attribute("cre_3", "blend", **{recording: 1, ids["X"]: 1})
    for day, territory in enumerate(("DE", "FR", "JP", "US"), 2):
        listen("cre_3", "cre_1", territory=territory, at=datetime(2026, 8, day, tzinfo=UTC))
        metering.report_revenue("blend", territory, "2026-Q3", 100 * EUR + 7, "EUR", CLOSING, ACTOR)  # DE's anew
    given = gather(parse("2026-Q3"), head_of_journal(), CURRENT)
    asked = []

    def each(*what):
        asked.append(what)
        return given.reader(*what)

    inputs = (given.span, given.events, given.pools, given.epochs, given.attributions)
    with open_engine("duckdb") as engine:
        alone = divide(engine, *inputs, each)
        places = {given.reader.alike(pool, epoch) for pool, epoch, _, _ in asked}
        together = divide(engine, *inputs, given.reader)
    assert len(places) < len({what[:2] for what in asked})

    def amounts(lines):
        return sorted((one.pool, one.subject, one.recipient, one.earned_micros, one.amount_micros) for one in lines)

    assert amounts(alone.lines) == amounts(together.lines)
