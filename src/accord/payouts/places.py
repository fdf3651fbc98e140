"""Where and when a listen counts for a pool, as tables that an engine joins with events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from accord.payouts.allocation import TIME, columns, plain_instant
from accord.payouts.records import Epoch, Pool


def places_of(pools: Sequence[Pool], epochs: Sequence[Epoch]) -> pa.Table:
    """Where and when an event counts for a pool: each epoch of its territory, cut at months where its model counts by them."""
    rows = [
        (pool.number, epoch.number, stretch, pool.feature, pool.territory, start, end)
        for pool, epoch, stretch, start, end in stretches_of(pools, epochs)
    ]
    names = ("pool", "epoch", "stretch", "feature", "territory", "from_at", "until_at")
    return columns(names, (pa.int64(),) * 3 + (pa.string(),) * 2 + (TIME,) * 2, rows)


def stretches_of(pools: Sequence[Pool], epochs: Sequence[Epoch]) -> Iterator[tuple[Pool, Epoch, int, Any, Any]]:
    """(pool, epoch, stretch, start, end): a stretch is what a listener's most is given in, a month or the whole period."""
    for pool in pools:
        for epoch in epochs:
            if epoch.territory == pool.territory:
                for stretch, start, end in _stretches(epoch, monthly=pool.weighs.monthly):
                    yield pool, epoch, stretch, start, end


def _stretches(epoch: Epoch, *, monthly: bool) -> Iterator[tuple[int, Any, Any]]:
    """(number, start, end) of an epoch's months, or of the whole of it under the number 0."""
    start, last = plain_instant(epoch.start), plain_instant(epoch.end)
    while monthly and (after := _next_month(start)) < last:
        yield _month(start), start, after
        start = after
    yield (_month(start) if monthly else 0), start, last


def _month(at: Any) -> int:
    return int(at.year) * 12 + int(at.month)


def _next_month(at: Any) -> Any:
    year, month = divmod(_month(at), 12)
    return at.replace(year=year, month=month + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
