"""The featured artists' direct part of a master: also where it waited in dispute, or for somebody to claim it."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, attribute, claim, deal, feature, listen, party
from tests.unit.payouts.made import MASTER, WORK, held, side

from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.journal.queries import facts_of
from accord.metering import actions as metering
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, escrow, matching, queries
from accord.payouts.order import ORDERS
from accord.payouts.readings import read_source
from accord.payouts.records import Subject
from accord.terms.refusal import NotThere
from accord.terms.right import Right
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


@given(st.integers(0, 10**12), st.integers(0, 4), st.integers(0, 1_000_000))
def test_law_7_a_match_is_shared_whole(amount, people, ppm):
    """Law 7: the label's part and its artists' sum to what waited, each within a micro of its exact part."""
    artists = tuple(f"pty_{n}" for n in range(people))
    found = matching.parted(amount, "pty_L", artists, ppm)
    part = Fraction(amount * ppm, 10**6 * people) if people else Fraction(0)
    assert sum(found.values()) == amount
    assert all(abs(found.get(one, 0) - part) < 1 for one in artists)


@given(st.integers(0, 1_000_000), st.integers(0, 1_000_000), st.integers(1, 4), st.sampled_from(("8", "9")))
def test_a_dispute_changes_whose_name_money_waits_to_and_no_amount(rate, artists_ppm, people, version):
    """By version 9 each has in escrow what it would have been due; by version 8 the label had its artists' part too."""

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
    assert in_escrow == (plain if version == "9" else {"L": sum(plain.values())} if rate else {})
