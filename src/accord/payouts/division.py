"""A period's pools divided as tables that an engine joins: listens are summed before anything is rounded.

A pool is split once, among the assets its creations were made from, by the sum of listens × attribution; what an asset
earned is split once, among its recipients. The first division (`allocation.allocate`) split each creation's part as well:
at a billion listens that is a sort of every creation in every territory, and a Python object for every part. Here whom an
asset's money concerns is asked once for all the places in which the answer is the same, goes in as tables, and the lines
come out as one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from math import lcm
from typing import Any

import msgspec
import pyarrow as pa

from accord.engine.running import Engine, rule
from accord.metering.periods import Span
from accord.payouts.allocation import (
    TIME,
    Allocation,
    Leak,
    Reader,
    columns,
    line_table,
    plain_instant,
    pool_table,
    share_table,
    unpaid,
)
from accord.payouts.readings import tie, weights_cut
from accord.payouts.records import Attributed, Epoch, Line, Pool, Recipient

#: the rules of the second division, in the order they run; their hashes stand in the fact of a close.
RULES = tuple(
    f"payouts/{name}"
    for name in (
        *("heard", "boosts", "listened", "together", "unnamed", "numbered", "totals", "laid", "weighed", "asked"),
        *("floored", "placed", "turned", "rests", "shared", "unequal", "lost", "creations", "credits", "read_as"),
        "unpaid",
    )
)
#: what attributions are laid on when their wholes have no common multiple below it.
LARGEST_WHOLE = 10**15


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """Whom money concerns, as tables: a reading is one subject's recipients, a pattern the weights of one or many readings.

    `answers`: place, subject, reading. `readings`: reading, pattern, whole_weight. `patterns`: pattern, place (1 is first
    where rests are equal), weight, whole_weight. `recipients` and `of` (kind, id) are by reading.
    """

    answers: pa.Table
    readings: pa.Table
    patterns: pa.Table
    recipients: Sequence[tuple[Recipient, ...]] = ()
    of: Sequence[tuple[str, str]] = ()


Ask = Callable[[pa.Table], Answers]


def divide(
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
    places = _alike(reader, pools, epochs)
    found = in_engine(
        engine, events, pools, epochs, attributions, places, lambda asked: answers_of(asked, places, reader), done
    )
    lines = tuple(_lines(engine.fetch("lines", "pool, reading, place"), found))
    engine.run(rule("payouts/creations"), "creations")
    engine.run(rule("payouts/credits"), "credits")
    engine.run(rule("payouts/read_as"), "readings")
    tables = {
        "creations": engine.fetch("creations", "pool, creation, epoch"),
        "credits": engine.fetch("credits", "creation, kind, subject"),
        "readings": engine.fetch("readings", "pool, epoch, kind, subject"),
    }
    return Allocation(tables=tables | {"lines": line_table(lines)}, lines=lines, unpaid=unpaid(engine, span))


def in_engine(
    engine: Engine,
    events: Any,
    pools: Sequence[Pool],
    epochs: Sequence[Epoch],
    attributions: Sequence[Attributed] | pa.Table,
    places: dict[tuple[int, int], int],
    ask: Ask,
    done: Callable[[str], None] = lambda step: None,
) -> Answers:
    """The division alone; its result is the engine's table `lines`, which may be larger than memory."""
    engine.table("events", events)
    engine.table("pools", pool_table(pools))
    engine.table("attributions", attributions if isinstance(attributions, pa.Table) else share_table(attributions))
    pairs = [(pool, epoch, place) for (pool, epoch), place in places.items()]
    engine.table("alike", columns(("pool", "epoch", "place"), (pa.int64(),) * 3, pairs))
    _listen(engine, pools, epochs)
    done("listens counted")
    for name in ("unnamed", "numbered", "totals"):
        engine.run(rule(f"payouts/{name}"), name)
    engine.run(rule("payouts/laid"), "laid", {"scale": str(_whole(engine.fetch("totals")))})
    engine.run(rule("payouts/weighed"), "weighed")
    engine.drop("laid")
    engine.run(rule("payouts/asked"), "asked")
    found = ask(engine.fetch("asked", "subject, place"))
    for name in ("answers", "readings", "patterns"):
        engine.table(name, getattr(found, name))
    done("claims and deals read")
    engine.run(rule("payouts/floored"), "floored")
    engine.run(rule("payouts/placed"), "earned")
    engine.drop("floored")
    _refuse(engine, "earned", "unequal", {"parts": "earned", "group": "pool"})
    done("pools shared among what creations were made from")
    engine.run(rule("payouts/turned"), "turned")
    engine.run(rule("payouts/rests"), "rests")
    _refuse(engine, "rests", "unequal", {"parts": "rests", "group": "pattern, whole_micros"})
    engine.run(rule("payouts/shared"), "lines")
    engine.drop("turned")
    _refuse(engine, "lines", "lost", {})
    done("assets shared among recipients")
    return found


def _refuse(engine: Engine, what: str, guard: str, slots: dict[str, str]) -> None:
    engine.run(rule(f"payouts/{guard}"), "leaks", slots)
    leaks = engine.fetch("leaks")
    if leaks.num_rows:
        raise Leak(f"{what}: {leaks.num_rows} wholes differ from their parts, such as {leaks.slice(0, 1).to_pylist()}")


def _listen(engine: Engine, pools: Sequence[Pool], epochs: Sequence[Epoch]) -> None:
    """Make the table `heard`. People are looked at only for the pools in which they weigh."""
    capped = [pool for pool in pools if pool.weighs.cap]
    plain = [pool for pool in pools if not pool.weighs.cap]
    if plain or not capped:
        engine.table("places", _places(plain, epochs))
        engine.run(rule("payouts/heard"), "heard")
    if not capped:
        return
    engine.table("capped_places", _places(capped, epochs))
    engine.table("models", _models(capped))
    engine.run(rule("payouts/boosts"), "boosts")
    engine.run(rule("payouts/listened"), "listened")
    if plain:
        engine.rename("heard", "plain")
        engine.run(rule("payouts/together"), "heard")
        engine.drop("plain")
        engine.drop("listened")
    else:
        engine.rename("listened", "heard")


def _places(pools: Sequence[Pool], epochs: Sequence[Epoch]) -> pa.Table:
    """Where and when an event counts for a pool: each epoch of its territory, cut at months where its model counts by them."""
    rows = []
    for pool in pools:
        for epoch in epochs:
            if epoch.territory == pool.territory:
                for stretch, start, end in _stretches(epoch, monthly=pool.weighs.monthly):
                    rows.append((pool.number, epoch.number, stretch, pool.feature, pool.territory, start, end))
    names = ("pool", "epoch", "stretch", "feature", "territory", "from_at", "until_at")
    return columns(names, (pa.int64(),) * 3 + (pa.string(),) * 2 + (TIME,) * 2, rows)


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


def _models(pools: Sequence[Pool]) -> pa.Table:
    names = ("pool", "cap", "boost", "boost_plays", "boost_listeners")
    rows = [(p.number, p.weighs.cap, p.weighs.boost, p.weighs.boost_plays, p.weighs.boost_listeners) for p in pools]
    return columns(names, (pa.int64(),) * 5, rows)


def _whole(totals: pa.Table) -> int:
    """The least whole that all attributions are exact parts of; the largest we lay them on where that is beyond it."""
    found = 1
    for column in totals["whole_units"].chunks:
        for whole in column.to_pylist():
            found = lcm(found, whole)
            if found > LARGEST_WHOLE:
                return LARGEST_WHOLE
    return found


def _alike(reader: Reader, pools: Sequence[Pool], epochs: Sequence[Epoch]) -> dict[tuple[int, int], int]:
    """(pool, epoch) → its place: those for which the reader says that it answers alike share one."""
    alike: Callable[[int, int], Hashable] = getattr(reader, "alike", lambda pool, epoch: (pool, epoch))
    numbers: dict[Hashable, int] = {}
    return {
        (pool.number, epoch.number): numbers.setdefault(alike(pool.number, epoch.number), len(numbers))
        for pool in pools
        for epoch in epochs
        if epoch.territory == pool.territory
    }


def answers_of(asked: pa.Table, places: dict[tuple[int, int], int], reader: Reader) -> Answers:
    """Ask for each subject in each place, once; `asked` is in the order of subject and place, and so are the readings."""
    standing = {place: pair for pair, place in reversed(places.items())}  # one pool and epoch to ask for all of a place
    numbers: dict[tuple[int, tuple[Recipient, ...]], int] = {}
    patterns: dict[tuple[int, ...], int] = {}
    given: list[tuple[int, int, int]] = []
    read: list[tuple[int, int, int]] = []
    weighed: list[tuple[int, ...]] = []
    recipients: list[tuple[Recipient, ...]] = []
    of: list[tuple[str, str]] = []
    for place, subject, kind, name in zip(
        *(asked[c].to_pylist() for c in ("place", "subject", "kind", "id")), strict=True
    ):
        found = reader(*standing[place], kind, name)
        number = numbers.setdefault((subject, found), len(numbers))
        given.append((place, subject, number))
        if number < len(of):
            continue
        ordered = tuple(sorted(found, key=lambda one: (tie(one), one.key)))
        weights = weights_cut(ordered)
        pattern = patterns.setdefault(weights, len(patterns))
        if pattern == len(weighed):
            weighed.append(weights)
        recipients.append(ordered)
        of.append((kind, name))
        read.append((number, pattern, sum(weights)))
    rows = [(n, place, w, sum(weights)) for n, weights in enumerate(weighed) for place, w in enumerate(weights, 1)]
    return Answers(
        answers=columns(("place", "subject", "reading"), (pa.int64(),) * 3, given),
        readings=columns(("reading", "pattern", "whole_weight"), (pa.int64(),) * 3, read),
        patterns=columns(("pattern", "place", "weight", "whole_weight"), (pa.int64(),) * 4, rows),
        recipients=recipients,
        of=of,
    )


def _lines(rows: pa.Table, found: Answers) -> Iterator[Line]:
    """Lines as records, a batch at a time, in the order of pool, reading and recipient."""
    for batch in rows.to_batches():
        for row in batch.to_pylist():
            kind, subject = found.of[row["reading"]]
            yield Line(
                pool=row["pool"],
                reading=row["reading"],
                kind=kind,
                subject=subject,
                recipient=found.recipients[row["reading"]][row["place"] - 1],
                plays=row["plays"],
                earned_micros=row["whole_micros"],
                weight=row["weight"],
                whole_weight=row["whole_weight"],
                amount_micros=row["part_micros"],
                over=row["over_place"],
            )
