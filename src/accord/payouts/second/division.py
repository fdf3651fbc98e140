"""The second division of pools: the same as the third (`payouts.division`), its events counted at once and not in parts.

Order 4 divides by it, and what it gave is made again by the rules that its statements name.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from accord.engine.dialect import Rule
from accord.engine.running import Engine, rule
from accord.payouts import division
from accord.payouts.listening import models_of, places_of
from accord.payouts.records import Epoch, Pool
from accord.payouts.tables import Folder

#: its rules, in the order they run; their hashes stand in the fact of a close, under the names they had then.
RULES = tuple(
    f"payouts/{name}"
    for name in (
        *("heard", "boosts", "listened", "together", "unnamed", "numbered", "totals", "laid", "weighed", "asked"),
        *("floored", "placed", "turned", "rests", "shared", "unequal", "lost", "creations", "credits", "read_as"),
        "unpaid",
    )
)
#: those that the third division has others for; the rest are the same
SUPERSEDED = tuple(f"payouts/{name}" for name in ("listened", "unnamed", "totals", "laid", "floored", "placed"))


def ruled(name: str) -> Rule:
    """A rule of this division."""
    return rule(name, "second") if name in SUPERSEDED else rule(name)


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
    engine.table("models", models_of(capped))
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
