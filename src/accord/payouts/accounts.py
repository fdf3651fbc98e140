"""The doors to bank accounts: given, confirmed, stopped, and which one a party is paid to (shell).

An account's details live in the private store, facts refer to them. A change waits by the rule in `changing`; those who
act for the party, as they were known before the change, are told by e-mail.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable

import msgspec
from django.core.mail import send_mail

from accord.journal.actions import writing
from accord.parties import accounts as sign_ins
from accord.parties import queries as parties
from accord.parties.viewer import Viewer
from accord.payouts.banking import BankAccount, bank_account
from accord.payouts.changing import CURRENT, RULES, Accounts, Given
from accord.payouts.changing import accounts as accounts_at
from accord.payouts.facts import BankAccountConfirmed, BankAccountGiven, BankAccountStopped
from accord.payouts.models import AccountGivenRow
from accord.payouts.queries import OFFICE
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused
from accord.vault import private

KIND = "bank-account"
LONGEST_REASON = 300
TOLD = """The bank account of {name} was changed to {masked}, which counts from {until:%-d %B %Y} once it is confirmed.

If that was not you, or somebody who acts for you, stop it on the page Where you are paid, or tell finance.
Nothing in this message is to be clicked or answered.
"""
log = logging.getLogger("django.request")


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it may be shown; `by` gave it. `until` is the day a change may count from, None for what counts."""

    party: str
    holder: str
    masked: str
    since: Instant
    by: str
    until: Instant | None = None
    confirmed: bool = False


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A party's accounts as they may be shown: the one that counts, the change that waits, and by which rule."""

    counts: Known | None = None
    waiting: Known | None = None
    rule: str = CURRENT.said


def give(party: str, holder: str, iban: str, bic: str, at: Instant, actor: str) -> BankAccount:
    """Say where a party is to be paid: at once when none is known, else by the rule. Raises: NotThere, BadInput."""
    parties.party(party)
    account = bank_account(holder, iban, bic)
    with writing(actor, at) as journal:
        ref = private.put(party, KIND, msgspec.to_builtins(account))
        journal.append(BankAccountGiven(party=party, details=ref, rule=CURRENT.version))
        waiting = standing(party, at).waiting
    if waiting is not None:
        _tell(party, account, waiting)
    return account


def confirm(party: str, at: Instant, viewer: Viewer) -> None:
    """Say that the change that waits is right. Raises: NotThere, Refused for who gave it and where none waits."""
    _refuse_strangers(party, viewer)
    actor = viewer.account or "cli"
    with writing(actor, at) as journal:
        waiting = _waiting(party, at)
        if waiting.by == actor:
            raise Refused(
                Refusal(
                    code="payouts.own-change",
                    because="who gave a change of bank account cannot confirm it",
                    hint="another who acts for the party confirms it, or finance, once it has asked the party itself",
                    subject=party,
                )
            )
        journal.append(BankAccountConfirmed(party=party, details=waiting.details))


def stop(party: str, because: str, at: Instant, viewer: Viewer) -> None:
    """Say that the change that waits is wrong: the account before stays. Raises: NotThere, Refused, BadInput without a reason."""
    _refuse_strangers(party, viewer)
    if not 0 < len(because.strip()) <= LONGEST_REASON:
        raise BadInput(
            f"stopping a change needs a reason, of at most {LONGEST_REASON} characters", do="say what is wrong"
        )
    with writing(viewer.account or "cli", at) as journal:
        ref = _waiting(party, at).details
        journal.append(BankAccountStopped(party=party, details=ref, because=because.strip()))


def shown(viewer: Viewer, party: str, at: Instant) -> Shown:
    """A party's accounts, as far as they are still kept. Raises: NotThere when the party is not the viewer's."""
    _refuse_strangers(party, viewer)
    found = standing(party, at)
    return _shown(found, details(one.details for one in (found.counts, found.waiting) if one))


def changes(at: Instant) -> dict[str, Shown]:
    """Party → its accounts, for every party whose change waits; for finance."""
    found = {party: one for party, one in of_all(at).items() if one.waiting}
    kept = details(one.details for both in found.values() for one in (both.counts, both.waiting) if one)
    return {party: _shown(one, kept) for party, one in found.items()}


def standing(party: str, at: Instant) -> Accounts:
    """A party's accounts at an instant."""
    return accounts_at(_given(party).get(party, ()), at)


def of_all(at: Instant) -> dict[str, Accounts]:
    """Party → its accounts at an instant, for everybody who gave one."""
    return {party: accounts_at(mine, at) for party, mine in _given().items()}


def details(refs: Iterable[str]) -> dict[str, BankAccount]:
    """By reference, the accounts that are still kept."""
    return {ref: BankAccount(**kept) for ref, kept in private.get_many(set(refs) - {""}).items()}


def _given(party: str | None = None) -> dict[str, list[Given]]:
    rows = AccountGivenRow.objects.order_by("position")
    found: defaultdict[str, list[Given]] = defaultdict(list)
    for row in rows if party is None else rows.filter(party=party):
        found[row.party].append(
            Given(
                party=row.party,
                details=row.details,
                at=row.at,
                by=row.actor,
                rule=row.rule,
                confirmed_at=row.confirmed_at,
                confirmed_by=row.confirmed_by,
                stopped_at=row.stopped_at,
            )
        )
    return dict(found)


def _waiting(party: str, at: Instant) -> Given:
    found = standing(party, at).waiting
    if found is None:
        because = f"no change of the bank account of {party} waits"
        raise Refused(Refusal(code="payouts.no-change", because=because, hint="look at what counts now", subject=party))
    return found


def _refuse_strangers(party: str, viewer: Viewer) -> None:
    if not (viewer.has(*OFFICE) or viewer.acts_for(party)):
        raise NotThere(f"there is no party `{party}`")
    parties.party(party)


def _shown(found: Accounts, kept: dict[str, BankAccount]) -> Shown:
    rule = RULES[found.waiting.rule] if found.waiting else CURRENT
    return Shown(counts=_known(found.counts, kept), waiting=_known(found.waiting, kept, waits=True), rule=rule.said)


def _known(one: Given | None, kept: dict[str, BankAccount], waits: bool = False) -> Known | None:
    if one is None or one.details not in kept:
        return None
    account, until = kept[one.details], one.until if waits else None
    sure = one.confirmed_at is not None
    return Known(
        party=one.party,
        holder=account.holder,
        masked=account.masked,
        since=one.at,
        by=one.by,
        until=until,
        confirmed=sure,
    )


def _tell(party: str, account: BankAccount, waiting: Given) -> None:
    """Everybody who acts for the party hears of it. That a message cannot be sent undoes nothing: the change waits anyway."""
    to = [one.email for one in sign_ins.all_accounts() if one.active and party in one.parties]
    name = parties.names([party])[party]
    said = TOLD.format(name=name, masked=account.masked, until=waiting.until)
    for address in to:
        try:
            send_mail(f"The bank account of {name} was changed", said, None, [address])
        except OSError:  # smtplib's faults are OSErrors too
            log.exception("a change of bank account could not be told by e-mail")
