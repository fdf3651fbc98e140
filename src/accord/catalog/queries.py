"""What may be asked of the catalogue. Bulk questions take few queries, however many assets they are about.

`known` asks as of a journal position: the catalogue as it stood after that fact.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import Count, Q, QuerySet

from accord.catalog.models import (
    AssetIdentifierRow,
    AssetRow,
    ClaimRow,
    ConflictRow,
    CreditRow,
    DeliveryRow,
    EncodingRow,
    LineageRow,
    PermissionRow,
    PublicDomainRow,
    ReleaseRow,
    SaidRow,
)
from accord.catalog.records import (
    Asset,
    AssetKind,
    Claim,
    ClaimStatus,
    Conflict,
    Delivery,
    Encoding,
    Permission,
    PublicDomain,
    Release,
    Terms,
)
from accord.catalog.rows import as_asset, as_claim, as_conflict, said_key, territories
from accord.parties.viewer import Viewer
from accord.terms.identifiers import icpn, isrc, iswc
from accord.terms.refusal import BadInput, NotThere

CHUNK = 5000
SCHEMES = {"isrc": isrc.validate, "iswc": iswc.validate, "icpn": icpn.validate}


def assets(
    ids: Iterable[str] | None = None, kind: AssetKind | None = None, known: int | None = None
) -> dict[str, Asset]:
    """Id → asset, all or those asked for (unknown ids left out), in the order of their ids."""
    rows = standing(AssetRow.objects.all(), known)
    if kind is not None:
        rows = rows.filter(kind=kind)
    chosen = rows.iterator(chunk_size=CHUNK) if ids is None else in_chunks(rows, "asset", ids)
    found = [as_asset(row) for row in chosen]
    return {asset.id: asset for asset in sorted(found, key=lambda asset: asset.id)}


def asset(asset_id: str, known: int | None = None) -> Asset:
    """One asset. Raises: NotThere."""
    found = assets([asset_id], known=known)
    if asset_id not in found:
        raise NotThere(f"there is no asset `{asset_id}`", do="`accord catalog list` shows those there are")
    return found[asset_id]


def find(scheme: str, value: str) -> Asset:
    """The asset with this ISRC or ISWC, or the first track of the release with this ICPN (see `release`).

    Raises: NotThere; BadInput when it cannot be such an identifier.
    """
    scheme = scheme.lower()
    checked = SCHEMES[scheme](value) if scheme in SCHEMES else value
    row = AssetIdentifierRow.objects.filter(key=f"{scheme}:{checked}").first()
    if row is None:
        raise NotThere(f"the catalogue has no {scheme.upper()} `{value}`")
    if scheme != "icpn":
        return asset(row.asset)
    tracks = release(row.asset).tracks
    if not tracks:
        raise NotThere(f"the release `{value}` holds no recording")
    return asset(tracks[0])


def look_up(text: str) -> Asset:
    """The asset that somebody means by an id, an ISRC or an ISWC. Raises: NotThere."""
    for scheme in ("isrc", "iswc"):
        try:
            return find(scheme, text)
        except (NotThere, BadInput):
            continue
    return asset(text)


def find_many(keys: Iterable[str]) -> dict[str, str]:
    """`scheme:value` → asset or release id, for those that are known."""
    return {row.key: row.asset for row in in_chunks(AssetIdentifierRow.objects.all(), "key", keys)}


def claims(asset_ids: Iterable[str] | None = None, known: int | None = None) -> list[Claim]:
    """The claims that stand (every status), of all assets or some, in the order of their ids."""
    rows = standing(ClaimRow.objects.all(), known)
    chosen = rows.iterator(chunk_size=CHUNK) if asset_ids is None else in_chunks(rows, "asset", asset_ids)
    return sorted((as_claim(row) for row in chosen), key=lambda claim: claim.id)


def claim(claim_id: str, known: int | None = None) -> Claim:
    """One claim as it stands. Raises: NotThere."""
    row = standing(ClaimRow.objects.filter(claim=claim_id), known).first()
    if row is None:
        raise NotThere(f"there is no claim `{claim_id}`", do="`accord claim list` shows those there are")
    return as_claim(row)


def claim_history(claim_id: str) -> list[tuple[Claim, str]]:
    """Every version of a claim in order, each with the because of the change that opened it."""
    rows = ClaimRow.objects.filter(claim=claim_id).order_by("known_from")
    return [(as_claim(row), row.because) for row in rows]


def conflicts(
    asset_ids: Iterable[str] | None = None, known: int | None = None, resolved: bool = False
) -> list[Conflict]:
    """Conflicts that are open (with `resolved`, also those that were), of all assets or some."""
    rows = standing(ConflictRow.objects.all(), known)
    rows = rows if resolved else rows.filter(resolved=False)
    chosen = rows if asset_ids is None else in_chunks(rows, "asset", asset_ids)
    return sorted((as_conflict(row) for row in chosen), key=lambda conflict: conflict.id)


def conflict(conflict_id: str) -> Conflict:
    """One conflict as it stands. Raises: NotThere."""
    row = ConflictRow.objects.filter(conflict=conflict_id, known_until=None).first()
    if row is None:
        raise NotThere(f"there is no conflict `{conflict_id}`")
    return as_conflict(row)


def changed_since(position: int) -> set[str]:
    """The assets that changed, or whose claims or freedom did, after a journal position."""
    later = Q(known_from__gt=position) | Q(known_until__gt=position)
    tables = (AssetRow, ClaimRow, PublicDomainRow)
    return {asset for table in tables for asset in table.objects.filter(later).values_list("asset", flat=True)}


def changed_between(since: int, until: int) -> list[tuple[str, int]]:
    """(asset, position) of each change of an asset, its claims or its freedom after one position and up to another."""
    found: set[tuple[str, int]] = set()
    for table in (AssetRow, ClaimRow, PublicDomainRow):
        for field in ("known_from", "known_until"):
            within = {f"{field}__gt": since, f"{field}__lte": until}
            found.update(table._default_manager.filter(**within).values_list("asset", field))
    return sorted(found)


def claim_days_between(first: date, last: date, known: int) -> list[Claim]:
    """The claims that stand, as known at a position, and whose first day or day after the last lies between these two."""
    rows = ClaimRow.objects.filter(Q(starts__range=(first, last)) | Q(ends__range=(first, last)))
    return [as_claim(row) for row in standing(rows, known).order_by("key")]


def concerning(parties: Iterable[str]) -> set[str]:
    """The assets that any of these parties is credited on, claims, or whose label it is, as they stand now."""
    wanted = list(parties)
    found = {row.asset for row in in_chunks(CreditRow.objects.all(), "party", wanted)}
    found |= {row.asset for row in in_chunks(ClaimRow.objects.filter(known_until=None), "claimant", wanted)}
    return found | {row.asset for row in in_chunks(AssetRow.objects.filter(known_until=None), "label", wanted)}


def ids_after(asset: str, most: int) -> list[str]:
    """The ids of up to `most` assets there are or ever were, in order, after this one."""
    rows = AssetRow.objects.filter(asset__gt=asset).order_by("asset").values_list("asset", flat=True)
    return list(rows.distinct()[:most])


def public_domain(known: int | None = None, asset_ids: Iterable[str] | None = None) -> list[PublicDomain]:
    """Works that nobody holds rights in, where, and why."""
    rows = standing(PublicDomainRow.objects.all(), known)
    chosen = rows if asset_ids is None else in_chunks(rows, "asset", asset_ids)
    found = (
        PublicDomain(
            asset=row.asset,
            territories=territories(row.territories),
            evidence=row.evidence,
            known_from=row.known_from,
            known_until=row.known_until,
        )
        for row in chosen
    )
    return sorted(found, key=lambda statement: (statement.asset, statement.known_from))


def encodings(asset_ids: Iterable[str] | None = None) -> dict[str, Encoding]:
    """Score id → the terms it came under, for scores that state any."""
    rows = list(EncodingRow.objects.all() if asset_ids is None else in_chunks(EncodingRow.objects, "asset", asset_ids))
    held = assets(row.asset for row in rows)
    return {
        row.asset: Encoding(
            asset=row.asset,
            terms=msgspec.json.decode(row.terms, type=Terms),
            holds=held[row.asset].intake_holds,
        )
        for row in rows
    }


def children(asset_ids: Iterable[str], kind: AssetKind | None = None) -> dict[str, tuple[str, ...]]:
    """Asset → what was made directly from it (stems, recordings, scores, arrangements), now."""
    below: dict[str, list[str]] = {}
    for row in in_chunks(LineageRow.objects.all(), "parent", asset_ids):
        below.setdefault(row.parent, []).append(row.child)
    if kind is not None:
        right = assets((child for some in below.values() for child in some), kind)
        below = {parent: [child for child in some if child in right] for parent, some in below.items()}
    return {parent: tuple(sorted(some)) for parent, some in below.items()}


def credited(party: str, *roles: str) -> tuple[str, ...]:
    """The assets a person is credited on, in one of `roles` or any."""
    rows = CreditRow.objects.filter(party=party)
    rows = rows.filter(role__in=roles) if roles else rows
    return tuple(sorted(set(rows.values_list("asset", flat=True))))


def releases(ids: Iterable[str] | None = None) -> list[Release]:
    """Releases, all or those asked for, in the order of their ids."""
    rows = ReleaseRow.objects.all() if ids is None else in_chunks(ReleaseRow.objects.all(), "id", ids)
    return sorted((_release(row) for row in rows), key=lambda release: release.id)


def release(release_id: str) -> Release:
    """One release by its id, ICPN or GRid. Raises: NotThere."""
    row = ReleaseRow.objects.filter(Q(id=release_id) | Q(icpn=release_id) | Q(grid=release_id)).first()
    if row is None:
        raise NotThere(f"there is no release `{release_id}`")
    return _release(row)


def release_tracks(release_icpn: str) -> tuple[str, ...]:
    """The recordings of the release with this ICPN, in order. Raises: NotThere, BadInput."""
    return release(icpn.validate(release_icpn)).tracks


def permissions(release_id: str | None = None) -> list[Permission]:
    """What DDEX Deals let a platform do, for all releases or one: a release's newest message says all of them."""
    rows = PermissionRow.objects.order_by("known_from", "key")
    rows = rows.filter(release=release_id) if release_id else rows
    newest = {row.release: row.known_from for row in rows}
    return [
        Permission(
            release=row.release,
            delivery=row.delivery,
            territories=territories(row.territories),
            commercial_models=tuple(filter(None, row.commercial_models.split(","))),
            uses=tuple(filter(None, row.uses.split(","))),
            starts=row.starts,
            ends=row.ends,
            known_from=row.known_from,
        )
        for row in rows
        if row.known_from == newest[row.release]
    ]


def deliveries(viewer: Viewer) -> list[Delivery]:
    """The deliveries that are the viewer's (staff: all), newest first."""
    rows = DeliveryRow.objects.order_by("-known_from")
    return [_delivery(row) for row in (rows if viewer.staff else rows.filter(sender__in=viewer.parties))]


def delivery(viewer: Viewer, delivery_id: str) -> Delivery:
    """One delivery. Raises: NotThere when it does not exist or is another's."""
    row = DeliveryRow.objects.filter(id=delivery_id).first()
    if row is None or not (viewer.staff or viewer.acts_for(row.sender)):
        raise NotThere(f"there is no delivery `{delivery_id}`")
    return _delivery(row)


def delivery_of(digest: str) -> Delivery | None:
    """The delivery with these bytes, if they were read in before."""
    row = DeliveryRow.objects.filter(digest=digest).first()
    return _delivery(row) if row else None


def said_later(sender: str, subjects: Iterable[str], created: datetime) -> list[tuple[str, datetime]]:
    """Those of `subjects` that the sender described in a message dated after `created`, each with that date."""
    keys = {said_key(sender, subject): subject for subject in subjects}
    rows = in_chunks(SaidRow.objects.filter(created__gt=created).order_by("key"), "key", keys)
    return [(keys[row.key], row.created) for row in rows]


def stats() -> dict[str, int]:
    """How much there is: assets by kind, holds, releases, deliveries, claims by status, open conflicts."""
    now = AssetRow.objects.filter(known_until=None)
    kinds = dict(now.values_list("kind").annotate(n=Count("key")))
    states = dict(ClaimRow.objects.filter(known_until=None).values_list("status").annotate(n=Count("key")))
    return {
        **{f"{kind.value}s": kinds.get(kind, 0) for kind in AssetKind},
        "held at intake": now.filter(held=True).count(),
        "demonstration": now.filter(demonstration=True).count(),
        "releases": ReleaseRow.objects.count(),
        "deliveries": DeliveryRow.objects.count(),
        "public domain": PublicDomainRow.objects.filter(known_until=None).count(),
        **{f"claims {status.value}": states.get(status, 0) for status in ClaimStatus},
        "conflicts open": ConflictRow.objects.filter(known_until=None, resolved=False).count(),
    }


def standing(rows: QuerySet[Any], known: int | None) -> QuerySet[Any]:
    """Of versioned rows, those that hold now, or held at a journal position."""
    if known is None:
        return rows.filter(known_until=None)
    return rows.filter(known_from__lte=known).filter(Q(known_until=None) | Q(known_until__gt=known))


def in_chunks(rows: Any, field: str, keys: Iterable[str]) -> Iterator[Any]:
    """Rows whose `field` is among `keys`, asked for in pieces that every database takes."""
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), CHUNK):
        yield from rows.filter(**{f"{field}__in": wanted[start : start + CHUNK]})


def _release(row: ReleaseRow) -> Release:
    return Release(
        id=row.id,
        title=row.title,
        icpn=row.icpn,
        grid=row.grid,
        label=row.label,
        tracks=tuple(filter(None, row.tracks.split(","))),
        delivered_by=row.delivered_by,
        known_from=row.known_from,
    )


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        id=row.id,
        kind=row.kind,
        sender=row.sender,
        message=row.message,
        digest=row.digest,
        envelope=row.envelope,
        counts=tuple((name, count) for name, count in json.loads(row.counts)),
        findings=tuple(json.loads(row.findings)),
        at=row.at,
        known_from=row.known_from,
    )
