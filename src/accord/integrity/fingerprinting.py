"""The doors that fill the index: take fingerprints of catalogue recordings, merge, withdraw. Indexing needs no grant.

A batch of recordings becomes one segment file in the vault and one fact that names it: a process that ends between the
two leaves a file that no fact names, which is nothing; one that ends between batches leaves the batches before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

from accord.catalog import audio
from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.integrity import facts, queries
from accord.integrity.index import Segment, build_segment, load, merge_segments, pack
from accord.integrity.peaks import RATE_HZ, REFERENCE, Peaks, find_peaks
from accord.journal.actions import writing
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

METHOD = "landmark-peaks/2"
BATCH = 100  # recordings taken into one segment before it is written down
MERGE_AT = 8  # segments of which one is made, when `merge` is left to decide


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
        journal.append(_fact(digest, segment, tuple(lines)))
    return digest


def index_missing(at: Instant, actor: str, progress: Callable[[int, int], None] | None = None) -> int:
    """Fingerprint every recording of the catalogue whose audio is new or changed, or whose fingerprint was taken by an
    older method; returns how many. What is done is kept by batches, so an interrupted run goes on where it was."""
    known, withdrawn, older = queries.fingerprinted(), queries.withdrawn(), queries.taken_otherwise(METHOD)
    new = sorted(
        asset.id
        for asset in catalog.assets(kind=AssetKind.RECORDING).values()
        if asset.audio and (known.get(asset.id) != asset.audio or asset.id in older) and asset.id not in withdrawn
    )
    for first in range(0, len(new), BATCH):
        batch = new[first : first + BATCH]
        index_recordings(batch, at, actor, _from(progress, first, len(new)))
    return len(new)


def merge_index(at: Instant, actor: str, least: int = MERGE_AT) -> int:
    """Make one segment of all of this method, when there are at least so many; returns how many it was made of.

    The old files stay in the vault, and are not read any more. A recording that is withdrawn or taken anew meanwhile
    stays so: the fact names only those that still count in the segment they were read from.
    """
    before = queries.counted_by_segment(METHOD)
    if len(before) < max(2, least):
        return 0
    merged = merge_segments([load(vault.local_path(digest)) for digest in before], list(before.values()))
    digest = vault.put(pack(merged))
    with writing(actor=actor, at=at) as journal:
        now = queries.counted_by_segment(METHOD)
        still = [asset for old, assets in before.items() for asset in assets & now.get(old, frozenset())]
        journal.append(_fact(digest, merged, queries.fingerprint_lines(still)))
    return len(before)


def withdraw(asset: str, because: str, at: Instant, actor: str) -> None:
    """Stop looking for a recording, from the next search on. Raises: BadInput when it is not looked for."""
    with writing(actor=actor, at=at) as journal:
        if asset not in queries.fingerprinted():
            raise BadInput(f"`{asset}` is not in the index", do="`accord fingerprint list` shows what is")
        journal.append(facts.FingerprintWithdrawn(asset=asset, because=because))


def _fact(digest: str, segment: Segment, lines: tuple[facts.FingerprintLine, ...]) -> facts.RecordingsFingerprinted:
    postings = sum(p.packed.numbers for p in segment.postings)
    return facts.RecordingsFingerprinted(segment=digest, method=METHOD, recordings=lines, postings=postings)


def _from(progress: Callable[[int, int], None] | None, done: int, total: int) -> Callable[[int, int], None] | None:
    """The same progress, `done` of `total` ahead."""
    return (lambda here, _: progress(done + here, total)) if progress else None


def _peaks(asset: Asset) -> Peaks:
    samples = audio.read_mono(vault.local_path(str(asset.audio)), RATE_HZ, asset.title)
    return find_peaks(samples, REFERENCE)
