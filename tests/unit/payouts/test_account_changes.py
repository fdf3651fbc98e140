"""A change of bank account: it waits, those who can tell are told, another confirms it or stops it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from tests.unit.payouts.house import ACTOR, AT, party
from tests.unit.payouts.test_paying import IBANS, closed

from accord.cli.__main__ import run
from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
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
        accounts.confirm(label, AT, Viewer(account="acc_thief", roles=frozenset(), parties=frozenset({label})))
    accounts.confirm(label, AT, FINANCE)
    assert masked(label, AT + DAYS - timedelta(seconds=1)) == ("3000", "2606")
    assert masked(label, AT + DAYS) == ("2606", "")
    before = table_digest()
    rebuild()
    assert table_digest() == before


def test_a_change_that_was_stopped_never_counts() -> None:
    """By anybody who acts for the party, with a reason; afterwards there is nothing to confirm."""
    label = changed()
    with pytest.raises(BadInput, match="needs a reason"):
        accounts.stop(label, " ", AT, FINANCE)
    accounts.stop(label, "it was not us", AT, FINANCE)
    assert masked(label, AT + 10 * DAYS) == ("3000", "")
    with pytest.raises(Refused, match="no change"):
        accounts.confirm(label, AT, FINANCE)


def test_who_acts_for_the_party_is_told_and_strangers_do_nothing() -> None:
    """By e-mail, with the last letters alone; a first account is nobody's surprise. Another party's is not there."""
    label = changed()
    (message,) = mail.outbox
    assert message.to == ["label@test.example"] and "FR … 2606" in message.body and IBANS[1] not in message.body
    stranger = Viewer(account="acc_s", roles=frozenset({Role.RIGHTSHOLDER}), parties=frozenset())
    for door in (accounts.confirm, lambda *who: accounts.stop(who[0], "mine", *who[1:])):
        with pytest.raises(NotThere, match="no party"):
            door(label, AT, stranger)


def test_a_payment_in_between_goes_to_the_account_before_or_waits(monkeypatch) -> None:
    """By the change's rule; what is not paid is named, and goes out once the change counts."""
    ids = closed()
    for name, iban in (("platform", IBANS[0]), ("L1", IBANS[1]), ("P1", IBANS[0])):
        accounts.give(ids[name], name, iban, "", AT, ACTOR)
    with monkeypatch.context() as patch:
        patch.setitem(RULES, "1", Rule(version="1", days=7, meanwhile=HOLD))
        accounts.give(ids["L1"], "Thief", IBANS[2], "", AT + DAYS, ACTOR)
        held = paying.pay_by_bank(AT + DAYS, ACTOR)
        assert [(one.party, one.because) for one in held.unpaid] == [(ids["L1"], paying.HELD)]
    ((_, content),) = paying.pay_by_bank(AT + DAYS, ACTOR).files
    assert IBANS[1].encode() in content and IBANS[2].encode() not in content


def test_finance_sees_it_on_the_page_and_confirms_it_there(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    """The change beside the account that counts, who gave it, and the rule; the command line says the same."""
    label = changed()
    sign_ins.open_account("money@test.example", "correct horse battery", ["finance"])
    assert client.login(username="money@test.example", password="correct horse battery")
    said = client.get("/statements/account-changes").content.decode()
    assert all(words in said for words in ("DE … 3000", "FR … 2606", RULES["1"].said)) and IBANS[1] not in said
    assert client.post("/statements/account-changes", {"party": label, "step": "give"}).status_code == 400
    assert run(["pay", "account", label, "--confirm"]) == 0  # its days are over, so it counts
    assert "FR … 2606" in (shown := capsys.readouterr().out) and "waits" not in shown
    assert run(["pay", "account", label, "--holder", "Label", "--iban", IBANS[2]]) == 0
    assert "not confirmed yet" in (shown := capsys.readouterr().out) and RULES["1"].said in shown
    assert run(["pay", "account", label, "--confirm"]) == 3
    stop = {"party": label, "step": "stop", "because": "a theft"}
    assert client.post("/statements/account-changes", stop).status_code == 302
    assert "No change waits" in client.get("/statements/account-changes").content.decode()
