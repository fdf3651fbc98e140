"""Which works are the same tune: near-duplicates share a cluster, so that they are held out, counted and paid as one.

A melody is the top line of a score's highest voice, as steps (interval in semitones, length relative to the note
before). Works are joined when one holds at least half of the other's runs of six steps, and always when they are
scores or arrangements of one tune.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from accord.catalog.score import Note, Score

RUN = 6
JOINED_FROM = 0.5
#: A run that this many works hold is a commonplace (a scale, a cadence) and says nothing about two of them.
COMMONPLACE = 40

Step = tuple[int, int]
Runs = frozenset[tuple[Step, ...]]


def top_line(score: Score) -> tuple[Note, ...]:
    """The highest note at each onset of the pitched track that lies highest; () for a score without one."""
    pitched = [t for t in score.tracks if t.notes and not t.drums]
    if not pitched:
        return ()
    lead = max(pitched, key=lambda t: sum(n.pitch for n in t.notes) / len(t.notes))
    highest = {
        note.onset: note for note in lead.notes
    }  # notes are in order of pitch, so the last at an onset is highest
    return tuple(highest[onset] for onset in sorted(highest))


def steps(line: tuple[Note, ...]) -> tuple[Step, ...]:
    """A melody without its key and tempo: (interval, twelve times the ratio of distances between onsets)."""
    gaps = [after.onset - before.onset for before, after in pairwise(line)]
    ratios = [12] + [min(96, round(12 * now / before)) for before, now in pairwise(gaps)]
    return tuple(
        (after.pitch - before.pitch, ratio) for (before, after), ratio in zip(pairwise(line), ratios, strict=True)
    )


def runs(score: Score) -> Runs:
    """Every run of six steps in the score's melody."""
    found = steps(top_line(score)) if len(top_line(score)) > 1 else ()
    return frozenset(found[i : i + RUN] for i in range(len(found) - RUN + 1))


def clusters(melodies: Mapping[str, Runs], together: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Work id → cluster id (`cluster:` and the lowest id in it). `together` are pairs known to be one tune."""
    parent = {work: work for work in melodies}

    def root(work: str) -> str:
        while parent[work] != work:
            parent[work] = parent[parent[work]]
            work = parent[work]
        return work

    for one, other in [*together, *_alike(melodies)]:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {work: f"cluster:{root(work)}" for work in melodies}


def _alike(melodies: Mapping[str, Runs]) -> list[tuple[str, str]]:
    holders: dict[tuple[Step, ...], list[str]] = defaultdict(list)
    for work in sorted(melodies):
        for run in melodies[work]:
            holders[run].append(work)
    shared: Counter[tuple[str, str]] = Counter()
    for works in holders.values():
        if 1 < len(works) <= COMMONPLACE:
            shared.update((a, b) for i, a in enumerate(works) for b in works[i + 1 :])
    return [
        (a, b) for (a, b), count in shared.items() if count >= JOINED_FROM * min(len(melodies[a]), len(melodies[b]))
    ]
