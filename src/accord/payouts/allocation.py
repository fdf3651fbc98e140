"""The split of a period's pools, run in an engine: plays → creations → assets → recipients, guarded at every step.

Between the second and the third split the rooms are asked whom each asset's money concerns; that is the only thing
that leaves the engine before the end, and it is one row per asset, pool and epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import msgspec
import pyarrow as pa

from accord.engine.running import Engine, rule
from accord.metering.periods import Span
from accord.payouts.readings import parts, tie, weights
from accord.payouts.records import Account, Attributed, Epoch, Line, Pool, Recipient
from accord.terms.instant import Instant

#: the rules of a close, in the order they run; their hashes stand in its fact.
RULES = tuple(
    f"payouts/{name}" for name in ("plays", "split", "leaks", "credited", "subjects", "gathered", "earned", "unpaid")
)
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
    """What came out: the tables by name (creations, credits, readings, lines), the lines, and what no pool paid."""

    tables: dict[str, pa.Table]
    lines: tuple[Line, ...]
    unpaid: tuple[Unpaid, ...] = ()


def allocate(
    engine: Engine,
    span: Span,
    events: Any,
    pools: Sequence[Pool],
    epochs: Sequence[Epoch],
    attributions: Sequence[Attributed] | pa.Table,
    reader: Reader,
    done: Callable[[str], None] = lambda step: None,
) -> Allocation:
    """Split each pool of a period to the micro. `events` is an Arrow table or Parquet paths with metering's columns.

    Raises: Leak, when a step's parts do not sum to its whole (an engine that cannot count).
    """
    engine.table("events", events)
    engine.table("pools", pool_table(pools))
    engine.table("epochs", _epochs(epochs))
    engine.table("attributions", attributions if isinstance(attributions, pa.Table) else share_table(attributions))
    engine.run(rule("payouts/plays"), "weighed")
    _split(engine, "creations", keep="pool, creation, epoch", group="pool", tie="creation, epoch")
    done("pools shared among creations")
    engine.run(rule("payouts/credited"), "weighed")
    group = "pool, creation, epoch"
    _split(engine, "credits", keep=f"{group}, kind, subject", group=group, tie="kind, subject")
    done("creations shared among what they were made from")
    engine.run(rule("payouts/subjects"), "subjects")
    readings = _Readings(reader, engine.fetch("subjects", "pool, epoch, kind, subject").to_pylist())
    engine.table("readings", readings.table())
    engine.run(rule("payouts/gathered"), "gathered")
    engine.table("shares", readings.shares(lambda: engine.fetch("gathered")))
    done("claims and deals read")
    engine.run(rule("payouts/earned"), "weighed")
    _split(engine, "lines", keep="pool, reading, recipient, tie", group="pool, reading", tie="tie, recipient")
    done("assets shared among recipients")
    tables = {
        "creations": engine.fetch("creations", "pool, creation, epoch"),
        "credits": engine.fetch("credits", "pool, creation, epoch, kind, subject"),
        "readings": readings.table(),
    }
    lines = tuple(_lines(tables, engine.fetch("lines", "pool, reading, tie, recipient"), readings))
    return Allocation(tables=tables | {"lines": line_table(lines)}, lines=lines, unpaid=unpaid(engine, span))


def with_lines(found: Allocation, lines: tuple[Line, ...]) -> Allocation:
    """An allocation with other lines, in its table too."""
    if lines == found.lines:
        return found
    return Allocation(tables=found.tables | {"lines": line_table(lines)}, lines=lines, unpaid=found.unpaid)


def unpaid(engine: Engine, span: Span) -> tuple[Unpaid, ...]:
    """Listens that no pool pays, of the tables `events` and `pools` in an engine."""
    bounds = columns(("from_at", "until_at"), (TIME, TIME), [(plain_instant(span.start), plain_instant(span.end))])
    engine.table("bounds", bounds)
    engine.run(rule("payouts/unpaid"), "unpaid")
    return tuple(Unpaid(**row) for row in engine.fetch("unpaid", "feature, territory").to_pylist())


def _split(engine: Engine, into: str, *, keep: str, group: str, tie: str) -> None:
    engine.run(rule("payouts/split"), "parts", {"keep": keep, "group": group, "tie": tie})
    engine.run(rule("payouts/leaks"), "leaks", {"group": group})
    leaks = engine.fetch("leaks")
    if leaks.num_rows:
        raise Leak(f"{into}: {leaks.num_rows} wholes differ from their parts, such as {leaks.slice(0, 1).to_pylist()}")
    engine.rename("parts", into)


class _Readings:
    """Distinct ways in which an asset's money is divided, numbered in the order of (pool, kind, subject, epoch)."""

    def __init__(self, reader: Reader, subjects: list[dict[str, Any]]) -> None:
        self.recipients: list[tuple[Recipient, ...]] = []
        self.of: list[tuple[str, str]] = []
        self.rows: list[tuple[int, int, str, str, int]] = []
        numbers: dict[tuple[int, str, str, tuple[Recipient, ...]], int] = {}
        for row in sorted(subjects, key=lambda r: (r["pool"], r["kind"], r["subject"], r["epoch"])):
            pool, epoch, kind, subject = row["pool"], row["epoch"], row["kind"], row["subject"]
            found = reader(pool, epoch, kind, subject)
            number = numbers.setdefault((pool, kind, subject, found), len(numbers))
            if number == len(self.recipients):
                self.recipients.append(found)
                self.of.append((kind, subject))
            self.rows.append((pool, epoch, kind, subject, number))

    def table(self) -> pa.Table:
        """pool, epoch, kind, subject → reading."""
        names = ("pool", "epoch", "kind", "subject", "reading")
        kinds = (pa.int64(), pa.int64(), pa.string(), pa.string(), pa.int64())
        return columns(names, kinds, self.rows)

    def shares(self, gathered: Callable[[], pa.Table]) -> pa.Table:
        """reading, recipient, tie, weight: one row per recipient. `gathered` is asked only where weights are not enough."""
        every = [weights(found) for found in self.recipients]
        amounts = {} if None not in every else _amounts(gathered())
        rows = []
        for number, (found, given) in enumerate(zip(self.recipients, every, strict=True)):
            amount = amounts.get(number, 0)
            exact = given or (parts(found, amount) if amount else (1,) * len(found))  # of nothing, all get nothing
            rows += [(number, one.key, tie(one), weight) for one, weight in zip(found, exact, strict=True)]
        names = ("reading", "recipient", "tie", "weight")
        return columns(names, (pa.int64(), pa.string(), pa.string(), pa.int64()), rows)


def _amounts(gathered: pa.Table) -> dict[int, int]:
    """Reading → what was gathered under it; a reading is of one pool."""
    return dict(zip(gathered["reading"].to_pylist(), gathered["whole_micros"].to_pylist(), strict=True))


def _lines(tables: dict[str, pa.Table], rows: pa.Table, readings: _Readings) -> list[Line]:
    plays = _plays(tables)
    by_key = [{one.key: one for one in found} for found in readings.recipients]
    made = []
    for row in rows.to_pylist():
        number = row["reading"]
        kind, subject = readings.of[number]
        recipient = by_key[number][row["recipient"]]
        made.append(
            Line(
                pool=row["pool"],
                reading=number,
                kind=kind,
                subject=subject,
                recipient=recipient,
                plays=plays[number],
                earned_micros=row["whole_micros"],
                weight=row["weight"],
                whole_weight=row["whole_weight"],
                amount_micros=row["part_micros"],
                over=row["part_micros"] - int(row["whole_micros"] * recipient.share),
            )
        )
    return made


def _plays(tables: dict[str, pa.Table]) -> dict[int, int]:
    """Reading → plays of the creations it is in."""
    creations = tables["creations"].select(["pool", "creation", "epoch", "weight"])
    credits = tables["credits"].select(["pool", "creation", "epoch", "kind", "subject"])
    keys = ["pool", "epoch", "kind", "subject"]
    joined = credits.join(creations, ["pool", "creation", "epoch"]).join(tables["readings"], keys)
    sums = joined.group_by("reading").aggregate([("weight", "sum")])
    return dict(zip(sums["reading"].to_pylist(), sums["weight_sum"].to_pylist(), strict=True))


def pool_table(pools: Sequence[Pool]) -> pa.Table:
    """pool, feature, territory, revenue_micros."""
    rows = [(p.number, p.feature, p.territory, p.revenue_micros) for p in pools]
    names = ("pool", "feature", "territory", "revenue_micros")
    return columns(names, (pa.int64(), pa.string(), pa.string(), pa.int64()), rows)


def _epochs(epochs: Sequence[Epoch]) -> pa.Table:
    rows = [(e.territory, e.number, plain_instant(e.start), plain_instant(e.end)) for e in epochs]
    return columns(("territory", "epoch", "from_at", "until_at"), (pa.string(), pa.int64(), TIME, TIME), rows)


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


LINE_COLUMNS = (
    *(("pool", pa.int64()), ("reading", pa.int64()), ("kind", pa.string()), ("subject", pa.string())),
    *((name, pa.string()) for name in ("account", "party", "claimed", "deal", "clause", "claims")),
    *((name, pa.string()) for name in ("reason", "side", "claim_share", "share")),
    *((name, pa.int64()) for name in ("rate_ppm", "plays", "earned_micros", "weight", "whole_weight")),
    *((name, pa.int64()) for name in ("amount_micros", "left_over_micros")),
)


def line_table(lines: Sequence[Line]) -> pa.Table:
    """Lines as a flat table, for the vault and for figures; exact fractions as `n/d`."""
    rows = []
    for line in lines:
        to = line.recipient
        texts = (to.account.value, to.party, to.claimed, to.deal, to.clause, "+".join(to.claims), to.reason)
        shares = tuple(f"{share.numerator}/{share.denominator}" for share in (to.side, to.claim_share, to.share))
        numbers = (to.rate_ppm, line.plays, line.earned_micros, line.weight, line.whole_weight)
        rows.append(
            (line.pool, line.reading, line.kind, line.subject, *texts, *shares, *numbers, line.amount_micros, line.over)
        )
    names, kinds = zip(*LINE_COLUMNS, strict=True)
    return columns(names, kinds, rows)


#: where a recipient stands in the order of its reading, by its account
RANKS = {Account.UNMATCHED: 1, Account.PLATFORM: 2}


def lines_of(table: pa.Table) -> tuple[Line, ...]:
    """The lines of a table that `line_table` made."""
    return tuple(_line_of(row) for row in table.to_pylist())


def _line_of(row: dict[str, Any]) -> Line:
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
        **{name: row[name] for name in numbers},
    )
