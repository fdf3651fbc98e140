"""Works too: whose melody is in a score, over every work of the catalogue that has one, and what explains it (shell)."""

from __future__ import annotations

import threading

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.catalog.score import Score, from_midi
from accord.integrity.melody import Line, lead
from accord.integrity.melody_search import Catalogue, of_lines, search
from accord.integrity.records import MelodyMatch
from accord.terms.territory import EMPTY, WORLD, TerritorySet
from accord.vault import actions as vault

_held: dict[str, tuple[tuple[tuple[str, str, str], ...], dict[str, Line | None], Catalogue]] = {}
_lock = threading.Lock()


def melodies() -> Catalogue:
    """The melodies of all works with a score, kept in memory. When a score comes, goes or changes, what is new is read."""
    scores = catalog.assets(kind=AssetKind.SCORE).values()
    wanted = tuple((score.parents[0], score.id, score.score) for score in scores if score.score and score.parents)
    with _lock:
        if "" not in _held or _held[""][0] != wanted:
            read = _held[""][1] if "" in _held else {}
            leads = {digest: read[digest] if digest in read else _lead(digest) for _, _, digest in wanted}
            _held[""] = wanted, leads, of_lines((work, leads[digest]) for work, _, digest in wanted)
        return _held[""][2]


def _lead(digest: str) -> Line | None:
    return lead(from_midi(vault.read(digest)))


def find_melodies(score: Score) -> tuple[MelodyMatch, ...]:
    """The works whose melody some voice of the score holds, strongest first; () is nothing found. Nothing is recorded."""
    return tuple(search(score, melodies()))


def explained(matches: tuple[MelodyMatch, ...], declared: frozenset[str]) -> dict[str, str]:
    """Work → why its match is no case: a declared source, or a melody that is nobody's anywhere in the world.

    An arrangement of an old tune is explained by the tune when the same voice holds the tune's melody as well.
    """
    works = catalog.assets(ids=[match.work for match in matches])
    sources, free = _works_of(declared), _free([w for work in works.values() for w in (work.id, *work.parents)])
    voices = {match.work: match.voice for match in matches}
    because: dict[str, str] = {}
    for work in works.values():
        older = [tune for tune in work.parents if tune in free and voices.get(tune) == voices[work.id]]
        if work.id in sources:
            because[work.id] = "a declared source"
        elif work.id in free:
            because[work.id] = "public domain"
        elif older:
            because[work.id] = f"the melody is that of `{older[0]}`, which is public domain"
    return because


def sides(matches: tuple[MelodyMatch, ...]) -> tuple[str, ...]:
    """Whom a melody concerns: the writers of the works and whoever claims a part of them."""
    works = catalog.assets(ids=[match.work for match in matches])
    writers = {party for work in works.values() for party in work.people("writer")}
    return tuple(sorted(writers | {claim.claimant for claim in catalog.claims(works)}))


def melody_sentence(matches: tuple[MelodyMatch, ...]) -> str:
    """The because of a case, the strongest first."""
    first = matches[0]
    here, there = _bars(first.query_bars), _bars(first.work_bars)
    up = f"{first.semitones:+d} semitones" if first.semitones else "at its own pitch"
    more = f", and {len(matches) - 1} more" if len(matches) > 1 else ""
    return f"{here} hold the melody of `{first.work}` ({there} there, {first.notes} notes, {up}){more}, not declared as a source"


def in_words(match: MelodyMatch) -> str:
    """One match as a line: the bars, the notes that agree and how strong that is."""
    return (
        f"{_bars(match.query_bars)} of `{match.voice}` are {_bars(match.work_bars)} of `{match.work}`, "
        f"{match.semitones:+d} semitones; {match.notes} notes agree, {match.changed} are changed; {match.nats:.0f} nats, "
        f"chance gives {match.expected_false:.1e} a score"
    )


def _bars(span: tuple[int, int]) -> str:
    return f"bar {span[0]}" if span[0] == span[1] else f"bars {span[0]} to {span[1]}"


def _works_of(declared: frozenset[str]) -> frozenset[str]:
    """The works among the declared assets, those that declared recordings, stems and scores are of, and what they arrange."""
    found: dict[str, Asset] = {}
    wanted = set(declared)
    while wanted:
        known = catalog.assets(ids=sorted(wanted))
        found |= known
        wanted = {parent for asset in known.values() for parent in asset.parents} - found.keys()
    return frozenset(asset.id for asset in found.values() if asset.kind is AssetKind.WORK)


def _free(works: list[str]) -> frozenset[str]:
    """Those that are stated public domain in the whole world."""
    where: dict[str, TerritorySet] = {}
    for said in catalog.public_domain(asset_ids=works):
        where[said.asset] = where.get(said.asset, EMPTY) | said.territories
    return frozenset(work for work, territories in where.items() if territories >= WORLD)
