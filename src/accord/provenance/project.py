"""Facts of provenance → rows."""

from __future__ import annotations

from accord.attribution import project as attribution
from accord.catalog.queries import CHUNK
from accord.journal.facts import to_body
from accord.journal.registry import Entry, projects
from accord.provenance import facts, models


@projects(facts.ReleaseIssued)
def on_issued(entry: Entry, f: facts.ReleaseIssued) -> None:
    """A release and its files; whoever is in it sees its shares from here on."""
    attribution.shown(f.creation)
    models.ReleaseRow.objects.create(
        id=f.release,
        creation=f.creation,
        feature=f.feature,
        creator=f.creator,
        record=to_body(f),
        fingerprint=f.fingerprint,
        segment=f.fingerprint,
        laid=entry.position,
        changed=entry.position,
        withdrawn=None,
        position=entry.position,
        at=entry.at,
    )
    for file in f.files:
        models.ReleasedSoundRow.objects.create(sound=file.sound, release=f.release, form=file.form, name=file.name)


@projects(facts.ReleaseWithdrawn)
def on_withdrawn(entry: Entry, f: facts.ReleaseWithdrawn) -> None:
    """No longer offered."""
    models.ReleaseRow.objects.filter(id=f.release).update(withdrawn=f.reason, changed=entry.position)


@projects(facts.FingerprintsMerged)
def on_merged(entry: Entry, f: facts.FingerprintsMerged) -> None:
    """Found in another file from here on."""
    for start in range(0, len(f.releases), CHUNK):
        rows = models.ReleaseRow.objects.filter(id__in=f.releases[start : start + CHUNK])
        rows.update(segment=f.segment, laid=entry.position, changed=entry.position)
