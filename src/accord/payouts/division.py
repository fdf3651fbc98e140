"""A period's pools divided as tables that an engine joins: listens are summed before anything is rounded.

A pool is split once, among the assets its creations were made from, by the sum of listens × attribution; what an asset
earned is split once, among its recipients. The first division (`first`) split each creation's part as well: at a billion
listens that is a sort of every creation in every territory, and a Python object for every part. Here the events are counted
in parts (`counting`), whom an asset's money concerns is asked once for all the places in which the answer is the same
(`asking`), and the lines come out as one table. The second to fourth (`second` …) give the same amounts by slower rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import lcm
from typing import Any

import msgspec
import pyarrow as pa

from accord import __version__
from accord.engine.dialect import Rule
from accord.engine.running import Engine, rule
from accord.metering.periods import Span
from accord.payouts import purses
from accord.payouts.allocation import Allocation, Leak, Reader, columns, pool_table, share_table, unpaid
from accord.payouts.asking import Answers, alike, answers_of
from accord.payouts.counting import laid_down, named
from accord.payouts.lines import RECIPIENT, SCHEMA, Lines
from accord.payouts.listening import listen
from accord.payouts.records import Attributed, Epoch, Pool
from accord.payouts.tables import Folder, digest

#: the rules that divide what listens weigh, in the order they run, and then tell of it; those of the third and fourth too.
DIVIDING = tuple(
    f"payouts/{name}"
    for name in (
        *("wholes", "unnamed", "numbered", "totals", "laid", "weighed", "asked", "floored", "placed", "turned"),
        *("rests", "shared", "unequal", "lost", "creations", "credits", "read_as", "unpaid"),
    )
)
#: the rules of the fifth division; their hashes stand in the fact of a close.
RULES = (
    *("payouts/heard", "payouts/summed"),
    *(f"payouts/{name}" for name in purses.RULES),
    *("payouts/added", "payouts/together"),
    *DIVIDING,
)
#: for whoever asks where an amount came from: table → (its rule, its order)
TABLES = {
    "creations": ("creations", "pool, creation, epoch"),
    "credits": ("credits", "creation, kind, subject"),
    "readings": ("read_as", "pool, epoch, kind, subject"),
}
#: what attributions are laid on when their wholes have no common multiple below it.
LARGEST_WHOLE = 10**15

#: the steps that `share` is done with, and what is said of a step that was found done
SHARED = ("pools shared among what creations were made from", "assets shared among recipients")
KEPT = "kept from before"

Listen = Callable[[Engine, Any, Sequence[Pool], Sequence[Epoch], Folder], bool]


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between the second division and those after it: how events are counted, and the texts of some rules."""

    rules: tuple[str, ...]
    listen: Listen
    asked_of_attributions: tuple[str, ...]  # in their order, before these are laid on one whole
    rule: Callable[[str], Rule] = rule

    def run(self, engine: Engine, name: str, into: str = "", slots: Mapping[str, str] | None = None) -> None:
        """Run a rule of the division; its result has its name, or another."""
        engine.run(self.rule(f"payouts/{name}"), into or name, slots)


FIFTH = Steps(rules=RULES, listen=listen, asked_of_attributions=("wholes", "unnamed", "numbered", "totals"))


def divide(
    engine: Engine,
    span: Span,
    events: Any,
    pools: Sequence[Pool],
    epochs: Sequence[Epoch],
    attributions: Sequence[Attributed] | pa.Table,
    reader: Reader,
    done: Callable[[str], None] = lambda step: None,
    folder: Folder | None = None,
    steps: Steps = FIFTH,
) -> Allocation:
    """Split each pool of a period to the micro. `events` is what `metering.countable` gives, with metering's columns.

    In a folder with a name, what was counted and divided is kept, and taken from there by whoever divides the same again.
    Raises: Leak, when a step's parts do not sum to its whole (an engine that cannot count).
    """
    folder, places = folder or Folder(), alike(reader, pools, epochs)
    shares = attributions if isinstance(attributions, pa.Table) else share_table(attributions)
    weigh(engine, events, pools, epochs, shares, places, done, folder, steps)
    found = answers_of(engine.parts("asked", "subject, place"), places, reader)
    done("claims and deals read")
    texts, names = [steps.rule(name).text for name in steps.rules], named(events)
    kept = folder
    if folder.named and names:
        made_of = (texts, names, pools, epochs, sorted(places.items()), shares, *found.tables)
        kept = folder.inside(digest(__version__, *made_of))
    # what lies in a folder that is not named by its input can be of another one
    before = kept is not folder and kept.has("lines", *TABLES)
    if not before:
        share(engine, found, steps, done)
        kept.write("lines", SCHEMA, _lines(engine.parts("lines", "pool, reading, place"), found))
        for name, (made_by, order) in TABLES.items():
            steps.run(engine, made_by, name)
            _write(engine, kept, name, order)
        done(SHARED[1])
    for step in SHARED if before else ():
        done(f"{step}, {KEPT}")
    made = {name: kept.file(name) for name in ("lines", *TABLES)}
    return Allocation(folder=kept, tables=made, lines=Lines(made["lines"], kept), unpaid=unpaid(engine, span))


def weigh(
    engine: Engine,
    events: Any,
    pools: Sequence[Pool],
    epochs: Sequence[Epoch],
    shares: pa.Table,
    places: Mapping[tuple[int, int], int],
    done: Callable[[str], None],
    folder: Folder,
    steps: Steps = FIFTH,
) -> None:
    """What each asset weighs in each pool, and whom that must be asked of: the engine's tables `weighed` and `asked`."""
    engine.table("pools", pool_table(pools))
    engine.table("attributions", shares)
    pairs = [(pool, epoch, place) for (pool, epoch), place in places.items()]
    engine.table("alike", columns(("pool", "epoch", "place"), (pa.int64(),) * 3, pairs))
    events = laid_down(engine, events, folder)
    before = steps.listen(engine, events, pools, epochs, folder)
    engine.table("events", events)
    done(f"listens counted, {KEPT}" if before else "listens counted")
    for name in steps.asked_of_attributions:
        steps.run(engine, name)
    steps.run(engine, "laid", slots={"scale": str(_whole(engine.fetch("totals")))})
    steps.run(engine, "weighed")
    engine.drop("laid")
    steps.run(engine, "asked")


def share(
    engine: Engine, found: Answers, steps: Steps = FIFTH, done: Callable[[str], None] = lambda step: None
) -> None:
    """What each recipient gets, as the engine's table `lines`, which may be larger than memory."""
    for name in ("answers", "readings", "patterns"):
        engine.table(name, getattr(found, name))
    steps.run(engine, "floored")
    steps.run(engine, "placed", "earned")
    engine.drop("floored")
    _refuse(engine, steps, "earned", "unequal", {"parts": "earned", "group": "pool"})
    done(SHARED[0])
    steps.run(engine, "turned")
    steps.run(engine, "rests")
    _refuse(engine, steps, "rests", "unequal", {"parts": "rests", "group": "pattern, whole_micros"})
    steps.run(engine, "shared", "lines")
    engine.drop("turned")
    _refuse(engine, steps, "lines", "lost", {})


def _refuse(engine: Engine, steps: Steps, what: str, guard: str, slots: dict[str, str]) -> None:
    steps.run(engine, guard, "leaks", slots)
    leaks = engine.fetch("leaks")
    if leaks.num_rows:
        raise Leak(f"{what}: {leaks.num_rows} wholes differ from their parts, such as {leaks.slice(0, 1).to_pylist()}")


def _whole(totals: pa.Table) -> int:
    """The least whole that all attributions are exact parts of; the largest we lay them on where that is beyond it."""
    found = 1
    for column in totals["whole_units"].chunks:
        for whole in column.to_pylist():
            found = lcm(found, whole)
            if found > LARGEST_WHOLE:
                return LARGEST_WHOLE
    return found


def _lines(rows: Iterable[pa.Table], found: Answers) -> Iterator[pa.Table]:
    """What each recipient got, with what is told of it beside."""
    names = {
        "subject": "id",
        "earned_micros": "whole_micros",
        "amount_micros": "part_micros",
        "left_over_micros": "over_place",
    }
    for part in rows:
        reading = part["reading"].to_numpy()
        at = found.first[reading] + part["place"].to_numpy() - 1
        to, whose = found.told.take(pa.array(at)), found.readings.take(pa.array(reading))
        of = dict.fromkeys(RECIPIENT, to) | dict.fromkeys(("kind", "subject"), whose)
        yield pa.table({name: of.get(name, part)[names.get(name, name)] for name in SCHEMA.names}, schema=SCHEMA)


def _write(engine: Engine, folder: Folder, name: str, order: str) -> None:
    parts = engine.parts(name, order)
    first = next(parts, None)
    if first is None:  # a table without rows has no parts, and columns all the same
        first = engine.fetch(name)
    folder.write(name, first.schema, chain([first], parts))
