"""Unmatched money: its age, who it turns out to be due to, and giving it out; lump sums and who shares in them."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from tests.unit.deals.test_deal_api import caller
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, attribute, claim, deal, feature, listen, party, story_6

from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.catalog import queries as catalog_queries
from accord.cli.__main__ import run
from accord.deals import actions as deals
from accord.journal.actions import rebuild
from accord.journal.queries import facts_of, table_digest
from accord.metering import actions as metering
from accord.parties import accounts as sign_ins
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, lump_sums, matching, queries
from accord.payouts.sheet import decimal
from accord.terms.money import text
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.right import Right
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
Q4 = datetime(2027, 1, 5, tzinfo=UTC)
OLD = datetime(2029, 10, 5, 9, tzinfo=UTC)


def statement(party_id, period="2026-Q4"):
    (head,) = queries.statements(SYSTEM, period, party_id)
    return queries.statement(SYSTEM, head.id)


def balance(account):
    return next((one.amount_micros for one in queries.trial_balance().balances if one.account == account), 0)


def unclaimed():
    """Story 6 where P4's claim fell away before the close: a third of Y's work is claimed by nobody."""
    ids = story_6()
    (row,) = [one for one in catalog_queries.claims([ids["WY"]]) if one.claimant == ids["P4"]]
    claims.withdraw_claim(row.id, "not theirs", at=AT, actor=ACTOR)
    actions.close("2026-Q3", CLOSING, ACTOR)
    return ids


def test_what_waits_has_an_age_and_a_day():
    """29.166667 wait for the third of Y's work since the close, until three years later."""
    ids = unclaimed()
    (one,) = matching.unmatched()
    assert (one.asset, one.feature, one.period) == (ids["WY"], "blend", "2026-Q3")
    assert (one.since, one.until) == (CLOSING, OLD)
    assert one.amount_micros == -balance(f"unmatched:{ids['WY']}")


def test_what_is_matched_later_is_paid_with_the_next_close():
    """P4's claim is accepted after all: what waited is in its next statement, and the books balance."""
    ids = unclaimed()
    waited = -balance(f"unmatched:{ids['WY']}")
    with pytest.raises(Refused, match="has no accepted claim on"):
        matching.match(ids["WY"], ids["P4"], "found", CLOSING, ACTOR)
    claim(ids["WY"], Right.MR, ids["P4"], Fraction(1, 3))
    with pytest.raises(BadInput, match="needs its reason"):
        matching.match(ids["WY"], ids["P4"], " ", CLOSING, ACTOR)
    (made,) = matching.match(ids["WY"], ids["P4"], "the contract was found", CLOSING, ACTOR)
    assert made.startswith("mat_") and matching.unmatched() == []
    assert balance(f"matched:{ids['WY']}:{ids['P4']}:{ids['deal P4']}") == -waited
    (report,) = actions.close("2026-Q4", Q4, ACTOR)
    document = statement(ids["P4"])
    assert document["matched_later"] == {ids["WY"]: str(waited)}
    assert document["summary"]["matched_micros"] == str(waited) == str(report.matched_micros)
    assert queries.trial_balance().zero and queries.reproduce("2026-Q4").same
    with pytest.raises(NotThere, match="nothing waits"):
        matching.match(ids["WY"], ids["P4"], "again", Q4, ACTOR)


def test_what_is_too_old_is_given_out_by_market_share():
    """After three years, not a second sooner: by what was matched in blend in that quarter; a later match is told so."""
    ids = unclaimed()
    waited = -balance(f"unmatched:{ids['WY']}")
    assert matching.give_out(OLD.replace(hour=8), ACTOR) == []
    (made,) = matching.give_out(OLD, ACTOR)
    (entry,) = facts_of("payouts.redistributed")
    assert (entry.fact.rule, sum(one.amount_micros for one in entry.fact.shared)) == ("1", waited)
    shares = {one.party: one.amount_micros for one in entry.fact.shared}
    assert shares[ids["L1"]] > shares[ids["P1"]] > shares[ids["P3"]] and ids["P2"] not in shares  # P2's is in dispute
    claim(ids["WY"], Right.MR, ids["P4"], Fraction(1, 3))
    with pytest.raises(Refused, match=f"was given out on 05 October 2029 .{made}."):
        matching.match(ids["WY"], ids["P4"], "found", OLD, ACTOR)
    actions.close("2026-Q4", OLD, ACTOR)
    document = statement(ids["L1"])
    assert document["redistributed"] == {made: str(shares[ids["L1"]])}
    assert any(note.startswith("nobody claimed some money in time") for note in document["notes"])
    (step,) = queries.explain_sum(SYSTEM, document["statement"], "redistributed")
    assert step.because.startswith(
        f"{text(shares[ids['L1']])} EUR: a part of {text(waited)} of blend, 2026-Q3, that nobody"
    )
    assert step.rests_on == made
    assert queries.trial_balance().zero
    before = table_digest()
    rebuild()
    assert table_digest() == before


def test_unmatched_money_at_the_doors(capsys):
    """`accord pay unmatched` says how old it is; over HTTP finance sees it, and nobody else."""
    ids = unclaimed()
    assert run(["pay", "unmatched"]) == 0
    said = capsys.readouterr().out.replace("\n", " ")
    assert f"W of Y ({ids['WY']}), blend 2026-Q3:" in said and "given out from 2029-10-05" in said
    assert run(["pay", "redistribute"]) == 0
    assert "nothing is old enough" in capsys.readouterr().out
    assert run(["pay", "match", ids["WY"], ids["L1"], "--because", "x"]) == 3
    assert [one["asset"] for one in caller("finance").get("/v1/unmatched").json()] == [ids["WY"]]
    assert caller("rightsholder").get("/v1/unmatched").status_code == 404


def _label_and_artist(**words):
    """A label whose recording features an artist earned 35.00 of 100.00; a quarter of its lump sums is the artist's."""
    label, artist = party("L"), party("N", "person")
    feature("blend", "remix")
    credits = [(artist, "featured")]
    recording = catalog.register_recording("R", works=[], label=label, credits=credits, at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, label, 1)
    made = deal(label, ("blend",), (Use.REMIX,), **{"lump_sum_participants_ppm": 250_000} | words)
    attribute("cre_1", "blend", **{recording: 1})
    listen("cre_1")
    metering.report_revenue("blend", "DE", "2026-Q3", 100 * EUR, "EUR", CLOSING, ACTOR)
    actions.close("2026-Q3", CLOSING, ACTOR)
    return label, artist, made


@pytest.mark.parametrize("by", ["equal", "attribution", "usage"])
def test_a_settlement_is_shared_with_participants(by):
    """1,000.00 under a deal that gives participants a quarter: 250.00 to who is featured on what earned, the rest to L."""
    label, artist, terms = _label_and_artist(lump_sum_by=by)
    made = lump_sums.settle(terms, "1,000.00", "a claim of 2025 was settled", CLOSING, ACTOR)
    assert balance("lump-sums") == 1000 * EUR
    actions.close("2026-Q4", Q4, ACTOR)
    assert statement(artist)["lump_sums"] == {made: str(250 * EUR)}
    assert statement(label)["summary"]["lump_sums_micros"] == str(750 * EUR)
    assert queries.trial_balance().zero and queries.reproduce("2026-Q4").same
    for amount, words in (("0.00", "is nothing to pay"), ("x", "is not an amount")):
        with pytest.raises(BadInput, match=words):
            lump_sums.settle(terms, amount, "y", Q4, ACTOR)


def test_a_lump_sum_that_nobody_shares_in_is_in_the_file(client):
    """Its row names no party; of one that is shared there is a row for each part."""
    _, _, terms = _label_and_artist(lump_sum_participants_ppm=0, advance_micros=1000 * EUR)
    left = balance(f"advance:{terms}")
    deals.terminate(terms, "over", CLOSING, ACTOR)
    made = lump_sums.keep_advance(terms, "the deal is over", CLOSING, ACTOR)
    assert lump_sums.recorded()[0].parts == ()
    sign_ins.open_account("money@test.example", "correct horse battery", ["finance"])
    assert client.login(username="money@test.example", password="correct horse battery")
    _, *rows = client.get("/statements/lump-sums?format=csv").content.decode().splitlines()
    assert len(rows) == 1 and rows[0].startswith(made) and rows[0].endswith(f",{decimal(left)},,")


def test_an_advance_that_is_kept_is_shared_by_who_has_it():
    """L keeps what is left of its advance: the platform writes it off, and a quarter goes from L's balance to the artist's."""
    label, artist, terms = _label_and_artist(advance_micros=1000 * EUR)
    left = balance(f"advance:{terms}")
    assert 0 < left < 1000 * EUR
    with pytest.raises(Refused, match="has not ended"):
        lump_sums.keep_advance(terms, "over", CLOSING, ACTOR)
    deals.terminate(terms, "over", CLOSING, ACTOR)
    made = lump_sums.keep_advance(terms, "the deal is over", CLOSING, ACTOR)
    assert (balance(f"advance:{terms}"), balance("breakage")) == (0, left)
    actions.close("2026-Q4", Q4, ACTOR)
    assert statement(artist)["lump_sums"] == {made: str(left // 4)}
    assert (
        statement(label)["summary"]["lump_sums_micros"]
        == str(-(left // 4))
        == str(-int(statement(artist)["summary"]["lump_sums_micros"]))
    )
    assert queries.trial_balance().zero
    with pytest.raises(Refused, match="has no advance"):
        lump_sums.keep_advance(terms, "again", Q4, ACTOR)
