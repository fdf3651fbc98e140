"""The tables of training, written by `project.py` alone; keys are text from the facts."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class SealRow(Projected):
    """One sealed set."""

    id = models.CharField(max_length=40, primary_key=True)
    feature = models.CharField(max_length=60, db_index=True)
    territories = models.TextField()
    manifest = models.CharField(max_length=80)
    known = models.BigIntegerField()
    items = models.IntegerField()
    excluded = models.IntegerField()
    clusters = models.IntegerField()
    licences = models.JSONField()
    at = models.DateTimeField()


class SealedItemRow(Projected):
    """That an asset stands in a set, and whether its ground has gone since: what a revocation asks for."""

    key = models.CharField(max_length=100, primary_key=True)
    seal = models.CharField(max_length=40, db_index=True)
    asset = models.CharField(max_length=60, db_index=True)
    cluster = models.CharField(max_length=80)
    revoked = models.JSONField(null=True)


class SealedPersonRow(Projected):
    """That a person is credited on an item of a set."""

    key = models.CharField(max_length=160, primary_key=True)
    seal = models.CharField(max_length=40)
    asset = models.CharField(max_length=60)
    person = models.CharField(max_length=60, db_index=True)


class ModelRow(Projected):
    """One model, as it stands."""

    id = models.CharField(max_length=40, primary_key=True)
    name = models.TextField()
    seal = models.CharField(max_length=40, db_index=True)
    feature = models.CharField(max_length=60, db_index=True)
    territories = models.TextField()
    weights = models.CharField(max_length=80)
    method = models.TextField()
    seed = models.BigIntegerField()
    parameters = models.BigIntegerField()
    steps = models.BigIntegerField(default=0)
    losses = models.JSONField(null=True)
    held_out = models.JSONField()
    checkpoints = models.JSONField(default=list)
    trained_s = models.FloatField()
    state = models.CharField(max_length=20)
    at = models.DateTimeField()
    live_from = models.DateTimeField(null=True)
    successor = models.CharField(max_length=40, null=True)
    sunset = models.JSONField(null=True)
    cards = models.JSONField(null=True)
    calibration = models.JSONField(null=True)
    memorised = models.JSONField(null=True)
    compared = models.JSONField(null=True)
    factors = models.CharField(max_length=80, null=True)
    position = models.BigIntegerField()


class OutsideRow(Projected):
    """One model that was trained elsewhere, on no set of ours."""

    id = models.CharField(max_length=40, primary_key=True)
    name = models.TextField()
    version = models.TextField()
    adapter = models.CharField(max_length=40)
    weights = models.CharField(max_length=80)
    size_bytes = models.BigIntegerField()
    licence = models.JSONField()
    by = models.CharField(max_length=80)
    position = models.BigIntegerField()
    at = models.DateTimeField()


class AdmissionRow(Projected):
    """That an outside model may serve a feature."""

    key = models.CharField(max_length=120, primary_key=True)
    id = models.CharField(max_length=40)
    model = models.CharField(max_length=40, db_index=True)
    feature = models.CharField(max_length=60, db_index=True)
    territories = models.TextField()
    by = models.CharField(max_length=80)
    position = models.BigIntegerField()
    at = models.DateTimeField()
