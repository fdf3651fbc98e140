"""What each creation weighs in each pool: a period's events counted part by part, and what was counted kept between tries.

A part is as many segments as are counted at once. What it comes to is kept under the hash of all that it was counted from,
so a close that begins again counts only what it has not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from accord.engine.running import Engine, rule
from accord.engine.view import View
from accord.payouts.allocation import TIME, columns, plain_instant
from accord.payouts.records import Epoch, Pool
from accord.payouts.tables import Folder, digest

#: events that are counted at once; the more, the fewer sums are added up afterwards, and the more memory or disk it takes.
AT_ONCE = 100_000_000

#: what listens weigh by, where people weigh
RULES = ("listeners", "every_listener", "units", "listened")

Part = Any  # an Arrow table, Parquet paths, or a view of such (metering.countable), with metering's columns


def listen(engine: Engine, events: Part, pools: Sequence[Pool], epochs: Sequence[Epoch], folder: Folder) -> bool:
    """Make the table `heard`. People are looked at only for the pools in which they weigh.

    Returns whether all of it had been counted before.
    """
    capped = [pool for pool in pools if pool.weighs.cap]
    plain = [pool for pool in pools if not pool.weighs.cap]
    before = True
    if plain or not capped:
        counting = Counting(engine, events, folder, {"places": places_of(plain, epochs)})
        before = counting.run("heard", "summed")
    if not capped:
        return before
    counting = Counting(engine, events, folder, {"capped_places": places_of(capped, epochs)})
    models = models_of(capped)
    engine.table("models", models)
    if not counting.kept("listened", models):
        counting.run("listeners", "every_listener", keep=False)
        engine.run(rule("payouts/units"), "units")
        engine.drop("listeners")
    engine.table("events", events)
    engine.run(rule("payouts/boosts"), "boosts")
    before &= counting.run("listened", of_all=models)
    if plain:
        engine.rename("heard", "plain")
        engine.run(rule("payouts/boosted"), "listened")
        engine.run(rule("payouts/together"), "heard")
        engine.drop("plain")
    else:
        engine.run(rule("payouts/boosted"), "heard")
    engine.drop("units")
    return before


class Counting:
    """Rules that count events, run over each part of them. `given` are the other tables that they read."""

    def __init__(self, engine: Engine, events: Part, folder: Folder, given: dict[str, pa.Table]) -> None:
        self._engine, self._folder, self._given = engine, folder, given
        self._parts = parts_of(events)
        for name, table in given.items():
            engine.table(name, table)

    def kept(self, what: str, of_all: pa.Table) -> bool:
        """Whether all of it has been counted before."""
        return self._folder.has(*self._keys(what, of_all))

    def run(self, what: str, added: str = "", of_all: pa.Table | None = None, *, keep: bool = True) -> bool:
        """Make the table `what` by the rule of that name, summed over the parts by the rule `added`, or the tables of the
        parts as `what_parts`. `of_all`: what each part depends on beside its own events are all of them, and this. One part
        alone need not be kept. Returns whether every part had been counted before.
        """
        if len(self._parts) == 1 and not (keep and self._folder.named and named(self._parts[0])):
            self._engine.table("events", self._parts[0])
            self._engine.run(rule(f"payouts/{what}"), what if added else f"{what}_parts")
            return False
        keys = self._keys(what, of_all)
        before = self._folder.has(*keys)
        made = [
            self._folder.stored(key, partial(self._count, what, part))
            for key, part in zip(keys, self._parts, strict=True)
        ]
        parts = f"{what}_parts" if len(made) > 1 or not added else what
        self._engine.table(parts, made)
        if added and len(made) > 1:
            self._engine.run(rule(f"payouts/{added}"), what)
        return before

    def _keys(self, what: str, of_all: pa.Table | None) -> list[str]:
        names = [named(part) for part in self._parts]
        texts = [rule(f"payouts/{name}").text for name in (RULES if of_all is not None else (what,))]
        whole = (names, of_all) if of_all is not None else ()
        engine = type(self._engine).__name__  # what one has stored another need not be able to read
        return [f"{what}-{digest(engine, texts, name, *self._given.values(), *whole)}" for name in names]

    def _count(self, what: str, part: Part, path: Path) -> None:
        self._engine.table("events", part)
        self._engine.run(rule(f"payouts/{what}"), what)
        self._engine.store(what, path)
        self._engine.drop(what)


def parts_of(events: Part) -> list[Part]:
    """Events in parts of at most `AT_ONCE`, or of one file where a file holds more."""
    if isinstance(events, pa.Table):
        return [events]
    if isinstance(events, View):
        return [View(events.rule, {**events.inputs, "as_sent": part}) for part in parts_of(events.inputs["as_sent"])]
    parts: list[list[Path]] = [[]]
    held = 0
    for path in events:
        rows = sum(parquet.read_metadata(file).num_rows for file in _files(path))
        if parts[-1] and held + rows > AT_ONCE:
            parts.append([])
            held = 0
        parts[-1].append(path)
        held += rows
    return parts


def _files(path: Path) -> list[Path]:
    """Of a table that an engine stored: Spark's are folders."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def laid_down(engine: Engine, events: Part, folder: Folder) -> Part:
    """Events that are read past their corrections, as files of a folder, part by part; others as they are.

    Each rule that counts would look every event up among what was corrected; so it is done once.
    """
    if not isinstance(events, View):
        return events
    kind = type(engine).__name__
    return [
        folder.stored(f"standing-{digest(kind, named(part))}", partial(_lay, engine, part)) for part in parts_of(events)
    ]


def _lay(engine: Engine, part: View, path: Path) -> None:
    engine.table("standing", View(rule("payouts/standing"), {"standing": part}))
    engine.store("standing", path)
    engine.drop("standing")


def named(part: Part) -> list[Any]:
    """What a part's events go by: segments lie in the vault under the hash of what they hold. Nothing for a table."""
    if isinstance(part, pa.Table):
        return []
    if isinstance(part, View):
        return [part.rule.digest, *(named(one) or digest(one) for one in part.inputs.values())]
    return [(path.name, sum(file.stat().st_size for file in _files(path))) for path in part]


def places_of(pools: Sequence[Pool], epochs: Sequence[Epoch]) -> pa.Table:
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


def models_of(pools: Sequence[Pool]) -> pa.Table:
    names = ("pool", "cap", "boost", "boost_plays", "boost_listeners")
    rows = [(p.number, p.weighs.cap, p.weighs.boost, p.weighs.boost_plays, p.weighs.boost_listeners) for p in pools]
    return columns(names, (pa.int64(),) * 5, rows)
