"""The tables of clearance, written by `project.py` alone; keys are text from the facts."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class HoldRow(Projected):
    """One hold, standing while `known_until` is empty."""

    id = models.CharField(max_length=60, primary_key=True)
    subject = models.CharField(max_length=80, db_index=True)
    reason = models.TextField()
    case = models.CharField(max_length=60, null=True)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    because = models.TextField(default="")
    known_from = models.BigIntegerField(db_index=True)
    known_until = models.BigIntegerField(null=True, db_index=True)


class DecisionRow(Projected):
    """One recorded decision; asked again as of its position it gives the same answer."""

    id = models.CharField(max_length=40, primary_key=True)
    asset = models.CharField(max_length=60, db_index=True)
    use = models.CharField(max_length=20)
    feature = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    known = models.BigIntegerField()
    rule_version = models.CharField(max_length=20)
    cleared = models.TextField()
    deals = models.JSONField()
    choices = models.JSONField()
    position = models.BigIntegerField()
