"""Outside sounds in the index: files that are in no catalogue, such as a rights holder's own collection (shell).

Only their fingerprints are kept, with the name of the file, under an id that follows from its content. What a batch has
taken stays when a run is stopped, and what is there already is passed over: the same call again goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from accord.catalog import audio
from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind
from accord.integrity import facts, queries
from accord.integrity.fingerprinting import BATCH, METHOD, Merging, heard, postings_of
from accord.integrity.index import build_segment, pack
from accord.integrity.peaks import FRAMES_PER_S, Peaks
from accord.integrity.records import reference_of
from accord.journal import queries as journal_
from accord.journal.actions import writing
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput
from accord.vault import actions as vault

Named = tuple[str, Path]  # what it is called, and where it lies
#: Nothing of an outside sound is held but a piece and its peaks, so it may be long.
LIMITS = audio.Limits(bytes_max=1 << 35, duration_s_max=24 * 3600.0)
BATCH_PEAKS = 2_000_000  # taken into one segment at most, but for the last file: some 20 hours of music


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """What became of some files: how many were taken, were there already, and why the others were left out."""

    taken: int
    known: int
    left_out: tuple[str, ...]


class _Heard(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    audio: str
    peaks: Peaks | None  # None: known already
    why: str = ""  # it was left out


def files_in(path: Path) -> list[Named]:
    """The files of a folder, named by their way in it, in order; or the one file."""
    if path.is_file():
        return [(readable(path.name), path)]
    return [(readable(p.relative_to(path).as_posix()), p) for p in sorted(path.rglob("*")) if p.is_file()]


def readable(name: str) -> str:
    """The name as text that a fact can hold: what is no UTF-8 on the disk is replaced."""
    return os.fsencode(name).decode("utf-8", "replace")


def index_files(
    files: Sequence[Named], at: Instant, actor: str, progress: Callable[[int, int], None] | None = None
) -> Brought:
    """Fingerprint outside files, BATCH to a segment; files that are no sound are left out and said.

    A run that is interrupted keeps what it has taken, and the interruption goes on to the caller.
    """
    since = journal_.head()
    known, left_out, taken, passed = _known(), [], 0, 0
    if progress:
        progress(0, len(files))
    with Merging(at, actor) as merging:
        for first in range(0, len(files), BATCH):
            batch = _Batch(since, at, actor)
            try:
                for done, one in enumerate(_listened(files[first : first + BATCH], frozenset(known)), first + 1):
                    if one.why:
                        left_out.append(one.why)
                    elif one.peaks is None or not batch.take(one):
                        passed += 1
                    if progress:
                        progress(done, len(files))
            finally:
                batch.write()
            known |= batch.seen
            taken += batch.written
            passed += len(batch.seen) - batch.written
            merging.step()
    return Brought(taken=taken, known=passed, left_out=tuple(left_out))


def _known(since: int = 0) -> set[str]:
    """The content that is in the index or was withdrawn from it, and what is the catalogue's; only what came after a position
    of the journal when told."""
    ids = sorted(catalog.changed_since(since)) if since else None
    recordings = catalog.assets(ids=ids, kind=AssetKind.RECORDING).values()
    return queries.fingerprinted_audio(METHOD, since) | {asset.audio for asset in recordings if asset.audio}


def _listened(files: Sequence[Named], known: frozenset[str]) -> Iterator[_Heard]:
    def listen(file: Named) -> _Heard:
        name, path = file
        try:
            with path.open("rb") as source:
                digest = f"sha256:{hashlib.file_digest(source, 'sha256').hexdigest()}"
            return _Heard(name=name, audio=digest, peaks=None if digest in known else heard(path, name, LIMITS))
        except BadInput as why:
            return _Heard(name=name, audio="", peaks=None, why=str(why))
        except OSError as why:
            return _Heard(name=name, audio="", peaks=None, why=f"`{name}` cannot be read: {why.strerror}")

    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        try:
            yield from pool.map(listen, files)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


class _Batch:
    """What is heard and not yet written down: a segment of it is written at BATCH_PEAKS, and when `write` is called."""

    def __init__(self, since: int, at: Instant, actor: str) -> None:
        self.since, self.at, self.actor = since, at, actor
        self.seen: set[str] = set()
        self.written = 0
        self.waiting: list[_Heard] = []

    def take(self, one: _Heard) -> bool:
        """Keep it, unless the same content was taken."""
        if one.audio in self.seen:
            return False
        self.seen.add(one.audio)
        self.waiting.append(one)
        if sum(len(each.peaks or ()) for each in self.waiting) >= BATCH_PEAKS:
            self.write()
        return True

    def write(self) -> None:
        """One segment and the fact that names it, if anything is waiting."""
        self.written += _write(self.waiting, self.since, self.at, self.actor)
        self.waiting = []


def _write(taken: list[_Heard], since: int, at: Instant, actor: str) -> int:
    """One segment and the fact that names it; returns how many it names: what was withdrawn or delivered since the run began
    is in the file, and not looked for."""
    if not taken:
        return 0
    segment = build_segment((reference_of(one.audio), one.peaks) for one in taken if one.peaks is not None)
    digest = vault.put(pack(segment))
    with writing(actor=actor, at=at) as journal:
        lines = _lines(taken, _known(since))
        if lines:
            journal.append(
                facts.ReferencesFingerprinted(
                    segment=digest, method=METHOD, references=lines, postings=postings_of(segment)
                )
            )
    return len(lines)


def _lines(taken: list[_Heard], known: set[str]) -> tuple[facts.ReferenceLine, ...]:
    return tuple(
        facts.ReferenceLine(
            reference=reference_of(one.audio),
            name=one.name,
            audio=one.audio,
            duration_s=round(one.peaks.length / FRAMES_PER_S, 3),
            peaks=len(one.peaks),
        )
        for one in taken
        if one.peaks is not None and one.audio not in known
    )
