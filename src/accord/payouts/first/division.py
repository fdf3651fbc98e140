"""The first division of pools: plays → creations → assets → recipients, each split once more, guarded at every step.

Orders 1 to 3 divide by it, and what they gave is made again by it. Between its second and third split the rooms are asked
whom each asset's money concerns, and every line is a Python object: it is for periods of the size that were closed so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from accord.engine.dialect import Rule
from accord.engine.running import Engine, rule
from accord.metering.periods import Span
from accord.payouts.allocation import (
    TIME,
    Allocation,
    Leak,
    Reader,
    columns,
    plain_instant,
    pool_table,
    share_table,
    unpaid,
)
from accord.payouts.lines import Lines, table_of
from accord.payouts.readings import parts, tie, weights
from accord.payouts.records import Attributed, Epoch, Line, Pool, Recipient
from accord.payouts.tables import Folder

#: its rules, in the order they run; their hashes stand in the fact of a close, under the names they had then.
RULES = tuple(
    f"payouts/{name}" for name in ("plays", "split", "leaks", "credited", "subjects", "gathered", "earned", "unpaid")
)


def allocate(
    engine: Engine,
    span: Span,
    events: Any,
    pools: Sequence[Pool],
    epochs: Sequence[Epoch],
    attributions: Sequence[Attributed] | pa.Table,
    reader: Reader,
    done: Callable[[str], None] = lambda step: None,
    folder: Folder | None = None,
) -> Allocation:
    """Split each pool of a period to the micro. `events` is an Arrow table or Parquet paths with metering's columns.

    Raises: Leak, when a step's parts do not sum to its whole (an engine that cannot count).
    """
    engine.table("events", events)
    engine.table("pools", pool_table(pools))
    engine.table("epochs", _epochs(epochs))
    engine.table("attributions", attributions if isinstance(attributions, pa.Table) else share_table(attributions))
    engine.run(ruled("payouts/plays"), "weighed")
    _split(engine, "creations", keep="pool, creation, epoch", group="pool", tie="creation, epoch")
    done("pools shared among creations")
    engine.run(ruled("payouts/credited"), "weighed")
    group = "pool, creation, epoch"
    _split(engine, "credits", keep=f"{group}, kind, subject", group=group, tie="kind, subject")
    done("creations shared among what they were made from")
    engine.run(ruled("payouts/subjects"), "subjects")
    readings = _Readings(reader, engine.fetch("subjects", "pool, epoch, kind, subject").to_pylist())
    engine.table("readings", readings.table())
    engine.run(ruled("payouts/gathered"), "gathered")
    engine.table("shares", readings.shares(lambda: engine.fetch("gathered")))
    done("claims and deals read")
    engine.run(ruled("payouts/earned"), "weighed")
    _split(engine, "lines", keep="pool, reading, recipient, tie", group="pool, reading", tie="tie, recipient")
    done("assets shared among recipients")
    tables = {
        "creations": engine.fetch("creations", "pool, creation, epoch"),
        "credits": engine.fetch("credits", "pool, creation, epoch, kind, subject"),
        "readings": readings.table(),
    }
    lines = _lines(tables, engine.fetch("lines", "pool, reading, tie, recipient"), readings)
    tables["lines"] = table_of(lines)
    folder = folder or Folder()
    made = {name: folder.write(name, table.schema, [table]) for name, table in tables.items()}
    return Allocation(folder=folder, tables=made, lines=Lines(made["lines"], folder), unpaid=unpaid(engine, span))


def ruled(name: str) -> Rule:
    """A rule of this division: its file lies here, and it goes by the name under which it was first run."""
    return rule(name) if name == "payouts/unpaid" else rule(name, "first")


def _split(engine: Engine, into: str, *, keep: str, group: str, tie: str) -> None:
    engine.run(ruled("payouts/split"), "parts", {"keep": keep, "group": group, "tie": tie})
    engine.run(ruled("payouts/leaks"), "leaks", {"group": group})
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


def _epochs(epochs: Sequence[Epoch]) -> pa.Table:
    rows = [(e.territory, e.number, plain_instant(e.start), plain_instant(e.end)) for e in epochs]
    return columns(("territory", "epoch", "from_at", "until_at"), (pa.string(), pa.int64(), TIME, TIME), rows)
