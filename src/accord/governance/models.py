"""The tables of governance, written by `project.py` alone; keys are text from the facts."""

from __future__ import annotations

from django.db import models

from accord.journal.models import Projected


class FeatureRow(Projected):
    """One proposed feature; what changes later stands in the tables below it."""

    id = models.CharField(max_length=60, primary_key=True)
    name = models.TextField()
    purpose = models.TextField()
    uses = models.TextField()
    territories = models.TextField()
    commercial = models.BooleanField()
    minimum_grade = models.JSONField()
    needs_works = models.IntegerField()
    needs_recordings = models.IntegerField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class StateRow(Projected):
    """A feature's state from an instant on, with the reason where there was one."""

    key = models.CharField(max_length=100, primary_key=True)
    feature = models.CharField(max_length=60, db_index=True)
    state = models.CharField(max_length=20)
    reason = models.TextField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class PolicyRow(Projected):
    """One published version of a feature's policy."""

    key = models.CharField(max_length=100, primary_key=True)
    feature = models.CharField(max_length=60, db_index=True)
    version = models.IntegerField()
    body = models.JSONField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class SplitRow(Projected):
    """One published version of a feature's split, in parts per million."""

    key = models.CharField(max_length=100, primary_key=True)
    feature = models.CharField(max_length=60, db_index=True)
    version = models.IntegerField()
    sources_ppm = models.IntegerField()
    model_ppm = models.IntegerField()
    cocreator_ppm = models.IntegerField()
    model = models.JSONField(default=dict)
    position = models.BigIntegerField()
    at = models.DateTimeField()


class SignOffRow(Projected):
    """One office's yes to one version of policy and split."""

    key = models.CharField(max_length=100, primary_key=True)
    feature = models.CharField(max_length=60, db_index=True)
    office = models.CharField(max_length=20)
    policy_version = models.IntegerField()
    split_version = models.IntegerField()
    account = models.CharField(max_length=80)
    position = models.BigIntegerField()
    at = models.DateTimeField()


class AttemptRow(Projected):
    """One launch that was asked for: refused with what was missing, or done with what it stood on."""

    key = models.CharField(max_length=100, primary_key=True)
    feature = models.CharField(max_length=60, db_index=True)
    launched = models.BooleanField()
    missing = models.JSONField()
    cleared_works = models.IntegerField()
    cleared_recordings = models.IntegerField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class CouncilRow(Projected):
    """One council and its members (party ids)."""

    id = models.CharField(max_length=60, primary_key=True)
    name = models.TextField()
    members = models.JSONField()
    position = models.BigIntegerField()
    at = models.DateTimeField()


class ConsultationRow(Projected):
    """What a council was asked and answered."""

    id = models.CharField(max_length=60, primary_key=True)
    council = models.CharField(max_length=60)
    feature = models.CharField(max_length=60, db_index=True)
    question = models.TextField()
    answer = models.TextField()
    stance = models.CharField(max_length=20)
    position = models.BigIntegerField()
    at = models.DateTimeField()
