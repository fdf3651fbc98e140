"""Which recordings of an index are alike: pairs that share keys at one place, weighed, and gathered into clusters.

The pairs and the groups are SQL (`bulk`); each pair is weighed from stored peaks (`sameness`). Recordings go by name here.

A mix of two recordings is a version of both, and must not make one of them. Where a recording is linked to two that are not
linked to each other, its peaks are asked: if each of the two agrees with other ones, it is a mix, and keeps the stronger link.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from accord.engine.running import Engine
from accord.integrity import rules
from accord.integrity.bulk import Link, alike, gathered, key_files, limits_for, rivals, standing
from accord.integrity.index import Index
from accord.integrity.peaks import Peaks
from accord.integrity.records import Cluster, Likeness, Relation
from accord.integrity.sameness import ANOTHER, Common, heard_in, lift, liken

Progress = Callable[[int, int], None]
KEPT_RECORDINGS = 512
MILLIONTHS = 1_000_000  # shares of agreeing peaks go as whole numbers where links are ranked


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
    """What weighs two recordings of this index by their names."""
    peaks = _remembered(index)
    return lambda one, other: liken((one, other), peaks(one), peaks(other), index.hours)


def mix_finder(index: Index) -> Callable[[str, str, str], bool]:
    """What says of the first of three recordings of this index whether it is a mix of the other two, which are not one."""
    peaks = _remembered(index)

    @lru_cache(maxsize=KEPT_RECORDINGS)
    def common(one: str, other: str) -> Common | None:
        return heard_in(peaks(one), peaks(other), index.hours)

    def is_mix(middle: str, one: str, other: str) -> bool:
        mine, its = common(middle, one), common(middle, other)
        return mine is not None and its is not None and lift(mine, its) < ANOTHER

    return is_mix


def _remembered(index: Index) -> Callable[[str], Peaks]:
    """Recording → its stored peaks; those of the last KEPT_RECORDINGS are kept."""
    place = {recording: number for number, recording in enumerate(index.recordings)}
    return lru_cache(maxsize=KEPT_RECORDINGS)(lambda recording: index.stored(place[recording]))


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


def clusters_of(engine: Engine, likenesses: list[Likeness], is_mix: Callable[[str, str, str], bool]) -> list[Cluster]:
    """Copies and versions gathered into clusters, the parts among their recordings with them; the largest first. `is_mix` says
    of a recording whether it is a mix of two others."""
    order = sorted({r for one in likenesses for r in (one.one, one.other)}, key=rules.age)
    number = {recording: n for n, recording in enumerate(order)}
    links = sorted(_link(one, number) for one in likenesses if one.relation is not Relation.PART)
    mixes = [three for three in rivals(engine, links) if is_mix(*(order[n] for n in three))]
    groups = [tuple(order[n] for n in group) for group in gathered(engine, standing(engine, links, mixes))]
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


def _link(one: Likeness, number: dict[str, int]) -> Link:
    older, younger = sorted((number[one.one], number[one.other]))
    return older, younger, int(one.relation is Relation.COPY), round(MILLIONTHS * one.agreeing)
