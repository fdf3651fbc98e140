"""Caps: what a deal may earn of a period; what is above it is the platform's, under that name (pure).

A cap holds over all pools of the deal's currency together. Every part that was earned under the deal is cut by the same
share, to the micro by largest remainder, and the cut goes to the residual in the pool that it came from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from accord.payouts.readings import tie
from accord.payouts.records import Account, Line, Pay, Pool, Recipient
from accord.payouts.sharing import share_out


def capped(lines: Sequence[Line], pools: Sequence[Pool], pays: Mapping[str, Pay]) -> tuple[Line, ...]:
    """The lines within the caps of their deals, and beside them what the caps leave to the platform.

    A line's amount and what was cut of it (`capped_micros`) are what the split gave it; each pool keeps its sum.
    """
    kept = _within(lines, {pool.number: pool.currency for pool in pools}, pays)
    if not kept:
        return tuple(lines)
    made: list[Line] = []
    cut: defaultdict[tuple[int, int, str], int] = defaultdict(int)
    for at, line in enumerate(lines):
        amount = kept.get(at, line.amount_micros)
        over = line.amount_micros - amount
        if over:
            cut[line.pool, line.reading, line.recipient.deal] += over
        made.append(msgspec.structs.replace(line, amount_micros=amount, capped_micros=over) if over else line)
    shown = {(line.pool, line.reading): line for line in lines}
    above = (_above(shown[pool, reading], deal, over) for (pool, reading, deal), over in sorted(cut.items()))
    return (*made, *above)


def _within(lines: Sequence[Line], currencies: Mapping[int, str], pays: Mapping[str, Pay]) -> dict[int, int]:
    """Place of a line → what its deal's cap lets it have, of deals that earned more than their cap."""
    under: defaultdict[str, dict[int, Line]] = defaultdict(dict)
    for at, line in enumerate(lines):
        pay = pays.get(line.recipient.deal)
        if pay is not None and pay.cap_micros is not None and pay.currency == currencies[line.pool]:
            under[pay.deal][at] = line
    found: dict[int, int] = {}
    for deal, mine in under.items():
        cap = pays[deal].cap_micros
        if cap is None or sum(line.amount_micros for line in mine.values()) <= cap:
            continue
        found |= share_out(cap, {at: one.amount_micros for at, one in mine.items()}, lambda at: _order(lines[at]))
    return found


def _order(line: Line) -> tuple[str, int, int, str]:
    """Ties go by party, then by pool and reading."""
    return (tie(line.recipient), line.pool, line.reading, line.recipient.key)


def _above(line: Line, deal: str, over: int) -> Line:
    """What the cap of a deal leaves to the platform of one asset's earnings in a pool."""
    reason = f"above the cap of {deal}"
    to = Recipient(rank=2, party="", claimed=line.subject, account=Account.PLATFORM, reason=reason, share=Fraction(0))
    return msgspec.structs.replace(line, recipient=to, weight=0, amount_micros=over, capped_micros=-over, over=0)
