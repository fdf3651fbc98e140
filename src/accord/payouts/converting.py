"""Which pools of a period are converted, asked of the rooms: deals in play in each place, and the period's rate tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from accord.metering.periods import Span
from accord.payouts.dividing import Agreed
from accord.payouts.exchanging import Exchanged, RateTable, exchange
from accord.payouts.guarantees import in_force
from accord.payouts.order import Order
from accord.payouts.rates import tables
from accord.payouts.records import Pay, Pool


def converted(
    span: Span, closed_known: int, known: int, order: Order, pools: Sequence[Pool], under: Agreed
) -> tuple[tuple[Pool, ...], tuple[Exchanged, ...]]:
    """Pools as their deals count them, by the rates known at `closed_known`, or at `known` where there were none.

    Raises: Refused as `exchange` does.
    """
    if not order.does("exchange") or not any(pay.rate_table for pay in under.pays.values()):
        return tuple(pools), ()
    versions: defaultdict[str, list[RateTable]] = defaultdict(list)
    for asked in (closed_known, known):
        for name, one in tables(span.text, asked).items():
            versions[name].append(one)
    places = {(pool.feature, pool.territory) for pool in pools}
    in_play = {place: _in_play(span, *place, under) for place in sorted(places)}
    return exchange(pools, in_play, versions, span.text)


def _in_play(span: Span, feature: str, territory: str, under: Agreed) -> list[Pay]:
    """The deals that may pay something there: in force at some instant of the period, or still paying after they ended."""
    found = set()
    for grant in under.grants:
        reaches = feature in grant.features and territory in grant.territories
        keeps = grant.revocation.releases_keep_paying
        if reaches and any(start < span.end and (end > span.start or keeps) for start, end in in_force(grant)):
            found.add(grant.deal)
    return [under.pays[deal] for deal in sorted(found)]
