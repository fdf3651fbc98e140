"""What the steps of an order work on: each party's sums of a period, and the books of one currency (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec

from accord.payouts.adjusting import Difference
from accord.payouts.exchanging import Exchanged
from accord.payouts.fees import Fee
from accord.payouts.guarantees import Funded, Guarantee
from accord.payouts.keeping import Reserve
from accord.payouts.ledger import posting
from accord.payouts.order import Order
from accord.payouts.records import Pay, Pool, Posting, Released
from accord.payouts.summing import Given


class Tally(msgspec.Struct):
    """One party's sums of a period in one currency; `opening` and `carried` are its balance.

    Adjustments, and through them guarantees, recoupment and balances, can be below zero; all else is from zero up.
    """

    party: str
    opening_micros: int = 0
    earned_micros: int = 0
    adjusted_micros: int = 0
    escrow_micros: int = 0
    released_micros: int = 0
    guarantee_micros: int = 0
    recouped_micros: int = 0
    withheld_micros: int = 0
    payable_micros: int = 0
    carried_micros: int = 0
    threshold_micros: int = 0
    fees_micros: int = 0
    reserved_micros: int = 0
    reserve_released_micros: int = 0
    waiting: bool = False
    guarantees: dict[str, int] = msgspec.field(default_factory=dict)
    recouped: dict[str, int] = msgspec.field(default_factory=dict)
    open_advances: dict[str, int] = msgspec.field(default_factory=dict)
    advances: dict[str, int] = msgspec.field(default_factory=dict)
    released: dict[str, int] = msgspec.field(default_factory=dict)
    joined: dict[str, dict[str, int]] = msgspec.field(
        default_factory=dict
    )  # kind → of what → what waited for the close
    reserved: dict[str, int] = msgspec.field(default_factory=dict)  # deal → kept back of this period
    reserve_released: dict[str, int] = msgspec.field(default_factory=dict)  # deal, period → kept back long enough

    @property
    def matched_micros(self) -> int:
        """What waited for an asset and turned out to be the party's."""
        return sum(self.joined.get("matched", {}).values())

    @property
    def redistributed_micros(self) -> int:
        """Its share of unmatched money that nobody claimed in time."""
        return sum(self.joined.get("redistributed", {}).values())

    @property
    def lump_sums_micros(self) -> int:
        """Its parts of lump sums; below zero where it owes them to others."""
        return sum(self.joined.get("lump", {}).values())

    @property
    def gained_micros(self) -> int:
        """What the period brought the party, less what is kept back or went against advances."""
        came = self.earned_micros + self.adjusted_micros + self.released_micros + self.guarantee_micros
        came += self.fees_micros + self.matched_micros + self.redistributed_micros + self.lump_sums_micros
        kept = self.reserved_micros - self.reserve_released_micros
        return came - kept - self.recouped_micros

    @property
    def balance_micros(self) -> int:
        """What stands to the party's name before anything is paid."""
        return self.opening_micros + self.gained_micros


class Books(msgspec.Struct, kw_only=True):
    """What the steps work on: one currency of one close. Openings come from the ledger as it stood."""

    currency: str
    order: Order
    deals: dict[str, Pay]
    guarantees: tuple[Guarantee, ...]
    advances_open: dict[str, int]  # deal → unrecouped, as it stood
    tallies: dict[str, Tally]
    period: str = ""
    pools: tuple[Pool, ...] = ()
    given: tuple[Given, ...] = ()  # what the lines of the pools come to
    advances_paid: dict[str, int] = msgspec.field(default_factory=dict)  # deal → paid since the last close
    recouped_before: dict[str, int] = msgspec.field(default_factory=dict)  # deal → what went against its advances
    released: tuple[Released, ...] = ()
    changes: tuple[Difference, ...] = ()
    exchanged: tuple[Exchanged, ...] = ()  # into this currency
    exchanged_since: tuple[tuple[str, Exchanged], ...] = ()  # (closed period, how what was converted there changed)
    fees: tuple[Fee, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    earned_by_deal: Counter[str] = msgspec.field(default_factory=Counter)
    adjusted_by_deal: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)  # deal, the period adjusted
    own_by_deal: Counter[str] = msgspec.field(default_factory=Counter)  # the licensor's own part, which recoups
    earned_under: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)  # deal, party: due of this period
    funded: list[Funded] = msgspec.field(default_factory=list)
    deals_of: dict[str, set[str]] = msgspec.field(default_factory=dict)  # party → deals it was ever paid under, or gave
    postings: list[Posting] = msgspec.field(default_factory=list)

    def tally(self, party: str) -> Tally:
        """The party's tally, made when it is first asked for."""
        return self.tallies.setdefault(party, Tally(party))

    def post(self, text: str, entries: Mapping[str, int], currency: str = "") -> None:
        """Add a posting, unless it is empty; in another currency where one is named."""
        made = posting(text, currency or self.currency, entries)
        if made.entries:
            self.postings.append(made)
