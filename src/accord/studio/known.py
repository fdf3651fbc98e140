"""Is a phrase somebody's already? A creator's MIDI against every score of the catalogue, before it is theirs (shell).

A run of RUN notes (intervals and rhythm, transposition and tempo aside) that also stands in a work of the catalogue is
that work's. Shorter runs are commonplace: a scale, a cadence.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import lru_cache

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.catalog.score import Note, Score, from_midi
from accord.parties import queries as parties
from accord.terms.refusal import Refusal, Refused
from accord.training.dedupe import Step, steps, top_line
from accord.vault import actions as vault

RUN = 12
#: A run that more scores have than this is nobody's.
COMMONPLACE = 12

Runs = dict[tuple[Step, ...], str]


def check_phrase(phrase: Score, creator: str) -> Score:
    """The part of `phrase` that is the creator's: all of it but the runs that stand in a work in the public domain.

    Raises: Refused when a run stands in somebody else's work, naming it and who could agree.
    """
    theirs: set[tuple[str, Note]] = set()
    index = _index()
    for track in phrase.tracks if index else ():
        line = top_line(replace(phrase, tracks=(track,)))
        for asset, first in _met(index, _steps(line)):
            notes = line[first : first + RUN]
            _permitted(asset, creator)
            if not _wrote(asset, creator):
                theirs |= {(track.name, note) for note in notes}
    tracks = (replace(t, notes=tuple(n for n in t.notes if (t.name, n) not in theirs)) for t in phrase.tracks)
    return replace(phrase, tracks=tuple(tracks))


def _met(index: Runs, found: tuple[Step, ...]) -> list[tuple[str, int]]:
    """(score, first note) of each run that the catalogue has; a run starts anywhere, so its first ratio says nothing."""
    every = ((index.get(_run(found, at)), at) for at in range(len(found) - RUN + 2))
    return [(asset, at) for asset, at in every if asset is not None]


def _run(found: tuple[Step, ...], at: int) -> tuple[Step, ...]:
    """The RUN − 1 steps from `at`, the first without its ratio to a note before the run."""
    return ((found[at][0], 0), *found[at + 1 : at + RUN - 1]) if found else ()


def _index() -> Runs:
    held = catalog.assets(kind=AssetKind.SCORE).values()
    return _runs(tuple((asset.id, asset.score) for asset in held if asset.score is not None))


@lru_cache(maxsize=2)
def _runs(scores: tuple[tuple[str, str], ...]) -> Runs:
    """Run → the score that has it, of all voices."""
    found: dict[tuple[Step, ...], set[str]] = defaultdict(set)
    for asset, digest in scores:
        score = from_midi(vault.read(digest))
        for track in score.tracks:
            line = _steps(top_line(replace(score, tracks=(track,))))
            for at in range(len(line) - RUN + 2):
                found[_run(line, at)].add(asset)
    return {run: min(assets) for run, assets in found.items() if len(assets) <= COMMONPLACE}


def _steps(line: tuple[Note, ...]) -> tuple[Step, ...]:
    return steps(line) if len(line) >= RUN else ()


def _works(asset: str) -> list[Asset]:
    found = catalog.assets([asset])
    return list(catalog.assets(found[asset].parents).values())


def _wrote(asset: str, creator: str) -> bool:
    return any(credit.party == creator for work in _works(asset) for credit in work.credits)


def _permitted(asset: str, creator: str) -> None:
    """Raises: Refused when the score is of a work that is neither the creator's nor free."""
    works = _works(asset)
    free = {said.asset for said in catalog.public_domain(asset_ids=[work.id for work in works])}
    owned = [work for work in works if work.id not in free and all(c.party != creator for c in work.credits)]
    if not owned:
        return
    work = owned[0]
    names = parties.names([credit.party for credit in work.credits])
    who = " and ".join(dict.fromkeys(names.values())) or "whoever holds it"
    raise Refused(
        Refusal(
            code="studio.phrase-known",
            because=f"{RUN} notes in a row of this phrase stand in “{work.title}” by {who}",
            hint=f"a phrase of your own may open, be continued or be varied; only {who} and the publisher could allow this "
            f"one, by a yes to `cover`",
            subject=work.id,
        )
    )
