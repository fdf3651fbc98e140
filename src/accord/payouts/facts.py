"""What can have happened in payouts."""

from __future__ import annotations

import msgspec

from accord.journal.facts import Fact, fact
from accord.payouts.records import CloseReport


class NamedFile(msgspec.Struct, frozen=True):
    """A file in the vault, by what it is."""

    name: str
    file: str


class RuleRun(msgspec.Struct, frozen=True):
    """A SQL rule that was run, and the hash of its text."""

    name: str
    digest: str


@fact("payouts.period-drafted", version=1)
class PeriodDrafted(Fact, frozen=True, kw_only=True):
    """A period's money was divided for finance to look at; nothing is posted and nothing is owed by it.

    `draft` is the hash of the names of its files. A later draft of the period takes its place. The rest: `PeriodClosed`.
    """

    draft: str
    period: str
    known: int
    order: str
    engine: str
    segments: int
    events: int
    files: tuple[NamedFile, ...]
    rules: tuple[RuleRun, ...]
    reports: tuple[CloseReport, ...]


@fact("payouts.draft-approved", version=1)
class DraftApproved(Fact, frozen=True, kw_only=True):
    """Finance looked at a draft and agrees: it may be locked as it is."""

    period: str
    draft: str


@fact("payouts.period-closed", version=1)
class PeriodClosed(Fact, frozen=True, kw_only=True):
    """A period is locked: its money is divided, posted and owed, its statements stand. `known` is the last fact that counts.

    `events` are the rows of the `segments` that were read, those of other periods in them included. `files` (vault):
    pools, creations, credits, readings, lines, postings, statements; since order version 2 guarantees (what was added for
    them) and, where there are any, `<period>/…` (a closed period divided again) and adjustments (the differences that
    went into this close). `draft` is the approved draft that was locked (empty before there were drafts).
    """

    period: str
    known: int
    order: str
    engine: str
    segments: int
    events: int
    files: tuple[NamedFile, ...]
    rules: tuple[RuleRun, ...]
    reports: tuple[CloseReport, ...]
    draft: str = ""


@fact("payouts.statements-committed", version=1)
class StatementsCommitted(Fact, frozen=True, kw_only=True):
    """The statements of a locked period, as the root of a tree over them: what each party proves its own by.

    It is shown to every party that does, so it says nothing of money. `commitments` (vault) holds what opens each
    statement and nobody else's (`committing`).
    """

    period: str
    statements: int
    root: str
    commitments: str


class DeclaredRate(msgspec.Struct, frozen=True):
    """What one unit of a currency is worth in a table's currency: an exact fraction, `n/d`."""

    currency: str
    rate: str


@fact("payouts.rates-declared", version=1)
class RatesDeclared(Fact, frozen=True, kw_only=True):
    """Finance said by which rates a period's revenue is converted into `currency`: from which source, of which day.

    `version` counts the declarations of the table for the period; the newest one counts for what is closed after it.
    """

    rates: str
    table: str
    period: str
    version: int
    currency: str
    source: str
    on: str
    declared: tuple[DeclaredRate, ...]


@fact("payouts.dispute-escrowed", version=1)
class DisputeEscrowed(Fact, frozen=True, kw_only=True):
    """A share in dispute was put into escrow at a close; the amount, earned under `deal`, stands in `account`."""

    period: str
    claims: tuple[str, ...]
    party: str
    account: str
    currency: str
    amount_micros: int
    deal: str = ""


@fact("payouts.escrow-released", version=1)
class EscrowReleased(Fact, frozen=True, kw_only=True):
    """A dispute ended, and what stood in escrow is a party's: it joins what the party earned at the next close.

    `deal` is the one it was earned under, where the party is the one that claimed it.
    """

    release: str
    account: str
    party: str
    currency: str
    amount_micros: int
    because: str
    deal: str = ""


class Taken(msgspec.Struct, frozen=True):
    """What was taken of what waited for an asset: of which feature and close."""

    asset: str
    feature: str
    period: str
    amount_micros: int


class Shared(msgspec.Struct, frozen=True):
    """What a party was given of it."""

    party: str
    feature: str
    period: str
    amount_micros: int


@fact("payouts.redistributed", version=1)
class Redistributed(Fact, frozen=True, kw_only=True):
    """Unmatched money that had waited as long as the rule says was given to those who were matched beside it.

    `rule` is the version of the rule. It joins what they earned at the next close.
    """

    redistribution: str
    rule: str
    currency: str
    taken: tuple[Taken, ...]
    shared: tuple[Shared, ...]


@fact("payouts.matched-later", version=1)
class MatchedLater(Fact, frozen=True, kw_only=True):
    """It turned out whose the money was that waited for an asset: it joins what the party earned at the next close.

    `whole_micros` is what waited in all, where a part of it is the featured artists' (0: none is, or it was matched before
    that was said).
    """

    match: str
    asset: str
    party: str
    currency: str
    amount_micros: int
    because: str
    deal: str = ""
    whole_micros: int = 0


class LumpPart(msgspec.Struct, frozen=True):
    """A party's part of a lump sum; below zero where it owes the part to others."""

    party: str
    amount_micros: int


@fact("payouts.lump-sum-recorded", version=1)
class LumpSumRecorded(Fact, frozen=True, kw_only=True):
    """A lump sum under a deal: a `settlement` that the platform pays, or `breakage`: what is left of an advance is kept.

    `participants_ppm` of it go to the people in what earned under the deal, `by` the deal's rule; the rest is the
    licensor's. `parts` is what joins the parties' money at the next close: of a settlement they sum to the amount, of
    breakage to zero, since the licensor has had the advance.
    """

    lump_sum: str
    kind: str
    deal: str
    currency: str
    amount_micros: int
    participants_ppm: int
    by: str
    parts: tuple[LumpPart, ...]
    because: str


@fact("payouts.advance-paid", version=1)
class AdvancePaid(Fact, frozen=True, kw_only=True):
    """The platform paid ahead what a deal may earn; it is recouped from what the licensor earns."""

    advance: str
    deal: str
    party: str
    currency: str
    amount_micros: int


@fact("payouts.bank-account-given", version=1)
class BankAccountGiven(Fact, frozen=True, kw_only=True):
    """A party gave a bank account to be paid to; `details` refers to it in the private store.

    Where it gave one before, this is a change: it waits as version `rule` of `changing.RULES` says, and to be confirmed.
    Facts without a rule are from before changes waited: what they give counts at once.
    """

    party: str
    details: str
    rule: str = ""


@fact("payouts.bank-account-confirmed", version=1)
class BankAccountConfirmed(Fact, frozen=True, kw_only=True):
    """Somebody other than who gave it said that a change of bank account is right."""

    party: str
    details: str


@fact("payouts.bank-account-stopped", version=1)
class BankAccountStopped(Fact, frozen=True, kw_only=True):
    """A change of bank account that waited is not to be: the account before stays."""

    party: str
    details: str
    because: str


@fact("payouts.payment-made", version=1)
class PaymentMade(Fact, frozen=True, kw_only=True):
    """A party was paid what was payable to it, in whole minor units.

    By the bank: `run` is the run of payments, `details` and `paid_from` refer to both accounts in the private store. They
    are empty for what was paid otherwise.
    """

    payment: str
    party: str
    currency: str
    amount_micros: int
    run: str = ""
    details: str = ""
    paid_from: str = ""
