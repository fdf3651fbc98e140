"""Works too: whose melody is in a score, over every work of the catalogue that has one, and what explains it (shell)."""

from __future__ import annotations

from accord.catalog import queries as catalog
from accord.catalog.records import Asset, AssetKind
from accord.catalog.score import Score
from accord.integrity.melody_search import search_all
from accord.integrity.records import MelodyMatch
from accord.integrity.works import melodies
from accord.terms.territory import EMPTY, WORLD, TerritorySet


def find_melodies(score: Score) -> tuple[MelodyMatch, ...]:
    """The works whose melody some voice of the score holds, strongest first; () is nothing found. Nothing is recorded."""
    return tuple(search_all(score, melodies()))


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
