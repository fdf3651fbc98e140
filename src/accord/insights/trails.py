"""From a creation to the people in it: who may be led to, what of theirs is shown, and how often that happens (shell)."""

from __future__ import annotations

from datetime import date

import msgspec
from django.db.models import F, Sum

from accord.catalog.records import Asset, AssetKind
from accord.insights.models import TrailRow
from accord.provenance import queries as provenance
from accord.provenance.credits import parties as named_in
from accord.studio import queries as studio
from accord.studio.records import Creation
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere
from accord.training.gathering import with_ancestors


class Person(msgspec.Struct, frozen=True):
    """Somebody in released creations: their own recordings and works that are in them, and those creations."""

    party: str
    own: tuple[Asset, ...]
    creations: tuple[Creation, ...]


def person(party: str) -> Person:
    """What is public of somebody: what of theirs is in released creations. Raises: NotThere for who is in none."""
    released = {one.creation for one in provenance.releases()}
    made = [one for one in studio.creations(ids=released) if party in _people(one)]
    if not made:
        raise NotThere("there is nobody of this name in a released creation")
    heard = {line.asset for one in made for line in provenance.unbound_credits(one).lines}
    inside = with_ancestors(heard).values()
    own = [asset for asset in inside if any(credit.party == party for credit in asset.credits)]
    kinds = (AssetKind.RECORDING, AssetKind.WORK)
    shown = sorted((a for a in own if a.kind in kinds), key=lambda a: (kinds.index(a.kind), a.title))
    return Person(party, tuple(shown), tuple(reversed(made)))


def seen(creation: str, day: date, counts: bool = True) -> None:
    """The page of a released creation was shown. Raises: NotThere for one that is not released."""
    _released(creation)
    if counts:
        _count(creation, "", day)


def followed(creation: str, party: str, day: date, counts: bool = True) -> None:
    """The page of a released creation led on to somebody who is credited in it. Raises: NotThere."""
    if party not in _people(_released(creation)):
        raise NotThere("there is nobody of this name in this creation")
    if counts:
        _count(creation, party, day)


def counts(at: Instant) -> dict[str, tuple[int, int]]:
    """Creation → (times its page was seen, times it led on to somebody in it), up to the day of `at`."""
    rows = TrailRow.objects.filter(day__lte=at.date()).values("creation", "party").annotate(total=Sum("count"))
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        views, clicks = found.get(row["creation"], (0, 0))
        found[row["creation"]] = (views, clicks + row["total"]) if row["party"] else (views + row["total"], clicks)
    return found


def _people(creation: Creation) -> set[str]:
    credited = provenance.unbound_credits(creation)
    holders = {party for line in credited.lines for party, _ in line.holders}
    return named_in(credited) - (holders - {party for line in credited.lines for party, _ in line.people})


def _released(creation: str) -> Creation:
    if not provenance.releases(creation=creation):
        raise NotThere(f"creation `{creation}` is not released")
    return studio.creations(ids=[creation])[0]


def _count(creation: str, party: str, day: date) -> None:
    key = f"{day.isoformat()}/{creation}/{party}"
    TrailRow.objects.get_or_create(key=key, defaults={"day": day, "creation": creation, "party": party})
    TrailRow.objects.filter(key=key).update(count=F("count") + 1)
