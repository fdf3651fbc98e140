"""Which releases are found by sound: their fingerprints as one index, kept in each process, followed, and merged (shell).

A release brings a segment of its own. Whenever several are of about one size they become one, so there are few of each size
however many releases there are, and a question by sound costs what changed since the last (`integrity.in_force`).
"""

from __future__ import annotations

from accord.catalog import queries as catalog
from accord.integrity.fingerprinting import due_for_merging
from accord.integrity.in_force import Following, Held, Told
from accord.integrity.index import Index, load, merge_segments, pack
from accord.journal.actions import writing
from accord.provenance.facts import FingerprintsMerged
from accord.provenance.models import ReleaseRow
from accord.terms.instant import Instant
from accord.vault import actions as vault


def told(before: Held | None) -> Told:
    """What the rows say of all releases, or of those that changed since what is held."""
    rows = ReleaseRow.objects.filter(withdrawn=None) if before is None else ReleaseRow.objects.all()
    since = 0 if before is None else before.mark[0]
    found = list(rows.filter(changed__gt=since).values_list("id", "segment", "withdrawn", "laid"))
    where = {release: segment if withdrawn is None else "" for release, segment, withdrawn, _ in found}
    return Told(where, {segment: laid for _, segment, _, laid in found})


_following = Following(lambda digest: load(vault.checked_path(digest)), told)


def index() -> Index:
    """The releases that are offered, as an index of sound."""
    return _following.now()[0]


def merge_due(at: Instant, actor: str) -> int:
    """Make one segment of those that are of about one size, until no more are; returns how many were merged.

    A release that is withdrawn meanwhile stays so, and one that another process has laid elsewhere stays there. A merge that
    fails leaves everything where it was, and the next release tries again.
    """
    merged = 0
    while due := due_for_merging({d: vault.checked_path(d).stat().st_size for d in _following.now()[1]}):
        before = _following.counting(due)
        one = merge_segments([load(vault.checked_path(digest)) for digest in before], list(before.values()))
        digest = vault.put(pack(one))
        with writing(actor, at) as journal:
            rows = ReleaseRow.objects.filter(withdrawn=None)
            there = catalog.in_chunks(rows, "id", [release for names in before.values() for release in names])
            still = sorted(row.id for row in there if row.id in before.get(row.segment, ()))
            if not still:  # another process has merged the same
                break
            journal.append(FingerprintsMerged(segment=digest, releases=tuple(still)))
        merged += len(before)
    return merged
