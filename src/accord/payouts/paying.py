"""The doors to the bank: a party's account, a run of payments, and the files that carry them (shell).

An account's details live in the private store; a payment names the details that it went to and came from, so the files of a
run can be made again, to the same bytes, until a party asked to be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from accord.journal.actions import publish, writing
from accord.parties import queries as parties
from accord.parties.records import PartyKind
from accord.parties.viewer import Viewer
from accord.payouts.banking import BankAccount, bank_account
from accord.payouts.facts import BankAccountGiven, PaymentMade
from accord.payouts.models import BankAccountRow, EntryRow, PaymentRow
from accord.payouts.order import minor_micros
from accord.payouts.pain import SEPA, Transfer, pain
from accord.payouts.queries import OFFICE
from accord.payouts.sums import sums
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere
from accord.vault import private

KIND = "bank-account"
File = tuple[str, bytes]


class Unpaid(msgspec.Struct, frozen=True, kw_only=True):
    """What was payable and did not go out, and why."""

    party: str
    currency: str
    amount_micros: int
    because: str


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run of payments: `files` are (name, content), one for each currency. The id is empty where nothing went out."""

    run: str
    payments: tuple[str, ...]
    files: tuple[File, ...]
    unpaid: tuple[Unpaid, ...]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The account a party is paid to, as it may be shown; `by` is the account that gave it."""

    party: str
    holder: str
    masked: str
    since: Instant
    by: str


def give_account(party: str, holder: str, iban: str, bic: str, at: Instant, actor: str) -> BankAccount:
    """Say where a party is paid from now on. Raises: NotThere, BadInput."""
    parties.party(party)
    account = bank_account(holder, iban, bic)
    with writing(actor, at) as journal:
        details = private.put(party, KIND, msgspec.to_builtins(account))
        journal.append(BankAccountGiven(party=party, details=details))
    return account


def account_of(viewer: Viewer, party: str) -> Known | None:
    """The account a party is paid to, if one is known. Raises: NotThere when the party is not the viewer's."""
    if not (viewer.has(*OFFICE) or viewer.acts_for(party)):
        raise NotThere(f"there is no party `{party}`")
    row = BankAccountRow.objects.filter(party=party).first()
    found = _accounts([row.details]).get(row.details) if row else None
    if row is None or found is None:
        return None
    return Known(party=party, holder=found.holder, masked=found.masked, since=row.at, by=row.actor)


def pay_by_bank(at: Instant, actor: str, party: str | None = None) -> Run:
    """Pay what is payable to those whose account is known, in whole minor units; the others are named and stay payable.

    The payments are booked when the files can be made, in one transaction. Raises: BadInput while it is not known what
    account the platform pays from.
    """
    with writing(actor, at) as journal:
        payable = _payable(party)
        refs = {row.party: row.details for row in BankAccountRow.objects.all()}
        payer = refs.get(_platform(), "")
        known = _accounts([*refs.values()])
        if payer not in known:
            raise BadInput(
                "it is not known what account the platform pays from",
                do="give it with `accord pay account PARTY --holder NAME --iban IBAN`, for the party that is the platform",
            )
        sent, unpaid = [], []
        for to, currency, amount in payable:
            why = _why_not(known.get(refs.get(to, "")), currency)
            if why:
                unpaid.append(Unpaid(party=to, currency=currency, amount_micros=amount, because=why))
            else:
                sent.append((to, currency, amount))
        run = journal.mint("run") if sent else ""
        made = []
        for to, currency, amount in sent:
            payment = journal.mint("pmt")
            journal.append(
                PaymentMade(
                    payment=payment,
                    party=to,
                    currency=currency,
                    amount_micros=amount,
                    run=run,
                    details=refs[to],
                    paid_from=payer,
                )
            )
            made.append(payment)
        written = tuple(files(run)) if run else ()
    publish()  # so that whoever was paid can prove it
    return Run(run=run, payments=tuple(made), files=written, unpaid=tuple(unpaid))


def _payable(party: str | None) -> list[tuple[str, str, int]]:
    """(party, currency, whole minor units in micros) of what can go out."""
    wanted = {"account": f"payable:{party}"} if party else {"account__startswith": "payable:"}
    owed = sums(EntryRow.objects.filter(**wanted), "account", "currency")
    found = []
    for (account, currency), balance in owed.items():
        unit = minor_micros(currency)
        if (amount := -balance // unit * unit) > 0:
            found.append((account.removeprefix("payable:"), currency, amount))
    return found


def _why_not(account: BankAccount | None, currency: str) -> str:
    if account is None:
        return "no bank account is known"
    return "" if account.bic or currency == SEPA else f"a payment in {currency} needs the bank's BIC"


def _platform() -> str:
    found = list(parties.parties(kind=PartyKind.PLATFORM))
    return found[0] if len(found) == 1 else ""


def files(run: str) -> list[File]:
    """The files of a run, made again: the same bytes each time. Raises: NotThere for no such run, or where a party in
    it was forgotten since."""
    rows = list(PaymentRow.objects.filter(run=run).order_by("payment")) if run else []
    if not rows:
        raise NotThere(f"there is no run of payments `{run}`", do="`accord pay runs` lists them")
    known = _accounts({ref for row in rows for ref in (row.details, row.paid_from)})
    gone = sorted({row.party for row in rows if row.details not in known or row.paid_from not in known})
    if gone:
        raise NotThere(f"the files of `{run}` cannot be made again: the account of {', '.join(gone)} was erased")
    made = []
    for currency in sorted({row.currency for row in rows}):
        mine = [row for row in rows if row.currency == currency]
        to = [Transfer(payment=r.payment, to=known[r.details], amount_micros=r.amount_micros) for r in mine]
        made.append(pain(run, currency, mine[0].at, known[mine[0].paid_from], to))
    return made


def runs() -> list[tuple[str, Instant, int]]:
    """(run, when, payments), oldest first."""
    found: dict[str, tuple[str, Instant, int]] = {}
    for row in PaymentRow.objects.exclude(run="").order_by("position"):
        found[row.run] = (row.run, row.at, found.get(row.run, ("", row.at, 0))[2] + 1)
    return list(found.values())


def _accounts(refs: Iterable[str]) -> dict[str, BankAccount]:
    """By reference, those that are still kept."""
    return {ref: BankAccount(**kept) for ref, kept in private.get_many(refs).items()}
