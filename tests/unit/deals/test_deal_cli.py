"""`accord deal` and `accord feature`: a licence and a launch from the command line, one clear sentence for each no."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.deals.example import board, licensor, signed, terms

from accord.cli.__main__ import run
from accord.deals import document, queries
from accord.governance import queries as features
from accord.journal.queries import head
from accord.parties.viewer import SYSTEM
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
Out = pytest.CaptureFixture[str]


def test_a_deal_from_open_to_active(tmp_path: Path, capsys: Out) -> None:
    """Open, terms from a file, approve, sign, activate: exit 0 each, and the terms are shown in words."""
    board()
    label = licensor("Ninth Wave")
    file = tmp_path / "terms.json"
    file.write_text(document.canonical(terms(label, pay={"advance_micros": 100_000_000})))
    assert run(["deal", "open", label, "--title", "Catalogue"]) == 0
    [deal] = [found.id for found in queries.deals(SYSTEM)]
    for arguments in (
        ["terms", deal, str(file)],
        ["approve", deal, "legal"],
        ["approve", deal, "product"],
        ["sign", deal, label],
        ["sign", deal, "platform"],
        ["activate", deal],
        ["show", deal],
        ["timeline", deal],
    ):
        assert run(["deal", *arguments]) == 0
    said = capsys.readouterr().out
    assert (
        "with Ninth Wave: active" in said and "advance 100.00 EUR" in said and "70 % of what its sources earn" in said
    )
    assert run(["deal", "list", "--state", "active", "--json"]) == 0
    [listed] = json.loads(capsys.readouterr().out)
    assert (listed["id"], listed["state"]) == (deal, "active")


def broken(change: dict[str, Any]) -> str:
    """Terms with some fields changed."""
    return json.dumps({**document.plain(terms("par_1")), **change})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "this is not JSON"),
        ("{", "this is not JSON"),
        ("[]", "these are not terms"),
        (broken({"licence": 1}), "terms have no field `licence`"),
        (broken({"ends": "1999-01-01"}), "before it has begun"),
        (broken({"clauses": []}), "the terms grant nothing"),
    ],
)
def test_bad_terms_are_one_sentence(text: str, sentence: str, tmp_path: Path, capsys: Out) -> None:
    """What cannot be read or makes no sense: exit 2, one sentence, nothing written."""
    board()
    label = licensor("Ninth Wave")
    run(["deal", "open", label])
    [deal] = [found.id for found in queries.deals(SYSTEM)]
    file, before = tmp_path / "terms.json", head()
    file.write_text(text.replace("par_1", label))
    capsys.readouterr()
    assert run(["deal", "terms", deal, str(file)]) == 2
    said = capsys.readouterr().err
    assert sentence in said and len(said.strip().splitlines()) == 1
    assert head() == before


def test_a_step_out_of_order_is_refused(capsys: Out) -> None:
    """Activating what nobody approved: exit 3, and the sentence names what is missing."""
    board()
    run(["deal", "open", licensor("Ninth Wave")])
    [deal] = [found.id for found in queries.deals(SYSTEM)]
    capsys.readouterr()
    assert run(["deal", "activate", deal]) == 3
    assert "legal has not approved" in capsys.readouterr().err
    assert run(["deal", "show", "dea_nope"]) == 2
    assert run(["deal", "terms", deal, "/nowhere.json"]) == 2


def test_a_deal_expires_when_its_days_are_over_everywhere(capsys: Out) -> None:
    """Expired before its last day has ended everywhere: exit 3; after it: the deal stands expired."""
    board()
    deal = signed(licensor("Ninth Wave"))
    assert run(["deal", "activate", deal, "--at", "2026-06-10"]) == 0
    assert run(["deal", "expire", deal, "--at", "2026-06-11"]) == 3
    assert "runs until" in capsys.readouterr().err
    assert run(["deal", "expire", deal, "--at", "2099-01-01"]) == 0
    assert queries.deal(SYSTEM, deal).state == "expired"


def test_a_feature_asks_for_a_least_grade(capsys: Out) -> None:
    """`--least-grade train=4` asks for the person's own word; a grade that is none is one sentence, exit 2."""
    propose = ["feature", "propose", "echo", "--uses", "train"]
    assert run([*propose, "--least-grade", "train=9"]) == 2
    assert run([*propose, "--least-grade", "remix=4"]) == 2
    assert "`train=9` is not a least grade" in capsys.readouterr().err
    assert run([*propose, "--least-grade", "train=4"]) == 0
    assert features.feature("echo").grade_needed(Use.TRAIN) == 4


def test_a_launch_names_what_is_missing(tmp_path: Path, capsys: Out) -> None:
    """A launch with a deal's floor not met and nobody's sign-off: exit 3, each missing thing named."""
    board()
    deal = signed(licensor("Ninth Wave"), pay={"floor_sources_ppm": 700_000})
    assert run(["deal", "activate", deal]) == 0
    file = tmp_path / "policy.json"
    file.write_text('{"policy": {"release_label": "AI", "participation": "opt-in"}}')
    assert run(["feature", "publish", "compose", str(file), "--at", "2026-06-02"]) == 0
    assert run(["feature", "open-controls", "compose", "--at", "2026-06-03"]) == 0
    assert run(["feature", "sign-off", "compose", "comms"]) == 0
    capsys.readouterr()
    assert run(["feature", "launch", "compose"]) == 3
    said = capsys.readouterr().err
    assert "legal has not signed off" in said and f"deal `{deal}` needs 70 % for sources" in said
    assert "comms has not" not in said
    assert run(["feature", "show", "compose", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["signed_off"] == ["comms"] and len(shown["attempts"][0]["missing"]) == 4
    file.write_text('{"split": {"sources_ppm": "half"}}')
    assert run(["feature", "publish", "compose", str(file)]) == 2


def test_figures_come_as_words_json_and_csv(capsys: Out) -> None:
    """`accord figures` prints the six questions; --json and --csv are for machines."""
    assert run(["figures"]) == 0
    assert "How long from an agreement to something people can use?" in capsys.readouterr().out
    assert run(["figures", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 15
    assert run(["figures", "--csv", "--group", "reach"]) == 0
    assert capsys.readouterr().out.count("\n") == 4
    assert run(["figures", "--group", "luck"]) == 2


def test_a_deal_expires_at_the_last_midnight_on_earth(capsys: Out) -> None:
    """At 11:59 UTC a wall twelve hours west still shows the last day: exit 3 with the reason; at noon none does."""
    board()
    deal = signed(licensor("Ninth Wave"))
    assert run(["deal", "activate", deal, "--at", "2026-06-01T12:00:00Z"]) == 0
    assert run(["deal", "expire", deal, "--at", "2027-06-01T11:59:00Z"]) == 3
    assert "runs until 2027-06-01" in capsys.readouterr().err
    assert run(["deal", "expire", deal, "--at", "2027-06-01T12:00:00Z"]) == 0
    assert queries.deal(SYSTEM, deal).state == "expired"


def test_a_step_that_is_over_says_what_is_possible_now(capsys: Out) -> None:
    """To activate what is active is not answered with approvals and signatures that have been given."""
    board()
    deal = signed(licensor("Ninth Wave"))
    assert run(["deal", "activate", deal]) == 0
    assert run(["deal", "activate", deal]) == 3
    said = capsys.readouterr().err
    assert "possible now: expire, suspend, terminate" in said and "both approvals" not in said
