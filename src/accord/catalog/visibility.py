"""Who sees which assets and claims (shell). What is not yours looks as if it were not there.

Staff, and machines of the platform itself (a key with no party), see all. Everybody else sees what they delivered, what
they are the label of, what they are credited on and what they claim a share in on evidence: an assertion alone shows
nothing but itself.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accord.catalog import queries
from accord.catalog.models import AssetRow, ClaimRow, CreditRow
from accord.catalog.records import Asset, AssetKind, Claim, ClaimStatus, Release
from accord.catalog.rows import as_asset, as_claim
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import NotThere

PAGE = 200
ON_EVIDENCE = (ClaimStatus.EVIDENCED, ClaimStatus.ACCEPTED)


def everything(viewer: Viewer) -> bool:
    """Whether the viewer sees the whole catalogue."""
    return viewer.staff or (viewer.has(Role.MACHINE) and not viewer.parties)


def asset_ids(viewer: Viewer) -> set[str] | None:
    """The assets the viewer may see, or None for all of them."""
    if everything(viewer):
        return None
    return set(AssetRow.objects.filter(_theirs(viewer), known_until=None).values_list("asset", flat=True))


def assets(viewer: Viewer, kind: AssetKind | None = None) -> dict[str, Asset]:
    """The assets the viewer may see, of one kind or all."""
    return queries.assets(asset_ids(viewer), kind)


def asset_page(
    viewer: Viewer, kind: AssetKind | None = None, text: str = "", held: bool | None = None, page: int = 1
) -> tuple[int, list[Asset]]:
    """How many assets there are for the viewer, and the page of them; the database filters, counts and cuts."""
    rows = AssetRow.objects.filter(known_until=None).order_by("asset")
    if not everything(viewer):
        rows = rows.filter(_theirs(viewer))
    if kind is not None:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(title__icontains=text)
    if held is not None:
        rows = rows.filter(held=held)
    first = (page - 1) * PAGE
    return rows.count(), [as_asset(row) for row in rows[first : first + PAGE]]


def claim_page(
    viewer: Viewer,
    asset_id: str | None = None,
    claimant: str = "",
    status: ClaimStatus | None = None,
    known: int | None = None,
    page: int = 1,
) -> tuple[int, list[Claim]]:
    """How many claims to assets of the viewer's there are, and the page of them, as known at a position."""
    rows = queries.standing(ClaimRow.objects.order_by("claim"), known)
    if asset_id is not None:
        rows = rows.filter(asset=asset_id)
    if not everything(viewer):
        theirs = AssetRow.objects.filter(_theirs(viewer), known_until=None).values("asset")
        rows = rows.filter(Q(asset__in=theirs) | Q(claimant__in=list(viewer.parties)))
    if claimant:
        rows = rows.filter(claimant=claimant)
    if status is not None:
        rows = rows.filter(status=status)
    first = (page - 1) * PAGE
    return rows.count(), [as_claim(row) for row in rows[first : first + PAGE]]


def _theirs(viewer: Viewer) -> Q:
    mine = list(viewer.parties)
    credited = CreditRow.objects.filter(party__in=mine).values("asset")
    claimed = _claimed(viewer).values("asset")
    return Q(label__in=mine) | Q(delivered_by__in=mine) | Q(asset__in=credited) | Q(asset__in=claimed)


def asset(viewer: Viewer, text: str) -> Asset:
    """The asset that an id, ISRC or ISWC means. Raises: NotThere when there is none, or it is not the viewer's."""
    found = queries.look_up(text)
    if not sees(viewer, found):
        raise NotThere(f"there is no asset `{text}`")
    return found


def sees(viewer: Viewer, found: Asset) -> bool:
    """Whether the viewer may see one asset."""
    people = {credit.party for credit in found.credits} | {found.label, found.delivered_by}
    if everything(viewer) or people & viewer.parties:
        return True
    return _claimed(viewer).filter(asset=found.id).exists()


def sees_release(viewer: Viewer, found: Release) -> bool:
    """Whether the viewer may see a release: its label's, its sender's, and the whole catalogue's readers."""
    return everything(viewer) or bool({found.label, found.delivered_by} & viewer.parties)


def _claimed(viewer: Viewer) -> QuerySet[ClaimRow]:
    """The viewer's own claims that rest on more than its word."""
    standing = ClaimRow.objects.filter(known_until=None, claimant__in=list(viewer.parties))
    return standing.filter(status__in=[status.value for status in ON_EVIDENCE])


def own_claim(viewer: Viewer, claim_id: str) -> Claim:
    """A claim that the viewer may act on: its claimant's own, or any for staff. Raises: NotThere."""
    found = queries.claim(claim_id)
    if not (viewer.staff or viewer.acts_for(found.claimant)):
        raise NotThere(f"there is no claim `{claim_id}`")
    return found
