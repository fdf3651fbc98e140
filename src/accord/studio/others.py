"""Creations of others that may be laid into a remix now: what a creator finds in the studio (shell)."""

from __future__ import annotations

import msgspec

from accord.clearance import queries as clearance
from accord.governance import queries as governance
from accord.studio import leave, queries
from accord.studio.descent import creations_in
from accord.studio.records import Creation, Leave
from accord.terms.instant import Instant
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """A creation whose maker says yes to remixes in a feature, the recordings heard in it, and where all of them are cleared."""

    creation: str
    title: str
    maker: str
    duration_s: float
    recordings: tuple[str, ...]
    territories: TerritorySet
    leave: str
    release: str
    key: str | None = None
    tempo_bpm: float | None = None


def others(feature: str, creator: str, at: Instant, words: str = "") -> list[Other]:
    """What `creator` may remix of others in a feature, the newest yes first; `words` of its title, if any. Raises: NotThere.

    A creation is here when its maker agrees, the makers of all creations inside it do, nothing holds it or those, and every
    recording in it is cleared somewhere in common.
    """
    governance.feature(feature)
    said = leave.standing(feature, at)
    known = {one.id: one for one in queries.creations(said)}
    asked = [known[name] for name in said if words.lower() in known[name].title.lower()]
    inside = queries.creations({name for one in asked for name in creations_in(one.lineage)})
    own = {one.id for one in inside if one.creator == creator}
    clear = queries.clear(one.take for one in (*asked, *inside))
    holds = {hold.subject for hold in clearance.holds()}
    held = {one.id for one in (*asked, *inside) if one.take not in clear or {one.id, one.take} & holds}
    cleared = _cleared({span.asset for one in asked for span in one.lineage}, feature, at)
    return [
        _other(one, said[one.id], where)
        for one in asked
        if one.creator != creator
        and (where := _everywhere(one, cleared))
        and set(creations_in(one.lineage)) <= said.keys() | own
        and held.isdisjoint((one.id, *creations_in(one.lineage)))
    ]


def _cleared(assets: set[str], feature: str, at: Instant) -> dict[str, TerritorySet]:
    answers = clearance.decide_many(sorted(assets), Use.REMIX, feature, at) if assets else {}
    return {asset: answer.cleared for asset, answer in answers.items()}


def _everywhere(made: Creation, cleared: dict[str, TerritorySet]) -> TerritorySet:
    where = WORLD
    for span in made.lineage:
        where = where & cleared[span.asset]
    return where


def _other(made: Creation, said: Leave, where: TerritorySet) -> Other:
    return Other(
        creation=made.id,
        title=made.title,
        maker=made.creator,
        duration_s=made.duration_s,
        recordings=tuple(dict.fromkeys(span.asset for span in made.lineage)),
        territories=where,
        leave=said.id,
        release=said.release,
        key=made.key,
        tempo_bpm=made.tempo_bpm,
    )
