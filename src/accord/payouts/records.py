"""What payouts computes with and hands out (pure). Amounts are whole micros of `currency`."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

import msgspec

from accord.governance.records import PRO_RATA, PoolModel
from accord.terms.instant import Instant
from accord.terms.right import Right


class Account(StrEnum):
    """Where a part of an asset's money goes."""

    DUE = "due"  # to a claimant, under a deal
    DIRECT = "direct"  # to a featured artist, out of the master's part, past the label
    CREATOR = "creator"  # to a co-creator, by the feature's published split
    ESCROW = "escrow"  # a disputed share: kept until the dispute is resolved
    UNMATCHED = "unmatched"  # nobody to pay yet: no claim, no deal, no attribution, or too many claims
    PLATFORM = "platform"  # the residual

    @property
    def of_party(self) -> bool:
        """Whether a party can have it now."""
        return self in (Account.DUE, Account.DIRECT, Account.CREATOR)


class PeriodState(StrEnum):
    """Where a period stands; nothing of it is owed or paid before it is locked."""

    OPEN = "open"  # not over yet
    GRACE = "grace"  # over: late events come in until it is drafted
    DRAFT = "draft"  # divided for finance to look at and approve
    LOCKED = "locked"  # closed: posted, its statements stand


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """The revenue of one feature in one territory, to be shared by plays. `number` counts from 0 within a close."""

    number: int
    feature: str
    territory: str
    currency: str
    revenue_micros: int
    reports: tuple[str, ...] = ()
    model: PoolModel | msgspec.UnsetType = (
        msgspec.UNSET
    )  # what its feature's split published; orders before 4 know none

    @property
    def weighs(self) -> PoolModel:
        """How listens weigh in it."""
        return PRO_RATA if self.model is msgspec.UNSET else self.model


class Epoch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a period in one territory, half-open, in which no claim begins or ends and no deal changes."""

    territory: str
    number: int
    start: Instant
    end: Instant


class Attributed(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a creation's attribution: `units` of the creation's total go to `subject`."""

    creation: str
    kind: str  # "source" | "model" | "cocreator" | "outside"
    subject: str
    units: int


class Pay(msgspec.Struct, frozen=True, kw_only=True):
    """What one deal pays, for a close."""

    deal: str
    licensor: str
    currency: str
    rate_ppm: int
    parity: bool = False
    featured_artist_ppm: int = 0
    minimum_guarantee_micros: int = 0
    guarantee_per: str = "term"
    advance_micros: int = 0
    collateral_group: str | None = None
    threshold_micros: int = 0
    withholding_tax_ppm: int = 0
    escrow_disputed: bool = True
    cap_micros: int | None = None
    rate_table: str | None = None
    fee_per_use_micros: int = 0
    fee_per_training_run_micros: int = 0
    training_fee_by: str = "equal"
    reserve_ppm: int = 0
    reserve_periods: int = 0


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that holds in a territory during an epoch, and the clause it is paid under (None: no deal)."""

    claim: str
    right: Right
    claimant: str
    share: Fraction
    disputed: bool
    clause: str | None = None
    pay: Pay | None = None


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The claims on one asset: a recording's master, or one embodied work."""

    asset: str
    rights: tuple[Right, ...]
    claims: tuple[Held, ...] = ()
    public_domain: bool = False


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """An asset that earned: the master it is, if it is one, the works in it, and whom the master features.

    `linked`: the works were found after what it earned was divided, so they have what was kept for them then.
    """

    asset: str
    master: Side | None
    works: tuple[Side, ...]
    featured: tuple[str, ...] = ()
    linked: bool = False


class Recipient(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Who gets a part, into which account, and why: the claimed asset, its claims, the deal's clause and rate.

    `share` is the part of what the subject earned: side × claim × rate, exact. `reason` says why money is not due.
    """

    rank: int
    party: str
    claimed: str
    account: Account
    deal: str = ""
    clause: str = ""
    claims: tuple[str, ...] = ()
    rate_ppm: int = 0
    reason: str = ""
    side: Fraction = Fraction(1)
    claim_share: Fraction = Fraction(1)
    share: Fraction = Fraction(0)

    @property
    def key(self) -> str:
        """Its name within a split; no two recipients of one asset share it."""
        return "|".join((str(self.rank), self.party, self.claimed, self.account, self.deal, self.reason))

    @property
    def escrow(self) -> str:
        """The account it stands in while its claims are disputed."""
        return f"escrow:{'+'.join(self.claims)}:{self.party}"

    @property
    def ledger(self) -> str:
        """The account that its amount is credited to."""
        if self.account.of_party:
            return f"earned:{self.party}"
        if self.account is Account.ESCROW:
            return self.escrow
        return f"unmatched:{self.claimed}" if self.account is Account.UNMATCHED else f"residual:{self.reason}"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One amount: what `recipient` got of what `subject` earned in one pool. `over` is 1 for a micro left over.

    `capped_micros` is what a cap cut of it, or, below zero, what a cap left to the platform.
    """

    pool: int
    reading: int
    kind: str
    subject: str
    recipient: Recipient
    plays: int
    earned_micros: int
    weight: int
    whole_weight: int
    amount_micros: int
    over: int
    capped_micros: int = 0


class PostingEntry(msgspec.Struct, frozen=True):
    """A debit (positive) or a credit (negative) of one account."""

    account: str
    amount_micros: int


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """Entries that sum to zero, in one currency, with what happened."""

    text: str
    currency: str
    entries: tuple[PostingEntry, ...]


#: The sums of a statement, in the order in which they come about.
SUMMARY = (
    *(
        "opening",
        "earned",
        "adjusted",
        "fees",
        "released",
        "matched",
        "redistributed",
        "lump_sums",
        "guarantee",
        "reserve_released",
        "reserved",
        "recouped",
        "escrow",
    ),
    *("threshold", "withheld", "payable", "carried"),
)


class StatementHead(msgspec.Struct, frozen=True, kw_only=True):
    """A statement without its lines. `id` is `stm-<period>-<currency>-<party>`."""

    id: str
    party: str
    period: str
    currency: str
    digest: str
    earned_micros: int
    guarantee_micros: int
    recouped_micros: int
    escrow_micros: int
    opening_micros: int
    withheld_micros: int
    payable_micros: int
    carried_micros: int


#: what may wait for a close: kind → what its statements call it
KINDS = {
    "released": "out of escrow",
    "matched": "matched later",
    "redistributed": "of unmatched money that waited long enough",
    "lump": "of a lump sum",
}


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """Money that waits for a close since the last one, by `kind`; `deal` is the one it was earned under.

    `claims` says of what: the claims that were in dispute, the asset that was matched, the redistribution, the lump sum.
    """

    claims: str
    party: str
    deal: str
    amount_micros: int
    kind: str = "released"

    @property
    def account(self) -> str:
        """The account it waits in."""
        return f"{self.kind}:{self.claims}:{self.party}:{self.deal}"


class CloseReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a close did, per currency and in all.

    revenue = due + escrow + unmatched + residual, changes to periods that were closed before included; `adjusted` is
    what of `due` they are. What the platform pays beyond revenue is `funded` (guarantees) and `advanced` (advances paid
    since the last close). `released` left escrow and joined what parties earned.
    """

    period: str
    currency: str
    revenue_micros: int
    due_micros: int
    escrow_micros: int
    unmatched_micros: int
    residual_micros: int
    funded_micros: int
    recouped_micros: int
    payable_micros: int
    carried_micros: int
    withheld_micros: int
    plays: int
    statements: int
    note: str = ""
    advanced_micros: int = 0
    released_micros: int = 0
    adjusted_micros: int = 0
    fees_micros: int = 0
    matched_micros: int = 0
    redistributed_micros: int = 0
    lump_sums_micros: int = 0
    reserved_micros: int = 0
    reserve_released_micros: int = 0


class PeriodStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A period's state, since when and by whom (account ids); `came_in`: what its draft does not count, in sentences."""

    period: str
    state: PeriodState
    since: Instant
    by: str = ""
    draft: str = ""
    drafted_by: str = ""
    approved_by: str = ""
    approved_at: Instant | None = None
    came_in: tuple[str, ...] = ()

    @property
    def approved(self) -> bool:
        """Whether finance has agreed to its draft."""
        return bool(self.approved_by)


class Balance(msgspec.Struct, frozen=True):
    """An account's balance; debits are positive."""

    account: str
    currency: str
    amount_micros: int


class Step(msgspec.Struct, frozen=True):
    """One step of an explanation, in words, with the fact or file that it rests on."""

    step: str
    because: str
    rests_on: str = ""
