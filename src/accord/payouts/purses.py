"""What each creation weighs in pools where people weigh: by numbers for listeners and creations, a share of listeners at a time.

Whatever a listener has to give depends on all they heard, so listens are met with their listener's purse: a join as large
as the period has listeners and pools. Numbers make it narrow, and listens are laid down in shares that have no listener in
common, each small enough for a processor to have it at hand. Everything on the way lies in the folder, so whoever weighs
the same again goes on from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from accord.engine.running import Engine, rule
from accord.payouts.allocation import TIME, columns
from accord.payouts.counting import Counting, Part, events_in, named, parts_of
from accord.payouts.places import stretches_of
from accord.payouts.records import Epoch, Pool
from accord.payouts.tables import Folder

#: the rules that count; `added` adds up what they give.
RULES = ("people", "pieces", "told", "fans", "boosts", "listened")
#: listens in a share, if listeners hear alike much; and the most shares, since each is a file that is written to at once.
TOGETHER = 4_000_000
MOST_SHARES = 64
INT, INT64 = pa.int32(), pa.int64()


def weigh(engine: Engine, events: Part, pools: Sequence[Pool], epochs: Sequence[Epoch], folder: Folder) -> bool:
    """Make the table `listened`: pool, epoch, creation, plays, weight. Returns whether all of it had been counted before."""
    places, purses = tables_of(pools, epochs)
    engine.table("capped_places", places)
    engine.table("purses", purses)
    kept = Counting(engine, folder, events, RULES, named(events), places, purses)
    engine.table("people", [kept.table("people", events)])
    engine.table("pieces", [kept.table("pieces", events)])
    shares = min(MOST_SHARES, 1 + events_in(events) // TOGETHER)
    told = [kept.table("told", part, {"shares": str(shares)}, by="share") for part in parts_of(events)]

    def of_each_share(what: str) -> list[Path]:
        found = []
        for share in range(shares):
            if listens := [file for one in told for file in sorted(one.glob(f"share={share}/*.parquet"))]:
                engine.table("told", listens)
                found.append(kept.table(what, slots={"share": str(share), "shares": str(shares)}))
        return found

    boosting = any(pool.weighs.boost > 1 for pool in pools)
    if boosting and (fans := of_each_share("fans")):
        engine.table("fans_parts", fans)
        engine.run(rule("payouts/boosts"), "boosts")
    else:
        engine.table("boosts", columns(("purse", "what", "boost"), (INT, INT, INT64), []))
    engine.table("listened", of_each_share("listened") or columns(("place", "what", "weight"), (INT, INT, INT64), []))
    engine.run(rule("payouts/added"), "listened")
    return kept.before


def tables_of(pools: Sequence[Pool], epochs: Sequence[Epoch]) -> tuple[pa.Table, pa.Table]:
    """(where and when a listen counts, and from which purse; what each purse gives by). A place is a pool and an epoch, a purse
    a pool and a stretch of time; both have numbers.
    """
    rows: list[tuple[Any, ...]] = []
    places: dict[tuple[int, int], int] = {}
    purses: dict[tuple[int, int], int] = {}
    for pool, epoch, stretch, start, end in stretches_of(pools, epochs):
        place = places.setdefault((pool.number, epoch.number), len(places))
        purse = purses.setdefault((pool.number, stretch), len(purses))
        rows.append((place, purse, pool.number, epoch.number, pool.feature, pool.territory, start, end))
    weighs = {pool.number: pool.weighs for pool in pools}
    given = [(number, weighs[pool]) for (pool, _), number in purses.items()]
    by = [(number, one.cap, one.boost, one.boost_plays, one.boost_listeners) for number, one in given]
    return (
        columns(
            ("place", "purse", "pool", "epoch", "feature", "territory", "from_at", "until_at"),
            (INT, INT, INT64, INT64, pa.string(), pa.string(), TIME, TIME),
            rows,
        ),
        columns(("purse", "cap", "boost", "boost_plays", "boost_listeners"), (INT, *(INT64,) * 4), by),
    )
