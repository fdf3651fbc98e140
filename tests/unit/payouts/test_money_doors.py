"""Usage and statements over HTTP and from the command line."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.unit.metering.made import event
from tests.unit.payouts.house import ACTOR, AT, CLOSING, story_6

from accord.catalog import claim_actions as claims
from accord.cli.__main__ import run
from accord.metering import queries as metering
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, queries

pytestmark = pytest.mark.django_db(transaction=True)
Out = pytest.CaptureFixture[str]
#: What people are not shown where a name is known.
IDS = re.compile(r"\b(?:rec|wrk|dea)_\d")
counter = iter(range(10_000))


def caller(*roles: str, acts_for: tuple[str, ...] = ()) -> Client:
    """A client with the key of an account that has these roles and acts for these parties."""
    email = f"someone{next(counter)}@money.example"
    account = parties.open_account(email, "correct horse battery staple", roles, acts_for, at=AT)
    return Client(headers={"Authorization": f"Bearer {parties.issue_key(account, at=AT)}"})


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(f"/v1/{path}", body, content_type="application/json")


def said(capsys: Out) -> str:
    return capsys.readouterr().out


def test_a_batch_of_usage_is_counted_once() -> None:
    """The answer says what was taken, what was known, and which line was turned away why."""
    machine = caller("machine")
    batch = [event("e1"), event("e2"), event("e3", kind="hum"), "no event"]
    first = post(machine, "usage", batch).json()
    assert (first["accepted"], first["duplicates"]) == (2, 0)
    assert [one["line"] for one in first["rejected"]] == [3, 4]
    assert (
        first["rejected"][0]["reason"]
        == "`hum` is not a kind of event: listen, create, remix, share, export, train-run, void"
    )
    again = post(machine, "usage", batch).json()
    assert (again["accepted"], again["duplicates"], again["segments"]) == (0, 2, [])
    assert metering.events().num_rows == 2


def test_one_sender_cannot_suppress_anothers_events() -> None:
    """A source belongs to whoever sent it first; events under it from another account are turned away, not counted."""
    mine, other = caller("machine"), caller("machine")
    assert post(mine, "usage", [event("e1", source="urn:mine")]).json()["accepted"] == 1
    answer = post(other, "usage", [event("e2", source="urn:mine"), event("e3", source="urn:other")]).json()
    assert (answer["accepted"], answer["rejected"]) == (
        1,
        [{"line": 1, "reason": "source `urn:mine` is another sender's"}],
    )
    assert post(mine, "usage", [event("e2", source="urn:mine")]).json()["accepted"] == 1


@pytest.mark.parametrize("body", ["{", "{}", "[1,", "", "[" * 100_000])
def test_what_is_no_array_of_events_is_bad_input(body: str) -> None:
    """400 and one sentence; nothing is written."""
    answer = caller("machine").post("/v1/usage", body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert "is not a JSON array of events" in answer.json()["detail"]


def test_only_machines_send_usage() -> None:
    """A label cannot count plays; nobody signed in gets 401."""
    assert post(caller("rightsholder"), "usage", [event()]).status_code == 404
    assert post(Client(), "usage", [event()]).status_code == 401


def test_revenue_is_reported_in_decimal_text() -> None:
    """1,000.00 is a thousand units, never a float."""
    machine = caller("machine")
    body = {"feature": "blend", "territory": "DE", "period": "2026-Q3", "amount": "1,000.00"}
    assert post(machine, "revenue", body).status_code == 200
    assert metering.revenue()[0].amount_micros == 1_000_000_000
    assert post(machine, "revenue", body | {"amount": "1.0000001"}).status_code in (400, 422)


def test_a_party_reads_its_own_statement_and_another_finds_nothing() -> None:
    """Law 10: with another party's id every operation answers 404; finance sees all."""
    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    own, other = caller("rightsholder", acts_for=(ids["P3"],)), caller("rightsholder", acts_for=(ids["P4"],))
    (head,) = own.get("/v1/statements").json()
    assert (head["party"], head["carried_micros"]) == (ids["P3"], "29166667")
    path = f"/v1/statements/{head['id']}"
    assert own.get(path).content == queries.statement_text(SYSTEM, head["id"])
    assert own.get(f"{path}/lines/1").json()[0]["because"] == "cre_1 was heard 3 times of 4 in blend, DE"
    assert own.get(f"{path}/lines/9").status_code == 404
    for reader in (other, caller("artist"), caller("creator")):
        assert reader.get(path).status_code == reader.get(f"{path}/lines/1").status_code == 404
    assert own.get("/v1/ledger").status_code == own.get("/v1/periods").status_code == 404
    finance = caller("finance")
    assert len(finance.get("/v1/statements").json()) == 7
    assert finance.get("/v1/ledger").json()["zero"] is True
    assert finance.get("/v1/periods").json()[0]["residual_micros"] == "300000000"


def test_metering_a_file_twice(tmp_path: Any, capsys: Out) -> None:
    """Counted, then known. Exit 2 while a line of it is bad, which is named; what was good is kept. Mended: exit 0."""
    file = tmp_path / "usage.jsonl"
    file.write_text("\n".join([json.dumps(event("e1")), json.dumps(event("e2", territory="XX")), ""]))
    assert run(["meter", str(file)]) == 2
    out = said(capsys)
    assert "1 counted, 0 were counted before, 1 turned away" in out and "line 2: `XX` is not a territory" in out
    assert [segment.rows for segment in metering.segments()] == [1]
    assert run(["meter", str(file), "--json"]) == 2
    assert json.loads(said(capsys))["duplicates"] == 1
    file.write_text("\n".join([json.dumps(event("e1")), json.dumps(event("e2")), ""]))
    assert run(["meter", str(file)]) == 0
    assert "1 counted, 1 were counted before\n" in said(capsys)


@pytest.mark.parametrize("content", [b"", b"not json\n", b"<xml/>\n"])
def test_a_file_without_an_event_is_bad_input(tmp_path: Any, capsys: Out, content: bytes) -> None:
    """Exit 2, or 0 when there was no line at all; nothing is written."""
    file = tmp_path / "usage.jsonl"
    file.write_bytes(content)
    assert run(["meter", str(file)]) == (2 if content else 0)
    assert metering.segments() == []


def test_a_close_from_the_command_line(capsys: Out) -> None:
    """Close, list, statement as text, JSON and CSV, explain, pay, balance, reproduce."""
    ids = story_6()
    assert run(["pay", "close", "2026-Q3"]) == 0
    assert "300.00" in said(capsys)
    assert run(["pay", "list"]) == 0
    assert "earned 262.50, payable 262.50, carried forward 0.00 EUR" in said(capsys)
    assert run(["pay", "statement", ids["P3"], "2026-Q3"]) == 0
    told = said(capsys)
    assert "the balance is below the threshold and is carried forward" in told and not IDS.search(told)
    assert run(["pay", "statement", ids["P3"], "2026-Q3", "--json"]) == 0
    (document,) = json.loads(said(capsys))
    assert document["lines"][0]["amount_micros"] == "29166667"
    assert run(["pay", "statement", ids["P3"], "2026-Q3", "--csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(said(capsys)))
    assert (row["amount_micros"], row["deal"]) == ("29166667", ids["deal P3"])
    assert run(["pay", "explain", document["statement"], "1"]) == 0
    walked = said(capsys)
    assert "1,000.00 EUR × 1/4 = 250.00 EUR" in walked and not IDS.search(walked)
    assert run(["pay", "out"]) == 0
    assert "2 payments made" in said(capsys)
    assert run(["pay", "balance"]) == 0
    assert "debits equal credits" in said(capsys)
    assert run(["pay", "reproduce", "2026-Q3"]) == 0
    assert "the same bytes" in said(capsys)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["pay", "close", "July"], 2, "`July` is not a period"),
        (["pay", "close", "2090-Q1"], 3, "is not over before"),
        (["pay", "statement", "par_x", "2026-Q3"], 2, "there is no statement of `par_x` for `2026-Q3`"),
        (["pay", "explain", "stm-x", "1"], 2, "there is no statement `stm-x`"),
        (["pay", "reproduce", "2026-Q3"], 2, "`2026-Q3` is not closed"),
        (["pay", "revenue", "blend", "DE", "2026-07", "1.2345678"], 2, "is not an amount"),
        (["meter", "/nowhere.jsonl"], 2, "cannot be read"),
    ],
)
def test_every_no_is_one_sentence(arguments: list[str], code: int, words: str, capsys: Out) -> None:
    """Bad input exits with 2, a rule's no with 3, and says what and why."""
    assert run(arguments) == code
    assert words in capsys.readouterr().err.replace("\n", " ")


def test_finance_sees_what_is_in_escrow_and_lets_it_out(capsys: Out) -> None:
    """While the claim is disputed nothing goes out; then over HTTP or by the page it does, once. Nobody else sees any of it."""
    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    label, finance = caller("rightsholder", acts_for=(ids["P2"],)), caller("finance")
    assert label.get("/v1/escrow").status_code == 404
    (held,) = finance.get("/v1/escrow").json()
    assert (held["party"], held["asset"], held["amount_micros"]) == (ids["P2"], ids["WX"], "131250000")
    assert held["disputed"] == [ids["claim P2"]]
    asked = {"escrow": held["account"], "party": ids["P2"], "because": "they agreed"}
    refused = post(finance, "escrow/release", asked)
    assert refused.status_code == 403 and "is still in dispute" in refused.json()["detail"]
    assert run(["pay", "escrow"]) == 0 and "P2, for “W of X”" in (shown := said(capsys)) and "in dispute" in shown
    claims.resolve_dispute(ids["claim P2"], "they agreed", at=CLOSING, actor=ACTOR)
    assert run(["pay", "escrow"]) == 0 and f"may go out: accord pay release {held['account']}" in said(capsys)
    browser = Client()
    browser.force_login(get_user_model().objects.get(email=f"someone{next(counter) - 1}@money.example"))
    page = browser.get("/statements/escrow").content.decode()
    assert (
        "Release it to P2" in page and held["account"] in browser.get("/statements/escrow?format=csv").content.decode()
    )
    assert browser.post("/statements/escrow", asked).status_code == 302
    assert (
        finance.get("/v1/escrow").json() == []
        and "Nothing is in dispute" in browser.get("/statements/escrow").content.decode()
    )
    assert post(finance, "escrow/release", asked).status_code == 404
