"""The second division of pools: the same as the third (`payouts.third`) by slower rules, its events counted at once.

Order 4 divides by it, and what it gave is made again by the rules that its statements name.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from accord.engine.dialect import Rule
from accord.engine.running import Engine, rule
from accord.payouts import division
from accord.payouts.places import places_of
from accord.payouts.records import Epoch, Pool
from accord.payouts.tables import Folder
from accord.payouts.third import division as third

#: its rules, in the order they run; their hashes stand in the fact of a close, under the names they had then.
RULES = tuple(
    f"payouts/{name}"
    for name in (
        *("heard", "boosts", "listened", "together", "unnamed", "numbered", "totals", "laid", "weighed", "asked"),
        *("floored", "placed", "turned", "rests", "shared", "unequal", "lost", "creations", "credits", "read_as"),
        "unpaid",
    )
)
#: those that the third division has others for; the rest are its own
SUPERSEDED = tuple(f"payouts/{name}" for name in ("listened", "unnamed", "totals", "laid", "floored", "placed"))


def ruled(name: str) -> Rule:
    """A rule of this division."""
    return rule(name, "second") if name in SUPERSEDED else third.ruled(name)


def listen(engine: Engine, events: Any, pools: Sequence[Pool], epochs: Sequence[Epoch], folder: Folder) -> bool:
    """Make the table `heard`. People are looked at only for the pools in which they weigh. Nothing is kept."""
    capped = [pool for pool in pools if pool.weighs.cap]
    plain = [pool for pool in pools if not pool.weighs.cap]
    engine.table("events", events)
    if plain or not capped:
        engine.table("places", places_of(plain, epochs))
        SECOND.run(engine, "heard")
    if not capped:
        return False
    engine.table("capped_places", places_of(capped, epochs))
    engine.table("models", third.models_of(capped))
    SECOND.run(engine, "boosts")
    SECOND.run(engine, "listened")
    if plain:
        engine.rename("heard", "plain")
        SECOND.run(engine, "together", "heard")
        engine.drop("plain")
        engine.drop("listened")
    else:
        engine.rename("listened", "heard")
    return False


SECOND = division.Steps(rules=RULES, listen=listen, asked_of_attributions=("unnamed", "numbered", "totals"), rule=ruled)
divide = partial(division.divide, steps=SECOND)
