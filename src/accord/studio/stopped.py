"""What stops a take now: a maker took a yes back, something is held, or who must agree does no more; told to its maker (shell)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Mapping

from accord.clearance import queries as clearance
from accord.clearance.records import Answer
from accord.studio import holding, leave, permission, queries
from accord.studio.descent import creations_in, inside, is_creation, models_of, recordings
from accord.studio.records import Creation, Take, TakeState
from accord.studio.rules import everywhere
from accord.terms.instant import Instant
from accord.terms.refusal import Refusal, Refused
from accord.terms.territory import TerritorySet
from accord.terms.use import Use

#: Reasons told of what is not cleared; the refusal itself tells all of them.
TOLD = 6


def stopped(takes: Iterable[Take], at: Instant) -> dict[str, tuple[str, ...]]:
    """Take → what is in the way of making, handing in or releasing anything with it, in words for its maker; those that nothing
    stops are left out.

    Of a hold on what others made it says that there is one (law 10). A take that its own check holds has a case that tells more.
    """
    passed = [take for take in takes if take.state is TakeState.CLEAR]
    made = {one.id: one for one in queries.creations({name for take in passed for name in creations_in(take.lineage)})}
    own = {name for take in passed for name in inside(take.lineage) if not is_creation(name)}
    held = holding.held([*(take.id for take in passed), *own, *(one.take for one in made.values())])
    found = {take.id: (*_taken_back(take, made, at), *_held(take, made, held.keys())) for take in passed}
    return {name: told for name, told in found.items() if told}


def refused(takes: Iterable[Take], at: Instant, done: Container[str] = ()) -> dict[str, tuple[str, ...]]:
    """`stopped`, and besides what is not cleared now: recordings that nobody may remix anywhere the take may go, a model that
    serves no more. What is not in here can be handed in and edited. Of those in `done` that is over, and only `stopped` is told."""
    takes = list(takes)
    told = stopped(takes, at)
    asked = [t for t in takes if t.state is TakeState.CLEAR and t.id not in told and t.id not in done]
    answers, known = _answers(asked, at), dict[Hashable, TerritorySet | Refusal]()
    for take in asked:
        of = (take.feature, take.model, take.territories, take.lineage)
        if of not in known:
            known[of] = _where(take, at, answers[take.feature])
        told |= {take.id: why} if (why := _why(take, known[of])) else {}
    return told


def of_creations(creations: Iterable[Creation], at: Instant, released: Container[str]) -> dict[str, tuple[str, ...]]:
    """Creation → what stops the take that it is: of those that are released already what others took back or hold, of those
    that wait besides what is not cleared now."""
    takes = {one.take: one.id for one in creations}
    done = {take for take, name in takes.items() if name in released}
    found = refused(queries.takes(takes).values(), at, done)
    return {takes[take]: told for take, told in found.items()}


def _answers(takes: Iterable[Take], at: Instant) -> dict[str, dict[str, Answer]]:
    """Feature → recording → whether it may be remixed there now, asked once for all takes."""
    heard: dict[str, set[str]] = defaultdict(set)
    for take in takes:
        heard[take.feature].update(recordings(take.lineage))
    return {feature: clearance.decide_many(sorted(of), Use.REMIX, feature, at) for feature, of in heard.items()}


def _where(take: Take, at: Instant, answers: Mapping[str, Answer]) -> TerritorySet | Refusal:
    """Where who must agree to a take does now."""
    if not models_of(take):
        return everywhere({asset: answers[asset] for asset in recordings(take.lineage)}, None)
    try:
        return permission.again(take, at).territories
    except Refused as no:
        return no.refusal


def _why(take: Take, where: TerritorySet | Refusal) -> tuple[str, ...]:
    """Why a take may go nowhere now, in names; nothing where it may go somewhere."""
    try:
        if isinstance(where, Refusal):
            raise Refused(where)
        permission.somewhere(take, where & take.territories)
    except Refused as no:
        lines = (no.refusal.because, *no.refusal.details)[:TOLD]
        return tuple(clearance.named(lines, recordings(take.lineage)))
    return ()


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
