"""Duplicates in the catalogue: which recordings hold the same sound under other metadata (shell).

A bulk job over the whole index (`comparing`). The last search stands in the journal with its clusters in a file of the vault.
Nothing follows from a cluster by itself: where another party delivered the same sound, a case can be opened for a reader,
and stops nothing.
"""

from __future__ import annotations

import msgspec

from accord.catalog import queries as catalog
from accord.engine.running import open_engine, rule
from accord.integrity import facts, found_alike, queries, rules
from accord.integrity.bulk import RULES
from accord.integrity.checking import hold
from accord.integrity.comparing import Progress, clusters_of, mix_finder, pairs_in, weighed, weigher
from accord.integrity.records import CaseKind, Cluster
from accord.journal.actions import writing
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput
from accord.vault import actions as vault


def search_duplicates(at: Instant, actor: str, progress: Progress | None = None) -> list[Cluster]:
    """Compare all that is fingerprinted with itself; returns the clusters, which stand in the journal from here on.

    Raises: BadInput when nothing is.
    """
    index, searched = queries.index_and_segments()
    if not index.recordings:
        raise BadInput("there is nothing in the index", do="`accord fingerprint index` fills it")
    with open_engine() as engine:
        pairs = pairs_in(engine, index, queries.fingerprinted())
        count, likenesses = weighed(pairs, weigher(index), progress)
        clusters = clusters_of(engine, likenesses, mix_finder(index))
    digest = vault.put(msgspec.json.encode(clusters, order="deterministic"))
    with writing(actor=actor, at=at) as journal:
        journal.append(
            facts.DuplicatesSearched(
                search=journal.mint("dup"),
                found=digest,
                recordings=len(index.recordings),
                index_hours=round(index.hours, 6),
                weighed=count,
                segments=searched,
                rules=tuple((name, rule(name).digest) for name in RULES),
            )
        )
    return clusters


def open_cases(clusters: list[Cluster], at: Instant, actor: str) -> list[str]:
    """A case for each recording whose sound another party had delivered before, for a reader; returns their ids.

    A running case about the same recording goes on, and one that was decided on the same evidence is not opened again.
    """
    known = catalog.assets(ids=[r for cluster in clusters for r in cluster.recordings])
    senders = {asset.id: asset.delivered_by or asset.label or "" for asset in known.values()}
    opened = []
    for cluster in clusters:
        for subject, evidence in rules.from_others(cluster, senders).items():
            others = tuple(sorted({senders[match.recording] for match in evidence}))
            said, digest = rules.same_sound(subject, evidence), known[subject].audio
            with writing(actor=actor, at=at) as journal:
                before = found_alike.compared_before(subject, CaseKind.SAME_SOUND)
                if not {match.recording for match in evidence} <= before:
                    opened.append(
                        hold(journal, CaseKind.SAME_SOUND, subject, senders[subject], digest, said, evidence, others)
                    )
    return opened
