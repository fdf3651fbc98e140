"""What each creation weighs in each pool: its listens, each as much as the pool's model says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from accord.engine.running import Engine, rule
from accord.payouts import purses
from accord.payouts.counting import Counting, Part, parts_of
from accord.payouts.places import places_of
from accord.payouts.records import Epoch, Pool
from accord.payouts.tables import Folder


def listen(
    engine: Engine,
    events: Part,
    pools: Sequence[Pool],
    epochs: Sequence[Epoch],
    folder: Folder,
    weigh: Callable[..., bool] = purses.weigh,
) -> bool:
    """Make the table `heard`. People are looked at only for the pools in which they weigh (`weigh`).

    Returns whether all of it had been counted before.
    """
    capped = [pool for pool in pools if pool.weighs.cap]
    plain = [pool for pool in pools if not pool.weighs.cap]
    if not capped:
        return hear(engine, events, plain, epochs, folder)
    if not plain:
        before = weigh(engine, events, capped, epochs, folder)
        engine.rename("listened", "heard")
        return before
    before = hear(engine, events, plain, epochs, folder)
    engine.rename("heard", "plain")
    before &= weigh(engine, events, capped, epochs, folder)
    engine.run(rule("payouts/together"), "heard")
    engine.drop("plain")
    engine.drop("listened")
    return before


def hear(engine: Engine, events: Part, pools: Sequence[Pool], epochs: Sequence[Epoch], folder: Folder) -> bool:
    """Make the table `heard` of pools in which a listen weighs one. Returns whether all of it had been counted before."""
    places = places_of(pools, epochs)
    engine.table("places", places)
    counting = Counting(engine, folder, events, ("heard",), places)
    parts = [counting.table("heard", part) for part in parts_of(events)]
    if counting.keeps and len(parts) == 1:
        engine.table("heard", parts)
    else:
        engine.table("heard_parts", parts)
        engine.run(rule("payouts/summed"), "heard")
    return counting.before
