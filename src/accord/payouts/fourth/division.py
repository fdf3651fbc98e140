"""The fourth division of pools: the same as the fifth (`payouts.division`), but where people weigh all listens are looked
through for each slice of listeners, and each slice is added up for itself.

Order 7 divides by it, and what it gave is made again by the rules that its statements name.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from accord.engine.dialect import Rule
from accord.engine.running import Engine, rule
from accord.payouts import division, listening
from accord.payouts.allocation import TIME, columns
from accord.payouts.counting import Counting, Part, named, parts_of
from accord.payouts.places import stretches_of
from accord.payouts.records import Epoch, Pool
from accord.payouts.tables import Folder

#: the rules that count; `boosts` and `boosted` add up what they give.
COUNTING = ("people", "pieces", "told", "crowd", "units", "listened", "fans")
#: those that the fifth division has others for, or none; the rest are the same
SUPERSEDED = tuple(f"payouts/{name}" for name in ("told", "crowd", "units", "listened", "fans", "boosted"))
#: its rules, in the order they run; their hashes stand in the fact of a close.
RULES = (
    *("payouts/heard", "payouts/summed"),
    *(f"payouts/{name}" for name in COUNTING),
    *("payouts/boosts", "payouts/boosted", "payouts/together"),
    *division.DIVIDING,
)
#: listeners that are looked at at once, those of each purse for themselves.
TOGETHER = 8_000_000


def ruled(name: str) -> Rule:
    """A rule of this division."""
    return rule(name, "fourth") if name in SUPERSEDED else rule(name)


def weigh(engine: Engine, events: Part, pools: Sequence[Pool], epochs: Sequence[Epoch], folder: Folder) -> bool:
    """Make the table `listened`: pool, epoch, creation, plays, weight. Returns whether all of it had been counted before."""
    places, purses = _tables(pools, epochs)
    engine.table("capped_places", places)
    engine.table("purses", purses)
    kept = Counting(engine, folder, events, COUNTING, named(events), places, purses, ruled=ruled)
    engine.table("people", [kept.table("people", events)])
    engine.table("pieces", [kept.table("pieces", events)])
    engine.table("told", [kept.table("told", part) for part in parts_of(events)])
    slices = slices_of(engine)
    engine.table("listened_parts", [kept.table("listened", slots=slots, after="units") for slots in slices])
    if any(pool.weighs.boost > 1 for pool in pools):
        engine.table("fans_parts", [kept.table("fans", slots=slots) for slots in slices])
        FOURTH.run(engine, "boosts")
    else:
        engine.table("boosts", columns(("purse", "what", "boost"), (pa.int64(),) * 3, []))
    FOURTH.run(engine, "boosted", "listened")
    return kept.before


def slices_of(engine: Engine) -> list[dict[str, str]]:
    """The slots of rules that look at one slice of listeners after the other, none of them too large."""
    FOURTH.run(engine, "crowd")
    slices = 1 + int(engine.fetch("crowd")["listeners"][0].as_py()) // TOGETHER
    return [{"slices": str(slices), "slice": str(number)} for number in range(slices)]


def _tables(pools: Sequence[Pool], epochs: Sequence[Epoch]) -> tuple[pa.Table, pa.Table]:
    """(where and when a listen counts, and from which purse; what each purse gives by): places and purses have numbers."""
    places: list[tuple[Any, ...]] = []
    purses: dict[tuple[int, int], int] = {}
    for pool, epoch, stretch, start, end in stretches_of(pools, epochs):
        purse = purses.setdefault((pool.number, stretch), len(purses))
        places.append((len(places), purse, pool.number, epoch.number, pool.feature, pool.territory, start, end))
    weighs = {pool.number: pool.weighs for pool in pools}
    given = [(number, weighs[pool]) for (pool, _), number in purses.items()]
    rows = [(number, one.cap, one.boost, one.boost_plays, one.boost_listeners) for number, one in given]
    int32, int64 = pa.int32(), pa.int64()
    where = ("place", "purse", "pool", "epoch", "feature", "territory", "from_at", "until_at")
    kinds = (int32, int32, int64, int64, pa.string(), pa.string(), TIME, TIME)
    by = ("purse", "cap", "boost", "boost_plays", "boost_listeners")
    return columns(where, kinds, places), columns(by, (int32, *(int64,) * 4), rows)


FOURTH = division.Steps(
    rules=RULES,
    listen=partial(listening.listen, weigh=weigh),
    asked_of_attributions=("wholes", "unnamed", "numbered", "totals"),
    rule=ruled,
)
divide = partial(division.divide, steps=FOURTH)
