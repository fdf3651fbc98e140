"""A change of bank account: it waits, those who can tell are told, another confirms it or stops it."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from tests.unit.payouts.house import ACTOR, AT, party
from tests.unit.payouts.test_paying import IBANS, closed

from accord.cli.__main__ import run
from accord.cli.console import now
from accord.journal.actions import rebuild
from accord.journal.queries import head, table_digest
from accord.parties import accounts as sign_ins
from accord.parties.viewer import Role, Viewer
from accord.payouts import accounts, paying
from accord.payouts.changing import CURRENT, HOLD, RULES, Rule
from accord.terms.refusal import BadInput, NotThere, Refused

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=CURRENT.days)
FINANCE = Viewer(account="acc_f", roles=frozenset({Role.FINANCE}))


def masked(party: str, at) -> tuple[str, str]:
    """The last letters of what counts and of what waits."""
    found = accounts.shown(FINANCE, party, at)
    return tuple(one.masked[-4:] if one else "" for one in (found.counts, found.waiting))


def waiting(party: str, at=AT) -> str:
    """The reference of the change that waits."""
    return accounts.shown(FINANCE, party, at).waiting.ref


def changed() -> str:
    """A party that has an account and gives another one."""
    label = party("Label")
    sign_ins.open_account("label@test.example", "correct horse battery", ["rightsholder"], (label,))
    accounts.give(label, "Label", IBANS[0], "", AT, "acc_label")
    accounts.give(label, "Label", IBANS[1], "", AT, "acc_thief")
    return label


def test_a_change_counts_when_its_days_are_over_and_another_confirmed_it() -> None:
    """Neither alone is enough; a rebuild comes to the same."""
    label = changed()
    assert masked(label, AT) == ("3000", "2606") and masked(label, AT + 10 * DAYS) == ("3000", "2606")
    with pytest.raises(Refused, match="cannot confirm it"):
        accounts.confirm(
            label, waiting(label), AT, Viewer(account="acc_thief", roles=frozenset(), parties=frozenset({label}))
        )
    accounts.confirm(label, waiting(label), AT, FINANCE)
    assert masked(label, AT + DAYS - timedelta(seconds=1)) == ("3000", "2606")
    assert masked(label, AT + DAYS) == ("2606", "")
    before = table_digest()
    rebuild()
    assert table_digest() == before


def test_a_change_that_was_stopped_never_counts() -> None:
    """By anybody who acts for the party, with a reason; afterwards there is nothing to confirm."""
    label = changed()
    change = waiting(label)
    with pytest.raises(BadInput, match="needs a reason"):
        accounts.stop(label, change, " ", AT, FINANCE)
    accounts.stop(label, change, "it was not us", AT, FINANCE)
    assert masked(label, AT + 10 * DAYS) == ("3000", "")
    with pytest.raises(Refused, match="no change"):
        accounts.confirm(label, change, AT, FINANCE)


def test_what_was_looked_at_is_what_is_confirmed() -> None:
    """Another change took its place meanwhile: neither confirmed nor stopped by the reference of before, nor without one."""
    label = changed()
    looked_at = waiting(label)
    accounts.give(label, "Label", IBANS[2], "", AT, "acc_thief")
    with pytest.raises(Refused, match="another change") as refused:
        accounts.confirm(label, looked_at, AT, FINANCE)
    assert refused.value.refusal.code == "payouts.another-change"
    with pytest.raises(Refused, match="another change"):
        accounts.stop(label, looked_at, "not us", AT, FINANCE)
    with pytest.raises(BadInput, match="which change"):
        accounts.confirm(label, "", AT, FINANCE)
    assert masked(label, AT + 10 * DAYS)[0] == "3000" and not accounts.shown(FINANCE, label, AT).waiting.confirmed


def test_a_change_is_confirmed_once() -> None:
    """A second yes would move the day it counts from, and say that another confirmed it."""
    label = changed()
    accounts.confirm(label, waiting(label), AT, FINANCE)
    with pytest.raises(Refused, match="was confirmed on") as refused:
        accounts.confirm(label, waiting(label), AT, FINANCE)
    assert refused.value.refusal.code == "payouts.confirmed-before"


def test_why_a_change_was_stopped_can_be_read(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    """By the party on its page and from the command line; a rebuild comes to the same."""
    label = changed()
    accounts.stop(label, waiting(label), "it was not us", AT, FINANCE)
    before = table_digest()
    rebuild()
    assert table_digest() == before
    assert client.login(username="label@test.example", password="correct horse battery")
    assert "because: it was not us" in client.get("/statements/account").content.decode()
    assert run(["pay", "account", label]) == 0 and "because: it was not us" in capsys.readouterr().out


def test_a_message_that_cannot_be_sent_says_no_address(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server's output has the kind of fault alone; the change waits all the same."""

    def fails(*message: object) -> None:
        raise SMTPRecipientsRefused({"label@test.example": (550, b"unknown")})

    monkeypatch.setattr(accounts, "send_mail", fails)
    monkeypatch.setattr(accounts.log, "handlers", [caplog.handler])
    label = changed()
    assert masked(label, AT) == ("3000", "2606")
    assert "SMTPRecipientsRefused" in caplog.text and "label@test.example" not in caplog.text


def test_who_acts_for_the_party_is_told_and_strangers_do_nothing() -> None:
    """By e-mail, with the last letters alone; a first account is nobody's surprise. Another party's is not there."""
    label = changed()
    (message,) = mail.outbox
    assert message.to == ["label@test.example"] and "FR … 2606" in message.body and IBANS[1] not in message.body
    stranger = Viewer(account="acc_s", roles=frozenset({Role.RIGHTSHOLDER}), parties=frozenset())
    with pytest.raises(NotThere, match="no party"):
        accounts.confirm(label, waiting(label), AT, stranger)
    with pytest.raises(NotThere, match="no party"):
        accounts.stop(label, waiting(label), "mine", AT, stranger)


def test_a_payment_in_between_goes_to_the_account_before_or_waits(monkeypatch) -> None:
    """By the change's rule; what is not paid is named, and goes out to the new account once the change counts."""
    ids = closed()
    for name, iban in (("platform", IBANS[0]), ("L1", IBANS[1]), ("P1", IBANS[0])):
        accounts.give(ids[name], name, iban, "", AT, ACTOR)
    with monkeypatch.context() as patch:
        patch.setitem(RULES, "1", Rule(version="1", days=7, meanwhile=HOLD))
        accounts.give(ids["L1"], "Thief", IBANS[2], "", AT + DAYS, ACTOR)
        held = paying.pay_by_bank(AT + DAYS, ACTOR, ids["L1"])
        assert [(one.party, one.because) for one in held.unpaid] == [(ids["L1"], paying.HELD)] and not held.run
        with transaction.atomic():
            accounts.confirm(ids["L1"], waiting(ids["L1"], AT + DAYS), AT + DAYS, FINANCE)
            ((_, content),) = paying.pay_by_bank(AT + 2 * DAYS, ACTOR, ids["L1"]).files
            assert IBANS[2].encode() in content and IBANS[1].encode() not in content
            transaction.set_rollback(True)
    ((_, content),) = paying.pay_by_bank(AT + DAYS, ACTOR, ids["L1"]).files
    assert IBANS[1].encode() in content and IBANS[2].encode() not in content


def test_finance_sees_it_on_the_page_and_confirms_it_there(client: Client) -> None:
    """The change beside the account that counts, who gave it, and the rule; each button says which change it means."""
    label = changed()
    sign_ins.open_account("money@test.example", "correct horse battery", ["finance"])
    assert client.login(username="money@test.example", password="correct horse battery")
    page = "/statements/account-changes"
    said = client.get(page).content.decode()
    assert all(words in said for words in ("DE … 3000", "FR … 2606", RULES["1"].said)) and IBANS[1] not in said
    assert said.count(f'name="change" value="{waiting(label)}"') == 2
    assert client.post(page, {"party": label, "step": "give"}).status_code == 400
    assert client.post(page, {"party": label, "step": "confirm"}).status_code == 400
    assert client.post(page, {"party": label, "step": "confirm", "change": waiting(label)}).status_code == 302
    assert accounts.shown(FINANCE, label, AT).waiting.confirmed
    accounts.give(label, "Label", IBANS[2], "", now(), "acc_thief")
    stop = {"party": label, "step": "stop", "change": waiting(label, now()), "because": "a theft"}
    assert client.post(page, stop).status_code == 302
    assert "No change waits" in client.get(page).content.decode()


def test_the_command_line_says_which_change_it_means(capsys: pytest.CaptureFixture[str]) -> None:
    """The reference is printed, and by it the change is confirmed or stopped; who gave one cannot confirm it."""
    label, clock = party("Label"), now()
    accounts.give(label, "Label", IBANS[0], "", clock - 2 * DAYS, "acc_label")
    accounts.give(label, "Label", IBANS[1], "", clock - 2 * DAYS, "acc_label")
    change = waiting(label, clock)
    assert run(["pay", "account", label]) == 0 and change in capsys.readouterr().out
    assert run(["pay", "account", label, "--confirm", change]) == 0  # its days are over, so it counts
    assert "FR … 2606" in (shown := capsys.readouterr().out) and "waits" not in shown and "confirmed by cli" in shown
    assert run(["pay", "account", label, "--holder", "Label", "--iban", IBANS[2]]) == 0
    assert "not confirmed yet" in (shown := capsys.readouterr().out) and RULES["1"].said in shown
    change = waiting(label, now())
    assert run(["pay", "account", label, "--confirm", change]) == 3
    assert run(["pay", "account", label, "--stop", change, "--because", "a theft"]) == 0
    assert "because: a theft" in capsys.readouterr().out and not accounts.shown(FINANCE, label, now()).waiting


@pytest.mark.parametrize(
    "asked",
    [
        ["--stop", ""], ["--stop", "prv:x"], ["--because", "a theft"], ["--confirm", ""], ["--holder", ""],
        ["--holder", "Label", "--iban", IBANS[2], "--confirm", "prv:x"],
        ["--confirm", "prv:x", "--stop", "prv:x", "--because", "a theft"],
    ],
)  # fmt: skip
def test_half_a_step_and_two_at_once_are_none(asked: list[str]) -> None:
    """Exit 2, and nothing happens."""
    label = changed()
    before = head()
    assert run(["pay", "account", label, *asked]) == 2 and head() == before
