"""Fees per use and per training run, from events and sealed sets to the statement and its because."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, deal, listen, story_6

from accord.deals import actions as deals
from accord.journal.actions import rebuild, writing
from accord.journal.queries import table_digest
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, queries
from accord.terms.territory import TerritorySet
from accord.terms.use import Use
from accord.training.facts import ModelTrained, SetSealed
from accord.training.manifest import write
from accord.training.records import SealedItem
from accord.vault import actions as vault

pytestmark = pytest.mark.django_db
AUGUST = datetime(2026, 8, 3, tzinfo=UTC)
Q4 = datetime(2027, 1, 5, tzinfo=UTC)


def statement(party_id, period="2026-Q3"):
    (head,) = queries.statements(SYSTEM, period, party_id)
    return queries.statement(SYSTEM, head.id)


def amounts(document, name):
    return [(line["kind"], line["subject"], line["amount_micros"]) for line in document[name]]


def with_fee(**pay):
    """Story 6 where L2's deal ended before anything was heard, and another of it also pays by count."""
    ids = story_6()
    deals.terminate(ids["deal L2"], "replaced", AT, ACTOR)
    ids["fee deal"] = deal(ids["L2"], ("blend",), (Use.REMIX,), **pay)
    return ids


def test_a_fee_per_use_is_paid_once_for_each_use():
    """C1 holds Y: made once and exported twice is three fees of 0.50, beside the rate; a listen and a share are none."""
    ids = with_fee(fee_per_use_micros=500_000)
    for kind, times in (("create", 1), ("export", 2), ("share", 1)):
        listen(*["cre_1"] * times, at=AUGUST.replace(hour=times), kind=kind)
    listen("cre_2", at=AUGUST, kind="create")
    (report,) = actions.close("2026-Q3", CLOSING, ACTOR)
    document = statement(ids["L2"])
    assert amounts(document, "fees") == [("fee-per-use", ids["Y"], "1500000")]
    assert document["summary"]["fees_micros"] == "1500000"
    assert report.fees_micros == 1_500_000
    standing = {one.account: one.amount_micros for one in queries.trial_balance().balances}
    assert standing["fees:use"] == 1_500_000 and queries.trial_balance().zero
    number = document["fees"][0]["line"]
    steps = queries.explain(SYSTEM, document["statement"], number)
    assert "3 times in blend, DE" in steps[0].because and steps[0].rests_on.startswith("seg_")
    assert steps[1].because == f"{ids['fee deal']} is paid 0.50 EUR each time: 1.50 EUR, funded by the platform"


def test_a_use_that_came_late_is_adjusted():
    """One more export after the close: one more fee in the next statement, which says of which period."""
    ids = with_fee(fee_per_use_micros=500_000)
    listen("cre_1", at=AUGUST, kind="create")
    actions.close("2026-Q3", CLOSING, ACTOR)
    listen("cre_1", at=AUGUST.replace(hour=3), kind="export")
    (late,) = queries.late()
    assert late.because[0].startswith("1 use came in after 2026-Q3 was closed (seg_")
    actions.close("2026-Q4", Q4, ACTOR)
    (fee,) = statement(ids["L2"], "2026-Q4")["fees"]
    assert (fee["of"], fee["times"], fee["amount_micros"]) == ("2026-Q3", 2, "500000")
    assert queries.trial_balance().zero and queries.late() == []
    assert queries.reproduce("2026-Q3").same and queries.reproduce("2026-Q4").same
    before = table_digest()
    rebuild()
    assert table_digest() == before


def trained(ids, at, territories="WORLD"):
    """A model trained on X and Y, as its facts say it."""
    items = tuple(
        SealedItem(
            asset=ids[name], title=name, kind="recording", work=ids[f"W{name}"], cluster=name, digest=None,
            decision="", deals=(ids["deal L1"], ids["fee deal"]),
        )
        for name in ("X", "Y")
    )  # fmt: skip
    places = TerritorySet.parse(territories)
    manifest = vault.put(write("blend", places, items, ()))
    with writing(ACTOR, at) as journal:
        journal.append(
            SetSealed(
                seal="set_1", feature="blend", territories=places, manifest=manifest, known=1, items=2, excluded=0,
                clusters=2, licences=(ids["fee deal"],),
            )
        )  # fmt: skip
        journal.append(
            ModelTrained(
                model="mod_1",
                name="m",
                seal="set_1",
                weights="",
                method="test",
                seed=0,
                parameters=0,
                steps=0,
                trained_s=0.0,
            )
        )


def test_a_fee_per_training_run_is_paid_once_to_each_deal_in_the_set():
    """One run in August pays L2's deal its 10.00, whole, since all of its master is L2's; the next quarter pays nothing."""
    ids = with_fee(fee_per_training_run_micros=10 * EUR)
    trained(ids, AUGUST)
    actions.close("2026-Q3", CLOSING, ACTOR)
    document = statement(ids["L2"])
    assert amounts(document, "fees") == [("fee-per-training-run", ids["Y"], "10000000")]
    standing = {one.account: one.amount_micros for one in queries.trial_balance().balances}
    assert standing["fees:training-run"] == 10 * EUR and queries.trial_balance().zero
    steps = queries.explain(SYSTEM, document["statement"], document["fees"][0]["line"])
    assert steps[0].because == f"mod_1 was trained, with {ids['Y']} in its set"
    actions.close("2026-Q4", Q4, ACTOR)
    standing = {one.account: one.amount_micros for one in queries.trial_balance().balances}
    assert standing["fees:training-run"] == 10 * EUR
