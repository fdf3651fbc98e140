"""The doors to the bank: a run of payments, and the files that carry them (shell).

An account's details live in the private store (`accounts`); a payment names the details that it went to and came from,
so the files of a run can be made again, to the same bytes, until a party asked to be forgotten.
"""

from __future__ import annotations

from hashlib import sha256

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
from accord.terms.refusal import BadInput, NotThere, Refusal, Refused

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


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What is payable to a party in whole minor units: where it would go (a reference, and masked), or why it cannot."""

    party: str
    currency: str
    amount_micros: int
    details: str = ""
    to: str = ""
    because: str = ""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a run would pay now, and from where (masked; empty: not known). `seen` is its hash: other payments, another hash."""

    due: tuple[Due, ...]
    payer: str
    paid_from: str

    @property
    def seen(self) -> str:
        """The same as long as the same amounts would go to and from the same accounts."""
        return f"sha256:{sha256(msgspec.json.encode(self)).hexdigest()}"


def look(at: Instant, party: str | None = None) -> Look:
    """What is payable, to whom, where it would go, or why it cannot. Nothing is kept."""
    standing = accounts.of_all(at)
    own = standing.get(_platform())
    payer = own.counts.details if own and own.counts else ""
    refs = {party: one.paid.details for party, one in standing.items() if one.paid}
    held = {party for party, one in standing.items() if one.counts and not one.paid}
    known = details({payer, *refs.values()})

    def due(to: str, currency: str, amount: int) -> Due:
        account = known.get(refs.get(to, ""))
        why = HELD if to in held else _why_not(account, currency)
        where = {"details": refs[to], "to": account.masked} if account and not why else {}
        return Due(party=to, currency=currency, amount_micros=amount, because=why, **where)

    return Look(
        due=tuple(due(*one) for one in _payable(party)),
        payer=payer if payer in known else "",
        paid_from=known[payer].masked if payer in known else "",
    )


def pay_by_bank(at: Instant, actor: str, party: str | None = None, seen: str = "") -> Run:
    """Pay what is payable to those whose account is known, in whole minor units; the others are named and stay payable.

    The payments are booked when the files can be made, in one transaction. `seen` is the hash of what was looked at, where
    that is known. Raises: BadInput while it is not known what account the platform pays from, Refused where something else
    would be paid than what was looked at.
    """
    with writing(actor, at) as journal:
        found = look(at, party)
        if not found.payer:
            raise BadInput(
                "it is not known what account the platform pays from",
                do="give it with `accord pay account PARTY --holder NAME --iban IBAN`, for the party that is the platform",
            )
        _refuse_unseen(found, seen)
        sent = [one for one in found.due if not one.because]
        unpaid = [
            Unpaid(party=one.party, currency=one.currency, amount_micros=one.amount_micros, because=one.because)
            for one in found.due
            if one.because
        ]
        run = journal.mint("run") if sent else ""
        made = []
        for one in sent:
            payment = journal.mint("pmt")
            journal.append(
                PaymentMade(
                    payment=payment,
                    party=one.party,
                    currency=one.currency,
                    amount_micros=one.amount_micros,
                    run=run,
                    details=one.details,
                    paid_from=found.payer,
                )
            )
            made.append(payment)
        written = tuple(files(run)) if run else ()
    publish()  # so that whoever was paid can prove it
    return Run(run=run, payments=tuple(made), files=written, unpaid=tuple(unpaid))


def _refuse_unseen(found: Look, seen: str) -> None:
    if seen not in ("", found.seen):
        raise Refused(
            Refusal(
                code="payouts.other-payments",
                because="what is payable, or where it goes, has changed since it was looked at",
                hint="look at it again, and pay that",
            )
        )


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
