"""The third division of pools: the same as the fourth (`payouts.fourth`), but where people weigh all is counted at once.

Orders 5 and 6 divide by it, and what they gave is made again by the rules that their statements name.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from accord.engine.dialect import Rule
from accord.engine.running import Engine, rule
from accord.payouts import division
from accord.payouts.allocation import columns
from accord.payouts.listening import hear
from accord.payouts.places import places_of
from accord.payouts.records import Epoch, Pool
from accord.payouts.tables import Folder

#: those that the fourth division has others for; the rest are the same
SUPERSEDED = tuple(
    f"payouts/{name}" for name in ("listeners", "every_listener", "units", "boosts", "listened", "boosted")
)
#: its rules, in the order they run; their hashes stand in the fact of a close.
RULES = (
    *("payouts/heard", "payouts/summed"),
    *SUPERSEDED,
    "payouts/together",
    *division.DIVIDING,
)


def ruled(name: str) -> Rule:
    """A rule of this division."""
    return rule(name, "third") if name in SUPERSEDED else rule(name)


def listen(engine: Engine, events: Any, pools: Sequence[Pool], epochs: Sequence[Epoch], folder: Folder) -> bool:
    """Make the table `heard`. Returns whether all of it had been counted before, as nothing is where people weigh."""
    capped = [pool for pool in pools if pool.weighs.cap]
    plain = [pool for pool in pools if not pool.weighs.cap]
    before = hear(engine, events, plain, epochs, folder) if plain or not capped else False
    if not capped:
        return before
    if plain:
        engine.rename("heard", "plain")
    engine.table("events", events)
    engine.table("capped_places", places_of(capped, epochs))
    engine.table("models", models_of(capped))
    THIRD.run(engine, "listeners", "listeners_parts")
    THIRD.run(engine, "every_listener", "listeners")
    THIRD.run(engine, "units")
    engine.drop("listeners")
    THIRD.run(engine, "boosts")
    THIRD.run(engine, "listened", "listened_parts")
    THIRD.run(engine, "boosted", "listened" if plain else "heard")
    if plain:
        THIRD.run(engine, "together", "heard")
        engine.drop("plain")
    engine.drop("units")
    return False


def models_of(pools: Sequence[Pool]) -> pa.Table:
    """What each pool gives by."""
    names = ("pool", "cap", "boost", "boost_plays", "boost_listeners")
    rows = [(p.number, p.weighs.cap, p.weighs.boost, p.weighs.boost_plays, p.weighs.boost_listeners) for p in pools]
    return columns(names, (pa.int64(),) * 5, rows)


THIRD = division.Steps(
    rules=RULES, listen=listen, asked_of_attributions=("wholes", "unnamed", "numbered", "totals"), rule=ruled
)
divide = partial(division.divide, steps=THIRD)
