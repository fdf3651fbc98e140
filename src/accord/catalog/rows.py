"""Between rows and records (shell): what queries read and projectors write, in one place so that they cannot differ."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from hashlib import sha256

import msgspec

from accord.catalog.models import AssetRow, ClaimRow, ConflictRow
from accord.catalog.records import Asset, Claim, ClaimStatus, Conflict
from accord.parties.rules import folded
from accord.terms.period import DayPeriod
from accord.terms.right import Right
from accord.terms.territory import TerritorySet

_assets = msgspec.json.Decoder(Asset)
territories = lru_cache(maxsize=4096)(TerritorySet.parse)
fraction = lru_cache(maxsize=4096)(Fraction)


def title_key(title: str) -> str:
    """The SHA-256 of a folded title."""
    return sha256(folded(title).encode()).hexdigest()


def said_key(sender: str, subject: str) -> str:
    """The key under which a sender's last word about a thing is kept."""
    return f"{sender} {subject}"


def as_asset(row: AssetRow) -> Asset:
    """The asset of a row, with its positions."""
    return msgspec.structs.replace(_assets.decode(row.record), known_from=row.known_from, known_until=row.known_until)


def asset_row(asset: Asset, position: int) -> AssetRow:
    """A new version of an asset, open from `position`."""
    plain = msgspec.structs.replace(asset, known_from=0, known_until=None)
    return AssetRow(
        key=f"{asset.id}@{position}",
        known_from=position,
        known_until=None,
        asset=asset.id,
        kind=asset.kind,
        title=asset.title,
        label=asset.label,
        delivered_by=asset.delivered_by,
        held=bool(asset.intake_holds),
        demonstration=asset.demonstration,
        record=msgspec.json.encode(plain, order="deterministic").decode(),
    )


def as_claim(row: ClaimRow) -> Claim:
    """The claim of a row."""
    return Claim(
        id=row.claim,
        asset=row.asset,
        right=Right(row.right),
        claimant=row.claimant,
        share=fraction(row.share),
        territories=territories(row.territories),
        period=DayPeriod(row.starts, row.ends),
        status=ClaimStatus(row.status),
        disputed=row.disputed,
        delivered_by=row.delivered_by,
        known_from=row.known_from,
        known_until=row.known_until,
    )


def claim_row(claim: Claim, position: int, because: str = "") -> ClaimRow:
    """A new version of a claim, open from `position`."""
    return ClaimRow(
        key=f"{claim.id}@{position}",
        known_from=position,
        known_until=None,
        claim=claim.id,
        asset=claim.asset,
        right=claim.right,
        claimant=claim.claimant,
        share=f"{claim.share.numerator}/{claim.share.denominator}",
        territories=claim.territories.text(),
        starts=claim.period.start,
        ends=claim.period.end,
        status=claim.status,
        disputed=claim.disputed,
        delivered_by=claim.delivered_by,
        because=because,
    )


def as_conflict(row: ConflictRow) -> Conflict:
    """The conflict of a row."""
    return Conflict(
        id=row.conflict,
        asset=row.asset,
        right=Right(row.right),
        territories=territories(row.territories),
        claims=tuple(row.claims.split(",")),
        total=fraction(row.total),
        deadline=row.deadline,
        resolved=row.resolved,
        known_from=row.known_from,
        known_until=row.known_until,
    )
