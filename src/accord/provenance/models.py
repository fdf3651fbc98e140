"""The tables of provenance, written by `project.py` alone."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class ReleaseRow(Projected):
    """One release; `record` is the canonical JSON of its fact. `segment` is where it is found by sound now, `laid` the position
    of the fact that laid it there, `changed` that of the last one that changed whether and where it is found."""

    id = models.CharField(max_length=60, primary_key=True)
    creation = models.CharField(max_length=60, unique=True)
    feature = models.CharField(max_length=60, db_index=True)
    creator = models.CharField(max_length=60, db_index=True)
    record = models.JSONField()
    fingerprint = models.CharField(max_length=80)
    segment = models.CharField(max_length=80)
    laid = models.BigIntegerField()
    changed = models.BigIntegerField(db_index=True)
    withdrawn = models.TextField(null=True)
    position = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()


class ReleasedSoundRow(Projected):
    """One released file by the digest of its sound, so that a file can be recognised without its credentials."""

    sound = models.CharField(max_length=80, primary_key=True)
    release = models.CharField(max_length=60, db_index=True)
    form = models.CharField(max_length=8)
    name = models.CharField(max_length=200)
