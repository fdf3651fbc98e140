"""What inside a remix stops it now: a maker took a yes back, or something is held; told to whoever made the remix (shell)."""

from __future__ import annotations

from collections.abc import Iterable

from accord.studio import holding, leave, queries
from accord.studio.descent import creations_in, inside, is_creation
from accord.studio.records import Creation, Take, TakeState
from accord.terms.instant import Instant


def stopped(takes: Iterable[Take], at: Instant) -> dict[str, tuple[str, ...]]:
    """Take → what is in the way of making, handing in or releasing anything with it, in words for its maker; those that nothing
    stops are left out.

    Of a hold on what others made it says that there is one (law 10). A take that its own check holds has a case that tells more.
    """
    mixes = [take for take in takes if take.lineage and take.state is TakeState.CLEAR]
    made = {one.id: one for one in queries.creations({name for take in mixes for name in creations_in(take.lineage)})}
    own = {name for take in mixes for name in inside(take.lineage) if not is_creation(name)}
    held = holding.held([*(take.id for take in mixes), *own, *(one.take for one in made.values())])
    found = {take.id: (*_taken_back(take, made, at), *_held(take, made, held.keys())) for take in mixes}
    return {name: told for name, told in found.items() if told}


def of_creations(creations: Iterable[Creation], at: Instant) -> dict[str, tuple[str, ...]]:
    """Creation → the same of the take that it is."""
    takes = {one.take: one.id for one in creations}
    found = stopped(queries.takes(takes).values(), at)
    return {takes[take]: told for take, told in found.items()}


def _taken_back(take: Take, made: dict[str, Creation], at: Instant) -> tuple[str, ...]:
    names = [name for name in creations_in(take.lineage) if made[name].creator != take.creator]
    agreed = leave.standing(take.feature, at, names) if names else {}
    return leave.in_words([name for name in names if name not in agreed], take.feature)


def _held(take: Take, made: dict[str, Creation], held: Iterable[str]) -> tuple[str, ...]:
    about: dict[str, None] = {}
    for name in inside(take.lineage):
        if is_creation(name) and made[name].take in held:
            about[f"“{made[name].title}” is held for now"] = None
        elif not is_creation(name) and name in held:
            about["a mix that is laid into it is held for now"] = None
    if take.id in held and not about:
        about["it is held for now, or what it was edited from is"] = None
    return tuple(about)
