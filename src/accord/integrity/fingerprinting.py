"""The doors that fill the index: take fingerprints of catalogue recordings, withdraw them. Indexing needs no grant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

from accord.catalog import audio
from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.integrity import facts, queries
from accord.integrity.index import build_segment, pack
from accord.integrity.peaks import RATE_HZ, REFERENCE, Peaks, find_peaks
from accord.journal.actions import writing
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

METHOD = "landmark-pairs/1"


def index_recording(asset: str, at: Instant, actor: str) -> str:
    """Fingerprint one recording; returns the digest of its segment. Raises: BadInput when it has no audio."""
    return index_recordings([asset], at, actor)


def index_recordings(
    assets: Iterable[str], at: Instant, actor: str, progress: Callable[[int, int], None] | None = None
) -> str:
    """Fingerprint recordings into one new segment; returns its vault digest. A recording indexed before is replaced.

    Nothing is written unless every one of them could be read. Raises: BadInput for one without (readable) audio.
    """
    wanted = list(dict.fromkeys(assets))
    known = catalog.assets(ids=wanted)
    missing = [a for a in wanted if a not in known or known[a].kind is not AssetKind.RECORDING or not known[a].audio]
    if missing or not wanted:
        raise BadInput(
            f"`{missing[0]}` is no recording with audio" if missing else "there is no recording to fingerprint",
            do="deliver it with its audio first",
        )
    lines, taken = [], []
    with ThreadPoolExecutor(min(2, cpu_count() or 1)) as pool:
        peaks_of = pool.map(_peaks, (known[a] for a in wanted))
        for done, (asset, peaks) in enumerate(zip(wanted, peaks_of, strict=True), 1):
            taken.append((asset, peaks))
            lines.append(
                facts.FingerprintLine(
                    asset=asset,
                    audio=str(known[asset].audio),
                    peaks=len(peaks),
                    duration_s=float(known[asset].duration_s or 0.0),
                )
            )
            if progress:
                progress(done, len(wanted))
    segment = build_segment(taken)
    digest = vault.put(pack(segment))
    with writing(actor=actor, at=at) as journal:
        journal.append(
            facts.RecordingsFingerprinted(
                segment=digest, method=METHOD, recordings=tuple(lines), postings=len(segment.keys)
            )
        )
    return digest


def index_missing(at: Instant, actor: str, progress: Callable[[int, int], None] | None = None) -> int:
    """Fingerprint every recording of the catalogue whose audio is new or changed; returns how many."""
    known, withdrawn = queries.fingerprinted(), queries.withdrawn()
    new = [
        asset.id
        for asset in catalog.assets(kind=AssetKind.RECORDING).values()
        if asset.audio and known.get(asset.id) != asset.audio and asset.id not in withdrawn
    ]
    if new:
        index_recordings(sorted(new), at, actor, progress)
    return len(new)


def withdraw(asset: str, because: str, at: Instant, actor: str) -> None:
    """Stop looking for a recording, from the next search on. Raises: BadInput when it is not looked for."""
    with writing(actor=actor, at=at) as journal:
        if asset not in queries.fingerprinted():
            raise BadInput(f"`{asset}` is not in the index", do="`accord fingerprint list` shows what is")
        journal.append(facts.FingerprintWithdrawn(asset=asset, because=because))


def _peaks(asset: Asset) -> Peaks:
    samples = audio.read_mono(vault.local_path(str(asset.audio)), RATE_HZ, asset.title)
    return find_peaks(samples, REFERENCE)
