"""The doors to the bank: a run of payments, and the files that carry them (shell).

An account's details live in the private store (`accounts`); a payment names the details that it went to and came from,
so the files of a run can be made again, to the same bytes, until a party asked to be forgotten.
"""

from __future__ import annotations

import msgspec

from accord.journal.actions import publish, writing
from accord.parties import queries as parties
from accord.parties.records import PartyKind
from accord.payouts import accounts
from accord.payouts.accounts import details
from accord.payouts.banking import BankAccount
from accord.payouts.facts import PaymentMade
from accord.payouts.models import EntryRow, PaymentRow
from accord.payouts.order import minor_micros
from accord.payouts.pain import SEPA, Transfer, pain
from accord.payouts.sums import sums
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere

File = tuple[str, bytes]
HELD = "its change of bank account waits: `accord pay account` says until when"


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


def pay_by_bank(at: Instant, actor: str, party: str | None = None) -> Run:
    """Pay what is payable to those whose account is known, in whole minor units; the others are named and stay payable.

    The payments are booked when the files can be made, in one transaction. Raises: BadInput while it is not known what
    account the platform pays from.
    """
    with writing(actor, at) as journal:
        payable = _payable(party)
        standing = accounts.of_all(at)
        own = standing.get(_platform())
        payer = own.counts.details if own and own.counts else ""
        refs = {party: one.paid.details for party, one in standing.items() if one.paid}
        held = {party for party, one in standing.items() if one.counts and not one.paid}
        known = details({payer, *refs.values()})
        if payer not in known:
            raise BadInput(
                "it is not known what account the platform pays from",
                do="give it with `accord pay account PARTY --holder NAME --iban IBAN`, for the party that is the platform",
            )
        sent, unpaid = [], []
        for to, currency, amount in payable:
            why = HELD if to in held else _why_not(known.get(refs.get(to, "")), currency)
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
    known = details({ref for row in rows for ref in (row.details, row.paid_from)})
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
