"""Finance reads a draft line by line before it approves it; nobody else sees it, and looking writes nothing."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.unit.payouts.house import ACTOR, CLOSING, listen, story_6
from tests.unit.payouts.test_money_doors import caller

from accord.cli.__main__ import run
from accord.journal.queries import head, table_digest
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.payouts import actions, drafted, queries
from accord.terms.refusal import NotThere, Refused

pytestmark = pytest.mark.django_db
AFTER = datetime(2027, 1, 5, tzinfo=UTC)


def browser(role: str, *acts_for: str) -> Client:
    """A browser that somebody with this role is signed in with."""
    email = f"{role}-{'-'.join(acts_for)}@drafts.example"
    parties.open_account(email, "correct horse battery staple", (role,), acts_for, at=CLOSING)
    client = Client()
    client.force_login(get_user_model().objects.get(email=email))
    return client


def everything(read: Any, *period: str) -> dict[str, tuple[bytes, list[Any]]]:
    """Statement → its bytes, and every line of it walked back."""
    found = {}
    for one in read.statements(SYSTEM, "2026-Q3"):
        text = read.statement_text(SYSTEM, *period, one.id)
        lines = [line["line"] for kind in ("lines", "adjustments", "fees") for line in json.loads(text).get(kind, ())]
        found[one.id] = (text, [read.explain(SYSTEM, *period, one.id, line) for line in lines])
    return found


def test_a_draft_reads_as_what_a_lock_makes_of_it():
    """Every byte of every statement, and every step behind every line."""
    story_6()
    actions.draft("2026-Q3", CLOSING, ACTOR)
    before = everything(drafted, "2026-Q3")
    actions.approve("2026-Q3", CLOSING, ACTOR)
    actions.close("2026-Q3", CLOSING, ACTOR)
    assert before == everything(queries) and sum(len(steps) for _, steps in before.values()) > 5


def test_lines_that_adjust_an_earlier_period_are_walked_back_too():
    """A listen of a closed period that came late, in the draft of the next."""
    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    listen(*["cre_2"] * 4, at=datetime(2026, 8, 2, tzinfo=UTC))
    actions.draft("2026-Q4", AFTER, ACTOR)
    (document,) = drafted.statements_of(SYSTEM, ids["L1"], "2026-Q4")
    (line,) = document["adjustments"]
    steps = drafted.explain(SYSTEM, "2026-Q4", document["statement"], line["line"])
    actions.approve("2026-Q4", AFTER, ACTOR)
    actions.close("2026-Q4", AFTER, ACTOR)
    assert steps == queries.explain(SYSTEM, document["statement"], line["line"])


def test_looking_writes_nothing(capsys: Any):
    """No fact and no row, by the command line, over HTTP and on the page; then it is locked as it was."""
    ids = story_6()
    actions.draft("2026-Q3", CLOSING, ACTOR)
    before = (head(), table_digest())
    finance = caller("finance")
    statement = f"stm-2026-Q3-EUR-{ids['L1']}"
    for path in ("", f"/{statement}", f"/{statement}/lines/1"):
        assert finance.get(f"/v1/periods/2026-Q3/draft/statements{path}").status_code == 200
    for words in (
        ["list", "--draft", "--period", "2026-Q3"],
        ["statement", ids["L1"], "2026-Q3", "--draft"],
        ["explain", statement, "1", "--draft", "2026-Q3"],
    ):
        assert run(["pay", *words]) == 0
    assert "262.50" in capsys.readouterr().out
    assert (head(), table_digest()) == before


def test_a_draft_is_nobodys_but_finances():
    """Law 10: the parties of it are answered as if there were none, once it is locked too: they have their statements."""
    ids = story_6()
    actions.draft("2026-Q3", CLOSING, ACTOR)
    paths = [f"/v1/periods/2026-Q3/draft/statements{more}" for more in ("", f"/stm-2026-Q3-EUR-{ids['L1']}")]
    own = caller("rightsholder", acts_for=(ids["L1"],))
    assert [own.get(path).status_code for path in paths] == [404, 404]
    label = Viewer(account="acc_1", roles=frozenset({Role.RIGHTSHOLDER}), parties=frozenset({ids["L1"]}))
    with pytest.raises(NotThere):
        drafted.statements(label, "2026-Q3")
    finance = caller("finance")
    assert [finance.get(path).status_code for path in paths] == [200, 200]
    assert finance.get(f"{paths[1]}/lines/99").status_code == 404
    actions.approve("2026-Q3", CLOSING, ACTOR)
    actions.close("2026-Q3", CLOSING, ACTOR)
    assert [own.get(path).status_code for path in paths] == [404, 404]
    statement = paths[1].rsplit("/")[-1]
    assert own.get(f"/v1/statements/{statement}").content == finance.get(paths[1]).content


def test_what_is_approved_is_what_was_looked_at():
    """Drafted again meanwhile with more in it: the approval of the draft before is refused."""
    story_6()
    finance = caller("finance")
    first = finance.post("/v1/periods/2026-Q3/draft").json()["draft"]
    listen("cre_2", at=datetime(2026, 8, 2, tzinfo=UTC))
    second = finance.post("/v1/periods/2026-Q3/draft").json()["draft"]
    assert first != second
    with pytest.raises(Refused, match="drafted again since"):
        actions.approve("2026-Q3", CLOSING, ACTOR, first)
    assert finance.post(f"/v1/periods/2026-Q3/approve?draft={first}").status_code == 403
    assert finance.post(f"/v1/periods/2026-Q3/approve?draft={second}").json()["approved_by"]
    assert finance.post(f"/v1/periods/2026-Q3/close?draft={first}").status_code == 403
    assert finance.post(f"/v1/periods/2026-Q3/close?draft={second}").json()["state"] == "locked"


def test_a_draft_from_the_command_line(capsys: Any):
    """Its lines to read, as JSON and as CSV; no file of it is handed out, and a sum is walked back once it is locked."""
    ids = story_6()
    assert run(["pay", "draft", "2026-Q3"]) == 0
    capsys.readouterr()
    assert run(["pay", "list", "--draft", "--period", "2026-Q3"]) == 0
    assert "earned 262.50, payable 262.50, carried forward 0.00 EUR" in capsys.readouterr().out
    asked = ["pay", "statement", ids["P3"], "2026-Q3", "--draft"]
    assert run(asked) == 0 and "29.166667" in capsys.readouterr().out
    assert run([*asked, "--csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["amount_micros"] == "29166667"
    assert run([*asked, "--json"]) == 0
    (document,) = json.loads(capsys.readouterr().out)
    assert run(["pay", "explain", document["statement"], "1", "--draft", "2026-Q3"]) == 0
    assert "1,000.00 EUR × 1/4 = 250.00 EUR" in capsys.readouterr().out
    for more in (
        [*asked, "--pdf"],
        ["pay", "list", "--draft"],
        ["pay", "explain", document["statement"], "payable", "--draft", "2026-Q3"],
    ):
        assert run(more) == 2
    assert run(["pay", "statement", ids["P3"], "2026-Q3"]) == 2


def test_the_pages_of_a_draft_are_finances_and_lead_to_its_lines():
    """The period's page leads to each statement, that to its lines; nothing to download but CSV; a party finds nothing."""
    ids = story_6()
    actions.draft("2026-Q3", CLOSING, ACTOR)
    finance, label = browser("finance"), browser("rightsholder", ids["L1"])
    root = f"/statements/periods/2026-Q3/stm-2026-Q3-EUR-{ids['L1']}"
    assert root in finance.get("/statements/periods/2026-Q3").content.decode()
    page = finance.get(root).content.decode()
    assert (
        "would be payable" in page and f'href="{root}/1"' in page and "format=pdf" not in page and "/sums/" not in page
    )
    assert f'href="{root}"' in finance.get(f"{root}/1").content.decode()
    assert "draft-stm-2026-Q3" in finance.get(f"{root}?format=csv").headers["Content-Disposition"]
    assert [label.get(path).status_code for path in (root, f"{root}/1")] == [404, 404]
    stale = {"step": "approve", "draft": "sha256:another"}
    assert finance.post("/statements/periods/2026-Q3", stale).status_code == 403
    actions.approve("2026-Q3", CLOSING, ACTOR)
    assert finance.post("/statements/periods/2026-Q3", stale | {"step": "close"}).status_code == 403
    actions.close("2026-Q3", CLOSING, ACTOR)
    locked = f"/statements/stm-2026-Q3-EUR-{ids['L1']}"
    assert [finance.get(path).headers["Location"] for path in (root, f"{root}/1")] == [locked, f"{locked}/1"]
    page = finance.get(locked).content.decode()
    assert f'href="{locked}/1"' in page and "format=pdf" in page and "/sums/" in page
