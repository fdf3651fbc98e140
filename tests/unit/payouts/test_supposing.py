"""What a period would have given under terms that nobody has signed, beside what it gave; nothing is kept."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import msgspec
import pytest
from tests.unit.payouts.house import ACTOR, AT, CLOSING, EUR, attribute, claim, deal, listen, party, story_6
from tests.unit.payouts.test_drafted import browser
from tests.unit.payouts.test_money_doors import caller

from accord.catalog import actions as catalog
from accord.deals import actions as deal_actions
from accord.deals import document
from accord.deals import queries as deals
from accord.journal.queries import head, table_digest
from accord.metering import actions as metering
from accord.payouts import actions, supposing
from accord.terms.refusal import NotNow, NotThere
from accord.terms.right import Right
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
NEXT = datetime(2027, 1, 5, tzinfo=UTC)


def offered(ids, name="L1", **changes):
    """The deal of a party with other pay, from next year on."""
    terms = deals.terms_of(ids[f"deal {name}"])
    pay = msgspec.structs.replace(terms.remuneration, **changes)
    return msgspec.structs.replace(terms, remuneration=pay, starts=date(2027, 1, 1), ends=date(2028, 1, 1))


def by_party(found):
    return {row.party: (row.got.earned_micros, row.would.earned_micros) for row in found.rows}


def test_a_better_rate_moves_exactly_the_residual():
    """L1 at 90 % instead of 70 %: 337.50 instead of 262.50, out of what the platform kept; nobody else's changes."""
    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    before = (head(), table_digest())
    found = supposing.what_if(offered(ids, rate_ppm=900_000), "2026-Q3")
    money = by_party(found)
    assert [sum(side) for side in zip(*money.values(), strict=True)] == [1000 * EUR, 1000 * EUR]
    assert money.pop(ids["L1"]) == (262_500_000, 337_500_000)
    assert money.pop("") == (300 * EUR, 225 * EUR)
    assert all(got == would for got, would in money.values())
    assert (found.closed, found.instead_of) == (True, (ids["deal L1"],))
    assert (head(), table_digest()) == before


def test_the_same_terms_give_what_was_given():
    """Every party, its guarantee and what is payable."""
    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    found = supposing.what_if(offered(ids), "2026-Q3")
    assert found.rows and all(row.got == row.would for row in found.rows)


@pytest.mark.parametrize("name", ["L1", "L2", "P3"])
def test_the_same_terms_in_the_place_of_a_deal_with_an_advance_or_a_threshold_give_what_was_given(name):
    """L2's open advance goes on against what the terms earn, P3 waits for its threshold: nothing changes, then or after."""
    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    listen("cre_1", at=datetime(2026, 10, 2, tzinfo=UTC))
    metering.report_revenue("blend", "DE", "2026-Q4", 300 * EUR, "EUR", NEXT, ACTOR)
    for period in ("2026-Q3", "2026-Q4"):
        found = supposing.what_if(offered(ids, name), period)
        assert found.rows and all(row.got == row.would for row in found.rows)


def test_what_was_earned_before_counts_towards_a_guarantee_and_replaced_terms_count_for_nothing():
    """Months of a quarter: L1 earned 52.50 by August, so 100.00 a quarter lacks 21.25 in September; tax is the terms' own."""
    ids = story_6()
    metering.report_revenue("blend", "DE", "2026-Q3", 0, "EUR", CLOSING, ACTOR)
    for month in (7, 8, 9):
        listen("cre_2", territory="FR", at=datetime(2026, month, 20, tzinfo=UTC))
        metering.report_revenue("blend", "FR", f"2026-{month:02d}", 75 * EUR, "EUR", CLOSING, ACTOR)
        actions.close(f"2026-{month:02d}", CLOSING, ACTOR)
    terms = offered(ids, minimum_guarantee_micros=100 * EUR, guarantee_per="quarter", withholding_tax_ppm=100_000)
    would = {row.party: row.would for row in supposing.what_if(terms, "2026-09").rows}[ids["L1"]]
    assert (would.earned_micros, would.guarantee_micros) == (26_250_000, 21_250_000)
    assert would.payable_micros == 42_750_000


def test_a_guarantee_is_in_what_would_be_paid_and_is_the_platforms_to_fund():
    """400.00 a quarter: L1 earned 262.50, the platform adds 137.50."""
    ids = story_6()
    terms = offered(ids, minimum_guarantee_micros=400 * EUR, guarantee_per="quarter")
    found = {row.party: row.would for row in supposing.what_if(terms, "2026-Q3").rows}
    assert (found[ids["L1"]].guarantee_micros, found[ids["L1"]].payable_micros) == (137_500_000, 400 * EUR)
    assert found[""].guarantee_micros == -137_500_000


def test_terms_of_one_who_had_no_deal():
    """R's master is P6's, who has no deal: its 70.00 waits as unmatched, and would be P6's."""
    ids = story_6()
    other = party("P6")
    recording = catalog.register_recording("R", works=[ids["WX"]], at=AT, actor=ACTOR)
    claim(recording, Right.MASTER, other, 1)
    attribute("cre_3", "blend", **{recording: 1})
    listen("cre_3", at=datetime(2026, 8, 2, tzinfo=UTC))
    found = supposing.what_if(msgspec.structs.replace(offered(ids), licensor=other), "2026-Q3")
    money = by_party(found)
    assert (found.instead_of, found.closed, money.pop(other)) == ((), False, (0, 70 * EUR))
    assert money.pop("unmatched") == (70 * EUR, 0)
    assert all(got == would for got, would in money.values())


def test_it_says_which_most_favoured_deals_it_would_raise():
    """L holds the clause at 70 %, and 90 % would touch it."""
    ids = story_6()
    label = party("L")
    made = deal(label, ("blend",), (Use.REMIX,), most_favoured=True)
    found = supposing.what_if(offered(ids, rate_ppm=900_000), "2026-Q3")
    assert found.raises == (f"{made} is most favoured: its rate of 70 % would be raised to 90 %",)


def test_the_command_line(tmp_path, capsys):
    """A file of terms and a period in, a table out; a file that is none, or an unknown licensor, is said."""
    from accord.cli.__main__ import run

    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    file = tmp_path / "deal.json"
    file.write_text(document.canonical(offered(ids, rate_ppm=900_000)))
    assert run(["pay", "what-if", str(file), "2026-Q3"]) == 0
    said = capsys.readouterr().out
    assert "262.50" in said and "337.50" in said and "the platform" in said
    assert run(["pay", "what-if", str(tmp_path / "none.json"), "2026-Q3"]) == 2
    assert run(["pay", "what-if", str(file), "2026-13"]) == 2
    with pytest.raises(NotThere):
        supposing.what_if(msgspec.structs.replace(offered(ids), licensor="pty_999999"), "2026-Q3")


def on_the_table(ids, **changes):
    """The same terms as a new deal that is talked about with L1."""
    made = deal_actions.open_deal(ids["L1"], "Next year", AT, ACTOR)
    deal_actions.negotiate(made, offered(ids, **changes), AT, ACTOR)
    return made


def test_a_licensor_is_told_what_itself_would_have_got_and_finance_everything():
    """Law 10: of a closed period alone; another's deal is not there, nor anything of the other parties."""
    ids = story_6()
    made = on_the_table(ids, rate_ppm=900_000)
    label, other = (caller("rightsholder", acts_for=(ids[name],)) for name in ("L1", "L2"))
    path = f"/v1/what-if/{made}?period=2026-Q3"
    assert label.get(path).status_code == 404
    assert caller("finance").get(path).json()["closed"] is False
    actions.close("2026-Q3", CLOSING, ACTOR)
    (row,) = label.get(path).json()["rows"]
    assert row["party"] == ids["L1"]
    assert (row["got"]["earned_micros"], row["would"]["earned_micros"]) == ("262500000", "337500000")
    assert other.get(path).status_code == caller("licensing").get(path).status_code == 404
    assert len(caller("finance").get(path).json()["rows"]) == 9  # seven parties, the platform, unmatched
    body = document.canonical(offered(ids, rate_ppm=900_000))
    asked = ("/v1/what-if?period=2026-Q3", body, "application/json")
    assert caller("finance").post(*asked).json()["rows"] == caller("finance").get(path).json()["rows"]
    assert label.post(*asked).status_code == 404


def test_the_page_of_a_deal_before_it_is_signed():
    """The number first, then who gets what; the licensor's page names nobody else. The deal's page leads there."""
    ids = story_6()
    made = on_the_table(ids, rate_ppm=900_000)
    deal(party("L"), ("blend",), (Use.REMIX,), most_favoured=True)
    actions.close("2026-Q3", CLOSING, ACTOR)
    finance, label, other = browser("finance"), browser("rightsholder", ids["L1"]), browser("rightsholder", ids["L2"])
    path = f"/statements/what-if?deal={made}&period=2026-Q3"
    asked = {"deal": made, "period": "2026-Q3"}
    assert "has not been worked out yet" in finance.get(path).content.decode()
    for one in (finance, label):
        answer = one.post("/statements/what-if", asked)
        assert (answer.status_code, answer.headers["Location"]) == (302, path)
    assert other.post("/statements/what-if", asked).status_code == 404
    page = finance.get(path).content.decode()
    assert (
        "+75.00 EUR" in page and "The platform" in page and "337.50" in page and "What it would raise elsewhere" in page
    )
    own = re.sub(r'value="[A-Za-z0-9]{64}"', "", label.get(path).content.decode())  # forms' tokens may spell a name
    assert (
        "csrfmiddlewaretoken" in own
        and "+75.00 EUR" in own
        and "337.50" in own
        and "P1" not in own
        and "platform" not in own.split("<table")[1]
    )
    assert "raise elsewhere" not in own
    assert f"/statements/what-if?deal={made}" in label.get(f"/deals/{made}").content.decode()
    assert other.get(path).status_code == browser("licensing").get(path).status_code == 404
    mine, others = (one.get("/statements/what-if").content.decode() for one in (label, other))
    assert f'value="{made}"' in mine and f'value="{made}"' not in others and f'value="{ids["deal L2"]}"' in others
    assert "2026-Q3" in finance.get(f"{path}&format=csv").headers["Content-Disposition"]


def test_what_was_worked_out_is_looked_at_without_working_it_out_again(monkeypatch):
    """Reloaded, linked and as CSV it is the same, and nothing is divided; other terms on the table have no result yet."""
    ids = story_6()
    made = on_the_table(ids, rate_ppm=900_000)
    actions.close("2026-Q3", CLOSING, ACTOR)
    finance, asked = browser("finance"), {"deal": made, "period": "2026-Q3"}
    finance.post("/statements/what-if", asked)
    monkeypatch.setattr(supposing, "_what_if", None)  # whoever calls it fails
    for more in ({}, {}, {"format": "csv"}):
        assert "337.50" in finance.get("/statements/what-if", asked | more).content.decode()
    deal_actions.negotiate(made, offered(ids, rate_ppm=800_000), AT, ACTOR)
    said = finance.get("/statements/what-if", asked).content.decode()
    assert "has not been worked out yet" in said and "337.50" not in said


def test_what_was_worked_out_before_the_close_is_not_shown_as_if_after_it():
    """It said what an open period would come to; once it is closed the page asks to work it out by what it was closed by."""
    ids = story_6()
    made, finance = on_the_table(ids, rate_ppm=900_000), browser("finance")
    asked = {"deal": made, "period": "2026-Q3"}
    finance.post("/statements/what-if", asked)
    assert "As it would have been closed then" in finance.get("/statements/what-if", asked).content.decode()
    actions.close("2026-Q3", CLOSING, ACTOR)
    assert "has not been worked out yet" in finance.get("/statements/what-if", asked).content.decode()
    finance.post("/statements/what-if", asked)
    assert "As the period was closed" in finance.get("/statements/what-if", asked).content.decode()


@pytest.mark.django_db
def test_one_period_is_divided_under_other_terms_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is two closes: who asks while one is worked out is asked to wait, and is answered afterwards, after a failure too."""

    def slow(terms: object, period: str) -> object:
        with pytest.raises(NotNow, match="another period is being divided"):
            supposing.what_if(terms, period)  # type: ignore[arg-type]
        raise NotThere("there is no such party")

    monkeypatch.setattr(supposing, "_what_if", slow)
    for _ in range(2):
        with pytest.raises(NotThere):
            supposing.what_if(None, "2026-Q3")  # type: ignore[arg-type]
