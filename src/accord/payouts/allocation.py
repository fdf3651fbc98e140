"""What every division of a period's pools has in common: who is asked, what comes out, and what no pool pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from accord.engine.running import Engine, rule
from accord.metering.periods import Span
from accord.payouts.lines import Lines
from accord.payouts.records import Attributed, Pool, Recipient
from accord.payouts.tables import Folder
from accord.terms.instant import Instant

TIME = pa.timestamp("us")

#: (pool number, epoch number, kind, subject) → recipients with exact shares that sum to one
Reader = Callable[[int, int, str, str], tuple[Recipient, ...]]


class Leak(Exception):
    """The parts of a split do not add up to their whole; nothing is closed."""


class Unpaid(msgspec.Struct, frozen=True):
    """Listens where no revenue was reported."""

    feature: str
    territory: str
    plays: int


class Allocation(msgspec.Struct, frozen=True, kw_only=True):
    """What came out: tables by name (creations, credits, readings, lines) as files in a folder, and what no pool paid.

    `lines` are those of the table, with what caps cut of each, which the table does not say.
    """

    folder: Folder
    tables: Mapping[str, Path]
    lines: Lines
    unpaid: tuple[Unpaid, ...] = ()


def unpaid(engine: Engine, span: Span) -> tuple[Unpaid, ...]:
    """Listens that no pool pays, of the tables `events` and `pools` in an engine."""
    bounds = columns(("from_at", "until_at"), (TIME, TIME), [(plain_instant(span.start), plain_instant(span.end))])
    engine.table("bounds", bounds)
    engine.run(rule("payouts/unpaid"), "unpaid")
    return tuple(Unpaid(**row) for row in engine.fetch("unpaid", "feature, territory").to_pylist())


def pool_table(pools: Sequence[Pool]) -> pa.Table:
    """pool, feature, territory, revenue_micros."""
    rows = [(p.number, p.feature, p.territory, p.revenue_micros) for p in pools]
    names = ("pool", "feature", "territory", "revenue_micros")
    return columns(names, (pa.int64(), pa.string(), pa.string(), pa.int64()), rows)


def plain_instant(at: Instant) -> datetime:
    """UTC without a zone, as the engines' timestamps are."""
    return at.astimezone(UTC).replace(tzinfo=None)


def share_table(rows: Sequence[Attributed]) -> pa.Table:
    """creation, kind, subject, units."""
    values = [(row.creation, row.kind, row.subject, row.units) for row in rows if row.units]
    names = ("creation", "kind", "subject", "units")
    return columns(names, (pa.string(), pa.string(), pa.string(), pa.int64()), values)


def columns(names: Sequence[str], kinds: Sequence[pa.DataType], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """A table of rows, its kinds said, so that an empty one has them too."""
    every = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return pa.table([pa.array(column, kind) for column, kind in zip(every, kinds, strict=True)], names=list(names))
