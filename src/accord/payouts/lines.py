"""The lines of a division: who got what of which asset in which pool, as a table that is read a part at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from accord.payouts import tables
from accord.payouts.records import Account, Line, Recipient

#: what a table says of each recipient, in the order of its columns
RECIPIENT: dict[str, pa.DataType] = {
    **dict.fromkeys(("account", "party", "claimed", "deal", "clause", "claims", "reason"), pa.string()),
    **dict.fromkeys(("side", "claim_share", "share"), pa.string()),
    "rate_ppm": pa.int64(),
}
COUNTED = ("plays", "earned_micros", "weight", "whole_weight", "amount_micros", "left_over_micros")
SCHEMA = pa.schema(
    [
        *((name, pa.int64()) for name in ("pool", "reading")),
        *((name, pa.string()) for name in ("kind", "subject")),
        *RECIPIENT.items(),
        *((name, pa.int64()) for name in COUNTED),
    ]
)
#: the same with what caps cut, which is kept beside a close and not in its files
WITHIN = SCHEMA.append(pa.field("capped_micros", pa.int64()))
#: where a recipient stands in the order of its reading, by its account
RANKS = {Account.UNMATCHED: 1, Account.PLATFORM: 2}


class Lines:
    """Lines in a file, read from it as often as they are asked for. Its folder may be one that goes when nobody holds it."""

    def __init__(self, path: Path, folder: tables.Folder | None = None) -> None:
        self.path = path
        self._folder = folder

    @property
    def capped(self) -> bool:
        """Whether the file says what caps cut."""
        return "capped_micros" in tables.names(self.path)

    def __iter__(self) -> Iterator[Line]:
        """Every line, in the order of pool, reading and recipient; what is above caps comes last."""
        return (line_of(row) for row in tables.rows(self.path))

    def of(self, pools: Iterable[int]) -> Iterator[Line]:
        """The lines of some pools."""
        return (line_of(row) for row in tables.rows(self.path, pool=list(pools)))


def told(to: Recipient) -> tuple[Any, ...]:
    """A recipient as a row of `RECIPIENT`; exact fractions as `n/d`."""
    return (
        *(to.account, to.party, to.claimed, to.deal, to.clause, "+".join(to.claims), to.reason),
        _ratio(to.side.as_integer_ratio()),
        _ratio(to.claim_share.as_integer_ratio()),
        _ratio(to.share.as_integer_ratio()),
        to.rate_ppm,
    )


@lru_cache(1 << 14)  # deals and claims say few different parts, of very many assets
def _ratio(exact: tuple[int, int]) -> str:
    parts, whole = exact
    return f"{parts}/{whole}"


def table_of(lines: Iterable[Line], *, capped: bool = False) -> pa.Table:
    """Lines as a table of `SCHEMA`, or of `WITHIN`."""
    schema = WITHIN if capped else SCHEMA
    made = tables.Growing(**{field.name: field.type for field in schema})
    for one in lines:
        numbers = (one.plays, one.earned_micros, one.weight, one.whole_weight, one.amount_micros, one.over)
        cut = (one.capped_micros,) if capped else ()
        made.add(one.pool, one.reading, one.kind, one.subject, *told(one.recipient), *numbers, *cut)
    return made.table()


def line_of(row: dict[str, Any]) -> Line:
    """A row of the table as a line."""
    account = Account(row["account"])
    to = Recipient(
        rank=RANKS.get(account, 0),
        party=row["party"],
        claimed=row["claimed"],
        account=account,
        deal=row["deal"],
        clause=row["clause"],
        claims=tuple(row["claims"].split("+")) if row["claims"] else (),
        rate_ppm=row["rate_ppm"],
        reason=row["reason"],
        side=Fraction(row["side"]),
        claim_share=Fraction(row["claim_share"]),
        share=Fraction(row["share"]),
    )
    numbers = ("pool", "reading", "plays", "earned_micros", "weight", "whole_weight", "amount_micros")
    return Line(
        kind=row["kind"],
        subject=row["subject"],
        recipient=to,
        over=row["left_over_micros"],
        capped_micros=row.get("capped_micros", 0),
        **{name: row[name] for name in numbers},
    )
