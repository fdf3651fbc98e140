"""What the spam signals read in this instance: all uploads, the artists of the catalogue, and whose sound was heard (shell)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import pyarrow as pa

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.integrity.models import CaseRow, UploadRow
from accord.integrity.records import CaseKind, Match, Outcome
from accord.integrity.spam_tables import artists_table, matched_table, uploads_table
from accord.parties import queries as parties
from accord.vault import private

FEATURED = ("featured", "vocalist")
CHUNK = 5_000


def gathered() -> dict[str, pa.Table]:
    """The tables `uploads`, `artists` and `matched`."""
    return {"uploads": _uploads(), "artists": artists_table(_artists()), "matched": _matched(_matches())}


def _uploads() -> pa.Table:
    """A sound is known again by its very bytes: what uploads sound like is not kept."""
    columns = ("id", "account", "at", "title", "metadata", "duration_s", "audio")
    rows = UploadRow.objects.order_by("position").values_list(*columns).iterator(chunk_size=CHUNK)
    upload, account, at, title, metadata, duration_s, audio = list(zip(*rows, strict=True)) or [()] * len(columns)
    return uploads_table(
        pa.table(
            {
                "upload": pa.array(upload, pa.string()),
                "account": pa.array(account, pa.string()),
                "at": pa.array([one.replace(tzinfo=None) for one in at], pa.timestamp("us")),
                "title": pa.array(title, pa.string()),
                "artist": pa.array(_declared(metadata), pa.string()),
                "duration_ms": pa.array([round(1000 * one) for one in duration_s], pa.int64()),
                "sound": pa.array(audio, pa.string()),
            }
        )
    )


def _declared(metadata: Sequence[str]) -> Iterator[str]:
    """The artist that each upload declared, '' once its account is erased; opened a part at a time."""
    for start in range(0, len(metadata), CHUNK):
        part = metadata[start : start + CHUNK]
        said = private.get_many(part)
        yield from (str(said.get(ref, {}).get("artist", "")) for ref in part)


def _matches() -> dict[str, tuple[Match, ...]]:
    """Upload → the recordings that it was found to hold when it came in, by its latest case that no reader dismissed."""
    kinds = (CaseKind.DUPLICATE, CaseKind.COPY)
    cases = CaseRow.objects.filter(kind__in=kinds, subject__startswith="upl_").exclude(outcome=Outcome.DISMISSED)
    rows = cases.order_by("position").values_list("subject", "evidence")
    return {upload: msgspec.json.decode(text, type=tuple[Match, ...]) for upload, text in rows}


def _matched(heard: dict[str, tuple[Match, ...]]) -> pa.Table:
    length = {row.id: row.duration_s for row in catalog.in_chunks(UploadRow.objects.all(), "id", heard)}
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
