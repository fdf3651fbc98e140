"""Creations of others that may be laid into a remix now: what a creator finds in the studio (shell)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, islice

import msgspec

from accord.clearance import queries as clearance
from accord.governance import queries as governance
from accord.studio import holding, leave, queries, serving
from accord.studio.descent import creations_in, inside, models_of, recordings
from accord.studio.records import Creation, Leave
from accord.terms.instant import Instant
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

#: Creations that are looked at together: where the first few are wanted, and where all are.
AT_ONCE, ALL_AT_ONCE = 100, 1_000


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """A creation whose maker says yes to remixes in a feature, the recordings heard in it, the models that wrote in it, and where
    all of them may be heard."""

    creation: str
    title: str
    maker: str
    duration_s: float
    recordings: tuple[str, ...]
    models: tuple[str, ...]
    territories: TerritorySet
    leave: str
    release: str
    key: str | None = None
    tempo_bpm: float | None = None


class Page(msgspec.Struct, frozen=True):
    """Some creations of others, the newest yes first; `before` names the yes that older ones come before, None after the last."""

    creations: tuple[Other, ...]
    before: str | None


def others(
    feature: str,
    creator: str,
    at: Instant,
    words: str = "",
    most: int | None = None,
    of: Iterable[str] | None = None,
    before: str | None = None,
) -> list[Other]:
    """What `creator` may remix of others in a feature, the newest yes first; `words` of its title, if any. Raises: NotThere.

    A creation is here when its maker agrees, the makers of all creations inside it do, nothing holds it or what is inside it,
    every recording in it is cleared and every model serves somewhere in common. With `most` no more are looked at than it takes to find so many;
    with `of`, those alone; with `before`, those whose yes is older than this one. Raises: BadInput for one that there is not.
    """
    governance.feature(feature)
    some = leave.newest(feature, at, ALL_AT_ONCE if most is None else AT_ONCE, of, before)
    found = (_open(said, feature, creator, at, words.lower()) for said in some)
    return list(islice(chain.from_iterable(found), most))


def paged(feature: str, creator: str, at: Instant, words: str, many: int, before: str | None = None) -> Page:
    """At most `many` of `others`: no more creations are looked at than it takes to find them. Raises: as `others`."""
    found = others(feature, creator, at, words, many + 1, before=before)
    return Page(tuple(found[:many]), found[many - 1].leave if len(found) > many else None)


def _open(said: Mapping[str, Leave], feature: str, creator: str, at: Instant, words: str) -> list[Other]:
    known = {one.id: one for one in queries.creations(said)}
    asked = [
        known[name] for name in reversed(said) if words in known[name].title.lower() and known[name].creator != creator
    ]
    inner = queries.creations({name for one in asked for name in creations_in(one.lineage)})
    agreed = leave.standing(feature, at, [one.id for one in inner]).keys() | {
        one.id for one in inner if one.creator == creator
    }
    takes = {one.id: one.take for one in (*asked, *inner)}
    held = holding.held(
        [*takes.values(), *(name for one in asked for name in inside(one.lineage) if name not in takes)]
    )
    cleared = _cleared({asset for one in asked for asset in recordings(one.lineage)}, feature, at)
    cleared |= {model: serving.serves_now(model, feature, at) for model in {m for one in asked for m in models_of(one)}}
    return [
        _other(one, said[one.id], where)
        for one in asked
        if (where := _everywhere(one, cleared))
        and agreed.issuperset(creations_in(one.lineage))
        and held.keys().isdisjoint(takes.get(name, name) for name in (one.id, *inside(one.lineage)))
    ]


def _cleared(assets: set[str], feature: str, at: Instant) -> dict[str, TerritorySet]:
    answers = clearance.decide_many(sorted(assets), Use.REMIX, feature, at) if assets else {}
    return {asset: answer.cleared for asset, answer in answers.items()}


def _everywhere(made: Creation, cleared: dict[str, TerritorySet]) -> TerritorySet:
    where = WORLD
    for root in (*recordings(made.lineage), *models_of(made)):
        where = where & cleared[root]
    return where


def _other(made: Creation, said: Leave, where: TerritorySet) -> Other:
    return Other(
        creation=made.id,
        title=made.title,
        maker=made.creator,
        duration_s=made.duration_s,
        recordings=recordings(made.lineage),
        models=models_of(made),
        territories=where,
        leave=said.id,
        release=said.release,
        key=made.key,
        tempo_bpm=made.tempo_bpm,
    )
