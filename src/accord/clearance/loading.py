"""From the rooms' queries to the state the rules decide on: the slice a few assets need, or everything.

A state is read whole or not at all: it carries the journal position it was read at, and every fact changes its rows in
the transaction that writes it, so when the journal's last entry is the same before and after the reading, nothing in
between changed (law 4). `keeping` holds on to a whole state and brings it up to date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from django.db import transaction
from django.db.models import Q

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind, Claim
from accord.clearance.models import HoldRow
from accord.clearance.records import ClearanceState, Hold
from accord.deals import queries as deals
from accord.governance import queries as governance
from accord.journal.models import JournalEntry
from accord.participation import queries as participation
from accord.parties import queries as parties
from accord.parties.records import Membership

T = TypeVar("T")
ATTEMPTS = 5


class Mark(msgspec.Struct, frozen=True):
    """The journal's last entry. The salted leaf tells it from any other entry that ever stood at this position."""

    position: int = 0
    leaf: bytes = b""


def mark() -> Mark:
    """The journal's last entry now: what every decision is compared with before it is given out."""
    row = JournalEntry.objects.order_by("-position").values_list("position", "leaf").first()
    return Mark(row[0], bytes(row[1])) if row else Mark()


def current(assets: Iterable[str] | None = None) -> ClearanceState:
    """The state at the journal's head: all of it, or all that these assets need."""
    wanted = None if assets is None else tuple(assets)
    return settled(lambda position: load(position, wanted))[0]


def current_of(people: Iterable[str]) -> ClearanceState:
    """The state at the journal's head as far as people's own choices go, without any asset."""
    wanted = tuple(people)
    return settled(lambda position: _of_people(position, wanted))[0]


def _of_people(position: int, people: tuple[str, ...]) -> ClearanceState:
    joined = parties.memberships()
    together = sorted({*people, *(one.member for one in joined if one.collective in people)})
    return ClearanceState(
        known=position,
        assets={},
        features=governance.features(),
        memberships=by(joined, lambda membership: membership.member),
        **of_people(together),
    )


def as_known(known: int, assets: Iterable[str]) -> ClearanceState:
    """The state as it stood after a journal position: history does not move, so it needs no second look."""
    return load(known, tuple(assets), known)


def settled(read: Callable[[int], T]) -> tuple[T, Mark]:
    """Read until the journal did not move meanwhile; at last with the writer's lock held."""
    for _ in range(ATTEMPTS):
        before = mark()
        found = read(before.position)
        if mark() == before:
            return found, before
    with transaction.atomic():
        from accord.journal.actions import lock_writer

        lock_writer()
        before = mark()
        return read(before.position), before


def load(position: int, assets: tuple[str, ...] | None, known: int | None = None) -> ClearanceState:
    """Read a state: everything (`assets` None), or what these assets need; now, or as of `known`."""
    found = catalog.assets(known=known) if assets is None else _with_ancestors(assets, known)
    held = of_assets(None if assets is None else list(found), known)
    joined = parties.memberships(known)
    people = None if assets is None else _concerned(found, held["claims"], joined)
    return ClearanceState(
        known=position,
        assets=found,
        features=governance.features(known),
        grants=by(deals.grants(known), lambda grant: grant.licensor),
        memberships=by(joined, lambda membership: membership.member),
        **held,
        **of_people(people, known),
    )


def of_assets(ids: Iterable[str] | None, known: int | None = None) -> dict[str, dict[str, Any]]:
    """What a state holds by asset, of all or some: claims, freedom, holds."""
    return {
        "claims": by(catalog.claims(asset_ids=ids, known=known), lambda claim: claim.asset),
        "public_domain": by(catalog.public_domain(known=known, asset_ids=ids), lambda free: free.asset),
        "holds": by(holds(known=known), lambda hold: hold.subject),
    }


def of_people(people: Iterable[str] | None, known: int | None = None) -> dict[str, dict[str, Any]]:
    """What a state holds by person, of all or some: choices and mandates."""
    return {
        "choices": by(participation.choices(people, known), lambda choice: choice.person),
        "mandates": by(parties.mandates(known, people), lambda mandate: mandate.person),
    }


def held_since(position: int) -> set[str]:
    """What was put on hold or taken off it after a journal position."""
    later = Q(known_from__gt=position) | Q(known_until__gt=position)
    return set(HoldRow.objects.filter(later).values_list("subject", flat=True))


def held_between(since: int, until: int) -> list[tuple[str, int]]:
    """(subject, position) of each hold placed or lifted after one journal position and up to another."""
    found: set[tuple[str, int]] = set()
    for field in ("known_from", "known_until"):
        within = {f"{field}__gt": since, f"{field}__lte": until}
        found.update(HoldRow.objects.filter(**within).values_list("subject", field))
    return sorted(found)


def holds(subject: str | None = None, known: int | None = None) -> list[Hold]:
    """The holds that stand, on anything or on one subject, now or as known."""
    rows = HoldRow.objects.order_by("known_from")
    if known is None:
        rows = rows.filter(known_until=None)
    else:
        rows = rows.filter(known_from__lte=known).filter(Q(known_until=None) | Q(known_until__gt=known))
    if subject is not None:
        rows = rows.filter(subject=subject)
    names = ("id", "subject", "reason", "case", "at", "known_from", "known_until")
    return [Hold(**{name: getattr(row, name) for name in names}) for row in rows]


def _with_ancestors(assets: tuple[str, ...], known: int | None) -> dict[str, Asset]:
    found: dict[str, Asset] = {}
    todo = list(dict.fromkeys(assets))
    while todo:
        found |= catalog.assets(ids=todo, known=known)
        parents = [parent for asset in todo if asset in found for parent in found[asset].parents]
        missing = set(todo) - set(found)
        todo = [parent for parent in dict.fromkeys(parents) if parent not in found and parent not in missing]
    return found


def _concerned(
    assets: Mapping[str, Asset], claims: Mapping[str, tuple[Claim, ...]], joined: list[Membership]
) -> list[str]:
    """Whose choices may matter: everybody credited or claiming, labels, and the members of groups among them."""
    people = {credit.party for asset in assets.values() for credit in asset.credits}
    people |= {asset.label for asset in assets.values() if asset.label}
    people |= {claim.claimant for standing in claims.values() for claim in standing}
    people |= {one.member for one in joined if one.collective in people}
    return sorted(people)


def by(found: Iterable[T], key: Callable[[T], str]) -> dict[str, tuple[T, ...]]:
    """Records under their key, in the order they came."""
    grouped: defaultdict[str, list[T]] = defaultdict(list)
    for one in found:
        grouped[key(one)].append(one)
    return {name: tuple(group) for name, group in grouped.items()}


def ids_of_kind(state: ClearanceState, kind: AssetKind | None) -> tuple[str, ...]:
    """The ids of all assets of a kind (or all), in order."""
    return tuple(sorted(asset.id for asset in state.assets.values() if kind is None or asset.kind is kind))
