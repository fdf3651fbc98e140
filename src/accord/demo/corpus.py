"""The demonstration's corpus: old tunes, settings of them by demonstration writers, recordings of some by demonstration artists.

    corpus = build_corpus(progress)        # about 10 CPU-seconds; the same every time
    corpus.tunes       182 old tunes: title, evidence, terms of the encoding, the encoding as a Score
    corpus.held        7 pieces whose terms intake holds, the same record
    corpus.works       182 settings: ISWC, writers and publishers with shares, the arrangement as a Score, the tune's key
    corpus.recordings  60 of them to be rendered: ISRC, artist, label, delivering company
    corpus.releases    one per artist: ICPN, tracks
    corpus.marked      ISRCs by the part they play later: missing_eighth, duplicate_upload, one_no, no_brazil, ai_partly, chorale

Everything that is a right here is made up and marked `demonstration`; what is not made up (the tunes, who typed them in,
under which terms) is quoted from the files. Keys of people and companies are those of `people.cast()`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from accord.catalog.score import Score
from accord.demo import credits
from accord.demo.arrange import CHORALE_BANDS, LINEUPS, Lineup, arrange, set_chorale
from accord.demo.people import Cast, cast
from accord.demo.records import DemoCorpus, Tune, Work
from accord.demo.sources import HELD, Source, evidence, selection, terms
from accord.demo.tunes import Read

Progress = Callable[[int, int], None]
SEED = 2026
RECORDINGS = 60
CHORALES_RECORDED = 6


def build_corpus(progress: Progress | None = None) -> DemoCorpus:
    """Read the tunes, set them, and say who wrote and plays what. Deterministic; needs the extra `[demo]`."""
    people = cast()
    sources = selection()
    total = len(sources) + len(HELD)
    tunes = [_told(progress, i, total, _tune(source)) for i, source in enumerate(sources)]
    held = [_told(progress, len(tunes) + i, total, _tune(source, held=True)) for i, source in enumerate(HELD)]
    recorded = _recorded(tunes, people)
    works = [_work(tune, index, people, recorded.get(tune.key)) for index, tune in enumerate(tunes)]
    works = credits.with_special_splits(works, {k: v[0] for k, v in recorded.items()})
    recordings, marked = credits.recordings([w for w in works if w.tune in recorded], recorded, people)
    releases = credits.releases(recordings, people)
    return DemoCorpus(people, tuple(tunes), tuple(held), tuple(works), recordings, releases, marked)


def _told(progress: Progress | None, index: int, total: int, tune: Tune) -> Tune:
    if progress:
        progress(index + 1, total)
    return tune


def _tune(source: Source, held: bool = False) -> Tune:
    read: Read = source.read()
    return Tune(
        key=f"{source.path}#{source.number}",
        title=source.title,
        evidence=evidence(source),
        encoding=source.name,
        terms=terms(source, read),
        score=read.score,
        scale=read.scale,
        held=held,
    )


def _recorded(tunes: list[Tune], people: Cast) -> dict[str, tuple[str, str, str]]:
    """Tune key → (artist, controller, company) for the tunes that are recorded, the shorter ones first."""
    dances = sorted((t for t in tunes if not t.key.startswith("bach")), key=lambda t: (_length_s(t.score), t.key))
    chorales = sorted((t for t in tunes if t.key.startswith("bach")), key=lambda t: (t.score.duration_s, t.key))
    chosen = [*chorales[:CHORALES_RECORDED], *dances[: RECORDINGS - CHORALES_RECORDED]]
    random.Random(SEED).shuffle(chosen)  # noqa: S311 - a shuffle for variety
    return {tune.key: place for tune, place in zip(chosen, credits.places(people, RECORDINGS), strict=True)}


def _length_s(score: Score) -> float:
    """How long a setting of a tune will sound, roughly: short tunes are played twice."""
    return score.duration_s if score.duration_s >= 20.5 else 2 * score.duration_s


def _work(tune: Tune, index: int, people: Cast, recorded: tuple[str, str, str] | None) -> Work:
    writers = credits.writers(index, people)
    title = credits.setting_title(tune.title, writers, people)
    seed = SEED * 1000 + index
    if tune.key.startswith("bach"):
        band = list(CHORALE_BANDS)[index % len(CHORALE_BANDS)]
        score = set_chorale(tune.score, tune.scale, band, seed)
    else:
        lineup = _lineup(index, recorded)
        band, score = lineup.name, arrange(tune.score, tune.scale, lineup, seed)
    return Work(
        number=f"DEMO{index + 1:04d}",
        title=title,
        tune=tune.key,
        iswc=credits.iswc_of(index),
        writers=writers,
        publishers=credits.publishers(writers, people),
        score=replace(score, title=title),
        lineup=band,
    )


def _lineup(index: int, recorded: tuple[str, str, str] | None) -> Lineup:
    """An artist keeps one band, so that their recordings sound like theirs; unrecorded settings go round."""
    if recorded is None:
        return LINEUPS[index % len(LINEUPS)]
    artist = recorded[0]
    return LINEUPS[credits.ARTIST_BANDS.get(artist, index % len(LINEUPS))]
