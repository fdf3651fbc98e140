"""The melodies that are looked for: those of a file in the vault, what came since in memory, less what went (shell).

A process asks the journal's last entry before it answers, and reads only the scores that changed since it last did: what is
withdrawn, or no longer stands, is not found from the next search on, and what came is. `lay_out_melodies` writes everything
to a new file and then the fact that names it: a process that ends between the two leaves a file that no fact names, which is
nothing. A file that is missing or damaged costs time alone: the notes are read again from the scores.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.catalog.score import from_midi
from accord.integrity import facts
from accord.integrity.melody import Line, lead
from accord.integrity.melody_file import Laid, load, save
from accord.integrity.melody_search import Catalogue, of_lines
from accord.integrity.models import MelodiesRow, WithdrawnMelodyRow
from accord.journal import queries as journal
from accord.journal.actions import writing
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput, NotThere
from accord.vault import actions as vault

LAID_FROM = 5000  # works; fewer are read and laid out anew in less time than a file is worth
RENEWED = 16  # a file is written again when one melody in so many is not as it says

NOTHING = Laid(0, frozenset(), (), of_lines([]))
log = logging.getLogger("accord")


@dataclass(frozen=True)
class Held:
    """What a process looks through: a file's melodies and those beside it, as of the journal's entry `mark`."""

    mark: tuple[int, bytes]
    file: str
    laid: Laid
    withdrawn: frozenset[str]
    numbers: dict[str, int]
    beside: dict[str, tuple[str, str, Line | None]]  # score → (work, digest, melody)
    catalogues: tuple[Catalogue, ...]


_held: dict[str, Held] = {}
_lock = threading.Lock()


def melodies() -> tuple[Catalogue, ...]:
    """The melodies of all works with a score, to be looked through as one."""
    return held().catalogues


def held() -> Held:
    """The same, and what they are made of."""
    with _lock:
        mark, now = journal.mark(), _held.get("")
        if now is None or now.mark != mark:
            _held[""] = _followed(now, mark)
        return _held[""]


def lay_out_melodies(at: Instant, actor: str) -> int:
    """Write all melodies to a new file, when there are many and enough changed; returns how many are in it, or 0."""
    now = held()
    gone = int((~now.laid.catalogue.live).sum())
    count = len(now.laid.scores) - gone + len(now.beside)
    if count < LAID_FROM or (gone + len(now.beside)) * RENEWED < count:
        return 0
    scores, lines = _all(now)
    descriptor, draft = tempfile.mkstemp(prefix="melodies-")
    try:
        with os.fdopen(descriptor, "wb") as out:
            save(Laid(now.mark[0], now.withdrawn, tuple(scores), of_lines(lines)), out)
        digest = vault.put(Path(draft))
    finally:
        Path(draft).unlink()
    with writing(actor=actor, at=at) as journal_:
        journal_.append(facts.MelodiesLaidOut(file=digest, known=now.mark[0], melodies=len(lines)))
    return len(lines)


def withdraw_melody(work: str, because: str, at: Instant, actor: str) -> None:
    """Stop looking for a work's melody, from the next search on. Raises: BadInput when it is not looked for."""
    with writing(actor=actor, at=at) as journal_:
        withdrawn = WithdrawnMelodyRow.objects.filter(work=work).exists()
        if withdrawn or not catalog.children([work], AssetKind.SCORE).get(work):
            raise BadInput(f"`{work}` is no work whose melody is looked for", do="name a work that has a score")
        journal_.append(facts.MelodyWithdrawn(work=work, because=because))


def want_melody(work: str, at: Instant, actor: str) -> None:
    """Look for a work's melody again. Raises: BadInput when it was not withdrawn."""
    with writing(actor=actor, at=at) as journal_:
        if not WithdrawnMelodyRow.objects.filter(work=work).exists():
            raise BadInput(
                f"the melody of `{work}` was not withdrawn", do="a work with a score is looked for by itself"
            )
        journal_.append(facts.MelodyWanted(work=work))


def _all(now: Held) -> tuple[list[tuple[str, str]], list[tuple[str, Line]]]:
    """Every (score, digest) that is looked for and has a melody, and its (work, melody)."""
    there = now.laid.catalogue
    live = np.flatnonzero(there.live).tolist()
    new = [(score, digest, work, line) for score, (work, digest, line) in sorted(now.beside.items()) if line]
    scores = [now.laid.scores[number] for number in live] + [(score, digest) for score, digest, _, _ in new]
    return scores, [(there.works[n], there.melody(n)) for n in live] + [(work, line) for _, _, work, line in new]


def _followed(now: Held | None, mark: tuple[int, bytes]) -> Held:
    """What holds at the journal's last entry, from what was held or from the last file; from nothing where neither is a way."""
    file = MelodiesRow.objects.order_by("-id").values_list("file", flat=True).first() or ""
    if now is None or now.file != file or journal.leaf(now.mark[0]) != now.mark[1]:
        now = _opened(file)
    withdrawn = frozenset(WithdrawnMelodyRow.objects.values_list("work", flat=True))
    if now.mark[0]:
        turned = catalog.children(withdrawn ^ now.withdrawn, AssetKind.SCORE).values()
        changed = catalog.changed_since(now.mark[0]).union(*turned)
        standing = catalog.assets(ids=sorted(changed), kind=AssetKind.SCORE)
    else:
        standing = catalog.assets(kind=AssetKind.SCORE)
        changed = set(standing)
    now = replace(now, withdrawn=withdrawn, mark=mark)
    return _changed(now, {score: _wanted(standing.get(score), withdrawn) for score in changed})


def _opened(file: str) -> Held:
    """The melodies of a file of the vault, as of when it was laid out; none when it cannot be read."""
    laid = NOTHING
    if file:
        try:
            laid = load(vault.checked_path(file))
        except (NotThere, BadInput, ValueError) as wrong:
            log.warning("melodies are read anew from their scores: %s", wrong)
    numbers = {score: number for number, (score, _) in enumerate(laid.scores)}
    return Held((laid.known, b""), file, laid, laid.withdrawn, numbers, {}, (laid.catalogue,))


def _changed(now: Held, changed: dict[str, tuple[str, str] | None]) -> Held:
    """With these scores as they are wanted now: (work, digest), or not at all."""
    live, beside, moved = now.laid.catalogue.live.copy(), dict(now.beside), len(now.catalogues) == 1
    for score, wanted in changed.items():
        number = now.numbers.get(score)
        if number is not None:
            live[number] = wanted == (now.laid.catalogue.works[number], now.laid.scores[number][1])
        if wanted is None or (number is not None and live[number]):
            moved |= beside.pop(score, None) is not None
        elif score not in beside or beside[score][:2] != wanted:
            beside[score], moved = (*wanted, lead(from_midi(vault.read(wanted[1])))), True
    laid = replace(now.laid.catalogue, live=live)
    new = of_lines(_lines(beside), laid.counted) if moved else now.catalogues[-1]
    return replace(now, laid=msgspec.structs.replace(now.laid, catalogue=laid), beside=beside, catalogues=(laid, new))


def _lines(beside: dict[str, tuple[str, str, Line | None]]) -> list[tuple[str, Line]]:
    return [(work, line) for _, (work, _, line) in sorted(beside.items()) if line is not None]


def _wanted(score: Asset | None, withdrawn: frozenset[str]) -> tuple[str, str] | None:
    """(work, digest of its notes) of a score that is looked for."""
    if score is None or not score.score or not score.parents or score.parents[0] in withdrawn:
        return None
    return score.parents[0], score.score
