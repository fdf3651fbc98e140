"""Payments by the bank: who can be paid, what the file says, and that a run is the same file each time."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from errno import ENOSPC
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from stdnum import iban as ibans
from tests.unit.payouts.house import ACTOR, AT, CLOSING, story_6
from tests.unit.payouts.house import party as registered
from tests.unit.payouts.test_drafted import browser

from accord.catalog.actions import forget
from accord.cli.__main__ import run
from accord.cli.console import write_file
from accord.cli.pay_bank import keep
from accord.journal.actions import rebuild
from accord.journal.models import JournalEntry
from accord.journal.queries import table_digest
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM, Viewer
from accord.payouts import accounts, actions, paid, pay_out_pages, paying, queries, states
from accord.payouts.banking import SAID, BankAccount, bank_account, plain
from accord.payouts.order import minor_units
from accord.payouts.pain import NAMESPACE, Transfer, pain
from accord.terms.money import MICROS, micros
from accord.terms.refusal import BadInput, NotThere

IBANS = ("DE89370400440532013000", "FR1420041010050500013M02606", "GB29NWBK60161331926819")
NAME = st.text(st.sampled_from(sorted(SAID)), min_size=1, max_size=70).map(str.strip).filter(bool)
TRANSFER = st.tuples(st.sampled_from(IBANS), NAME, st.integers(1, 10**11))


def schema() -> etree.XMLSchema:
    """The message's schema, from a package that only tests need."""
    package = find_spec("sepaxml")
    assert package is not None and package.submodule_search_locations
    return etree.XMLSchema(file=str(Path(package.submodule_search_locations[0]) / "schemas/pain.001.001.09.xsd"))


SCHEMA = schema()


def texts(content: bytes, path: str) -> list[str]:
    return [one.text for one in etree.fromstring(content).findall(path, {"p": NAMESPACE})]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["EUR", "USD", "JPY", "KWD"]), st.lists(TRANSFER, min_size=1, max_size=5), NAME)
def test_law_7_a_payment_file_is_valid_and_sums_to_its_payments(
    currency: str, sent: list[tuple[str, str, int]], payer: str
) -> None:
    """Against the ISO 20022 schema; amounts are whole minor units, counted and summed in the file's own totals."""
    unit = MICROS // 10 ** minor_units(currency)
    made = [
        Transfer(
            payment=f"pmt_{n:06d}", to=BankAccount(holder=name, iban=iban, bic="COBADEFF"), amount_micros=count * unit
        )
        for n, (iban, name, count) in enumerate(sent)
    ]
    at = datetime(2026, 10, 5, 9, tzinfo=UTC)
    own = BankAccount(holder=payer, iban=IBANS[0])
    name, content = pain("run_000007", currency, at, own, made)
    SCHEMA.assertValid(etree.fromstring(content))
    whole = sum(one.amount_micros for one in made)
    assert [micros(one) for one in texts(content, ".//p:CtrlSum")] == [whole, whole]
    assert sum(micros(one) for one in texts(content, ".//p:InstdAmt")) == whole
    assert texts(content, ".//p:NbOfTxs") == [str(len(made))] * 2
    assert (name, content) == pain("run_000007", currency, at, own, made[::-1])
    assert len(texts(content, ".//p:MsgId")[0]) <= 33
    other = pain("run_000008", currency, at, own, made)
    assert texts(other[1], ".//p:MsgId") != texts(content, ".//p:MsgId")


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("Łódź & Söhne", "Lodz + Sohne"),
        ("  Ana  Coração ", "Ana Coracao"),
        ("Straße 7", "Strasse 7"),
        ("Ørsted", "Orsted"),
    ],
)
def test_a_name_is_spelled_as_banks_pass_it_on(given: str, written: str) -> None:
    """Accents fall away, and what stands for two letters is written as two."""
    assert plain(given) == written


@pytest.mark.parametrize(
    ("holder", "iban", "bic", "words"),
    [
        ("A", "DE89370400440532013001", "", "is not an IBAN"),
        ("A", "", "", "is not an IBAN"),
        ("A", IBANS[0], "XX", "is not a BIC"),
        ("坂本", IBANS[0], "", "cannot stand in a payment"),
        (" ", IBANS[0], "", "needs a name"),
        ("A" * 71, IBANS[0], "", "needs a name"),
    ],
)
def test_what_is_no_account_is_bad_input(holder: str, iban: str, bic: str, words: str) -> None:
    """One sentence, before anything is kept."""
    with pytest.raises(BadInput, match=words):
        bank_account(holder, iban, bic)


def closed() -> dict[str, str]:
    ids = story_6()
    actions.close("2026-Q3", CLOSING, ACTOR)
    ids["platform"] = parties.register_party("platform", "The platform", at=AT, actor=ACTOR)
    return ids


@pytest.mark.django_db
def test_who_has_no_account_is_named_and_not_paid() -> None:
    """L1 is paid by file; P1, without an account, stays payable, and is paid by the next run once it gave one."""
    ids = closed()
    with pytest.raises(BadInput, match="not known what account the platform pays from"):
        paying.pay_by_bank(CLOSING, ACTOR)
    accounts.give(ids["platform"], "Platform", IBANS[0], "", AT, ACTOR)
    accounts.give(ids["L1"], "Label One", IBANS[1], "", AT, ACTOR)
    first = paying.pay_by_bank(CLOSING, ACTOR)
    assert [(one.party, one.because) for one in first.unpaid] == [(ids["P1"], "no bank account is known")]
    ((_, content),) = first.files
    SCHEMA.assertValid(etree.fromstring(content))
    assert texts(content, ".//p:InstdAmt") == ["262.50"] and texts(content, ".//p:Cdtr/p:Nm") == ["Label One"]
    again = paying.pay_by_bank(CLOSING, ACTOR)
    assert (again.run, again.files, len(again.unpaid)) == ("", (), 1)
    accounts.give(ids["P1"], "Publisher", IBANS[2], "", AT, ACTOR)
    assert len(paying.pay_by_bank(CLOSING, ACTOR).payments) == 1
    assert queries.trial_balance().zero and len(paid.runs(paid.payments())) == 2


@pytest.mark.django_db
def test_a_run_gives_the_same_file_again_until_somebody_in_it_is_forgotten() -> None:
    """After another account was given, and after a rebuild; facts hold no account, and none is left once it is erased."""
    ids = closed()
    for party, iban in (("platform", IBANS[0]), ("L1", IBANS[1])):
        accounts.give(ids[party], party, iban, "", AT, ACTOR)
    made = paying.pay_by_bank(CLOSING, ACTOR)
    accounts.give(ids["L1"], "Another", IBANS[2], "", CLOSING, ACTOR)
    before = table_digest()
    rebuild()
    assert table_digest() == before and paying.files(made.run) == list(made.files)
    assert not [one for one in JournalEntry.objects.all() if any(iban in one.canonical for iban in IBANS)]
    forget(ids["L1"], at=CLOSING, actor=ACTOR)
    with pytest.raises(NotThere, match=f"the account of {ids['L1']} was erased"):
        paying.files(made.run)
    assert accounts.shown(SYSTEM, ids["L1"], CLOSING).counts is None


@pytest.mark.django_db(transaction=True)
def test_the_verbs_and_the_page_show_the_last_letters_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Given by page, shown masked by both; another party's is not there; the file is written whole."""
    ids = closed()
    assert run(["pay", "account", ids["platform"], "--holder", "Platform", "--iban", IBANS[0]]) == 0
    assert ibans.format(IBANS[0]) not in (shown := capsys.readouterr().out) and "DE … 3000" in shown
    parties.open_account("l1@money.example", "correct horse battery", ["rightsholder"], (ids["L1"],), at=AT)
    page = Client()
    page.force_login(get_user_model().objects.get(email="l1@money.example"))
    form = {"party": ids["L1"], "holder": "Label", "iban": IBANS[1]}
    assert page.post("/statements/account", form).status_code == 302
    assert page.post("/statements/account", form | {"party": ids["P1"]}).status_code == 404
    assert page.post("/statements/account", form | {"iban": "DE1"}).status_code == 400
    body = page.get("/statements/account").content.decode()
    assert "FR … 2606" in body and IBANS[1] not in body
    with pytest.raises(NotThere):
        accounts.shown(Viewer(account="acc_x", roles=frozenset(), parties=frozenset()), ids["L1"], AT)
    assert run(["pay", "out", "--to", str(tmp_path)]) == 0
    assert f"not paid: {ids['P1']}, 131.25 EUR: no bank account is known" in capsys.readouterr().out
    (file,) = tmp_path.glob("pain.001-*.xml")
    first = file.read_bytes()
    file.unlink()
    ((made, _, _, _),) = paid.runs(paid.payments())
    assert run(["pay", "file", made, "--to", str(tmp_path)]) == 0 and file.read_bytes() == first
    assert run(["pay", "file", "run_9", "--to", str(tmp_path)]) == 2


@pytest.mark.django_db
def test_finance_pays_what_it_looked_at_from_its_page_and_takes_the_file() -> None:
    """What goes where, masked, and what stays; another account meanwhile: nothing goes; the file is the run's own, each time."""
    ids = closed()
    finance, label = browser("finance"), browser("rightsholder", ids["L1"])
    path = "/statements/pay-out"
    assert "not known what account the platform pays from" in finance.get(path).content.decode()
    assert finance.post(path).status_code == 400
    accounts.give(ids["platform"], "Platform", IBANS[0], "", AT, ACTOR)
    accounts.give(ids["L1"], "Label One", IBANS[1], "", AT, ACTOR)
    page = finance.get(path).content.decode()
    assert "262.50 EUR" in page and "FR … 2606" in page and "no bank account is known" in page and IBANS[1] not in page
    seen = {"seen": paying.look(CLOSING).seen}
    assert seen["seen"] in page
    accounts.give(ids["P1"], "Publisher", IBANS[2], "", AT, ACTOR)
    assert finance.post(path, seen).status_code == 403 and paid.runs(paid.payments()) == []
    now = {"seen": paying.look(CLOSING).seen}
    assert label.post(path, now).status_code == label.get(path).status_code == 404
    assert finance.post(path, now).status_code == 302
    ((made, _, count, _),) = paid.runs(paid.payments())
    ((name, content),) = paying.files(made)
    assert count == 2 and sum(one.amount_micros for one in paid.payments()) == 393_750_000
    of = {"run": made, "currency": "EUR"}
    file = finance.get(path, of)
    assert file.content == content and name in file.headers["Content-Disposition"]
    assert finance.get(path, of | {"currency": "USD"}).status_code == label.get(path, of).status_code == 404
    assert "Nothing is payable" in finance.get(path).content.decode()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fills while it is written: what stood there stands, and nothing lies beside it. A pipe stays a pipe."""
    to = tmp_path / "there.xml"
    write_file(to, b"as it was")
    link = tmp_path / "link.xml"
    link.symlink_to(to)
    write_file(link, b"as it is")
    assert link.is_symlink() and to.read_bytes() == b"as it is"
    whole = Path.write_bytes

    def half(path: Path, data: bytes) -> int:
        whole(path, data[: len(data) // 2])
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(BadInput, match="No space left"):
        patch.setattr(Path, "write_bytes", half)
        write_file(to, b"something else")
    assert to.read_bytes() == b"as it is" and {one.name for one in tmp_path.iterdir()} == {"there.xml", "link.xml"}
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / one).symlink_to(tmp_path / other)
    with pytest.raises(BadInput, match="cannot be written"):
        write_file(tmp_path / "a", b"")
    write_file(Path("/dev/null"), b"gone")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(BadInput, match="cannot be made"):
        keep(to, "in a file", b"")


@pytest.mark.django_db
def test_the_pages_that_approve_and_pay_are_told_what_was_looked_at() -> None:
    """Neither a draft is approved or locked nor anything paid on an empty hash, and the page says why."""
    ids = story_6()
    finance, period = browser("finance"), "/statements/periods/2026-Q3"
    finance.post(period, {"step": "draft"})
    for step in ("approve", "close"):
        answer = finance.post(period, {"step": step, "draft": ""})
        assert answer.status_code == 400 and "which draft was looked at" in answer.content.decode()
    draft = states.standing("2026-Q3", CLOSING).draft
    assert finance.post(period, {"step": "approve", "draft": draft}).status_code == 302
    assert finance.post(period, {"step": "close", "draft": draft}).status_code == 302
    accounts.give(registered("Platform", "platform"), "Platform", IBANS[0], "", AT, ACTOR)
    accounts.give(ids["L1"], "Label One", IBANS[1], "", AT, ACTOR)
    answer = finance.post("/statements/pay-out")
    assert answer.status_code == 400 and "which payments were looked at" in answer.content.decode()
    assert paid.payments() == []


@pytest.mark.django_db
def test_what_is_paid_is_told_apart_from_what_is_still_to_go_out() -> None:
    """262.50 of 393.75 are paid by L1's statement; the lists say so, and everything is there as CSV, filtered as the page."""
    ids = closed()
    finance = browser("finance")
    assert "393.75" in finance.get("/statements").content.decode()
    accounts.give(ids["platform"], "Platform", IBANS[0], "", AT, ACTOR)
    accounts.give(ids["L1"], "Label One", IBANS[1], "", AT, ACTOR)
    paying.pay_by_bank(CLOSING, ACTOR)
    for page in ("/statements", "/statements/periods/2026-Q3"):
        said = " ".join(finance.get(page).content.decode().replace("\xa0", " ").split())
        assert "131.25 EUR</strong><span>to go out, of 393.75 EUR that 2 statements made payable" in said
        assert f"paid {CLOSING:%-d %b %Y}" in said
    for name, words in (("L1", f"paid {CLOSING:%-d %b %Y}"), ("P1", "payable")):
        (head,) = queries.statements(SYSTEM, "2026-Q3", ids[name])
        page = finance.get(f"/statements/{head.id}").content.decode().replace("\xa0", " ")
        assert f"</strong><span>{words}</span>" in page
    rows = list(csv.DictReader(io.StringIO(finance.get("/statements", {"format": "csv"}).content.decode())))
    assert {row["party"]: row["paid_on"] for row in rows if row["payable"] != "0.00"} == {
        "L1": f"{CLOSING:%Y-%m-%d}",
        "P1": "",
    }

    def rows_of(**asked: str) -> list[list[str]]:
        text = finance.get("/statements/pay-out", {"format": "csv"} | asked).content.decode()
        return [line[1:] if asked.get("of") else line for line in list(csv.reader(io.StringIO(text)))[1:]]

    assert rows_of() == [["P1", "EUR", "131.25", "", "no bank account is known"]]
    assert rows_of(currency="USD") == rows_of(party=ids["L1"]) == []
    ((_, at, who, currency, amount),) = rows_of(of="payments")
    assert (at[:10], who, currency, amount) == (f"{CLOSING:%Y-%m-%d}", "L1", "EUR", "262.50")
    assert rows_of(of="payments", period="2026-09") == [] and len(rows_of(of="payments", period="2026-10")) == 1
    page = finance.get("/statements/pay-out", {"currency": "USD"}).content.decode()
    assert "Nothing is payable of what you asked for" in page
    paying.pay_by_bank(CLOSING, ACTOR)
    accounts.give(ids["P1"], "Publisher", IBANS[2], "", AT, ACTOR)
    paying.pay_by_bank(CLOSING, ACTOR)
    said = " ".join(finance.get("/statements").content.decode().replace("\xa0", " ").split())
    assert "393.75 EUR</strong><span>paid, of 2 statements" in said


@pytest.mark.django_db
def test_the_page_is_of_fifty_and_pays_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one on a page the second is on the next; the button pays both, whatever is shown."""
    ids = closed()
    finance = browser("finance")
    for name, iban in (("platform", IBANS[0]), ("L1", IBANS[1]), ("P1", IBANS[2])):
        accounts.give(ids[name], name, iban, "", AT, ACTOR)
    monkeypatch.setattr(pay_out_pages, "PER_PAGE", 1)
    first, second = (finance.get("/statements/pay-out", {"page": page}).content.decode() for page in ("1", "2"))
    assert "1 of 2" in first and "2 of 2" in second
    assert "262.50" in first and "131.25" in second and "Pay 2 payments by the bank" in first
    seen = {"seen": paying.look(CLOSING).seen}
    assert finance.post("/statements/pay-out?party=x&page=2", seen).status_code == 302
    assert len(paid.payments()) == 2
