"""Which recordings of an index are alike: pairs that share keys at one place, weighed, and gathered into clusters.

The pairs and the groups are SQL (`bulk`); each pair is weighed from stored peaks (`sameness`). Recordings go by name here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from accord.engine.running import Engine
from accord.integrity import rules
from accord.integrity.bulk import alike, gathered, key_files, limits_for
from accord.integrity.index import Index
from accord.integrity.peaks import Peaks
from accord.integrity.records import Cluster, Likeness, Relation
from accord.integrity.sameness import liken

Progress = Callable[[int, int], None]
KEPT_RECORDINGS = 512


def pairs_in(engine: Engine, index: Index, audio: dict[str, str]) -> list[tuple[str, str]]:
    """The pairs worth weighing of an index whose recordings were taken from `audio` (digests), the older first.

    Of recordings with the very same file only the first is joined; the others are weighed against it alone.
    """
    order = sorted(index.recordings, key=rules.age)
    first: dict[str, str] = {}
    for recording in order:
        first.setdefault(audio.get(recording, recording), recording)
    kept, limits = set(first.values()), limits_for(index)
    numbers = {recording: number for number, recording in enumerate(order) if recording in kept}
    with key_files(index, numbers, limits.every) as files:
        joined = [(order[one], order[other]) for one, other, _, _ in alike(engine, files, limits)]
    return joined + [(first[audio[r]], r) for r in order if r in audio and first[audio[r]] != r]


def weigher(index: Index) -> Callable[[str, str], Likeness | None]:
    """What weighs two recordings of this index by their names; the peaks of the last KEPT_RECORDINGS are kept."""
    place = {recording: number for number, recording in enumerate(index.recordings)}

    @lru_cache(maxsize=KEPT_RECORDINGS)
    def peaks(recording: str) -> Peaks:
        return index.stored(place[recording])

    return lambda one, other: liken((one, other), peaks(one), peaks(other), index.hours)


def weighed(
    pairs: list[tuple[str, str]], weigh: Callable[[str, str], Likeness | None], progress: Progress | None = None
) -> tuple[int, list[Likeness]]:
    """(pairs weighed, those that are alike). A copy stands for what it is a copy of: of a thousand copies each is weighed
    against the oldest, and a version against one of them."""
    oldest: dict[str, str] = {}
    known: set[tuple[str, str]] = set()
    found: list[Likeness] = []
    for done, (one, other) in enumerate(sorted(pairs, key=lambda pair: (rules.age(pair[0]), rules.age(pair[1]))), 1):
        roots = (oldest.get(one, one), oldest.get(other, other))
        if roots[0] != roots[1] and roots not in known:
            known.add(roots)
            likeness = weigh(one, other)
            if likeness is not None:
                found.append(likeness)
                if likeness.relation is Relation.COPY:
                    oldest[other] = roots[0]
        if progress:
            progress(done, len(pairs))
    return len(known), found


def clusters_of(engine: Engine, likenesses: list[Likeness]) -> list[Cluster]:
    """Copies and versions gathered into clusters, the parts among their recordings with them; the largest first."""
    order = sorted({r for one in likenesses for r in (one.one, one.other)}, key=rules.age)
    number = {recording: n for n, recording in enumerate(order)}
    links = [(number[one.one], number[one.other]) for one in likenesses if one.relation is not Relation.PART]
    groups = [tuple(order[n] for n in group) for group in gathered(engine, links)]
    group_of = {recording: group for group, members in enumerate(groups) for recording in members}
    inside: list[list[Likeness]] = [[] for _ in groups]
    for one in likenesses:
        group = group_of.get(one.one)
        if group is not None and group == group_of.get(one.other):
            inside[group].append(one)
    made = [
        Cluster(id=members[0], recordings=members, likenesses=tuple(its))
        for members, its in zip(groups, inside, strict=True)
    ]
    return sorted(made, key=lambda cluster: (-len(cluster.recordings), rules.age(cluster.id)))
