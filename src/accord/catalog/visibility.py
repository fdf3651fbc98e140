"""Who sees which assets and claims (shell). What is not yours looks as if it were not there.

Staff, and machines of the platform itself (a key with no party), see all. Everybody else sees what they delivered, what
they are the label of, what they are credited on and what they claim a share in.
"""

from __future__ import annotations

from collections.abc import Iterable

from accord.catalog import queries
from accord.catalog.models import AssetRow, ClaimRow, CreditRow
from accord.catalog.records import Asset, AssetKind, Claim
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import NotThere


def everything(viewer: Viewer) -> bool:
    """Whether the viewer sees the whole catalogue."""
    return viewer.staff or (viewer.has(Role.MACHINE) and not viewer.parties)


def asset_ids(viewer: Viewer) -> set[str] | None:
    """The assets the viewer may see, or None for all of them."""
    if everything(viewer):
        return None
    mine = list(viewer.parties)
    now = AssetRow.objects.filter(known_until=None)
    claimed = ClaimRow.objects.filter(known_until=None, claimant__in=mine).values_list("asset", flat=True)
    return {
        *now.filter(label__in=mine).values_list("asset", flat=True),
        *now.filter(delivered_by__in=mine).values_list("asset", flat=True),
        *CreditRow.objects.filter(party__in=mine).values_list("asset", flat=True),
        *claimed,
    }


def assets(viewer: Viewer, kind: AssetKind | None = None) -> dict[str, Asset]:
    """The assets the viewer may see, of one kind or all."""
    return queries.assets(asset_ids(viewer), kind)


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
    return ClaimRow.objects.filter(asset=found.id, known_until=None, claimant__in=list(viewer.parties)).exists()


def claims(viewer: Viewer, ids: Iterable[str] | None = None) -> list[Claim]:
    """Claims to the assets the viewer may see; who holds which share of them is known to all who hold one."""
    allowed = asset_ids(viewer)
    wanted = None if ids is None else set(ids)
    if allowed is not None:
        wanted = allowed if wanted is None else wanted & allowed
    return queries.claims(wanted)


def own_claim(viewer: Viewer, claim_id: str) -> Claim:
    """A claim that the viewer may act on: its claimant's own, or any for staff. Raises: NotThere."""
    found = queries.claim(claim_id)
    if not (viewer.staff or viewer.acts_for(found.claimant)):
        raise NotThere(f"there is no claim `{claim_id}`")
    return found
