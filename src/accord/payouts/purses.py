"""What each creation weighs in pools where people weigh: by numbers for listeners and creations, a slice of listeners at a time.

Whatever a listener has to give depends on all they heard, so listens are met with their listener's purse: a join as large
as the period has listeners and pools. Numbers make it narrow, and slices keep it within memory, however many there are.
Everything on the way lies in the folder, so whoever weighs the same again goes on from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from accord.engine.running import Engine, rule
from accord.payouts.allocation import TIME, columns
from accord.payouts.counting import Counting, Part, named, parts_of
from accord.payouts.places import stretches_of
from accord.payouts.records import Epoch, Pool
from accord.payouts.tables import Folder

#: the rules that count; `boosts` and `boosted` add up what they give.
RULES = ("people", "pieces", "told", "crowd", "units", "listened", "fans")
#: listeners that are looked at at once, those of each purse for themselves.
TOGETHER = 8_000_000


def weigh(engine: Engine, events: Part, pools: Sequence[Pool], epochs: Sequence[Epoch], folder: Folder) -> bool:
    """Make the table `listened`: pool, epoch, creation, plays, weight. Returns whether all of it had been counted before."""
    places, purses = tables_of(pools, epochs)
    engine.table("capped_places", places)
    engine.table("purses", purses)
    kept = Counting(engine, folder, events, RULES, named(events), places, purses)
    engine.table("people", [kept.table("people", events)])
    engine.table("pieces", [kept.table("pieces", events)])
    engine.table("told", [kept.table("told", part) for part in parts_of(events)])
    slices = slices_of(engine)
    engine.table("listened_parts", [kept.table("listened", slots=slots, after="units") for slots in slices])
    if any(pool.weighs.boost > 1 for pool in pools):
        engine.table("fans_parts", [kept.table("fans", slots=slots) for slots in slices])
        engine.run(rule("payouts/boosts"), "boosts")
    else:
        engine.table("boosts", columns(("purse", "what", "boost"), (pa.int64(),) * 3, []))
    engine.run(rule("payouts/boosted"), "listened")
    return kept.before


def slices_of(engine: Engine) -> list[dict[str, str]]:
    """The slots of rules that look at one slice of listeners after the other, none of them too large."""
    engine.run(rule("payouts/crowd"), "crowd")
    slices = 1 + int(engine.fetch("crowd")["listeners"][0].as_py()) // TOGETHER
    return [{"slices": str(slices), "slice": str(number)} for number in range(slices)]


def tables_of(pools: Sequence[Pool], epochs: Sequence[Epoch]) -> tuple[pa.Table, pa.Table]:
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
