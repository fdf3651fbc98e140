"""What the spam signals read in this instance: all uploads, the artists of the catalogue, and whose sound was heard (shell)."""

from __future__ import annotations

import msgspec
import pyarrow as pa

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.integrity.models import CaseRow, UploadRow
from accord.integrity.records import CaseKind, Match
from accord.integrity.spam_tables import artists_table, matched_table, uploads_table
from accord.parties import queries as parties
from accord.vault import private

FEATURED = ("featured", "vocalist")


def gathered() -> dict[str, pa.Table]:
    """The tables `uploads`, `artists` and `matched`."""
    heard = _matches()
    return {"uploads": _uploads(), "artists": artists_table(_artists()), "matched": _matched(heard)}


def _uploads() -> pa.Table:
    """A sound is known again by its very bytes: what uploads sound like is not kept."""
    rows = list(UploadRow.objects.order_by("position"))
    said = private.get_many(row.metadata for row in rows)
    return uploads_table(
        pa.table(
            {
                "upload": pa.array([row.id for row in rows], pa.string()),
                "account": pa.array([row.account for row in rows], pa.string()),
                "at": pa.array([row.at.replace(tzinfo=None) for row in rows], pa.timestamp("us")),
                "title": pa.array([row.title for row in rows], pa.string()),
                "artist": pa.array([str(said.get(row.metadata, {}).get("artist", "")) for row in rows], pa.string()),
                "duration_ms": pa.array([round(1000 * row.duration_s) for row in rows], pa.int64()),
                "sound": pa.array([row.audio for row in rows], pa.string()),
            }
        )
    )


def _matches() -> dict[str, tuple[Match, ...]]:
    """Upload → the recordings that it was found to hold when it came in."""
    kinds = (CaseKind.DUPLICATE, CaseKind.COPY)
    rows = CaseRow.objects.filter(kind__in=kinds, subject__startswith="upl_").values_list("subject", "evidence")
    return {upload: msgspec.json.decode(text, type=tuple[Match, ...]) for upload, text in rows}


def _matched(heard: dict[str, tuple[Match, ...]]) -> pa.Table:
    length = dict(UploadRow.objects.filter(id__in=list(heard)).values_list("id", "duration_s"))
    known = catalog.assets(ids=sorted({m.recording for matches in heard.values() for m in matches}))
    names = parties.names(party for asset in known.values() for party in _featured(asset))
    return matched_table(
        [
            (upload, m.recording, min(100, round(100 * m.seconds / max(length[upload], 0.001))), names[party])
            for upload, matches in heard.items()
            for m in matches
            if m.recording in known
            for party in _featured(known[m.recording])
            if names[party] != parties.ERASED
        ]
    )


def _artists() -> list[tuple[str, str]]:
    """Everybody who is heard in front on a recording of the catalogue: (party, name)."""
    heard = {party for asset in catalog.assets(kind=AssetKind.RECORDING).values() for party in _featured(asset)}
    return sorted((party, name) for party, name in parties.names(heard).items() if name != parties.ERASED)


def _featured(asset: Asset) -> list[str]:
    return list(dict.fromkeys(credit.party for credit in asset.credits if credit.role in FEATURED))
