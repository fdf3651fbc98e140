"""Rate tables, from their declaration to the pools they convert, the books in both currencies and the because."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from tests.unit.deals.test_deal_api import caller
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, deal, listen, story_6

from accord.cli.__main__ import run
from accord.deals import actions as deals
from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.metering import actions as metering
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, queries, rates
from accord.terms.refusal import BadInput, Refused
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
Q4 = datetime(2027, 1, 5, tzinfo=UTC)
DAY = date(2026, 9, 30)


def declare(values, period="2026-Q3", table="ecb", **words):
    return rates.declare(
        table, period, values, **({"to": "EUR", "source": "the bank", "on": DAY} | words), at=CLOSING, actor=ACTOR
    )


def in_yen(**pay):
    """Story 6 where every deal names the table `ecb`, and Japan reported 10,000 yen for one listen of C1."""
    ids = story_6()
    for name in ("L1", "L2", "P1", "P2", "P3", "P4", "P5"):
        deals.terminate(ids[f"deal {name}"], "replaced", AT, ACTOR)
        ids[f"new {name}"] = deal(ids[name], ("blend",), (Use.REMIX,), rate_table="ecb", **pay.get(name, {}))
    listen("cre_1", territory="JP", at=datetime(2026, 8, 4, tzinfo=UTC))
    metering.report_revenue("blend", "JP", "2026-Q3", 10_000 * EUR, "JPY", CLOSING, ACTOR)
    return ids


def test_a_pool_is_converted_before_it_is_split():
    """10,000 yen at 0.0061 are 61.00: shared like euros, posted in both currencies, and explained with the rate's fact."""
    ids = in_yen()
    declared = declare({"JPY": "0.0061"})
    reports = actions.close("2026-Q3", CLOSING, ACTOR)
    assert [(one.currency, one.revenue_micros) for one in reports] == [("EUR", 1061 * EUR)]
    balance = {(one.account, one.currency): one.amount_micros for one in queries.trial_balance().balances}
    assert balance["revenue", "JPY"] == 10_000 * EUR == -balance["exchange:ecb", "JPY"]
    assert balance["exchange:ecb", "EUR"] == 61 * EUR
    assert queries.trial_balance().zero
    (head,) = queries.statements(SYSTEM, "2026-Q3", ids["L1"])
    line = next(one for one in queries.statement(SYSTEM, head.id)["lines"] if one["territory"] == "JP")
    steps = queries.explain(SYSTEM, head.id, line["line"])
    assert steps[0].because == "10,000.00 JPY was reported; at 61/10000 by rate table ecb it is 61.00 EUR of the pool"
    assert steps[0].rests_on == declared
    assert queries.reproduce("2026-Q3").same
    before = table_digest()
    rebuild()
    assert table_digest() == before


def test_without_a_rate_nothing_is_drafted():
    """The sentence says which pool, which table and what to do; nothing is kept of the draft."""
    in_yen()
    with pytest.raises(
        Refused, match=r"10,000\.00 JPY of blend in JP cannot be converted: rate table `ecb` has no rate"
    ) as no:
        actions.draft("2026-Q3", CLOSING, ACTOR)
    assert no.value.refusal.code == "payouts.no-rate"
    declare({"JPY": "0.0061"}, period="2026-Q2")
    declare({"JPY": "0.0061"}, to="USD")
    with pytest.raises(Refused, match="no rate from JPY to EUR for 2026-Q3"):
        actions.draft("2026-Q3", CLOSING, ACTOR)


def test_a_pool_is_counted_in_one_currency():
    """Where one deal counts in euros and another in dollars, a yen pool is neither's: it is refused by name."""
    ids = in_yen(P1={"currency": "USD"})
    declare({"JPY": "0.0061"})
    with pytest.raises(Refused, match=f"blend in DE is reported in EUR, and .*{ids['new P1']} counts in USD by ecb"):
        actions.draft("2026-Q3", CLOSING, ACTOR)


def test_a_closed_period_keeps_the_rates_it_was_closed_by():
    """Another version of the table changes nothing that is closed; what comes in later is converted by the old one."""
    ids = in_yen()
    declare({"JPY": "0.0061"})
    actions.close("2026-Q3", CLOSING, ACTOR)
    declare({"JPY": "0.0100"})
    assert queries.late() == []
    metering.report_revenue("blend", "JP", "2026-Q3", 20_000 * EUR, "JPY", Q4, ACTOR)
    (report,) = actions.close("2026-Q4", Q4, ACTOR)
    assert report.revenue_micros == 61 * EUR
    balance = {(one.account, one.currency): one.amount_micros for one in queries.trial_balance().balances}
    assert balance["revenue", "JPY"] == 20_000 * EUR and balance["exchange:ecb", "EUR"] == 122 * EUR
    assert balance["revenue", "EUR"] == 1000 * EUR
    assert queries.trial_balance().zero and queries.reproduce("2026-Q4").same
    assert ids


@pytest.mark.parametrize(
    ("values", "words", "said"),
    [
        ({"JPY": "0"}, {}, "`0` is not a rate"),
        ({"JPY": "1e3"}, {}, "`1e3` is not a rate"),
        ({"JPY": "1/0"}, {}, "`1/0` is not a rate"),
        ({"yen": "1"}, {}, "`yen` is not a currency"),
        ({"EUR": "1"}, {}, "EUR is worth one EUR"),
        ({}, {}, "no rate is given"),
        ({"JPY": "1"}, {"source": " "}, "needs its source"),
        ({"JPY": "1"}, {"table": "E C B"}, "is not a name of a rate table"),
        ({"JPY": "1"}, {"period": "2026"}, "2026"),
    ],
)
def test_what_is_no_rate_is_said(values, words, said):
    """One sentence each, and nothing is written."""
    with pytest.raises(BadInput, match=said):
        declare(values, **words)
    assert rates.declared() == []


def test_the_command_declares_and_lists(capsys):
    """`accord pay rates`: a version with its source and day, then the list of them; a day that is none exits with 2."""
    words = ["--source", "the bank", "--on", "2026-09-30"]
    assert run(["pay", "rates", "ecb", "2026-Q3", "JPY=0.0061", "USD=23/25", *words]) == 0
    capsys.readouterr()
    assert run(["pay", "rates", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["rates"], one["version"], one["on"]) == ({"JPY": "61/10000", "USD": "23/25"}, 1, "2026-09-30")
    assert run(["pay", "rates", "ecb", "2026-Q3"]) == 0
    assert "ecb 2026-Q3, into EUR: JPY 0.0061, USD 0.92; the bank of 2026-09-30" in capsys.readouterr().out
    assert run(["pay", "rates", "ecb", "2026-Q3", "JPY=1", "--source", "s", "--on", "soon"]) == 2
    assert "`soon` is not a day" in capsys.readouterr().err


def test_rates_over_http():
    """Finance declares and reads; a licensor is told that there is no such thing."""
    for role, status in (("finance", 200), ("rightsholder", 404)):
        client = caller(role)
        body = {
            "table": "ecb",
            "period": "2026-Q3",
            "to": "EUR",
            "source": "s",
            "on": "2026-09-30",
            "rates": {"JPY": "0.0061"},
        }
        assert client.post("/v1/rates", body, content_type="application/json").status_code == status
        assert client.get("/v1/rates").status_code == status
