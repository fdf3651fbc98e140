"""Caps: what a deal may earn of a period; what is above it is the platform's, under that name.

A cap holds over all pools of the deal's currency together. Every part that was earned under the deal is cut by the same
share, to the micro by largest remainder, and the cut goes to the residual in the pool that it came from. Only the lines
of deals that earned more than their cap are held in memory.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accord.payouts import tables
from accord.payouts.allocation import Allocation
from accord.payouts.lines import SCHEMA, WITHIN, Lines, line_of, table_of
from accord.payouts.readings import tie
from accord.payouts.records import Account, Line, Pay, Pool, Recipient
from accord.payouts.sharing import share_out
from accord.payouts.summing import given

#: a line's row in its table → the line
Rows = Mapping[int, Line]


def capped(found: Allocation, pools: Sequence[Pool], pays: Mapping[str, Pay]) -> Allocation:
    """The allocation within the caps of its deals, and beside its lines what the caps leave to the platform.

    A line's amount and what was cut of it (`capped_micros`) are what the split gave it; each pool keeps its sum.
    """
    currencies = {pool.number: pool.currency for pool in pools}
    over = _over(found.lines, currencies, pays)
    if not over:
        return found
    under = dict(_under(found.lines, over, currencies, pays))
    kept = within(under, pays)
    above = list(_above(under, kept))
    folder = found.folder
    cut = folder.write("within", WITHIN, [*_cut(found.lines, kept, under), table_of(above, capped=True)])
    plain = folder.write("lines-within", SCHEMA, (part.select(SCHEMA.names) for part in tables.parts(cut)))
    return msgspec.structs.replace(found, tables={**found.tables, "lines": plain}, lines=Lines(cut, folder))


def _over(lines: Lines, currencies: Mapping[int, str], pays: Mapping[str, Pay]) -> list[str]:
    """The deals that earned more than their cap."""
    if all(pay.cap_micros is None for pay in pays.values()):
        return []
    earned: Counter[str] = Counter()
    for one in given(lines):
        if one.deal in pays and pays[one.deal].currency == currencies[one.pool]:
            earned[one.deal] += one.amount_micros
    caps = {deal: pays[deal].cap_micros for deal in earned}
    return sorted(deal for deal, cap in caps.items() if cap is not None and earned[deal] > cap)


def _under(
    lines: Lines, deals: Sequence[str], currencies: Mapping[int, str], pays: Mapping[str, Pay]
) -> Iterator[tuple[int, Line]]:
    at = 0
    for part in tables.parts(lines.path):
        mine = pc.is_in(part["deal"], pa.array(deals, pa.string())).to_numpy()
        for row in np.flatnonzero(mine).tolist():
            line = line_of(part.slice(row, 1).to_pylist()[0])
            if pays[line.recipient.deal].currency == currencies[line.pool]:
                yield at + row, line
        at += part.num_rows


def within(under: Rows, pays: Mapping[str, Pay]) -> dict[int, int]:
    """Row of a line → what its deal's cap lets it have, of deals that earned more than their cap (pure)."""
    by_deal: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for at, line in under.items():
        by_deal[line.recipient.deal][at] = line.amount_micros
    found: dict[int, int] = {}
    for deal, mine in by_deal.items():
        cap = pays[deal].cap_micros
        if cap is not None and sum(mine.values()) > cap:
            found |= share_out(cap, mine, lambda at: _order(under[at]))
    return found


def _order(line: Line) -> tuple[str, int, int, str]:
    """Ties go by party, then by pool and reading."""
    return (tie(line.recipient), line.pool, line.reading, line.recipient.key)


def _cut(lines: Lines, kept: Mapping[int, int], under: Rows) -> Iterator[pa.Table]:
    """All lines with the amounts that are kept, and what was cut."""
    rows = np.array(sorted(kept), np.int64)
    start = 0
    for part in tables.parts(lines.path):
        amounts, cut = part["amount_micros"].to_numpy().copy(), np.zeros(part.num_rows, np.int64)
        here = slice(*np.searchsorted(rows, (start, start + part.num_rows)))
        for at in rows[here].tolist():
            amounts[at - start] = kept[at]
            cut[at - start] = under[at].amount_micros - kept[at]
        start += part.num_rows
        place = part.column_names.index("amount_micros")
        part = part.set_column(place, "amount_micros", pa.array(amounts))
        yield part.append_column("capped_micros", pa.array(cut)).cast(WITHIN)


def _above(under: Rows, kept: Mapping[int, int]) -> Iterator[Line]:
    """What the caps of deals leave to the platform of each asset's earnings in each pool."""
    cut: Counter[tuple[int, int, str]] = Counter()
    shown = {}
    for at, line in under.items():
        if over := line.amount_micros - kept.get(at, line.amount_micros):
            cut[line.pool, line.reading, line.recipient.deal] += over
            shown[line.pool, line.reading] = line
    for (pool, reading, deal), over in sorted(cut.items()):
        line, reason = shown[pool, reading], f"above the cap of {deal}"
        to = Recipient(
            rank=2, party="", claimed=line.subject, account=Account.PLATFORM, reason=reason, share=Fraction(0)
        )
        yield msgspec.structs.replace(line, recipient=to, weight=0, amount_micros=over, capped_micros=-over, over=0)
