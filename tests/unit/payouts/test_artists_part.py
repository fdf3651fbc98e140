"""The featured artists' direct part of a master: also where it waited in dispute, or for somebody to claim it."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, attribute, claim, deal, feature, listen, party
from tests.unit.payouts.made import MASTER, WORK, held, side

from accord.attribution.facts import CreationAttributed
from accord.attribution.records import ShareKind, ShareRow
from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.deals import actions as deals
from accord.deals.queries import terms_of
from accord.governance import actions as governance
from accord.governance.records import PoolModel
from accord.journal.actions import writing
from accord.journal.queries import facts_of
from accord.metering import actions as metering
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, escrow, matching, queries, waited
from accord.payouts.order import ORDERS
from accord.payouts.readings import read_source
from accord.payouts.records import Subject
from accord.terms.refusal import NotThere, Refused
from accord.terms.right import Right
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

NEXT = datetime(2027, 1, 5, tzinfo=UTC)


def earning(label: str, **of: object) -> dict[str, str]:
    """A recording that features N and O, with a work of P; it earned 100.00 in the third quarter."""
    ids = {"L": label, "P": party("P"), "N": party("N", "person"), "O": party("O", "person")}
    feature("blend", "remix")
    ids["W"] = catalog.register_work("W", at=AT, actor=ACTOR)
    credits = [(ids["N"], "featured"), (ids["O"], "featured")]
    ids["R"] = catalog.register_recording("R", works=[ids["W"]], label=label, credits=credits, at=AT, actor=ACTOR)
    claim(ids["W"], Right.MR, ids["P"], 1)
    ids["deal"] = deal(label, ("blend",), (Use.REMIX,), featured_artist_ppm=400_000, **of)
    deal(ids["P"], ("blend",), (Use.REMIX,))
    attribute("cre_1", "blend", **{ids["R"]: 1})
    listen("cre_1")
    metering.report_revenue("blend", "DE", "2026-Q3", 100 * EUR, "EUR", CLOSING, ACTOR)
    return ids


def head(party_id: str, period: str):
    (only,) = queries.statements(SYSTEM, period, party_id)
    return only


def disputed(**of: object) -> dict[str, str]:
    """The same with its master in dispute, closed."""
    ids = earning(party("L"), **of)
    ids["master"] = claim(ids["R"], Right.MASTER, ids["L"], 1)
    claims.dispute_claim(ids["master"], ids["P"], "says it is theirs", at=AT, actor=ACTOR)
    actions.close("2026-Q3", CLOSING, ACTOR)
    claims.resolve_dispute(ids["master"], "it is not", at=CLOSING, actor=ACTOR)
    return ids


@pytest.mark.django_db
def test_in_dispute_the_artists_part_waits_to_their_own_names():
    """Of the label's 35.00 the artists have 7.00 each, in escrow as the label's 21.00 is; each is released to its own."""
    ids = disputed(advance_micros=1000 * EUR)
    held_now = {one.account: -one.amount_micros for one in queries.escrow()}
    accounts = {name: f"escrow:{ids['master']}:{ids[name]}" for name in ("L", "N", "O")}
    assert held_now == {accounts["L"]: 21 * EUR, accounts["N"]: 7 * EUR, accounts["O"]: 7 * EUR}
    (line,) = queries.statement(SYSTEM, head(ids["N"], "2026-Q3").id)["lines"]
    assert (line["account"], line["reason"][:30]) == ("escrow", "in dispute, direct to the feat")
    said = {step.step: step.because for step in queries.explain(SYSTEM, head(ids["N"], "2026-Q3").id, 1)}
    assert said["deal"].endswith("20 % of that direct to the featured artist")
    for name, account in accounts.items():
        escrow.release(account, ids[name], "it is not", CLOSING, ACTOR)
    actions.close("2026-Q4", NEXT, ACTOR)
    assert [head(ids[name], "2026-Q4").payable_micros for name in ("L", "N", "O")] == [0, 7 * EUR, 7 * EUR]
    assert head(ids["L"], "2026-Q4").recouped_micros == 21 * EUR
    assert queries.escrow() == [] and queries.trial_balance().zero and queries.reproduce("2026-Q4").same


@pytest.mark.django_db
def test_an_artist_is_taxed_by_the_deal_that_it_is_paid_under():
    """The label's deal withholds 10 %: of the artist's 7.00 out of escrow 0.70 is kept."""
    ids = disputed(withholding_tax_ppm=100_000)
    escrow.release(f"escrow:{ids['master']}:{ids['N']}", ids["N"], "it is not", CLOSING, ACTOR)
    actions.close("2026-Q4", NEXT, ACTOR)
    assert (head(ids["N"], "2026-Q4").withheld_micros, head(ids["N"], "2026-Q4").payable_micros) == (700_000, 6_300_000)


@pytest.mark.django_db
def test_what_was_released_is_released_once():
    """The label's part went to P, who was right; a second release finds nothing, whoever is named."""
    ids = disputed()
    account = f"escrow:{ids['master']}:{ids['L']}"
    escrow.release(account, ids["P"], "P was right", CLOSING, ACTOR)
    for name in ("L", "P"):
        with pytest.raises(NotThere, match="nothing stands in escrow"):
            escrow.release(account, ids[name], "again", CLOSING, ACTOR)
    assert [entry.fact.amount_micros for entry in facts_of("payouts.escrow-released")] == [21 * EUR]


@pytest.mark.django_db
def test_what_is_matched_later_to_a_label_is_its_artists_too():
    """Nobody claimed the master; the label that turns out to own it pays its artists 40 % direct, as of what it earns."""
    ids = earning(party("L"))
    actions.close("2026-Q3", CLOSING, ACTOR)
    (waits,) = matching.unmatched()
    assert (waits.asset, waits.amount_micros) == (ids["R"], 35 * EUR)
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    made = matching.match(ids["R"], ids["L"], "the contract was found", CLOSING, ACTOR)
    assert len(made) == 3 and matching.unmatched() == []
    actions.close("2026-Q4", NEXT, ACTOR)
    assert [head(ids[name], "2026-Q4").payable_micros for name in ("L", "N", "O")] == [21 * EUR, 7 * EUR, 7 * EUR]
    assert queries.trial_balance().zero and queries.reproduce("2026-Q4").same


def favoured(**better: object) -> dict[str, str]:
    """The same with a label whose deal is most favoured, and Q, with whom 60 % direct was agreed after it."""
    ids = earning(party("L"), most_favoured=True)
    deal(party("Q"), ("blend",), (Use.REMIX,), featured_artist_ppm=600_000, **better)
    return ids


def matched_and_claimed(ids: dict[str, str], *plays: datetime, **place: str) -> list[tuple[int, int]]:
    """What L, N and O have of R, matched to L after the close, beside what they have of S, which L claimed before it.

    Both are heard at the same instants in the same places, and the deals pay one rate.
    """
    ids["S"] = catalog.register_recording(
        "S", works=[ids["W"]], label=ids["L"], credits=[(ids[one], "featured") for one in "NO"], at=AT, actor=ACTOR
    )
    claim(ids["S"], Right.MASTER, ids["L"], 1)
    attribute("cre_2", "blend", **{ids["S"]: 1})
    listen("cre_2")
    for at in plays:
        listen("cre_1", "cre_2", at=at, **place)
    actions.close("2026-Q3", CLOSING, ACTOR)
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    matching.match(ids["R"], ids["L"], "the contract was found", CLOSING, ACTOR)
    actions.close("2026-Q4", NEXT, ACTOR)
    found = []
    for name in ("L", "N", "O"):
        document = queries.statement(SYSTEM, head(ids[name], "2026-Q3").id)
        lines = sum(int(line["amount_micros"]) for line in document["lines"] if line["subject"] == ids["S"])
        later = queries.statement(SYSTEM, head(ids[name], "2026-Q4").id)["matched_later"]
        found.append((int(later[ids["R"]]), lines))
    return found


@pytest.mark.django_db
def test_a_raised_part_of_the_artists_is_theirs_of_what_is_matched_later_too():
    """60 % instead of the label's own 40 %: of 17.50 the artists have 5.25 each, as of the recording that was claimed in time."""
    assert matched_and_claimed(favoured()) == [(7_000_000,) * 2, (5_250_000,) * 2, (5_250_000,) * 2]


@pytest.mark.django_db
def test_what_is_said_of_a_match_is_by_the_terms_of_its_close():
    """The label's deal is replaced by one that pays artists 90 % direct: what was matched is explained as before."""
    ids = favoured()
    matched_and_claimed(ids)
    statement = head(ids["L"], "2026-Q4").id
    before = queries.explain_sum(SYSTEM, statement, "matched")
    assert "its own part for them 40 %, raised by its most-favoured clause" in before[0].because
    deals.terminate(ids["deal"], "replaced", NEXT, ACTOR)
    deal(ids["L"], ("blend",), (Use.REMIX,), featured_artist_ppm=900_000)
    assert queries.explain_sum(SYSTEM, statement, "matched") == before
    with pytest.raises(Refused, match="signed terms do not change"):
        deals.negotiate(ids["deal"], terms_of(ids["deal"]), NEXT, ACTOR)


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["3", "4", "11"])
def test_a_part_that_was_raised_in_september_is_raised_of_what_september_earned(version, monkeypatch):
    """One of two listens came after the better deal's first day: 50 % in all, whichever way the period was divided."""
    monkeypatch.setattr(actions, "CURRENT", ORDERS[version])
    september = datetime(2026, 9, 20, tzinfo=UTC)
    found = matched_and_claimed(favoured(starts=date(2026, 9, 1)), september)
    assert found == [(8_750_000,) * 2, (4_375_000,) * 2, (4_375_000,) * 2]


@pytest.mark.django_db
def test_a_part_that_was_raised_in_one_place_is_raised_of_what_that_place_earned():
    """The better deal reaches France alone, which earned three times what Germany did."""
    ids = favoured(territories=TerritorySet.of("FR"))
    metering.report_revenue("blend", "FR", "2026-Q3", 300 * EUR, "EUR", CLOSING, ACTOR)
    found = matched_and_claimed(ids, datetime(2026, 8, 9, tzinfo=UTC), territory="FR")
    assert found == [(31_500_000,) * 2, (19_250_000,) * 2, (19_250_000,) * 2]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_claimed_in_time_or_matched_later_is_the_same_to_each(seed):
    """Listens anywhere at any time, and a better deal that reaches half of the places from some day on: to a micro a line."""
    chance = random.Random(seed)
    places, first = ("DE", "FR", "GB", "US"), date(2026, chance.randint(7, 9), chance.randint(2, 28))
    ids = favoured(territories=TerritorySet.of("FR", "US"), starts=first)
    for place in places[1:]:
        metering.report_revenue("blend", place, "2026-Q3", chance.randint(1, 10**9), "EUR", CLOSING, ACTOR)
    at = [datetime(2026, chance.randint(7, 9), chance.randint(1, 29), tzinfo=UTC) for _ in range(20)]
    for place, some in zip(places, (at[:5], at[5:10], at[10:15], at[15:]), strict=True):
        for one in some:
            listen("cre_1", "cre_2", at=one, territory=place)
    for later, lines in matched_and_claimed(ids):
        assert abs(later - lines) <= 8 and lines > 0  # two stretches in each of four places


@pytest.mark.django_db
def test_what_an_adjustment_added_is_parted_by_where_it_was_earned():
    """Germany's 35.00 of the third quarter's close at 40 %; France's 35.00, which came in late, with the next close at 60 %."""
    ids = favoured(territories=TerritorySet.of("FR"))
    actions.close("2026-Q3", CLOSING, ACTOR)
    listen("cre_1", at=datetime(2026, 8, 9, tzinfo=UTC), territory="FR")
    metering.report_revenue("blend", "FR", "2026-Q3", 100 * EUR, "EUR", NEXT, ACTOR)
    actions.close("2026-Q4", NEXT, ACTOR)
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    matching.match(ids["R"], ids["L"], "the contract was found", NEXT, ACTOR)
    later = {entry.fact.party: entry.fact.amount_micros for entry in facts_of("payouts.matched-later")}
    assert later == {ids["L"]: 35 * EUR, ids["N"]: 17_500_000, ids["O"]: 17_500_000}


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["4", "9", "11"])
def test_what_earned_by_two_ways_is_parted_by_both(version, monkeypatch):
    """September's listen was of a creation that is R by two ways, 99 parts and one: half of it all came in September."""
    monkeypatch.setattr(actions, "CURRENT", ORDERS[version])
    ids = favoured(starts=date(2026, 9, 1))
    rows = tuple(
        ShareRow(subject=ids["R"], kind=ShareKind.SOURCE, units=units, method="stated", because=f"way {units}")
        for units in (99, 1)
    )
    with writing(ACTOR, AT) as journal:
        versions = {"method_version": "1", "split_version": 1}
        journal.append(CreationAttributed(creation="cre_2", feature="blend", total_units=100, rows=rows, **versions))
    listen("cre_2", at=datetime(2026, 9, 20, tzinfo=UTC))
    actions.close("2026-Q3", CLOSING, ACTOR)
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    matching.match(ids["R"], ids["L"], "the contract was found", CLOSING, ACTOR)
    later = {entry.fact.party: entry.fact.amount_micros for entry in facts_of("payouts.matched-later")}
    assert later == {ids["L"]: 17_500_000, ids["N"]: 8_750_000, ids["O"]: 8_750_000}


@pytest.mark.django_db
def test_where_people_weigh_a_stretch_has_what_its_listeners_weigh():
    """Ten listens of one person before September and one of another in it weigh the same: 50 % in all, and no eleventh."""
    ids = favoured(starts=date(2026, 9, 1))
    governance.publish_split("blend", 1_000_000, 0, 0, AT, ACTOR, model=PoolModel(name="user-centric", cap=1))
    for day in range(2, 11):
        listen("cre_1", "cre_2", at=datetime(2026, 8, day, tzinfo=UTC))
    found = matched_and_claimed(ids, datetime(2026, 9, 20, tzinfo=UTC), user="u2")
    assert found == [(8_750_000,) * 2, (4_375_000,) * 2, (4_375_000,) * 2]


def test_what_weighs_too_little_to_be_kept_is_parted_by_its_listens(monkeypatch):
    """In so large a pool that both stretches' weights are kept as no billionth, three listens and one are three parts and one."""
    tables = {
        "readings": [{"epoch": 1}, {"epoch": 2}],
        "credits": [{"creation": "cre_1", "units": 1, "whole_units": 2}],
        "creations": [
            {"epoch": epoch, "creation": "cre_1", "weight_ppb": 0, "plays": plays} for epoch, plays in ((1, 3), (2, 1))
        ],
    }
    monkeypatch.setattr(waited.files, "rows", lambda named, table, *columns, **where: tables[table])
    monkeypatch.setattr(waited.files, "names", lambda named, table: ("units",))
    line = {"kind": "source", "subject": "rec_000001", "pool": 0, "reading": 0}
    assert waited._by_epoch({}, line, "weight_ppb") == {1: Fraction(3, 4), 2: Fraction(1, 4)}


@pytest.mark.django_db
def test_a_place_that_came_to_no_micro_is_no_place():
    """France's one micro of the third quarter is the publisher's; divided again at the next close, nothing of it waits for R."""
    ids = favoured(territories=TerritorySet.of("FR"))
    listen("cre_1", at=datetime(2026, 8, 9, tzinfo=UTC), territory="FR")
    metering.report_revenue("blend", "FR", "2026-Q3", 1, "EUR", CLOSING, ACTOR)
    actions.close("2026-Q3", CLOSING, ACTOR)
    listen("cre_1", at=datetime(2026, 8, 19, tzinfo=UTC), territory="FR")
    event = {"kind": "listen", "feature": "blend", "user": "u1", "territory": "DE", "seconds": 30, "creation": "cre_1"}
    metering.ingest([event | {"id": "november", "at": datetime(2026, 11, 1, tzinfo=UTC)}], "test", NEXT, ACTOR)
    metering.report_revenue("blend", "DE", "2026-Q4", 100 * EUR, "EUR", NEXT, ACTOR)
    actions.close("2026-Q4", NEXT, ACTOR)
    claim(ids["R"], Right.MASTER, ids["L"], 1)
    matching.match(ids["R"], ids["L"], "the contract was found", NEXT, ACTOR)
    later = {entry.fact.party: entry.fact.amount_micros for entry in facts_of("payouts.matched-later")}
    assert later == {ids["L"]: 42 * EUR, ids["N"]: 14 * EUR, ids["O"]: 14 * EUR}


@pytest.mark.django_db
def test_the_label_is_told_why_its_artists_have_more():
    """As of lines that a clause raised: on the sum's page and at the command line."""
    ids = favoured()
    matched_and_claimed(ids)
    said = [step.because for step in queries.explain_sum(SYSTEM, head(ids["L"], "2026-Q4").id, "matched")]
    assert "17.50 in all, 10.50 of it direct to its featured artists" in said[0]
    assert "its own part for them 40 %, raised by its most-favoured clause" in said[0]
    theirs = [step.because for step in queries.explain_sum(SYSTEM, head(ids["N"], "2026-Q4").id, "matched")]
    assert "5.25 EUR" in theirs[0] and "40 %" not in theirs[0]  # the deal is the label's


@given(st.integers(0, 10**12), st.integers(0, 4), st.integers(0, 1_000_000))
def test_law_7_a_match_is_shared_whole(amount, people, ppm):
    """Law 7: the label's part and its artists' sum to what waited, each within a micro of its exact part."""
    artists = tuple(f"pty_{n}" for n in range(people))
    found = matching.parted(amount, "pty_L", artists, Fraction(ppm, 10**6))
    part = Fraction(amount * ppm, 10**6 * people) if people else Fraction(0)
    assert sum(found.values()) == amount
    assert all(abs(found.get(one, 0) - part) < 1 for one in artists)


@given(st.integers(0, 1_000_000), st.integers(0, 1_000_000), st.integers(1, 4), st.sampled_from(("8", "9", "11")))
def test_a_dispute_changes_whose_name_money_waits_to_and_no_amount(rate, artists_ppm, people, version):
    """Since version 9 each has in escrow what it would have been due; by version 8 the label had its artists' part too."""

    def parts(disputed: bool) -> dict[str, Fraction]:
        mine = held("L", Right.MASTER, 1, disputed, rate_ppm=rate, featured_artist_ppm=artists_ppm)
        works = (side("W", WORK, held("P", Right.MR, 1)),)
        featured = tuple(f"N{n}" for n in range(people))
        subject = Subject(asset="R", master=side("R", MASTER, mine), works=works, featured=featured)
        found = read_source(subject, 700_000, ORDERS[version])
        assert sum(one.share for one in found) == 1
        wanted = ("escrow",) if disputed else ("due", "direct")
        return {one.party: one.share for one in found if one.account in wanted and one.party != "P"}

    plain, in_escrow = parts(False), parts(True)
    assert in_escrow == (plain if version != "8" else {"L": sum(plain.values())} if rate else {})
