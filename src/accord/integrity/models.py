"""The tables of integrity, all made from facts. Evidence and lists are canonical JSON text."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class SegmentRow(Projected):
    """A segment file of fingerprints."""

    id = models.BigIntegerField(primary_key=True)  # the position of its fact: the same file may be named twice
    segment = models.CharField(max_length=80)
    method = models.CharField(max_length=40)
    at = models.DateTimeField()


class FingerprintRow(Projected):
    """A recording whose fingerprint counts, or was withdrawn, the segment it was last taken into, and when it last changed."""

    asset = models.CharField(max_length=60, primary_key=True)
    audio = models.CharField(max_length=80)
    segment = models.CharField(max_length=80, db_index=True)
    duration_s = models.FloatField()
    peaks = models.IntegerField()
    withdrawn = models.BooleanField(default=False)
    position = models.BigIntegerField(db_index=True)


class ShardRow(Projected):
    """The shards of a segment, as JSON: their files in the vault, by number."""

    segment = models.CharField(max_length=80, primary_key=True)
    shards = models.TextField()


class MelodiesRow(Projected):
    """A file of works' melodies; the last one counts."""

    id = models.BigIntegerField(primary_key=True)  # the position of its fact
    file = models.CharField(max_length=80)


class WithdrawnMelodyRow(Projected):
    """A work whose melody is not looked for."""

    work = models.CharField(max_length=60, primary_key=True)


class ReferenceRow(Projected):
    """An outside sound that is looked for: the name it was found under."""

    id = models.CharField(max_length=40, primary_key=True)
    name = models.TextField()


class DuplicateSearchRow(Projected):
    """A search for duplicates in the catalogue; the clusters are those of the last one."""

    id = models.CharField(max_length=40, primary_key=True)
    recordings = models.IntegerField()
    hours = models.FloatField()
    weighed = models.IntegerField()
    at = models.DateTimeField()
    position = models.BigIntegerField()


class ClusterRow(Projected):
    """Recordings that hold the same sound, as JSON: members, and how they are alike."""

    id = models.CharField(max_length=60, primary_key=True)
    size = models.IntegerField()
    cluster = models.TextField()


class ClusterMemberRow(Projected):
    """A recording in a cluster."""

    asset = models.CharField(max_length=60, primary_key=True)
    cluster = models.CharField(max_length=60, db_index=True)


class CheckRow(Projected):
    """One check of a sound."""

    id = models.CharField(max_length=40, primary_key=True)
    subject = models.CharField(max_length=60, db_index=True)
    audio = models.CharField(max_length=80)
    maker = models.CharField(max_length=60, db_index=True)
    declared = models.TextField()
    matches = models.TextField()
    melodies = models.TextField(default="[]")
    voices = models.TextField(default="[]")
    explained = models.TextField()
    clear = models.BooleanField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class PromptRow(Projected):
    """A refused prompt: its hash and where its text is kept for the appeal."""

    id = models.CharField(max_length=40, primary_key=True)
    feature = models.CharField(max_length=60)
    maker = models.CharField(max_length=60, db_index=True)
    keyed_hash = models.CharField(max_length=80, db_index=True)
    text = models.CharField(max_length=80)
    person = models.CharField(max_length=60, db_index=True)
    use = models.CharField(max_length=12)
    keep_until = models.DateTimeField()
    forgotten = models.BooleanField(default=False)
    allowed = models.BooleanField(default=False)
    position = models.BigIntegerField()
    at = models.DateTimeField()


class UploadRow(Projected):
    """An upload."""

    id = models.CharField(max_length=40, primary_key=True)
    account = models.CharField(max_length=60, db_index=True)
    audio = models.CharField(max_length=80, db_index=True)
    title = models.TextField()
    metadata = models.CharField(max_length=80)
    duration_s = models.FloatField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class SpamWeightsRow(Projected):
    """Weights of the spam signals, as JSON; the latest count."""

    id = models.CharField(max_length=40, primary_key=True)
    weights = models.TextField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class SpamRunRow(Projected):
    """One look through all uploads for spam."""

    id = models.CharField(max_length=40, primary_key=True)
    weights = models.CharField(max_length=40)
    uploads = models.BigIntegerField()
    accounts = models.BigIntegerField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class VoiceRow(Projected):
    """A protected voice: where the private store keeps its print and its sample, until it is withdrawn."""

    id = models.CharField(max_length=40, primary_key=True)
    person = models.CharField(max_length=60, db_index=True)
    account = models.CharField(max_length=60)
    print = models.CharField(max_length=80)
    sample = models.CharField(max_length=80)
    method = models.CharField(max_length=40)
    voice_s = models.FloatField()
    position = models.BigIntegerField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class CaseRow(Projected):
    """A case as it stands."""

    id = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=20, db_index=True)
    subject = models.CharField(max_length=60, db_index=True)
    maker = models.CharField(max_length=60, db_index=True)
    audio = models.CharField(max_length=80, null=True)
    because = models.TextField()
    evidence = models.TextField()
    melodies = models.TextField(default="[]")
    suspicion = models.TextField(null=True)
    voices = models.TextField(default="[]")
    also = models.TextField()
    passed = models.TextField(default="[]")
    state = models.CharField(max_length=12, db_index=True)
    outcome = models.CharField(max_length=12, null=True)
    due = models.DateTimeField(null=True)
    appeal_until = models.DateTimeField(null=True)
    appealed_by = models.CharField(max_length=60, null=True)
    appealed_at = models.DateTimeField(null=True)
    statement = models.CharField(max_length=80, null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    position = models.BigIntegerField()


class ReadingRow(Projected):
    """One reader's decision of a case; key `<case>/<number>`."""

    key = models.CharField(max_length=60, primary_key=True)
    case = models.CharField(max_length=40, db_index=True)
    reader = models.CharField(max_length=80)
    number = models.IntegerField()
    outcome = models.CharField(max_length=12)
    because = models.TextField()
    at = models.DateTimeField()


class CaseSideRow(Projected):
    """A party concerned by a case beside its maker (the label of a copied recording); key `<case>/<party>`."""

    key = models.CharField(max_length=110, primary_key=True)
    case = models.CharField(max_length=40, db_index=True)
    party = models.CharField(max_length=60, db_index=True)
