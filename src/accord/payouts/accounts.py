"""The doors to bank accounts: given, confirmed, stopped, and which one a party is paid to (shell).

An account's details live in the private store, facts refer to them. A change waits by the rule in `changing`; those who
act for the party are told by e-mail, at the addresses that the platform gave their sign-ins: nobody changes their own.
A change is confirmed or stopped by its reference, so that what was looked at is what is meant.
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
    """An account as it may be shown; `by` gave it. `until` is the day a change may count from, None for what counts.

    `ref` names it, where it is confirmed or stopped; `because` says why it was stopped.
    """

    party: str
    ref: str
    holder: str
    masked: str
    since: Instant
    by: str
    until: Instant | None = None
    confirmed: bool = False
    confirmed_by: str = ""
    stopped: Instant | None = None
    because: str = ""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A party's accounts as they may be shown: the one that counts, the change that waits and by which rule, and the last
    that was stopped."""

    counts: Known | None = None
    waiting: Known | None = None
    stopped: Known | None = None
    rule: str = CURRENT.said


def give(party: str, holder: str, iban: str, bic: str, at: Instant, actor: str) -> BankAccount:
    """Say where a party is to be paid: at once when none is known, else by the rule. Raises: NotThere, BadInput."""
    parties.party(party)
    account = bank_account(holder, iban, bic)
    with writing(actor, at) as journal:
        ref = private.put(party, KIND, msgspec.to_builtins(account))
        journal.append(BankAccountGiven(party=party, details=ref, rule=CURRENT.version))
        change = standing(party, at).waiting
    if change is not None:
        _tell(party, account, change)
    return account


def confirm(party: str, ref: str, at: Instant, viewer: Viewer) -> None:
    """Say that the change `ref`, which waits, is right. Raises: NotThere, Refused for who gave it, a second time, where none
    or another waits."""
    _refuse_strangers(party, viewer)
    actor = viewer.account or "cli"
    with writing(actor, at) as journal:
        change = _waiting(party, ref, at)
        if change.by == actor:
            raise _refused(
                party,
                "payouts.own-change",
                "who gave a change of bank account cannot confirm it",
                "another who acts for the party confirms it, or finance, once it has asked the party itself",
            )
        if change.confirmed_at is not None:
            because = f"this change was confirmed on {change.confirmed_at:%-d %B %Y}"
            raise _refused(party, "payouts.confirmed-before", because, "it counts when its days are over")
        journal.append(BankAccountConfirmed(party=party, details=ref))


def stop(party: str, ref: str, because: str, at: Instant, viewer: Viewer) -> None:
    """Say that the change `ref`, which waits, is wrong: the account before stays. Raises: NotThere, Refused, BadInput without
    a reason."""
    _refuse_strangers(party, viewer)
    if not 0 < len(because.strip()) <= LONGEST_REASON:
        raise BadInput(
            f"stopping a change needs a reason, of at most {LONGEST_REASON} characters", do="say what is wrong"
        )
    with writing(viewer.account or "cli", at) as journal:
        _waiting(party, ref, at)
        journal.append(BankAccountStopped(party=party, details=ref, because=because.strip()))


def shown(viewer: Viewer, party: str, at: Instant) -> Shown:
    """A party's accounts, as far as they are still kept. Raises: NotThere when the party is not the viewer's."""
    _refuse_strangers(party, viewer)
    found = standing(party, at)
    return _shown(found, details(one.details for one in (found.counts, found.waiting, found.stopped) if one))


def changes(at: Instant) -> dict[str, Shown]:
    """Party → its accounts, for every party whose change waits; for finance."""
    found = {party: one for party, one in of_all(at).items() if one.waiting}
    kept = details(one.details for of in found.values() for one in (of.counts, of.waiting, of.stopped) if one)
    return {party: _shown(one, kept) for party, one in found.items()}


def waiting(at: Instant) -> int:
    """How many parties' changes wait."""
    return sum(one.waiting is not None for one in of_all(at).values())


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
                because=row.stopped_because,
            )
        )
    return dict(found)


def _waiting(party: str, ref: str, at: Instant) -> Given:
    """The change that waits, when it is the one that is meant."""
    if not ref:
        raise BadInput("it is not said which change is meant", do="name it by its reference")
    found = standing(party, at).waiting
    if found is None:
        because = f"no change of the bank account of {party} waits"
        raise _refused(party, "payouts.no-change", because, "look at what counts now")
    if found.details != ref:
        because = f"another change of the bank account of {party} waits than the one that is meant"
        raise _refused(
            party, "payouts.another-change", because, "look at the change that waits now, and ask the party about it"
        )
    return found


def _refused(party: str, code: str, because: str, hint: str) -> Refused:
    return Refused(Refusal(code=code, because=because, hint=hint, subject=party))


def _refuse_strangers(party: str, viewer: Viewer) -> None:
    if not (viewer.has(*OFFICE) or viewer.acts_for(party)):
        raise NotThere(f"there is no party `{party}`")
    parties.party(party)


def _shown(found: Accounts, kept: dict[str, BankAccount]) -> Shown:
    rule = RULES[found.waiting.rule] if found.waiting else CURRENT
    return Shown(
        counts=_known(found.counts, kept),
        waiting=_known(found.waiting, kept, waits=True),
        stopped=_known(found.stopped, kept),
        rule=rule.said,
    )


def _known(one: Given | None, kept: dict[str, BankAccount], waits: bool = False) -> Known | None:
    if one is None or one.details not in kept:
        return None
    account, until = kept[one.details], one.until if waits else None
    return Known(
        party=one.party,
        ref=one.details,
        holder=account.holder,
        masked=account.masked,
        since=one.at,
        by=one.by,
        until=until,
        confirmed=one.confirmed_at is not None,
        confirmed_by=one.confirmed_by,
        stopped=one.stopped_at,
        because=one.because,
    )


def _tell(party: str, account: BankAccount, change: Given) -> None:
    """Everybody who acts for the party hears of it. That a message cannot be sent undoes nothing: the change waits anyway."""
    to = [one.email for one in sign_ins.all_accounts() if one.active and party in one.parties]
    name = parties.names([party])[party]
    said = TOLD.format(name=name, masked=account.masked, until=change.until)
    for address in to:
        try:
            send_mail(f"The bank account of {name} was changed", said, None, [address])
        except OSError as fault:  # smtplib's faults are OSErrors too, and say the address
            log.error("a change of bank account could not be told by e-mail: %s", type(fault).__name__)
