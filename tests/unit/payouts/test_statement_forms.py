"""The forms in which a statement is handed out: a PDF, a DDEX sales report, CSV, the page."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.payouts.house import ACTOR, CLOSING, EUR, story_6
from tests.unit.payouts.test_drafted import browser

import accord
from accord.cli.__main__ import run
from accord.metering import actions as metering
from accord.parties import actions as parties
from accord.parties.spreadsheet import write_csv
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, dsr, handing, paper, queries, sheet
from accord.payouts.typeface import MISSING, runs
from accord.terms.money import micros, text

SOURCE = Path(accord.__file__).parent
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
AMOUNTS = st.integers(-(10**13), 10**13)


def line(number: int, amount: int, words: str, more: dict[str, str], known: bool) -> dict[str, Any]:
    """A line of a kind that we know, or of one that comes up later and says less."""
    own = {
        "feature": words,
        "territory": "DE",
        "subject": f"rec_{number % 3}",
        "claimed": f"wrk_{number % 2}",
        "plays": 7,
    }
    own |= {"claims": ["clm_1"], "share": "1/3", "claim_share": "1/3", "earned_micros": "1000001", "reason": words}
    return {"line": number, "amount_micros": str(amount), "kind": "source" if known else "fee-per-use"} | (
        own if known else more
    )


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A statement with lines of every kind, in three lists, with texts that are out to break a format."""
    one = st.tuples(AMOUNTS, NAMES, st.dictionaries(st.sampled_from(["note", "uses", "deal"]), NAMES), st.booleans())
    made = [line(n, *values) for n, values in enumerate(draw(st.lists(one, max_size=8)), 1)]
    cuts = [made[0::3], made[1::3], made[2::3]]
    return {
        **{"statement": "stm-2026-Q3-EUR-pty_1", "party": "pty_1", "period": "2026-Q3", "currency": "EUR"},
        **{"lines": cuts[0], "adjustments": cuts[1], "fees": cuts[2], "notes": ["nothing"], "summary": {}},
    }


def report(document: dict[str, Any]) -> dsr.Report:
    heard = {f"rec_{n}": dsr.Heard(title='a\ttitle\n"quoted"', artist="=one") for n in range(2)} | {
        "wrk_1": dsr.Heard(title="#")
    }
    return dsr.Report(
        document=document,
        created=datetime(2026, 10, 5, 9, tzinfo=UTC),
        sender="PADPIDA9999010111B",
        sender_name="A platform",
        recipient="",
        recipient_name="A\tlabel",
        assets=heard,
        rights={"clm_1": "MR"},
        uses={},
    )


def read_back(text: bytes) -> tuple[list[list[str]], list[list[str]]]:
    """A reader of the flat file: (summary records, records of blocks). It holds the file to its own counts."""
    lines = text.decode().removesuffix("\n").split("\n")
    records = [one.split("\t") for one in lines if not one.startswith("#")]
    assert records[0][:3] == ["HEAD", "dsrf/30", "RoyaltyReportingProfile"]
    foot = [int(cell) for cell in records[-1][1:]]
    summaries = [one for one in records if one[0] == "SY07"]
    blocks = [one for one in records[1:-1] if one[0] != "SY07"]
    assert (
        records[-1][0] == "FOOT" and foot == [len(lines)] * 2 + [len(summaries)] + [len({one[1] for one in blocks})] * 2
    )
    assert {len(one) for one in summaries} <= {18}
    for kind, cells in {"AS01": 11, "AS02.01": 21, "MW01.01": 16, "SU03.01": 9, "LI01": 10}.items():
        assert {len(one) for one in blocks if one[0] == kind} <= {cells}
    return summaries, blocks


def cells(document: dict[str, Any]) -> list[list[str]]:
    file = io.StringIO(newline="")
    write_csv(file, *sheet.table(document, sheet.every(document)))
    return list(csv.reader(io.StringIO(file.getvalue(), newline="")))


@settings(max_examples=60, deadline=None)
@given(documents())
def test_law_7_every_form_of_a_statement_sums_to_it(document: dict[str, Any]) -> None:
    """Lines of any kind and any sign: the spreadsheet, the sales report and the picture each add up to the micro."""
    whole = sum(int(one["amount_micros"]) for name in ("lines", "adjustments", "fees") for one in document[name])
    (_, *rows) = cells(document)
    assert sum(micros(row[-1]) for row in rows) == whole and len(rows) == len(sheet.every(document))
    summaries, blocks = read_back(dsr.dsr(report(document)))
    assert sum(micros(one[9]) for one in blocks if one[0] == "LI01") == whole
    assert sum(micros(one[16]) for one in summaries) == whole
    found = sheet.sources(document, {"rec_1": "pty_7"})
    assert sum(one.amount_micros for one in found) == whole
    assert all(sum(amount for _, amount in one.parts) == one.amount_micros for one in found)


@settings(max_examples=60, deadline=None)
@given(documents())
def test_no_cell_of_a_statement_runs_in_a_spreadsheet(document: dict[str, Any]) -> None:
    """Whatever was delivered as a title or a reason: no cell but a number begins as a formula does."""
    for row in cells(document):
        for cell in row:
            assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r") or re.fullmatch(r"[+-]?\d+(\.\d+)?", cell)


def test_every_csv_is_written_by_the_one_that_disarms() -> None:
    """No module writes CSV by itself."""
    own = {file.name for file in SOURCE.rglob("*.py") if re.search(r"csv\.(writer|DictWriter)\(", file.read_text())}
    assert own == {"spreadsheet.py"}


def test_the_printed_colours_are_those_of_the_pages() -> None:
    """The light `--who-N` of the stylesheet, in their order."""
    light = (SOURCE / "server/static/accord/accord.css").read_text().split("@media")[0]
    assert tuple(re.findall(r"--who-\d+: (#[0-9a-f]{6})", light)) == paper.LIGHT


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ana Coração de Lima", [("", "Ana Coração de Lima")]),
        ("Łódź, Őrség, Ελλάδα, Кино, Nguyễn", [("", "Łódź, Őrség, Ελλάδα, Кино, Nguyễn")]),
        ("坂本 りか", [("HeiseiKakuGo-W5", "坂本"), ("", " "), ("HeiseiKakuGo-W5", "りか")]),
        ("DJ 한", [("", "DJ "), ("HYGothic-Medium", "한")]),
        ("نور X", [("", MISSING), ("", " X")]),
    ],
)
def test_letters_are_printed_in_a_font_that_has_them_or_said_to_be_missing(name: str, shown: list[Any]) -> None:
    """Latin, Greek and Cyrillic embedded; Chinese, Japanese, Korean by the reader's own; others named as missing."""
    assert runs(name) == shown


@pytest.mark.django_db
def test_a_statement_is_printed_to_the_same_bytes() -> None:
    """Twice, with another one between; the steps that each one shows add up to what is payable."""
    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    (head,) = queries.statements(SYSTEM, "2026-Q3", ids["P2"])
    name, first = handing.pdf(SYSTEM, head.id)
    for every in queries.statements(SYSTEM, "2026-Q3"):
        document = queries.statement(SYSTEM, every.id)
        assert sum(micros for _, _, micros in sheet.came_about(document)) == every.payable_micros
    (other,) = queries.statements(SYSTEM, "2026-Q3", ids["L1"])
    assert handing.pdf(SYSTEM, other.id)[1] != first == handing.pdf(SYSTEM, head.id)[1]
    assert name == f"{head.id}.pdf" and first.startswith(b"%PDF-1.") and first.rstrip().endswith(b"%%EOF")
    assert b"FontFile2" in first, "the letters are in the file"


@pytest.mark.django_db
def test_a_sales_report_names_what_was_used_and_what_it_gave(tmp_path: Path, capsys: Any) -> None:
    """From a real close: a work is paid for as a work, the recording as a recording; without a DPID there is none."""
    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    assert run(["pay", "statement", ids["P1"], "2026-Q3", "--dsr", "--to", str(tmp_path)]) == 2
    assert "names its sender by a DDEX party id" in capsys.readouterr().err
    parties.register_party("platform", "P", [("dpid", "PADPIDA2014111801Y")], at=CLOSING, actor=ACTOR)
    for party, kinds in ((ids["P1"], {"AS01", "MW01.01"}), (ids["L1"], {"AS02.01"})):
        assert run(["pay", "statement", party, "2026-Q3", "--dsr", "--to", str(tmp_path)]) == 0
        (document,) = queries.statements_of(SYSTEM, party, "2026-Q3")
        file = next(tmp_path.glob(f"DSR_{party.replace('_', '-')}_*.tsv"))
        _, blocks = read_back(file.read_bytes())
        assert {one[0] for one in blocks} == kinds | {"SU03.01", "LI01"}
        assert sum(micros(one[9]) for one in blocks if one[0] == "LI01") == sum(map(sheet.paid, document["lines"]))


@pytest.mark.django_db
def test_the_page_of_all_statements_adds_up_each_currency_by_itself() -> None:
    """Euros and yen are no sum: each has its own number, its own debits and its own accounts."""
    story_6()
    metering.report_revenue("blend", "DE", "2026-Q3", 1000 * EUR, "JPY", CLOSING, ACTOR)
    actions.close("2026-Q3", CLOSING, ACTOR)
    sums = {
        unit: sum(one.payable_micros for one in queries.statements(SYSTEM) if one.currency == unit)
        for unit in ("EUR", "JPY")
    }
    page = browser("finance").get("/statements").content.decode()
    assert sums["EUR"] > 0 and sums["JPY"] > 0
    for unit, amount in sums.items():
        assert f"<strong>{text(amount, 2)} {unit}</strong><span>to go out, by" in page, unit
    for unit, amount in queries.trial_balance().debits.items():
        assert f"Debits {text(amount)} {unit}" in page


def test_what_a_line_says_has_no_gaps() -> None:
    """Parts that a line leaves empty leave nothing behind, and one is one."""
    adjusted = {"plays": 1, "given_micros": "1", "restated_micros": "2", "reason": "", "because": ["it came late"]}
    assert sheet.said(adjusted) == "1 play; now 0.000002, given before 0.000001; it came late"
    assert sheet.said({"times": 2, "about": "mdl_1", "reason": "in dispute"}) == "2 times mdl_1; in dispute"
    assert sheet.said({}) == ""
