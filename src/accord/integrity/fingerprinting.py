"""The doors that fill the index: take fingerprints of catalogue recordings, merge, withdraw. Indexing needs no grant.

A batch of recordings becomes one segment file in the vault and one fact that names it: a process that ends between the
two leaves a file that no fact names, which is nothing; one that ends between batches leaves the batches before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

from accord.catalog import audio
from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.integrity import facts, queries
from accord.integrity.index import Segment, build_segment, load, merge_segments, pack
from accord.integrity.peaks import RATE_HZ, REFERENCE, Peaks, peaks_in
from accord.journal.actions import writing
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

METHOD = "landmark-peaks/3"
BATCH = 100  # recordings taken into one segment before it is written down
MERGE_AT = 8  # segments of which one is made, when `merge` is left to decide
MERGED_BYTES_MOST = 1 << 28  # merging holds up to three times that in memory, beside what else the process does


def index_recording(asset: str, at: Instant, actor: str) -> str:
    """Fingerprint one recording; returns the digest of its segment. Raises: BadInput when it has no audio."""
    return index_recordings([asset], at, actor)


def index_recordings(
    assets: Iterable[str], at: Instant, actor: str, progress: Callable[[int, int], None] | None = None
) -> str:
    """Fingerprint recordings into one new segment; returns its vault digest. A recording indexed before is replaced.

    Nothing is written unless every one of them could be read. Raises: BadInput for one without (readable) audio.
    """
    digest, segment, lines = _taken(assets, progress)
    with writing(actor=actor, at=at) as journal:
        journal.append(_fact(digest, segment, lines))
    return digest


def _taken(
    assets: Iterable[str], progress: Callable[[int, int], None] | None
) -> tuple[str, Segment, tuple[facts.FingerprintLine, ...]]:
    """The fingerprints of these recordings as a segment in the vault that no fact names yet. Raises: BadInput."""
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
    return vault.put(pack(segment)), segment, tuple(lines)


def index_missing(at: Instant, actor: str, progress: Callable[[int, int], None] | None = None) -> int:
    """Fingerprint every recording of the catalogue whose audio is new or changed, or whose fingerprint was taken by an
    older method; returns how many. What is done is kept by batches, so an interrupted run goes on where it was; what is
    withdrawn meanwhile stays withdrawn."""
    known, withdrawn, older = queries.fingerprinted(), queries.withdrawn(), queries.taken_otherwise(METHOD)
    new = sorted(
        asset.id
        for asset in catalog.assets(kind=AssetKind.RECORDING).values()
        if asset.audio and (known.get(asset.id) != asset.audio or asset.id in older) and asset.id not in withdrawn
    )
    count = 0
    with Merging(at, actor) as merging:
        for first in range(0, len(new), BATCH):
            digest, segment, lines = _taken(new[first : first + BATCH], _from(progress, first, len(new)))
            with writing(actor=actor, at=at) as journal:
                gone = queries.withdrawn(line.asset for line in lines)
                still = tuple(line for line in lines if line.asset not in gone)
                if still:
                    journal.append(_fact(digest, segment, still))
            count += len(still)
            merging.step()
    return count


def merge_index(at: Instant, actor: str, least: int = MERGE_AT) -> int:
    """Make one segment of all of this method, when there are at least so many; returns how many it was made of.

    The old files stay in the vault, and are not read any more. A recording that is withdrawn or taken anew meanwhile
    stays so: the fact names only those that still count in the segment they were read from.
    """
    before = queries.counted(queries.counting(METHOD))
    if len(before) < max(2, least):
        return 0
    _say_merged(before, *_merged(before), at, actor)
    return len(before)


class Merging:
    """Merges in a thread beside the one that takes fingerprints: whenever MERGE_AT segments are of about one size, they become one.

    So a posting is written again about once for each eightfold growth, and there are few segments of each size.
    The thread only reads and writes files of the vault; facts are written by the caller's thread, in `step` and at the end.
    Where the block is left by an error, an unfinished merge is let go: its file is one that no fact names.
    """

    def __init__(self, at: Instant, actor: str) -> None:
        self.at, self.actor = at, actor
        self.pool = ThreadPoolExecutor(1)
        self.running: tuple[dict[str, frozenset[str]], Future[tuple[str, Segment]]] | None = None

    def __enter__(self) -> Merging:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        while kind is None and (self.running or self._begin()):
            self._finish()
        self.pool.shutdown(cancel_futures=True)

    def step(self) -> None:
        """Say what is done, and begin what is due."""
        if self.running and self.running[1].done():
            self._finish()
        if not self.running:
            self._begin()

    def _begin(self) -> bool:
        sizes = {digest: vault.checked_path(digest).stat().st_size for digest in queries.counting(METHOD)}
        before = queries.counted(due := due_for_merging(sizes))
        self.running = (before, self.pool.submit(_merged, before)) if due else None
        return bool(due)

    def _finish(self) -> None:
        if self.running:
            before, merging = self.running
            self.running = None
            _say_merged(before, *merging.result(), self.at, self.actor)


def due_for_merging(sizes: Mapping[str, int]) -> list[str]:
    """The segments to make one of: the smallest MERGE_AT or more whose sizes (bytes) are within a factor of MERGE_AT, if any."""
    order = sorted(sizes, key=lambda digest: (sizes[digest], digest))
    for first in range(len(order) - MERGE_AT + 1):
        alike = [digest for digest in order[first:] if sizes[digest] <= MERGE_AT * sizes[order[first]]]
        while len(alike) >= MERGE_AT and sum(sizes[digest] for digest in alike) > MERGED_BYTES_MOST:
            alike.pop()
        if len(alike) >= MERGE_AT:
            return alike
    return []


def _merged(before: dict[str, frozenset[str]]) -> tuple[str, Segment]:
    merged = merge_segments([load(vault.checked_path(digest)) for digest in before], list(before.values()))
    return vault.put(pack(merged)), merged


def _say_merged(before: dict[str, frozenset[str]], digest: str, merged: Segment, at: Instant, actor: str) -> None:
    with writing(actor=actor, at=at) as journal:
        now = queries.counted(before)
        still = [asset for old, assets in before.items() for asset in assets & now[old]]
        if still:  # none does where another process has merged the same
            journal.append(_fact(digest, merged, queries.fingerprint_lines(still)))


def withdraw(asset: str, because: str, at: Instant, actor: str) -> None:
    """Stop looking for a recording, from the next search on. Raises: BadInput when it is not looked for."""
    with writing(actor=actor, at=at) as journal:
        if not queries.is_looked_for(asset):
            raise BadInput(f"`{asset}` is not in the index", do="`accord fingerprint list` shows what is")
        journal.append(facts.FingerprintWithdrawn(asset=asset, because=because))


def heard(path: Path, name: str, limits: audio.Limits = audio.LIMITS) -> Peaks:
    """The reference peaks of a sound file; of a long one only a piece is held at once. Raises: BadInput."""
    return peaks_in(audio.mono_blocks(path, RATE_HZ, name, limits), REFERENCE)


def postings_of(segment: Segment) -> int:
    """How many postings a segment has."""
    return sum(p.packed.numbers for p in segment.postings)


def _fact(digest: str, segment: Segment, lines: tuple[facts.FingerprintLine, ...]) -> facts.RecordingsFingerprinted:
    return facts.RecordingsFingerprinted(segment=digest, method=METHOD, recordings=lines, postings=postings_of(segment))


def _from(progress: Callable[[int, int], None] | None, done: int, total: int) -> Callable[[int, int], None] | None:
    """The same progress, `done` of `total` ahead."""
    return (lambda here, _: progress(done + here, total)) if progress else None


def _peaks(asset: Asset) -> Peaks:
    return heard(vault.local_path(str(asset.audio)), asset.title)
