"""Lines summed by what the steps of a close look at: pool, account, party and deal, and not each asset."""

from __future__ import annotations

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from accord.payouts import tables
from accord.payouts.lines import Lines
from accord.payouts.records import Account

BY = ("pool", "account", "party", "deal", "about")


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What one pool gave one account under one deal. `about`: the asset of unmatched money, the claims in escrow, why the
    platform has it. `capped_micros` is what caps cut of it, or, below zero, left to the platform.
    """

    pool: int
    account: Account
    party: str
    deal: str
    about: str
    amount_micros: int
    capped_micros: int = 0

    @property
    def ledger(self) -> str:
        """The account that it is credited to."""
        if self.account.of_party:
            return f"earned:{self.party}"
        if self.account is Account.ESCROW:
            return f"escrow:{self.about}:{self.party}"
        return f"unmatched:{self.about}" if self.account is Account.UNMATCHED else f"residual:{self.about}"


def given(lines: Lines) -> tuple[Given, ...]:
    """The sums of lines, read a part at a time; as many as there are accounts, and not as there are lines."""
    found: dict[tuple[int, str, str, str, str], list[int]] = {}
    for part in tables.parts(lines.path):
        cut = part["capped_micros"] if "capped_micros" in part.column_names else pa.nulls(part.num_rows, pa.int64())
        about = pa.table([*(part[name] for name in BY[:4]), _about(part)], list(BY))
        summed = about.append_column("amount", part["amount_micros"]).append_column("cut", cut)
        rows = summed.group_by(list(BY)).aggregate([("amount", "sum"), ("cut", "sum")])
        names = (*BY, "amount_sum", "cut_sum")
        for *key, amount, capped in zip(*(rows[name].to_pylist() for name in names), strict=True):
            sums = found.setdefault(tuple(key), [0, 0])
            sums[0] += amount
            sums[1] += capped or 0
    return tuple(
        Given(pool=pool, account=Account(account), party=party, deal=deal, about=about,
              amount_micros=amount, capped_micros=capped)
        for (pool, account, party, deal, about), (amount, capped) in sorted(found.items())
    )  # fmt: skip


def _about(part: pa.Table) -> pa.ChunkedArray:
    def of(account: Account) -> pa.ChunkedArray:
        return pc.equal(part["account"], account.value)

    platform = pc.if_else(of(Account.PLATFORM), part["reason"], "")
    unmatched = pc.if_else(of(Account.UNMATCHED), part["claimed"], platform)
    return pc.if_else(of(Account.ESCROW), part["claims"], unmatched)
